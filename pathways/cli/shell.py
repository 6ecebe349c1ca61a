"""How every command talks: tables for people, JSON for scripts, errors with a mend, exit codes with a meaning."""

from __future__ import annotations

import functools
import json as jsonlib
import os
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import fields, is_dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, ParamSpec, TypeVar

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from catalogs import InputError

HOLDS, FAILS, BAD_INPUT, UNVERIFIED = 0, 1, 2, 3
BROKEN, INTERRUPTED, PIPE_CLOSED = 70, 130, 141
PIPED_WIDTH = 120
"""Columns of a line where nobody tells how many there are: into a file or another program."""

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
StudentArgument = Annotated[
    str,
    typer.Argument(
        metavar="STUDENT", help="A student's YAML or JSON file, or the id of an example.", show_default=False
    ),
]
Seconds = Annotated[
    float | None,
    typer.Option(
        min=0.1, metavar="N", help="Stop after so many seconds; what is open then is said.", show_default=False
    ),
]

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def command(
    group: typer.Typer, name: str | None = None
) -> Callable[[Callable[Arguments, int]], Callable[Arguments, None]]:
    """Make a function a command of a group: it returns its exit code, and its errors end in a line of text."""

    def register(function: Callable[Arguments, int]) -> Callable[Arguments, None]:
        done = guarded(function)
        group.command(name)(done)
        return done

    return register


def guarded(function: Callable[Arguments, int]) -> Callable[Arguments, None]:
    """A function that ends the program with the exit code it returns, or with that of the error it raises."""

    @functools.wraps(function)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        try:
            code = function(*args, **kwargs)
            sys.stdout.flush()
        except typer.Exit:
            raise
        except KeyboardInterrupt:
            print("stopped", file=sys.stderr)
            code = INTERRUPTED
        except BrokenPipeError:
            # The reader (head, say) has seen enough; what is still buffered must not be flushed at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = PIPE_CLOSED
        except Exception as error:
            code = report_error(error, as_json=bool(kwargs.get("json")))
        if code:
            raise typer.Exit(code)

    return run


def report_error(error: Exception, *, as_json: bool) -> int:
    """Tell of an error on the error stream, as text or JSON; the exit code that it means."""
    from catalogs import InputError

    if isinstance(error, InputError):
        _print_input_error(error, as_json=as_json)
        return BAD_INPUT
    if os.environ.get("PATHWAYS_DEBUG") == "1":
        raise error
    message = " ".join(f"{type(error).__name__}: {error}".split())
    hint = (
        "This is a fault of pathways: please report it, with what PATHWAYS_DEBUG=1 prints in front of the same command"
    )
    if as_json:
        print(dumps({"error": {"message": message, "file": None, "place": None, "mend": hint}}), file=sys.stderr)
    else:
        print(f"error: {message}\nmend: {hint}", file=sys.stderr)
    return BROKEN


def _print_input_error(error: InputError, *, as_json: bool) -> None:
    from catalogs.errors import SHOWN, InputErrors

    single = error.errors if isinstance(error, InputErrors) else (error,)
    if as_json:
        each = [{key: getattr(one, key) for key in ("message", "file", "place", "mend")} for one in (error, *single)]
        more = {"errors": each[1:]} if isinstance(error, InputErrors) else {}
        print(dumps({"error": {**each[0], **more}}), file=sys.stderr)
        return
    for one in single[:SHOWN]:
        where = ", ".join(part for part in (one.file, one.place) if part)
        print(f"error: {where}: {one.message}" if where else f"error: {one.message}", file=sys.stderr)
        if one.mend:
            print(f"mend: {one.mend}", file=sys.stderr)
    if len(single) > SHOWN:
        print(f"error: and {len(single) - SHOWN} more", file=sys.stderr)


# --------------------------------------------------------------------------------------------------------- output


def screen(*, stderr: bool = False) -> Console:
    """Where tables are printed: as wide as the terminal, and without colours where there is none."""
    from rich.console import Console

    class Screen(Console):
        def on_broken_pipe(self) -> NoReturn:
            raise BrokenPipeError

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else PIPED_WIDTH
    return Screen(stderr=stderr, width=width, highlight=False, emoji=False)


def emit(data: Any) -> None:
    """Print JSON."""
    unicode = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "") == "utf8"
    print(dumps(data, ascii_only=not unicode))


def dumps(data: Any, *, ascii_only: bool = False) -> str:
    """JSON text of models, dataclasses and exact numbers."""
    return jsonlib.dumps(data, indent=2, ensure_ascii=ascii_only, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else float(value)
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", by_alias=True)
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")


def write_whole(path: Path, text: str) -> None:
    """Write a file so that there is the whole of it or nothing new, whatever happens meanwhile.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    from catalogs import InputError

    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with draft.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise InputError(
            f"the file cannot be written ({error.strerror})",
            file=str(path),
            mend="Name a file in a folder you may write to",
        ) from None
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def check_writable(path: Path) -> None:
    """Find out before the work begins that its result would have no place.

    Raises
    ------
    InputError
        If there is no such folder, or the path is one.
    """
    from catalogs import InputError

    if path.is_dir():
        raise InputError("this is a folder, not a file", file=str(path), mend="Name the file to write")
    if not path.parent.is_dir():
        raise InputError("there is no folder to write to", file=str(path), mend=f"Make the folder {path.parent} first")


# ------------------------------------------------------------------------------------------------------- long work


def at_work(words: str, task: Callable[[Event], Result]) -> Result:
    """Run what takes longer, with a spinner on the error stream; Ctrl-C sets the event that the task is given."""
    stop = Event()
    # In a thread of its own, because the solver does not come back to Python to see a signal.
    with _spinner(words), ThreadPoolExecutor(max_workers=1) as pool:
        work = pool.submit(task, stop)
        try:
            while not wait([work], timeout=0.2).done:
                pass
        except KeyboardInterrupt:
            stop.set()
            raise
        return work.result()


def _spinner(words: str) -> Any:
    from contextlib import nullcontext

    console = screen(stderr=True)
    return console.status(words) if console.is_terminal else nullcontext()


def comma(words: Iterable[object]) -> str:
    """Words with commas between them."""
    return ", ".join(map(str, words))
