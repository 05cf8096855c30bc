"""Planted leaks for whole headquarters: each patches one life so that something private shows, in a way that has happened to others.

Every plant is small, and each would be an honest mistake: a header for the monitoring, a cache tag, a friendlier error, a helpful file property.
"""

import hashlib
import sys
from collections.abc import Callable
from typing import Any

import msgspec

from stafftalks.planning.element import decode
from tests.always_true.whole import House, numbered
from tests.always_true.worlds import SharedDice, SilentWhileBusy


def drafts(house: House) -> int:
    """How many elements are at home."""
    return house.hq.holdings.find()[0]


def a_counter_in_hello(house: House) -> None:
    """Hello tells how much is waiting, for a nicer page at the partner's."""
    from stafftalks.links import door

    class Busy(msgspec.Struct, frozen=True):
        party: str
        version: str
        now: int
        waiting: int

    door.Hello = lambda party, version, now: Busy(party, version, now, drafts(house))  # type: ignore[assignment, misc]


def a_header_for_the_monitoring(house: House) -> None:
    """Answers bear a header with the load of the headquarters."""
    _headed(house, lambda: ("X-Rows", str(drafts(house))))


def an_etag_over_the_tables(house: House) -> None:
    """Answers bear a cache tag made of the journal's length."""
    _headed(house, lambda: ("ETag", hashlib.sha256(b"%d" % house.hq.journal.find()[0]).hexdigest()[:8]))


def an_error_that_explains(house: House) -> None:
    """A refusal tells what else keeps this headquarters busy."""
    from stafftalks.links import door

    said = door.refusal
    door.refusal = lambda status, rule, sentence: said(status, rule, f"{sentence} ({house.hq.desk.find()[0]} wait.)")


def ids_of_one_stream(house: House) -> None:
    """Ids, salts and nonces are drawn from one counted stream."""
    house.dice = SharedDice()


def an_order_of_home(house: House) -> None:
    """What a partner holds is listed by how often it was revised at home."""
    from stafftalks.services import releases

    listed = releases.partner_view

    def by_home(hq: Any, accord: Any, partner: Any) -> Any:
        return tuple(sorted(listed(hq, accord, partner), key=lambda item: -len(hq.holdings.versions(item.element))))

    releases.partner_view = by_home


def an_acknowledgement_that_waits(house: House) -> None:
    """Receipts wait until the release desk is clear."""
    hq = house.hq
    house._hq = msgspec.structs.replace(hq, log=SilentWhileBusy(hq.log, hq))  # type: ignore[arg-type]


def a_longer_seal(house: House) -> None:
    """Bundles are sealed to one more key while drafts are worked on: a backup of the sender's own."""
    from stafftalks.links import sealing

    spare = sealing.public_key(sealing.new_private_key())
    seal = sealing.HpkeSealer.seal

    def sealed(self: Any, plaintext: bytes, keys: Any) -> bytes:
        return seal(self, plaintext, [*keys, *([spare] if drafts(house) > 4 else [])])

    sealing.HpkeSealer.seal = sealed  # type: ignore[method-assign]


def an_author_in_the_properties(house: House) -> None:
    """Office files name who took them out, as office programs do."""
    from stafftalks.formats import packing

    bare = packing.bare

    def signed(raw: bytes, main: str, **told: Any) -> bytes:
        parts = packing.unpacked(bare(raw, main, **told))
        parts["docProps/app.xml"] = f"<Manager>{house.staff[1].name}</Manager>".encode()
        return packing.packed(parts)

    packing.bare = signed


def a_revision_count(house: House) -> None:
    """Office files count how often the element was saved."""
    from stafftalks.formats import packing

    core = packing._core

    def counted(title: str, language: str) -> bytes:
        saved = sum(len(house.hq.holdings.versions(row.id)) for row in house.hq.holdings.find(limit=1000)[1])
        return core(title, language).replace(
            b"</cp:coreProperties>", b"<cp:revision>%d</cp:revision></cp:coreProperties>" % saved
        )

    packing._core = counted


