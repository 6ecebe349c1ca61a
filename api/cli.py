"""The whole command line: that of `pathways.cli`, and `serve`."""

from __future__ import annotations

from typing import Annotated

import typer

from pathways.cli.app import app, main
from pathways.cli.shell import HOLDS, command

__all__ = ["app", "main"]


@command(app)
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
) -> int:
    """Serve the pages and the JSON interface."""
    import uvicorn

    uvicorn.run("api.app:create_app", factory=True, host=host, port=port)
    return HOLDS


if __name__ == "__main__":
    main()
