"""What was said about a scenario, gathered at the parts it speaks of; what we have written and not released yet; a suggestion taken in.

A remark names a part of an exact version. It is shown where that part stands now: a remark on the third branch follows that branch
when rows move. Whoever hosts the text takes a suggestion in by changing their own text, at home; nobody else can.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from stafftalks.accord import state
from stafftalks.planning import following, forms
from stafftalks.planning.element import UnknownContent, decode
from stafftalks.planning.following import Part
from stafftalks.planning.kinds import Content
from stafftalks.planning.refs import ElementRef
from stafftalks.planning.talk import Adoption, Comment, Position, Suggestion
from stafftalks.services import accords, editing, workspace
from stafftalks.services.accords import AccordView
from stafftalks.services.editing import Changed
from stafftalks.services.ports import Headquarters
from stafftalks.services.workspace import Piece
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import AccordId, ElementId, PartyId, VersionHash
from stafftalks.values.person import Person

TALK = ("comment", "suggestion", "position", "adoption")
TalkContent = Comment | Suggestion | Position | Adoption
SuggestionState = Literal["", "waiting", "same here", "same released", "no place"]


class Said(msgspec.Struct, frozen=True):
    """One remark about the scenario. `piece` is the remark itself; `accord` is where it was said, or would be.

    `part` is the dotted path in the text as it stands now; empty where it speaks of the whole, or of a part that is gone (`gone`).
    `current` is whether it speaks of the version its host released last. `before` is the version it speaks of where that is held and
    older, so that the difference can be shown. For a suggestion, `then` and `now` are the part's text in that version and now, and
    `state` says whether the text here, or the one released, already says what was proposed. `place` is the part in words; `replies` are
    comments on this remark.
    """

    piece: Piece
    content: TalkContent
    accord: AccordId | Literal[""]
    part: str
    gone: bool
    current: bool
    before: VersionHash | Literal[""]
    newest: VersionHash | Literal[""]
    then: str = ""
    now: str = ""
    state: SuggestionState = ""
    place: Part | None = None
    replies: tuple[Piece, ...] = ()

    @property
    def field(self) -> str:
        """The part it names, as written; empty for the whole."""
        return getattr(self.content, "field", "")


class Stand(msgspec.Struct, frozen=True):
    """Where one party stands on the scenario in one accord: its last position and its last adoption, None where it has made none.

    `adopted_before` is the older version it has adopted, where that is held here and the difference can be shown.
    """

    party: PartyId
    position: state.Remark | None
    adoption: state.Remark | None
    adopted_before: VersionHash | Literal[""] = ""


class Standings(msgspec.Struct, frozen=True):
    """Where every party of one accord stands on the version released there last."""

    accord: AccordId
    title: str
    version: VersionHash
    stands: tuple[Stand, ...]


def standings(hq: Headquarters, piece: Piece) -> tuple[Standings, ...]:
    """Every accord in which the scenario stands released, with each party's position and adoption."""
    about = ElementRef(piece.party, piece.element)
    released = {held.accord: held.version for held in reversed(piece.held)}
    found: list[Standings] = []
    for view in accords.views(hq):
        if view.row.id not in released:
            continue
        positions = {remark.party: remark for remark in state.positions(view.accord, about)}
        adoptions = {remark.party: remark for remark in state.adoptions(view.accord, about)}
        held = {item.version for item in view.accord.sheet(piece.party).released.get(piece.element, ())}
        stands = tuple(_stand(party, positions.get(party), adoptions.get(party), held) for party in view.accord.parties)
        found.append(Standings(view.row.id, view.title, released[view.row.id], stands))
    return tuple(found)


def _stand(
    party: PartyId, position: state.Remark | None, adoption: state.Remark | None, held: Collection[VersionHash]
) -> Stand:
    if adoption is None or adoption.current or adoption.content.about.version not in held:
        return Stand(party, position, adoption)
    return Stand(party, position, adoption, adoption.content.about.version)


def said(hq: Headquarters, piece: Piece) -> tuple[Said, ...]:
    """Everything said about the scenario, ours that is still at home too, oldest first. Positions and adoptions said are in `standings`."""
    if isinstance(piece.content, UnknownContent):
        return ()
    here = (ElementRef(piece.party, piece.element),)
    on_it = [
        found
        for found in workspace.referring_any(hq, here, kinds=TALK, fields=("about",))
        if isinstance(found.content, TalkContent)
    ]
    replies: dict[tuple[PartyId, ElementId], list[Piece]] = {}
    remarks = [ElementRef(found.party, found.element) for found in on_it]
    for found in workspace.referring_any(hq, remarks, kinds=("comment",), fields=("about",)) if remarks else ():
        if isinstance(found.content, Comment):
            about = found.content.about
            replies.setdefault((about.party, about.element), []).append(found)
    histories = _histories(accords.views(hq), piece) if on_it else {}
    shown = [
        _said(piece, piece.content, found, histories, replies.get((found.party, found.element), ()))
        for found in on_it
        if not (found.held and isinstance(found.content, Position | Adoption))
    ]
    return tuple(sorted(shown, key=lambda one: (one.piece.at, one.piece.element)))


