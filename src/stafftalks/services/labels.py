"""The marking policies that this headquarters knows, and our own markings beside partners' texts.

Policies come with the product or are loaded by an administrator: a SPIF file, or the plain policy under a name. A loaded one takes the name of a built-in
over. None can be taken out while live elements of ours are marked under it or letters of ours name it. What a partner marked is never overwritten: ours
stands beside it, on that exact version, and says what we take it for; it decides nothing by itself.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from stafftalks.formats import spif
from stafftalks.planning.refs import ElementRef, ExactRef
from stafftalks.services import workspace
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import BesideRow, ElementRow, JournalRow, PolicyRow
from stafftalks.values.builtin_policies import plain
from stafftalks.values.errors import MisuseError, PeerError, Refusal, RefusedError, WrongValueError
from stafftalks.values.ids import VersionHash, parse_party
from stafftalks.values.label import LabelError, Marking
from stafftalks.values.person import Person, Role
from stafftalks.values.policies import Policies, builtin
from stafftalks.values.policy import Policy, folded

_MEMORY: Final = "policies"
_PART: Final = 500


class Loaded(msgspec.Struct, frozen=True):
    """A policy that was just loaded: what of its file is not used, and how many live elements of ours can no longer be read under it."""

    policy: Policy
    notes: tuple[str, ...] = ()
    unread: int = 0


class Known(msgspec.Struct, frozen=True):
    """The policies known now, and our markings beside partners' texts by the version that they stand beside."""

    stamp: tuple[int, int]
    policies: Policies
    beside: Mapping[VersionHash, Marking]


class _Named(msgspec.Struct, frozen=True):
    policy: str = ""


class _Ceilings(msgspec.Struct, frozen=True):
    """What of an element names policies: its marking, and the ceilings of a letter."""

    marking: _Named = _Named()
    ceilings: tuple[_Named, ...] = ()


class _Naming(msgspec.Struct, frozen=True):
    content: _Ceilings = _Ceilings()


class _MarkedContent(msgspec.Struct, frozen=True):
    marking: Marking = Marking()


class _Marked(msgspec.Struct, frozen=True):
    content: _MarkedContent = _MarkedContent()


_NAMING = msgspec.json.Decoder(_Naming)
_MARKED = msgspec.json.Decoder(_Marked)


def known(hq: Headquarters) -> Known:
    """Policies and markings beside, by one look-up: read anew only where something changed since."""
    stamp = hq.labels.stamp()
    held = hq.memory.get(_MEMORY)
    if isinstance(held, Known) and held.stamp == stamp:
        return held
    if isinstance(held, Known) and held.stamp[0] == stamp[0]:
        there = held.policies
    else:
        loaded = (policy for row in hq.labels.policies() if (policy := policy_of(row)) is not None)
        there = builtin(hq.party).before(loaded)
    made = Known(stamp, there, {ref.version: row.marking for ref, row in hq.labels.beside().items()})
    hq.memory[_MEMORY] = made
    return made


def policies(hq: Headquarters) -> Policies:
    """The policies known here now: what the administrator loaded, then those that come with the product."""
    return known(hq).policies


def policy_of(row: PolicyRow) -> Policy | None:
    """The policy in a row; None where a file that was taken once can no longer be read, so that labels under it are refused."""
    if row.kind == "plain":
        return _plain(row.name)
    try:
        return spif.read(row.raw).policy
    except PeerError:
        return None


def load_spif(hq: Headquarters, person: Person, raw: bytes) -> Loaded:
    """Loads the policy in a SPIF file, in place of one of its name; raises SpifError with every fault, and changes nothing then."""
    _may_load(person)
    read = spif.read(raw)
    row = PolicyRow(read.policy.name, "spif", raw, hq.clock.now(), person.username)
    return Loaded(read.policy, read.notes, _load(hq, person, row, read.policy, "from a SPIF file"))


def add_plain(hq: Headquarters, person: Person, name: str) -> Loaded:
    """Loads the plain policy under a name, as a partner's code; raises MisuseError where it cannot be one."""
    _may_load(person)
    said = " ".join(name.split())
    try:
        policy = _plain(said)
    except WrongValueError as error:
        raise MisuseError(str(error)) from None
    row = PolicyRow(said, "plain", b"", hq.clock.now(), person.username)
    return Loaded(policy, (), _load(hq, person, row, policy, "as the plain policy"))


