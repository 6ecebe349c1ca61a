"""Find programs: by state, by the class they bind, by kind."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from requirements.figure import figures, total_credits
from requirements.language import (
    Cohorts,
    Kind,
    Program,
    Route,
    Unit,
)
from requirements.reader import DATA, Stamp, chain_of, join, load, program_files


@dataclass(frozen=True, slots=True)
class ProgramSummary:
    """A line of a list of programs.

    Parameters
    ----------
    total : Fraction or None
        Credits in all, in the program's unit.
    figures, verified : int
        Number of its figures, and how many of them are verified.
    doubts : int
        Number of open questions about the file.
    """

    id: str
    name: str
    jurisdiction: str
    kind: Kind
    route: Route | None
    cohorts: Cohorts
    unit: Unit
    total: Fraction | None
    figures: int
    verified: int
    doubts: int
    path: Path

    @property
    def verified_share(self) -> Fraction:
        """Share of verified figures, 0 where there are none."""
        return Fraction(self.verified, self.figures) if self.figures else Fraction(0)


def programs(
    state: str | None = None,
    entering: int | None = None,
    kind: Kind | None = None,
    folders: Iterable[Path | str] = (),
) -> list[ProgramSummary]:
    """List programs, sorted by jurisdiction, kind and id.

    Parameters
    ----------
    state : str, optional
        Only those of a state and its districts: ``TX`` or ``US-TX``.
    entering : int, optional
        Only those that bind students who entered grade 9 in that fall.
    kind : str, optional
        Only diplomas, endorsements, ...
    folders : iterable of Path, optional
        Folders with further rule files.

    Raises
    ------
    InputError
        If a rule file has errors.
    """
    files = program_files(folders)
    found = []
    for path in files.values():
        if state is not None and _of_another_state(path, state):
            continue
        summary = _summary(chain_of(path, files))
        if state is not None and summary.jurisdiction.partition("/")[0] != _jurisdiction(state):
            continue
        if (entering is None or entering in summary.cohorts) and (kind is None or summary.kind == kind):
            found.append(summary)
    return sorted(found, key=lambda one: (one.jurisdiction, one.kind, one.id))


def _of_another_state(path: Path, state: str) -> bool:
    """Whether a bundled file lies in the folder of another state, so that it need not be read."""
    folder = path.parent
    return folder.parent == DATA and folder.name.startswith("us-") and folder.name != _jurisdiction(state).lower()


_ANOTHER_KIND = re.compile(r"^kind: *(?!diploma)\w|^route: *(?!standard)\w", re.MULTILINE)


def _clearly_another(path: Path) -> bool:
    """Whether a file says at the beginning of a line that it is no standard diploma, so that it need not be read."""
    return (
        path.suffix != ".json" and _ANOTHER_KIND.search(path.read_text(encoding="utf-8", errors="replace")) is not None
    )


def _jurisdiction(state: str) -> str:
    state = state.upper()
    return state if state.startswith("US-") else f"US-{state}"


@lru_cache(maxsize=1024)
def _summary(chain: tuple[Stamp, ...]) -> ProgramSummary:
    program = join(chain)
    all_figures = [figure.status for figure in figures(program)]
    return ProgramSummary(
        id=program.id,
        name=program.name,
        jurisdiction=program.jurisdiction,
        kind=program.kind,
        route=program.route,
        cohorts=program.cohorts,
        unit=program.unit,
        total=total_credits(program),
        figures=len(all_figures),
        verified=all_figures.count("verified"),
        doubts=len(program.doubts),
        path=chain[0][0],
    )


def standard_diploma(state: str, entering: int, folders: Iterable[Path | str] = ()) -> Program | None:
    """The state's diploma of the standard route for students who entered grade 9 in a fall, or None.

    Examples
    --------
    >>> standard_diploma("TX", 2026).id
    'us-tx-fhsp-endorsement-2026'
    """
    folders = tuple(folders)
    for one in programs(state, entering, "diploma", folders):
        if one.route == "standard" and one.jurisdiction == _jurisdiction(state):
            return load(one.id, folders)
    return None


def standard_diplomas(entering: int) -> dict[str, Program]:
    """The standard diploma of every jurisdiction for students who entered grade 9 in a fall, by jurisdiction."""
    files = program_files()
    every = (join(chain_of(path, files)) for path in files.values() if not _clearly_another(path))
    return {
        one.jurisdiction: one
        for one in sorted(every, key=lambda program: program.jurisdiction)
        if (one.kind, one.route) == ("diploma", "standard") and entering in one.cohorts and "/" not in one.jurisdiction
    }
