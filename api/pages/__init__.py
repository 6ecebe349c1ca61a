"""The pages: views that fill templates, and the presenters that prepare what a template shows."""

from api.pages import careers, catalogs, choosing, help, moves, plans, programs, resilience, why

ALL = (
    plans.router,
    why.router,
    choosing.router,
    moves.router,
    resilience.router,
    catalogs.router,
    programs.router,
    careers.router,
    help.router,
)
