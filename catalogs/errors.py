"""Errors that people can act on: what is wrong, where, and how to mend it."""

from __future__ import annotations

from collections.abc import Sequence

SHOWN = 20


class InputError(ValueError):
    """An input that cannot be used.

    Parameters
    ----------
    message
        What is wrong, in words a registrar understands.
    file
        Name of the file, if the input came from one.
    place
        Where in the file, such as ``line 12, column prerequisites``.
    mend
        What to do about it.

    Examples
    --------
    >>> str(InputError("credits must be above zero", file="courses.csv", place="line 3", mend="Write 0.5 or 1"))
    'courses.csv, line 3: credits must be above zero. Write 0.5 or 1'
    """

    def __init__(
        self, message: str, *, file: str | None = None, place: str | None = None, mend: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.file = file
        self.place = place
        self.mend = mend

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.file, self.place) if part)
        text = f"{where}: {self.message}" if where else self.message
        return f"{text.rstrip('.')}. {self.mend}" if self.mend else text


class InputErrors(InputError):
    """Several input errors of one file, reported together.

    Parameters
    ----------
    errors
        The single errors, in the order of the file; the text shows the first 20.
    """

    def __init__(self, errors: Sequence[InputError], *, file: str | None = None) -> None:
        self.errors = tuple(errors)
        super().__init__(f"{len(self.errors)} problems", file=file)

    def __str__(self) -> str:
        lines = [super().__str__(), *(f"  {error}" for error in self.errors[:SHOWN])]
        if len(self.errors) > SHOWN:
            lines.append(f"  and {len(self.errors) - SHOWN} more")
        return "\n".join(lines)
