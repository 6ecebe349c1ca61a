"""The JSON interface, one module a resource."""

from api.routes import catalogs, health, plans, programs, students

ALL = (health.router, catalogs.router, programs.router, students.router, plans.router)
