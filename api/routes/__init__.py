"""The JSON interface, one module a resource."""

from api.routes import catalogs, health, jurisdictions, plans, programs, students

ALL = (health.router, catalogs.router, jurisdictions.router, programs.router, students.router, plans.router)
