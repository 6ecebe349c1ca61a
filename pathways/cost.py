"""What news cost: graduation, goals and wishes of a plan in force against those of the plan that followed it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from pathways.plan import Plan


def cost(old: Plan, new: Plan) -> tuple[str, ...]:
    """What is lost or gained from one plan to the next, a sentence each; empty where nothing is.

    Only ends are told: when the diploma is complete, what goals lack, which wishes come true. How the courses moved is
    told by `pathways.changes`.
    """
    return (*_graduation(old, new), *_programs(old, new), *_goals(old, new), *_wishes(old, new))


def _graduation(old: Plan, new: Plan) -> Iterator[str]:
    if new.graduates is None:
        if old.graduates is not None:
            yield f"The diploma cannot be complete by {new.terms[-1]} any more"
    elif old.graduates is None:
        yield f"The diploma is complete in {new.graduates} now"
    elif _differ(old.graduates, new.graduates, new.terms):
        yield f"The diploma is complete in {new.graduates}, not in {old.graduates}"


def _differ(was: str, now: str, terms: Collection[str]) -> bool:
    """Whether two terms differ; those of two calendars do where their school years do."""
    return was != now if was in terms else was[:4] != now[:4]


def _programs(old: Plan, new: Plan) -> Iterator[str]:
    """Credit missing of each program, the diploma among them; it may be another one at another school."""
    names = {report.program: report.name for plan in (old, new) for report in plan.audit.programs}
    before, after = ({one.program for one in plan.audit.programs} for plan in (old, new))
    for program in names:
        was, now = ([one.words for one in plan.unmet if one.program == program] for plan in (old, new))
        if program not in after:
            yield f"{names[program]} does not count there"
        elif program not in before:
            yield f"{names[program]} is what counts there" + (f": {'; '.join(now)}" if now else "")
        elif now and now != was:
            yield f"{names[program]}: {'; '.join(now)}" + ("" if was else ", where nothing was missing")
        elif was and not now:
            yield f"{names[program]}: nothing is missing any more"


def _goals(old: Plan, new: Plan) -> Iterator[str]:
    before = {goal.goal: goal for goal in old.goals}
    after = {goal.goal: goal for goal in new.goals}
    for name, was in before.items():
        now = after.get(name)
        if now is None:
            yield f"{was.name} is no goal any more"
        elif (now.reached, now.offered) != (was.reached, was.offered):
            reached = f"{now.reached} of {now.offered} {now.unit} that the school offers"
            yield f"{now.name}: {reached}, where it was {was.reached} of {was.offered}"


def _wishes(old: Plan, new: Plan) -> Iterator[str]:
    after = {wish.wish: wish for wish in new.wishes}
    for was in old.wishes:
        now = after.get(was.wish)
        if now is None and was.granted:
            yield f"The wish for {was.wish} stays behind"
        elif now is not None and now.granted != was.granted:
            yield f"The wish for {was.wish} " + (
                "comes true now" if now.granted else f"does not come true: {now.words}"
            )