def remove(hq: Headquarters, person: Person, name: str) -> None:
    """Takes a loaded policy out; raises RefusedError where live elements of ours use it, MisuseError where none of that name was loaded."""
    _may_load(person)
    with hq.transactions.atomic():
        row = next((one for one in hq.labels.policies() if folded(one.name) == folded(name)), None)
        if row is None:
            built = " It comes with the product." if builtin(hq.party).get(name) is not None else ""
            raise MisuseError(f"No policy called {name} was loaded, so none can be taken out.{built}")
        used = using(hq, row)
        if used:
            sentence = (
                f"{used:,} of our elements are marked under {row.name} or name it as a ceiling: without it they could not leave. "
                "Mark them otherwise or put them away first."
            )
            raise RefusedError(Refusal("policy-in-use", sentence))
        hq.labels.remove_policy(row.name, hq.clock.now(), person.username)
        _note(hq, person, "policy taken out", row.name, f"Marking policy {row.name} was taken out.")


def using(hq: Headquarters, row: PolicyRow) -> int:
    """How many live elements of ours are marked under a loaded policy, by whichever of its names, or name it as a letter's ceiling."""
    policy = policy_of(row)
    names = {folded(row.name)} if policy is None else {folded(name) for name in policy.known_as()}
    return sum(_names_one_of(element, names) for element in _live(hq))


def faults(under: Policies, marking: Marking) -> tuple[Refusal, ...]:
    """Why this marking is no label under these policies; none where it is one, or where none is given."""
    if marking == Marking():
        return ()
    try:
        under.read(marking)
    except LabelError as error:
        return error.refusals
    return ()


def put_beside(hq: Headquarters, person: Person, ref: ExactRef, marking: Marking) -> None:
    """Puts our marking beside the originator's on a partner's exact version; one without any part takes ours back.

    Raises RefusedError where this person may not, LabelError where it is no label here, MisuseError where the version is not held or is our own.
    """
    refusal = person.lacking(Role.PLANNER, Role.OFFICER, Role.HEAD)
    if refusal:
        raise RefusedError(refusal)
    if ref.party == hq.party:
        raise MisuseError("This text is ours: change its own marking instead.")
    if workspace.piece(hq, ref) is None:
        raise MisuseError(f"{ref} is not held here, or no longer: a marking stands beside an exact version that is.")
    if marking != Marking():
        policies(hq).read(marking)
    with hq.transactions.atomic():
        hq.labels.put_beside(BesideRow(ref, marking, person.username, hq.clock.now()))
        said = f"Beside {ref}: {marking.banner()}." if marking != Marking() else f"Taken back beside {ref}."
        _note(hq, person, "label put beside", str(ElementRef(ref.party, ref.element)), said)


def beside(hq: Headquarters, ref: ExactRef) -> BesideRow | None:
    """Our marking beside a partner's exact version; None where none stands there."""
    return hq.labels.beside([ref]).get(ref)


def _load(hq: Headquarters, person: Person, row: PolicyRow, policy: Policy, how: str) -> int:
    after = policies(hq).before([policy])
    with hq.transactions.atomic():
        hq.labels.put_policy(row)
        _note(hq, person, "policy loaded", row.name, f"Marking policy {row.name} was loaded {how}.")
    names = {folded(name) for name in policy.known_as()}
    return sum(
        bool(faults(after, _MARKED.decode(element.raw).content.marking))
        for element in _live(hq)
        if _names_one_of(element, names)
    )


def _live(hq: Headquarters) -> Iterator[ElementRow]:
    offset = 0
    while True:
        _, rows = hq.holdings.find(offset=offset, limit=_PART)
        yield from rows
        if len(rows) < _PART:
            return
        offset += _PART


def _names_one_of(element: ElementRow, names: set[str]) -> bool:
    said = _NAMING.decode(element.raw).content
    return any(folded(one.policy) in names for one in (said.marking, *said.ceilings))


def _plain(name: str) -> Policy:
    """The plain policy under a name, owned by the party whose code the name is."""
    try:
        return plain(name, owner=parse_party(name))
    except PeerError:
        return plain(name)


def _may_load(person: Person) -> None:
    refusal = person.lacking(Role.ADMINISTRATOR)
    if refusal:
        raise RefusedError(refusal)


def _note(hq: Headquarters, person: Person, act: str, subject: str, sentence: str) -> None:
    hq.journal.add(JournalRow(hq.clock.now(), person.username, act, subject, sentence))
