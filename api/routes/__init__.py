"""The JSON interface, one module a resource."""

from api.routes import careers, catalogs, health, jurisdictions, plans, programs, students

ALL = (
    health.router,
    catalogs.router,
    jurisdictions.router,
    programs.router,
    careers.router,
    students.router,
    plans.router,
)
