"""The release desk of one headquarters, from its folder: `python -m benchmarks.desk measure HOME ACCORD COUNT`.

The headquarters is the product's own, over SQLite with its durable commits; nothing is sent meanwhile. Elements are of several kinds and sizes, each
marked and with marked portions, and their releases are asked for before anything is timed.
"""

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from benchmarks import children
from benchmarks.headquarters import HEAD, OFFICER, PLANNER
from stafftalks.values.ids import AccordId, PartyId

TOGETHER = 50
"""How many requests are decided in one act, where several are."""
_PARTNER = PartyId("XTV")
_TIMES = 5
"""How often the floor is measured: once is over too soon for the clock of the processor."""


class Result(msgspec.Struct):
    """What it cost for so many elements of so many bytes in all; `serialise_s`, `redact_s`, `before_s` and `after_s` are of the processor."""

    elements: int
    size_bytes: int
    serialise_s: float
    preview: children.Cost
    decide: children.Cost
    together: children.Cost
    redact_s: float
    before_s: float
    after_s: float


def measure(home: str, accord: str, count: str) -> Result:
    """What it costs to preview and decide `count` elements, each by itself and then as many again together."""
    os.environ["STAFFTALKS_HOME"] = home
    from stafftalks.site import wiring

    hq = msgspec.structs.replace(wiring.open_home(Path(home)), wake=lambda: None)
    from stafftalks.services import desk_reviews, redacting, releases, together

    _permit(hq)
    singly = _asked(hq, accord, int(count), "one by one")
    batched = _asked(hq, accord, int(count), "together")
    serialise_s, size = _serialised_s(hq, singly)
    with children.cost() as preview:
        for request in singly:
            if refusals := desk_reviews.review(hq, request, OFFICER).refusals:
                raise RuntimeError(f"A release that the desk has to let go was refused: {refusals}")
    with_portions = [request for request in singly if releases.get(hq, request).kind == "scenario"]
    redact_s = _each_s(lambda request: redacting.redact(hq, OFFICER, request, _redactions()), with_portions)
    before_s = _each_s(lambda request: desk_reviews.review(hq, request, OFFICER), singly[:20])
    with children.cost() as decide:
        for request in singly:
            releases.release(hq, OFFICER, request)
    after_s = _each_s(lambda request: desk_reviews.review(hq, request, OFFICER), batched[:20])
    with children.cost() as several:
        for at in range(0, len(batched), TOGETHER):
            together.decide(hq, OFFICER, batched[at : at + TOGETHER])
    return Result(len(singly), size, serialise_s, preview, decide, several, redact_s, before_s, after_s)


def _permit(hq: Any) -> None:
    """A letter that permits what is asked for."""
    from stafftalks.planning import forms
    from stafftalks.services import elements

    letter = forms.parse_mapping("letter", {
        "title": "All to Torvia", "partner": _PARTNER, "marking": {"policy": hq.party, "classification": "RESTRICTED"},
        "ceilings": [{"policy": hq.party, "classification": "SECRET", "categories": "all"}],
        "realms": "all", "kinds": "all", "contingencies": "all", "methods": "all", "deciders": "all",
        "detail": {"positions": "exact", "counts": "exact", "times": "exact"}, "together": "yes", "valid_until": "2999-12-31",
    })  # fmt: skip
    if isinstance(letter, forms.FormErrors):
        raise TypeError(str(letter.errors))
    elements.add(hq, HEAD, letter)


def _asked(hq: Any, accord: str, count: int, name: str) -> list[str]:
    """Requests to release so many new elements: of four, one scenario, one plan, one activity and one report."""
    from stafftalks.services import elements, releases

    found = []
    for number in range(count):
        row = elements.add(hq, PLANNER, _content(number, name))
        realm = "intelligence" if row.kind == "report" else "scenarios"
        found.append(releases.request(hq, PLANNER, AccordId(accord), row.id, realm, [_PARTNER]).id)
    return found


def _content(number: int, name: str) -> Any:
    from stafftalks.planning import forms

    marking = {"policy": "XMR", "classification": "RESTRICTED", "caveats": "REL TO XMR, XTV"}
    title = f"Case {number:05d}, {name}"
    mark = "R//REL TO XMR, XTV"
    text = "\n\n".join(f"({mark}) {n}. Two transports and one escort, case {number}, head east." for n in range(6))
    kinds: tuple[tuple[str, dict[str, object]], ...] = (
        ("scenario", {
            "narrative": text, "area": "Narrows @ circle 36.85, 34.64 radius 20 km", "branches": [
                {"id": f"B{n}", "title": f"Branch {n} of case {number}", "likelihood": "likely", "mark": mark} for n in range(6)
            ], "assumptions": [{"id": "A1", "text": "The port stays usable."}],
        }),
        ("plan", {
            "detail_level": "CONPLAN", "paragraphs": {"mission": text, "execution": {"concept": text}},
            "phases": [{"id": f"P{n}", "name": f"Phase {n}", "start": f"C+{n}", "end": f"C+{n + 1}"} for n in range(4)],
        }),
        ("activity", {"what": "A convoy passes.", "window": f"C+{number % 20} to C+{number % 20 + 2}", "footprint": "36.85, 34.64"}),
        ("report", {"said": text, "hops": [{"actor": "A patrol", "relation": "observed", "grade": "B2"}]}),
    )  # fmt: skip
    kind, fields = kinds[number % len(kinds)]
    made = forms.parse_mapping(kind, {"title": title, "marking": marking, **fields})
    if isinstance(made, forms.FormErrors):
        raise TypeError(f"{kind}: {made.errors}")
    return made


def _redactions() -> list[Any]:
    from stafftalks.release.redaction import Redaction

    return [Redaction.parse("remove branches.B5"), Redaction.parse("remove narrative#2")]


def _serialised_s(hq: Any, requests: Sequence[str]) -> tuple[float, int]:
    """The floor: each element encoded once, the body of its release encoded once, and hashed once; and how many bytes that is."""
    from stafftalks.accord.bodies import decode_body, encode_body
    from stafftalks.planning import element
    from stafftalks.services import releases

    bodies = [decode_body(releases.get(hq, request).body) for request in requests]
    found = [element.decode(body.element.encode()) for body in bodies]  # type: ignore[union-attr]
    begun = time.process_time()
    for _ in range(_TIMES):
        for one, body in zip(found, bodies, strict=True):
            element.encode(one)
            hashlib.sha256(encode_body(body)).digest()
    return (time.process_time() - begun) / _TIMES, sum(len(encode_body(body)) for body in bodies)


def _each_s(act: Callable[[str], object], requests: Sequence[str]) -> float:
    """Seconds of the processor for each."""
    begun = time.process_time()
    for request in requests:
        act(request)
    return (time.process_time() - begun) / max(1, len(requests))


if __name__ == "__main__":
    children.answer({"measure": measure})
