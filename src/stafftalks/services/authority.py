"""On whose authority something may leave: gathers from home what the rules of the release desk judge by.

The number of look-ups does not grow with the requests that are judged together. Nothing gathered here ever leaves: the desk reads it, and
what it makes is a function of the requests that it lets go.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final, cast

from stafftalks.accord.bodies import EntryRef
from stafftalks.accord.parts import ReleasedVersion
from stafftalks.accord.reading import read_entry
from stafftalks.planning import element as elements
from stafftalks.planning.element import UnknownContent
from stafftalks.planning.letters import Detail, Letter
from stafftalks.planning.refs import ExactRef
from stafftalks.release.authority import Authority, Given, StandingLetter
from stafftalks.release.desk import Request
from stafftalks.services import consents, labels, pairing, reading
from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import PeerError
from stafftalks.values.ids import AccordId, ElementId, PartyId
from stafftalks.values.person import Person
from stafftalks.values.relative_time import Instant

MOST_LETTERS: Final = 1_000
_GIVEN = "given"


def of(
    hq: Headquarters,
    requests: Sequence[Request],
    *,
    head: Person | None = None,
    loads: Sequence[reading.Loaded] | None = None,
) -> Authority:
    """What home lends the desk to judge these requests, alone or together.

    `head` is the head of delegation who lets them go as a third person; `loads` are all accords, where they are read already.
    """
    held = reading.load_all(hq) if loads is None else loads
    audience = {party for request in requests for party in request.audience}
    asked = [found for request in requests if (found := _element(request.element_raw)) is not None]
    sources = {
        origin.source
        for found in asked
        if not isinstance(found.content, UnknownContent)
        for origin in found.content.origins
    }
    return Authority(
        policies=labels.policies(hq),
        now=Instant(hq.clock.now()),
        letters=letters(hq),
        methods=_methods(hq, audience),
        consents=consents.in_force(hq, held),
        originals=_originals(hq, held, sources),
        given=_given(hq, held, audience, {found.id for found in asked}),
        recalled=_recalled(held, sources),
        results=_results(hq, {found.id for found in asked}),
        head=head,
    )


def about(hq: Headquarters, partner: PartyId) -> Authority:
    """What home lends the desk to judge an act of a private check with this partner."""
    return Authority(
        policies=labels.policies(hq),
        now=Instant(hq.clock.now()),
        letters=letters(hq),
        methods=_methods(hq, {partner}),
    )


def letters(hq: Headquarters) -> dict[PartyId, tuple[StandingLetter, ...]]:
    """Our own letters by partner, those not in force too, the last revised first; archived ones stand no more."""
    found: dict[PartyId, list[StandingLetter]] = {}
    for row in hq.holdings.find(kind="letter", limit=MOST_LETTERS)[1]:
        content = elements.decode(row.raw).content
        if isinstance(content, Letter):
            standing = StandingLetter(ExactRef(hq.party, row.id, row.version), content)
            found.setdefault(content.partner, []).append(standing)
    return {party: tuple(standing) for party, standing in found.items()}


def _methods(hq: Headquarters, audience: Collection[PartyId]) -> dict[PartyId, frozenset[str]]:
    """How a release would travel: over the wire to partners whose card names addresses, else in a file."""
    return {
        row.party: frozenset({"https" if pairing.card_of(row).addresses else "file"})
        for row in hq.partners.partners()
        if row.party in audience
    }


def _originals(
    hq: Headquarters, held: Sequence[reading.Loaded], sources: Collection[ExactRef]
) -> dict[ExactRef, bytes]:
    """The bytes of these versions, as far as they stand released here or are the present text of ours."""
    found: dict[ExactRef, bytes] = {}
    for source in sources:
        for loaded in held:
            sheet = loaded.state.sheet(source.party)
            for item in sheet.released.get(source.element, ()):
                if item.version == source.version:
                    found[source] = item.raw
    own = hq.holdings.elements([source.element for source in sources if source.party == hq.party])
    for source in sources:
        row = own.get(source.element) if source.party == hq.party else None
        if row is not None and row.version == source.version:
            found[source] = row.raw
    return found


def _results(hq: Headquarters, asked: Collection[ElementId]) -> dict[ElementId, tuple[ExactRef, ...]]:
    """Of those that were written from an analysis, the releases of others that its result stands on."""
    return {
        element: tuple(each.exact for each in row.basis.inputs if each.owner != hq.party)
        for element, row in hq.written.among(asked).items()
    }


def _recalled(held: Sequence[reading.Loaded], sources: Collection[ExactRef]) -> frozenset[ExactRef]:
    return frozenset(
        source
        for source in sources
        for loaded in held
        for recall in loaded.state.sheet(source.party).recalls
        if recall.element == source.element and source.version in recall.versions
    )


def _given(
    hq: Headquarters, held: Sequence[reading.Loaded], audience: Collection[PartyId], asked: Collection[ElementId]
) -> dict[PartyId, tuple[Given, ...]]:
    """What each of the audience was ever given of ours, with the detail under which what is asked for now was told before."""
    given = {party: [item for loaded in held for item in _given_to(hq, loaded, party)] for party in audience}
    again = sorted({item.element for items in given.values() for _, item in items} & set(asked))
    under = hq.desk.letters_of(again) if again else {}
    details = _details(hq, {letter for letters in under.values() for letter in letters})
    return {
        party: tuple(
            Given(
                ExactRef(hq.party, item.element, item.version),
                item.kind,
                item.raw,
                accord,
                item.at,
                next((detail for letter in under.get(item.ref, ()) if (detail := details.get((letter, party)))), None),
            )
            for accord, item in items
        )
        for party, items in given.items()
    }


def _given_to(hq: Headquarters, loaded: reading.Loaded, party: PartyId) -> list[tuple[AccordId, ReleasedVersion]]:
    sheet = loaded.state.sheet(hq.party)
    kept = sheet.__dict__.get(_GIVEN)
    if kept is None:
        kept = {}
        standing = (item for item in sheet.journal.values() if isinstance(item, ReleasedVersion))
        for item in (*_taken_back(hq, loaded), *standing):
            for to in item.to:
                kept.setdefault(to, []).append((loaded.row.id, item))
        sheet.__dict__[_GIVEN] = kept
    return cast("Mapping[PartyId, list[tuple[AccordId, ReleasedVersion]]]", kept).get(party, [])


def _taken_back(hq: Headquarters, loaded: reading.Loaded) -> tuple[ReleasedVersion, ...]:
    """What we released and recalled, from the texts that our own record keeps: whoever was given it may well remember it.

    Each is read once; what was read is remembered by its place, for a recall is not unsaid.
    """
    gone = loaded.state.sheet(hq.party).taken_back
    if not gone:
        return ()
    held = hq.memory.setdefault(f"{_GIVEN}/{loaded.row.id}", {})
    known = cast("dict[EntryRef, ReleasedVersion | None]", held)
    for row in loaded.own(hq.party):
        unread = {ref.n for ref in gone if ref.epoch == row.feed.epoch and ref not in known and ref.n < row.effective}
        if unread:
            for entry in reading.entries(hq, row, min(unread), max(unread) + 1):
                if entry.n in unread:
                    ref = EntryRef(hq.party, row.feed.epoch, entry.n)
                    said = read_entry(entry, ref)
                    known[ref] = said if isinstance(said, ReleasedVersion) else None
    return tuple(item for ref in sorted(gone) if (item := known.get(ref)) is not None)


def _details(hq: Headquarters, wanted: Collection[ExactRef]) -> dict[tuple[ExactRef, PartyId], Detail]:
    """How finely these exact versions of letters of ours let things be told to the partner that each is about."""
    found: dict[tuple[ExactRef, PartyId], Detail] = {}
    for letter in sorted({ref.element for ref in wanted}):
        for row in hq.holdings.versions(letter):
            content = elements.decode(row.raw).content
            if isinstance(content, Letter):
                found[ExactRef(hq.party, row.element, row.version), content.partner] = content.detail
    return found


def _element(raw: bytes) -> elements.Element | None:
    try:
        return elements.decode(raw)
    except PeerError:  # the rules say so themselves
        return None
