"""Third parties: what a party asks leave to pass on of another's text, what the originator answers, and which answers count.

A consent is the originator's word about its own text and about nothing else. It counts only where every one of these holds; otherwise it
is shown with the reason why not, and nothing may be passed on by it:

1. who gives it wrote the text, and who asked is among those it was released to;
2. the asking stands in this accord and names the same text and recipient; no other parts of it are granted than were asked for;
3. the text itself still stands released to who asked: nobody passes on what was recalled;
4. it is this originator's latest answer to this asking, and it was not recalled;
5. neither of the two has declined, suspended or withdrawn.

Until when it counts is a date, and no clock is read here: whoever asks compares. A refusal needs only the first: it counts however it is
worded, so that a slip of the pen never leaves an earlier consent standing.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, TypeVar, cast

import msgspec

from stafftalks.accord.bodies import EntryRef
from stafftalks.accord.parts import ReleasedVersion, Sheet
from stafftalks.accord.product import Accord, release_of
from stafftalks.planning import element
from stafftalks.planning.element import UnknownContent
from stafftalks.planning.kinds import Content
from stafftalks.planning.refs import ExactRef
from stafftalks.planning.talk import Consent, ConsentRequest, Verdict
from stafftalks.values.ids import ElementId, PartyId, VersionHash

_APART: Final = ("declined", "suspended", "withdrawn")
_ASKINGS, _GIVEN = "askings", "consents given"
_Wanted = TypeVar("_Wanted", Consent, ConsentRequest)


class Given(msgspec.Struct, frozen=True):
    """An answer of `party` to who asked, `asker`. `fault` is empty where it counts, else the sentence why it does not."""

    party: PartyId
    asker: PartyId
    element: ElementId
    version: VersionHash
    content: Consent
    realm: str
    ref: EntryRef
    at: int
    fault: str = ""

    @property
    def granted(self) -> bool:
        """Whether it lets something be passed on, until its date."""
        return not self.fault and self.content.verdict is Verdict.GRANTED


class Asking(msgspec.Struct, frozen=True):
    """What `party` asks, in its newest wording that stands. `answer` is the originator's latest that counts, None where there is none.

    `fault` says why the asking has no meaning, as one about one's own text; empty where it has.
    """

    party: PartyId
    element: ElementId
    version: VersionHash
    content: ConsentRequest
    realm: str
    ref: EntryRef
    at: int
    answer: Given | None = None
    fault: str = ""

    @property
    def originator(self) -> PartyId:
        """Whose text it is about."""
        return self.content.about.party

    @property
    def exact(self) -> ExactRef:
        """The version that an answer names."""
        return ExactRef(self.party, self.element, self.version)


def askings(accord: Accord) -> tuple[Asking, ...]:
    """Every asking that stands, party by party, each party's in the order of its record, with its answer."""
    held = accord.__dict__.get(_ASKINGS)
    if held is None:
        held = accord.__dict__[_ASKINGS] = tuple(_askings(accord))
    return cast("tuple[Asking, ...]", held)


def given(accord: Accord) -> tuple[Given, ...]:
    """Every answer that stands, party by party, each party's in the order of its record, with why it does not count where it does not."""
    held = accord.__dict__.get(_GIVEN)
    if held is None:
        held = accord.__dict__[_GIVEN] = tuple(_given(accord))
    return cast("tuple[Given, ...]", held)


def granted_to(accord: Accord, party: PartyId) -> tuple[Given, ...]:
    """The consents that `party` was given in this accord and that count, whatever their date."""
    return tuple(one for one in given(accord) if one.granted and one.asker == party)


def _askings(accord: Accord) -> Iterator[Asking]:
    answers = {(one.asker, one.content.about.element): one for one in given(accord) if not one.fault}
    for party in accord.parties:
        for release, content in _live(accord.sheet(party), ConsentRequest):
            answer = answers.get((party, release.element))
            yield Asking(
                party, release.element, release.version, content, release.realm, release.ref, release.at,
                answer, _asking_fault(accord, party, release, content),
            )  # fmt: skip


def _asking_fault(accord: Accord, party: PartyId, release: ReleasedVersion, content: ConsentRequest) -> str:
    originator = content.about.party
    if originator == party:
        return f"{party} asks about its own text, for which it needs nobody’s consent."
    if originator not in accord.parties or originator not in release.to:
        return f"{originator}, who wrote the text, was not given this request."
    return _text_fault(accord, party, content.about)


def _given(accord: Accord) -> Iterator[Given]:
    for party in accord.parties:
        found = [
            (release, content, _fault(accord, party, release, content))
            for release, content in _live(accord.sheet(party), Consent)
        ]
        latest = {
            (content.about.party, content.about.element): release.ref for release, content, fault in found if not fault
        }
        for release, content, fault in found:
            asked = content.about.party, content.about.element
            later = "" if fault or latest[asked] == release.ref else f"{party} has answered this request again since."
            yield Given(
                party, content.about.party, release.element, release.version, content, release.realm, release.ref,
                release.at, fault or later,
            )  # fmt: skip


def _fault(accord: Accord, party: PartyId, release: ReleasedVersion, content: Consent) -> str:
    """Why this answer does not count by itself; empty where it does."""
    asker, source = content.about.party, content.source
    if source.party != party:
        return f"{party} speaks of a text of {source.party}, which only {source.party} can let be passed on."
    if asker == party or asker not in accord.parties or asker not in release.to:
        return f"{asker}, who is said to have asked, was not given this answer."
    if content.verdict is Verdict.REFUSED:
        return ""
    standing = next((one for one in (party, asker) if accord.sheet(one).standing.state in _APART), None)
    if standing is not None:
        return f"{standing} has {accord.sheet(standing).standing.state} this accord, in which the consent was given."
    asked = release_of(accord, content.about)
    wanted = _read(asked.raw) if asked is not None else None
    if asked is None or not isinstance(wanted, ConsentRequest) or party not in asked.to:
        return "The request that it answers does not stand in this accord."
    if wanted.about != source or wanted.recipient != content.recipient:
        return "It is about another text, or for another recipient, than the request that it answers."
    if wanted.portions and not (content.portions and set(content.portions) <= set(wanted.portions)):
        return "It is about more parts of the text than the request that it answers."
    return _text_fault(accord, asker, source)


def _text_fault(accord: Accord, asker: PartyId, source: ExactRef) -> str:
    text = release_of(accord, source)
    if text is None or asker not in text.to:
        return f"The text itself does not stand released to {asker} in this accord: it was recalled, or never given."
    return ""


def _live(sheet: Sheet, wanted: type[_Wanted]) -> Iterator[tuple[ReleasedVersion, _Wanted]]:
    """What stands of this kind in one sheet, in the order of its record."""
    rank = {part.epoch: index for index, part in enumerate(sheet.epochs)}
    live = sheet.live_by_kind.get(str(wanted.__struct_config__.tag), ())
    for release in sorted(live, key=lambda one: (rank[one.ref.epoch], one.ref.n)):
        content = _read(release.raw)
        if isinstance(content, wanted):
            yield release, content


@lru_cache(maxsize=5_000)
def _read(raw: bytes) -> Content | UnknownContent:
    return element.decode(raw).content