def a_preview_named_after_the_draft(house: House) -> None:
    """Office files hold a preview, named after what the element is called at home by now."""
    from stafftalks.formats import packing

    packed = packing.packed

    def previewed(parts: Any) -> bytes:
        title = decode(house.hq.holdings.element(numbered(1)).raw).content.title  # type: ignore[union-attr]
        return packed({**parts, f"docProps/{title}.jpeg": b""})

    packing.packed = previewed


def a_snippet_of_what_is_like_it(house: House) -> None:
    """Files say beneath the title what the search at home finds for it first."""
    from stafftalks.formats import handout

    paper = handout.paper

    def like(handed: Any, *told: Any) -> Any:
        made = paper(handed, *told)
        return msgspec.structs.replace(made, foot=f"{made.foot} {_first_hit(house)}")

    handout.paper = like


def a_file_named_after_the_title(house: House) -> None:
    """Handouts are named after what the element is called at home."""
    from stafftalks.web.views import handouts

    answered = handouts._answer

    def named(request: Any, made: bytes, form: str, name: str, what: str) -> Any:
        row = house.hq.holdings.element(numbered(1))
        return answered(request, made, form, f"{name}-{row.title if row else ''}", what)

    handouts._answer = named


def rows_counted_anew(house: House) -> None:
    """Rows that are left after a redaction are given new ids, without a gap."""
    applied = _applied()

    def tidied(content: Any, redactions: Any) -> Any:
        left = applied(content, redactions)
        if not hasattr(left, "branches"):
            return left
        new = {row.id: f"B{at}" for at, row in enumerate(left.branches, 1)}
        branches = (msgspec.structs.replace(row, id=new[row.id], after=new.get(row.after, "")) for row in left.branches)
        return msgspec.structs.replace(left, branches=tuple(branches))

    _apply_by(tidied)


def a_word_where_something_was(house: House) -> None:
    """A redaction leaves a word where something was taken out."""
    applied = _applied()

    def blanked(content: Any, redactions: Any) -> Any:
        left = applied(content, redactions)
        return msgspec.structs.replace(left, said=f"{left.said}\n\n[redacted]") if hasattr(left, "said") else left

    _apply_by(blanked)


ON_THE_WIRE = (
    a_counter_in_hello, a_header_for_the_monitoring, an_etag_over_the_tables, an_error_that_explains, ids_of_one_stream,
    an_acknowledgement_that_waits, a_longer_seal, a_word_where_something_was,
)  # fmt: skip
IN_FILES = (
    an_order_of_home, rows_counted_anew, an_author_in_the_properties, a_revision_count, a_preview_named_after_the_draft,
    a_snippet_of_what_is_like_it, a_file_named_after_the_title,
)  # fmt: skip
PLANTS: dict[str, Callable[[House], None]] = {plant.__name__: plant for plant in (*ON_THE_WIRE, *IN_FILES)}


def _headed(house: House, header: Callable[[], tuple[str, str]]) -> None:
    from stafftalks.links import door

    call = door.Door.__call__

    def answering(self: Any, environ: Any, start: Any) -> Any:
        return call(self, environ, lambda status, headers: start(status, [*headers, header()]))

    door.Door.__call__ = answering  # type: ignore[method-assign]


def _applied() -> Callable[[Any, Any], Any]:
    from stafftalks.release import redaction

    return redaction.apply


def _apply_by(mistaken: Callable[[Any, Any], Any]) -> None:
    """Redacts so everywhere: where the desk alone did, the rules would refuse what they did not find to be made of the redactions."""
    right = _applied()
    for module in [found for name, found in sys.modules.items() if name.startswith("stafftalks.")]:
        if getattr(module, "apply", None) is right:
            module.apply = mistaken  # type: ignore[attr-defined]


def _first_hit(house: House) -> str:
    found = house.hq.holdings.find(text="report", limit=1)[1]
    return found[0].title if found else ""
