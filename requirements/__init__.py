"""Programs (diplomas, endorsements, admission patterns) as data, and the audit of a record against them.

Examples
--------
>>> from requirements import load, standard_diploma
>>> standard_diploma("TX", 2026).id
'us-tx-fhsp-endorsement-2026'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from requirements.crediting import Remark, credit_entries, planned_entry
    from requirements.decisions import Achievement, Decisions
    from requirements.figure import Figure, figures, rule_hash
    from requirements.language import Program, Selector
    from requirements.listing import ProgramSummary, programs, standard_diploma
    from requirements.reader import load, read_program
    from requirements.record import Entry, TranscriptLine

__all__ = [
    "Achievement",
    "Decisions",
    "Entry",
    "Figure",
    "Program",
    "ProgramSummary",
    "Remark",
    "Selector",
    "TranscriptLine",
    "credit_entries",
    "figures",
    "load",
    "planned_entry",
    "programs",
    "read_program",
    "rule_hash",
    "standard_diploma",
]

# The models cost a fifth of a second to build, so they are imported when first asked for.
_MODULES = {
    "crediting": ("Remark", "credit_entries", "planned_entry"),
    "language": ("Program", "Selector"),
    "figure": ("Figure", "figures", "rule_hash"),
    "listing": ("ProgramSummary", "programs", "standard_diploma"),
    "reader": ("load", "read_program"),
    "decisions": ("Achievement", "Decisions"),
    "record": ("Entry", "TranscriptLine"),
}  # fmt: skip
_HOME = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
