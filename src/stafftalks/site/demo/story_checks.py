"""Private checks in the told stories: one is answered and computed to its end, another waits for the other staff's officer."""

from collections.abc import Sequence
from functools import partial

from stafftalks.accord.bodies import EntryRef
from stafftalks.site.demo.lines import CheckSeen
from stafftalks.site.demo.stage import Actor, Stage
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import AccordId, ElementId


def hold(
    stage: Stage,
    accord: AccordId,
    by: Actor,
    said: dict[str, object],
    activities: Sequence[ElementId],
    answer: Sequence[ElementId],
    wanted: Sequence[str],
) -> EntryRef:
    """The check that `by` proposes; where there is an `answer` the other consents with these activities, and both come to know what is `wanted`."""
    other = stage.other(by.party)
    if not answer:  # whoever opens the page answers with all that the other staff has there
        said = {**said, "a_side": "16"}
    check = by.call(
        EntryRef, "propose check", "officer", accord=accord, to=[other.party], activities=activities, **said
    )
    stage.settle(accord)
    if not answer:
        return check
    other.call(EntryRef, "consent to check", "officer", check=check, activities=answer)
    found: list[str] = []
    for actor in (by, other):
        view = stage.until(f"{actor.party} has the answer of a private check", partial(_over, actor, check))
        found += view.flagged or ()
    if found != list(wanted):
        raise MisuseError(f"A private check of the story flags {found} and not {list(wanted)}.")
    return check


def _over(actor: Actor, check: EntryRef) -> CheckSeen | None:
    view = actor.call(CheckSeen, "view check", check=check)
    return view if view.over else None
