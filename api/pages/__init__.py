"""The pages: views that fill templates, and the presenters that prepare what a template shows."""

from api.pages import careers, catalogs, choosing, help, moves, plans, programs, replanning, resilience, why
from api.pages.again import Unusable, form_again

__all__ = ["ALL", "Unusable", "form_again"]

ALL = (
    plans.router,
    replanning.router,
    why.router,
    choosing.router,
    moves.router,
    resilience.router,
    catalogs.router,
    programs.router,
    careers.router,
    help.router,
)
