"""Telling an author, because we choose to, that its text reached us and how many of our people have read it.

The number is counted here, from who opened the text, and never typed: it can be left out, and cannot be made larger. Nothing is ever sent by
itself: a person asks for it, another lets it go at the desk, so that when it leaves depends on nothing but their acts.
"""

import msgspec

from stafftalks.accord import state
from stafftalks.accord.parts import ReleasedVersion
from stafftalks.planning.element import UnknownContent, decode
from stafftalks.planning.refs import ElementRef, ExactRef
from stafftalks.planning.talk import Acknowledgement
from stafftalks.services import accords, elements, releases, workspace
from stafftalks.services.accords import AccordView
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow, RequestRow
from stafftalks.values.errors import MisuseError, Refusal, RefusedError
from stafftalks.values.ids import AccordId, ElementId, PartyId
from stafftalks.values.person import Person


class Telling(msgspec.Struct, frozen=True):
    """What could be told of the version that we hold now, and what has been: `readers` of ours have opened it.

    `told` is our latest word that stands about this version, `waits` the request at the desk that would tell more; None where there is none.
    """

    about: ExactRef
    realm: str
    readers: int
    told: state.Telling | None
    waits: RequestRow | None


def telling(hq: Headquarters, accord: AccordId, party: PartyId, element: ElementId) -> Telling | None:
    """What could be told of a partner's element; None where none of it stands released to us, or it tells such a thing itself."""
    view = accords.view(hq, accord)
    held = _held(hq, view, party, element)
    if held is None:
        return None
    about = ExactRef(party, element, held.version)
    said = state.tellings(view.accord).get(about, ())
    told = next((one for one in said if one.party == hq.party), None)
    own = _own(hq, about)
    _total, waiting = hq.desk.find(state="waiting", accord=accord, element=own.id) if own else (0, ())
    readers = hq.readers.counts([about]).get(about, 0)
    return Telling(about, held.realm, readers, told, next(iter(waiting), None))


def tell(
    hq: Headquarters,
    person: Person,
    accord: AccordId,
    party: PartyId,
    element: ElementId,
    *,
    readers: bool,
    statement: str = "",
    note: str = "",
) -> RequestRow:
    """Asks that the author be told that the version we hold now was received, and with `readers` how many of our people have read it.

    Raises MisuseError where nothing of it stands released to us, RefusedError where exactly this was told already.
    """
    with hq.transactions.atomic():
        view = accords.view(hq, accord)
        held = _held(hq, view, party, element)
        if held is None:
            raise MisuseError(f"Nothing of this element of {party} stands released to us in this accord.")
        about = ExactRef(party, element, held.version)
        subject = decode(held.raw).content
        content = Acknowledgement(
            about=about, readers=hq.readers.counts([about]).get(about, 0) if readers else None, statement=statement.strip(),
        )  # fmt: skip
        if not isinstance(subject, UnknownContent):
            content = msgspec.structs.replace(content, marking=subject.marking, contingency=subject.contingency)
        own = _own(hq, about)
        row = elements.revise(hq, person, own.id, content, own.version) if own else elements.add(hq, person, content)
        standing = state.current_version(view.accord, hq.party, row.id)
        if standing is not None and standing.version == row.version and party in standing.to:
            raise RefusedError(Refusal("already-told", f"{party} has been told exactly this already: nothing is new."))
        return releases.request(hq, person, accord, row.id, held.realm, (party,), note)


def _held(hq: Headquarters, view: AccordView, party: PartyId, element: ElementId) -> ReleasedVersion | None:
    """The version that we were given last; an acknowledgement is not acknowledged in turn."""
    if party == hq.party or party not in view.accord.parties:
        return None
    given = [one for one in view.accord.sheet(party).released.get(element, ()) if hq.party in one.to]
    return given[-1] if given and given[-1].kind != "acknowledgement" else None


def _own(hq: Headquarters, about: ExactRef) -> ElementRow | None:
    """Our own acknowledgement of this element, of whichever version: there is one at most, and it is revised."""
    pointing = workspace.referring(
        hq, ElementRef(about.party, about.element), kinds=("acknowledgement",), fields=("about",)
    )
    found = [piece.element for piece in pointing if piece.party == hq.party]
    rows = hq.holdings.elements(found)
    return next((rows[element] for element in found if element in rows and not rows[element].archived), None)
