"""An actor with one planted fault: `python planted_actor.py FAULT FOLDER`. The main job must find every one of them."""

import sys
from collections.abc import Callable, Iterator
from typing import Any

from stafftalks.accord.bodies import Question
from stafftalks.release import act_rules, release_rules
from stafftalks.services import accords, desk_reviews, elements, recalls
from stafftalks.site.demo import actor, cast

HEAD = cast.MERIDIA.person("head")


def says_nothing(*_: object, **__: object) -> Iterator[Any]:
    """A rule that never says no."""
    return iter(())


def keeps_what_it_confirmed_removed() -> None:
    recalls._remove = says_nothing


def one_person_decides_alone() -> None:
    release_rules._persons = says_nothing


def closed_realms_let_out() -> None:
    release_rules._realm = says_nothing


def consent_can_be_proposed() -> None:
    act_rules.refuse_consent = lambda duty: None  # type: ignore[assignment,return-value]
    ask_all = act_rules.act_refusals
    act_rules.act_refusals = lambda *args: (refusal for refusal in ask_all(*args) if refusal is not None)
    from stafftalks.release import desk

    desk.act_refusals = act_rules.act_refusals


def drafts_leak_into_questions() -> None:
    add = elements.add

    def leaky(hq: Any, person: Any, content: Any, element: Any = None) -> Any:
        row = add(hq, person, content, element)
        for accord in hq.records.accords() if row.kind == "plan" else ():
            accords.act(hq, HEAD, accord.id, Question(row.raw.decode()))
        return row

    elements.add = leaky


def released_bytes_differ_from_the_preview() -> None:
    preview = desk_reviews.review

    def other(hq: Any, request_id: str, decider: Any) -> Any:
        import msgspec

        found = preview(hq, request_id, decider)
        shown = msgspec.structs.replace(found.preview, raw=found.preview.raw.replace(b"mines", b"nets"))
        return msgspec.structs.replace(found, preview=shown)

    desk_reviews.review = other


FAULTS: dict[str, Callable[[], None]] = {
    fault.__name__: fault
    for fault in (
        keeps_what_it_confirmed_removed,
        one_person_decides_alone,
        closed_realms_let_out,
        consent_can_be_proposed,
        drafts_leak_into_questions,
        released_bytes_differ_from_the_preview,
    )
}

if __name__ == "__main__":
    FAULTS[sys.argv.pop(1)]()
    sys.exit(actor.main())