def take_in(
    hq: Headquarters, person: Person, scenario: ElementId, suggestion: ElementRef, based_on: VersionHash
) -> Changed:
    """Our text with what was suggested in place of the part it names; at home only, as every change is.

    Raises MisuseError where the suggestion is not there, is not about this text, or names a part that this text no longer has; FieldsError
    where what it proposes cannot be read in that field; ConflictError where someone else changed that part meanwhile.
    """
    own = workspace.piece(hq, ElementRef(hq.party, scenario))
    key = (suggestion.party, suggestion.element)
    remarks = said(hq, own) if own is not None else ()
    wanted = next((one for one in remarks if (one.piece.party, one.piece.element) == key), None)
    if wanted is None or not isinstance(wanted.content, Suggestion):
        raise MisuseError("This suggestion no longer stands here: whoever made it may have taken it back.")
    if wanted.state == "no place" or not wanted.part:
        raise MisuseError(
            f"The part it is about ({wanted.content.field}) is not a part of our text as it stands now: change it by hand."
        )
    return editing.change(hq, person, scenario, based_on, {wanted.part: wanted.content.proposed})


_Histories = Mapping[AccordId, Sequence[tuple[VersionHash, bytes]]]


def _histories(views: Iterable[AccordView], piece: Piece) -> _Histories:
    """The versions released in each accord, oldest first."""
    return {
        view.row.id: [
            (item.version, item.raw) for item in view.accord.sheet(piece.party).released.get(piece.element, ())
        ]
        for view in views
        if piece.party in view.accord.parties
    }


def _said(piece: Piece, content: Content, found: Piece, histories: _Histories, replies: Sequence[Piece]) -> Said:
    remark = found.content
    if not isinstance(remark, TalkContent):
        raise MisuseError(f"A {found.kind} is not a remark.")
    where = found.accord or _where(histories, remark.about.version)
    history = histories.get(where, ()) if where else ()
    newest: VersionHash | Literal[""] = history[-1][0] if history else ""
    stale = remark.about.version != newest and any(version == remark.about.version for version, _ in history)
    before: VersionHash | Literal[""] = remark.about.version if stale else ""
    about = _content(piece, content, history, remark.about.version)
    field = getattr(remark, "field", "")
    part = (following.follow(field, about, content) or "") if field and about is not None else ""
    place = following.part(part, content) if part else None
    if place is None and field and about is not None:
        place = following.part(field, about)
    then = now = ""
    standing: SuggestionState = ""
    if isinstance(remark, Suggestion):
        last = _content(piece, content, history[-1:], newest) if newest else None
        then = forms.flatten(about).get(field, "") if about is not None else ""
        now = forms.flatten(content).get(part, "")
        standing = _state(remark, part, content, last)
    return Said(
        found, remark, where, part, bool(field) and not part, remark.about.version == newest,
        before, newest, then, now, standing, place, tuple(replies),
    )  # fmt: skip


def _state(remark: Suggestion, part: str, content: Content, released: Content | None) -> SuggestionState:
    """Whether what was proposed stands in the text here, or also in what was released."""
    flat = forms.flatten(content)
    if part not in flat:
        return "no place"
    if _plain(flat[part]) != _plain(remark.proposed):
        return "waiting"
    there = following.follow(part, content, released) if released is not None else None
    if released is not None and there and _plain(forms.flatten(released).get(there, "")) == _plain(remark.proposed):
        return "same released"
    return "same here"


def _plain(text: str) -> str:
    return " ".join(text.split())


def _where(histories: _Histories, version: VersionHash) -> AccordId | Literal[""]:
    """The accord in which that version was released: where a remark still at home would be said."""
    return next((accord for accord, history in histories.items() if any(one == version for one, _ in history)), "")


def _content(
    piece: Piece, content: Content, history: Sequence[tuple[VersionHash, bytes]], version: VersionHash | Literal[""]
) -> Content | None:
    """The text of that version; None where it is not held here."""
    if version == piece.version:
        return content
    raw = next((raw for one, raw in history if one == version), None)
    found = decode(raw).content if raw is not None else None
    return None if isinstance(found, UnknownContent) else found
