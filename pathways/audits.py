"""Hold a record, as it stands, against programs."""

from __future__ import annotations

from collections.abc import Sequence

from catalogs import Catalog
from pathways.planner import goal_programs
from pathways.student import Student
from requirements import reader
from requirements.audit import audit
from requirements.crediting import credit_entries
from requirements.report import AuditReport


def audit_record(
    student: Student, catalog: Catalog, programs: Sequence[str] | None
) -> tuple[tuple[AuditReport, ...], tuple[str, ...]]:
    """Audit a student's record without any plan.

    Parameters
    ----------
    programs
        Ids of the programs; the student's diploma and goals where None.

    Returns
    -------
    tuple
        The reports in order, and what reading the transcript had to settle.
    """
    rules = goal_programs(student, catalog) if programs is None else tuple(reader.load(one) for one in programs)
    entries, remarks = credit_entries(student.transcript, catalog, entering=student.entering)
    reports = (
        audit(
            program,
            entries,
            decisions=student.decisions,
            achievements=student.achievements,
            grading=catalog.grading,
        )
        for program in rules
    )
    return tuple(reports), tuple(remark.message for remark in remarks)
