"""What stands beside the rules of a state: who makes them, in what unit, and what is asked of the personal plan.

One file for each state and the District of Columbia, ``data/<jurisdiction>/jurisdiction.yaml``.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

from pydantic import Field, ValidationError

from catalogs.documents import read_yaml
from catalogs.errors import InputError
from requirements.language import Reference, Sourced, Unit, Verified
from requirements.mistakes import near
from requirements.reader import DATA, JURISDICTION

Signer = Literal["student", "parent", "counselor", "teacher", "administrator", "school official"]


class PlanPolicy(Sourced):
    """What a state asks of the personal learning plan; what its sources do not say is left open."""

    required: bool | None = Field(default=None, description="null where it is not settled")
    name: str | None = Field(default=None, description="what the state calls it")
    who: str | None = Field(default=None, description="the students who must have one")
    from_grade: int | None = Field(default=None, ge=5, le=12, description="the first grade in which it must exist")
    reviewed: str | None = Field(default=None, description="how often, e.g. each year")
    signed_by: tuple[Signer, ...] = ()
    takes_part: tuple[str, ...] = Field(default=(), description="who helps to write it")
    detail: str | None = None


class Jurisdiction(Sourced):
    """A state or the District of Columbia."""

    id: str = Field(pattern=r"^US-[A-Z]{2}$")
    name: str
    authority: str = Field(description="the body that publishes the rules")
    control: Literal["state", "local", "mixed"] = Field(description="who sets what a diploma asks")
    unit: Unit = Unit()
    references: tuple[Reference, ...] = Field(min_length=1)
    plan_policy: PlanPolicy = PlanPolicy()
    doubts: tuple[str, ...] = ()

    @property
    def policy_status(self) -> Verified:
        """Whether the plan policy is verified: its status says so, and its reference was itself verified."""
        status = self.plan_policy.status or self.status
        source = self.policy_reference
        return "verified" if status == "verified" and source and source.status == "verified" else "unverified"

    @property
    def policy_reference(self) -> Reference | None:
        """Where the plan policy was read."""
        named = self.plan_policy.reference or self.reference
        return next((one for one in self.references if one.id == named), None)


@cache
def jurisdictions() -> dict[str, Jurisdiction]:
    """All jurisdictions by id, in the order of their ids.

    Raises
    ------
    InputError
        If a file has errors.

    Examples
    --------
    >>> jurisdictions()["US-TX"].name
    'Texas'
    """
    found = {}
    for path in sorted(DATA.glob(f"us-*/{JURISDICTION}.yaml")):
        document = read_yaml(path)
        try:
            one = Jurisdiction.model_validate(document.data)
        except ValidationError as wrong:
            first = wrong.errors(include_url=False)[0]
            at = ".".join(map(str, first["loc"]))
            raise document.error(first["loc"][:1], f"{at}: {first['msg']}") from None
        if one.id.lower() != path.parent.name:
            raise document.error(("id",), f"{one.id} stands in the folder {path.parent.name}")
        known = {reference.id for reference in one.references}
        for name in filter(None, (one.reference, one.plan_policy.reference)):
            if name not in known:
                raise document.error((), f"reference {name!r} is not listed", near(name, known))
        found[one.id] = one
    return found


def jurisdiction(state: str) -> Jurisdiction:
    """One jurisdiction by its letters, ``TX`` or ``US-TX``, or by its name.

    Raises
    ------
    InputError
        If there is none.
    """
    known = jurisdictions()
    letters = state.upper()
    by_name = {one.name.casefold(): one for one in known.values()}
    found = known.get(letters if letters.startswith("US-") else f"US-{letters}") or by_name.get(state.casefold())
    if found is None:
        names = [one.name for one in known.values()] if len(state) > len("US-TX") else list(known)
        raise InputError(f"there is no jurisdiction {state[:20]!r}", mend=near(state[:20].title(), names) or "Write TX")
    return found
