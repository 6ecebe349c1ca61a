"""How good a plan is, tier by tier, in words; the figures stand beside them in the plan's JSON."""

from __future__ import annotations

from dataclasses import dataclass

from api.pages.shell import plural
from pathways.plan import Plan, TierResult

REST = "The shape of the years: an even load, no gaps, little to confirm"


@dataclass(frozen=True, slots=True)
class Step:
    """One tier in words, and whether any plan could be better in it."""

    words: str
    proven: bool


def steps(plan: Plan) -> list[Step]:
    """What a plan was made best in, in order; without wishes, nothing is said of them."""
    said = [(tier, _words(tier, plan)) for tier in plan.tiers]
    return [Step(words, tier.value == tier.bound) for tier, words in said if words]


def _words(tier: TierResult, plan: Plan) -> str:
    if tier.name == "quality":
        return REST
    if tier.name == "wishes":
        granted = sum(wish.granted for wish in plan.wishes)
        return f"Wishes: {granted} of {len(plan.wishes)} come true" if plan.wishes else ""
    if tier.name == "nearness":
        before = {(one.course, one.term) for one in plan.request.plan_in_force}
        now = {(one.course, f"{one.year}-{one.term}") for one in plan.placements}
        return f"Near to the plan before: {len(before & now)} of {plural(len(before), 'course')} in their terms"
    return tier.words[:1].upper() + tier.words[1:]
