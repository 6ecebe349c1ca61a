"""The pages: views that fill templates, and the presenters that prepare what a template shows."""

from api.pages import careers, catalogs, choosing, help, moves, plans, programs, why

ALL = (
    plans.router,
    why.router,
    choosing.router,
    moves.router,
    catalogs.router,
    programs.router,
    careers.router,
    help.router,
)
