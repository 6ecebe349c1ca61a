"""The pages: views that fill templates, and the presenters that prepare what a template shows."""

from api.pages import catalogs, help, plans, programs

ALL = (plans.router, catalogs.router, programs.router, help.router)
