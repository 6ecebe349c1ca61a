"""The pages: views that fill templates, and the presenters that prepare what a template shows."""

from api.pages import catalogs, help, moves, plans, programs, resilience

ALL = (plans.router, moves.router, resilience.router, catalogs.router, programs.router, help.router)
