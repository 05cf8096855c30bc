"""Whether one outgoing bundle may go to one partner: every rule that says no, each with its sentence.

What is judged is the plaintext, exactly as it will be sealed. Its form, its signature and its recipient are checked as the partner would
(`record.bundle`); then its size, its accord and each text in it:
- an act of ours (a proposal, a question, an answer, ...) bears no label, so its type, its fields and its length are all that can be judged;
- an act of a private check of ours must be for this partner, with whom checks are permitted, and have the shape of one (`checking`);
- a release of ours must stand under one letter in every respect: realm, kind, scope, way, ceiling, caveats and readers, for the element's label, each
  marking of what it is drawn from, and each portion mark, wherever in it one stands;
- a text of somebody else's that is relayed must be proved to be its author's, by the author's own signed head, and be meant for this partner. Leaves without
  texts hold hashes, sizes and times only, and pass.

Nothing here believes the headquarters: who an element is for, what it is and how it is marked is read from the bytes that leave.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

import msgspec

from stafftalks.gate import checking
from stafftalks.gate.element import ElementJudging, Occasion
from stafftalks.gate.rules import Method, Partner, Rules, listed
from stafftalks.record import bundle as bundles
from stafftalks.record import canon, epoch, feed, tree
from stafftalks.record.bundle import Bundle, FeedRange
from stafftalks.record.card import Card
from stafftalks.record.checkpoint import parse_body
from stafftalks.record.leaf import SEALED, Leaf, decode_leaf
from stafftalks.record.note import parse as parse_note
from stafftalks.record.slip import commitment, parse_slip
from stafftalks.values.errors import PeerError, Refusal
from stafftalks.values.ids import FeedId, PartyId, base32, parse_element, parse_party, parse_version

_FIELDS: Final[Mapping[str, frozenset[str]]] = {
    name: frozenset((*fields.split(), "type"))
    for name, fields in {
        "opening": "charter previous reason",
        "proposal": "clauses message purpose realms title",
        "amendment": "clauses message realms struck",
        "question": "clause text",
        "answer": "question text",
        "standing": "act clauses keeps realms statement",
        "recall": "element entries reason to versions",
        "confirmation": "outcome recall removed statement",
        "release": "element realm replaces to",
        **checking.FIELDS,
    }.items()
}
"""What a party can say, and the fields of each. A further field would carry what nobody judges."""
_MAX_BODY_BYTES: Final = 4 * 1024 * 1024
_MAX_REFUSALS: Final = 20
_MAX_RECEIPTS: Final = 64
_SIGNATURE_BYTES: Final = (64, 72)
_NAME: Final = re.compile(r"stafftalks\.org/(?:a1/[a-z2-7]{52}/[A-Z0-9]{2,8}/[a-z2-7]{26}|p1/[A-Z0-9]{2,8})")


class Author(msgspec.Struct, frozen=True):
    """Whose record it is: every card of that party that was accepted here, newest first."""

    party: PartyId
    cards: tuple[Card, ...]


class Judged(msgspec.Struct, frozen=True):
    """What a bundle is, and every reason against it; none lets it pass."""

    partner: str
    bundle: str = ""
    accord: str = ""
    entries: int = 0
    releases: tuple[str, ...] = ()
    refusals: tuple[Refusal, ...] = ()


class Case(msgspec.Struct, frozen=True):
    """All that a judgement rests on beside the bytes: the rules, us, the authors whose texts we may relay, the way and the time."""

    rules: Rules
    us: Author
    authors: Mapping[PartyId, Author]
    method: Method
    now: datetime


def judge(plaintext: bytes, partner: PartyId, frontiers: Mapping[str, bytes], case: Case) -> Judged:
    """What the bundle `plaintext` is, and each rule that forbids sending it to `partner`.

    `frontiers` are, for records that are relayed from further on than their beginning, what comes before, by the record's origin.
    """
    permitted = case.rules.partner(partner)
    if permitted is None or case.rules.party != case.us.party:
        return _no(partner, "gate-partner", f"The gate's rules say nothing of {partner}, so nothing may go to it.")
    if case.method not in permitted.methods:
        return _no(partner, "gate-method", f"Nothing may go to {partner} by {case.method}.")
    if len(plaintext) > permitted.max_bundle_bytes:
        most = permitted.max_bundle_bytes
        return _no(partner, "gate-size", f"The bundle has {len(plaintext)} bytes; at most {most} may go to {partner}.")
    try:
        keys = {case.us.party: case.us.cards[0].node_key}
        bundle = bundles.open_plaintext(plaintext, partner, keys, permitted.max_bundle_bytes)
    except PeerError as error:
        return _no(partner, "gate-bundle", str(error))
    judging = _Judging(bundle, permitted, frontiers, case)
    refusals = tuple(dict.fromkeys(judging.refusals()))
    return Judged(
        partner,
        bundle.manifest.nonce,
        bundle.manifest.accord or "",
        sum(len(leaves) for leaves in bundle.leaves.values()),
        tuple(judging.releases),
        refusals[:_MAX_REFUSALS],
    )


class _Judging:
    """One bundle being judged."""

    def __init__(self, bundle: Bundle, partner: Partner, frontiers: Mapping[str, bytes], case: Case) -> None:
        self._bundle = bundle
        self._manifest = bundle.manifest
        self._partner = partner
        self._frontiers = frontiers
        self._case = case
        self.releases: list[str] = []

    def refusals(self) -> Iterator[Refusal]:
        yield from self._manifest_refusals()
        for found in self._manifest.feeds:
            slips, ours = self._bundle.slips[found.feed], found.feed.party == self._case.us.party
            plain = all(_is_plain(found, n, raw) for n, raw in enumerate(self._bundle.leaves[found.feed], found.start))
            try:
                if ours and not plain:
                    yield Refusal("gate-leaf", "An entry of ours holds more than hash, place, time and type.")
                if not ours and (slips or not plain):
                    self._prove(found)
                for n, slip in slips.items():
                    yield from self._slip(found, n, slip, ours=ours)
            except PeerError as error:
                yield Refusal("gate-relay", f"{found.feed.party}'s entries: {error}")

    def _manifest_refusals(self) -> Iterator[Refusal]:
        manifest, partner = self._manifest, self._partner
        if manifest.recipients != (partner.party,):
            yield Refusal(
                "gate-recipient", f"The bundle is for {', '.join(manifest.recipients)}, not for {partner.party} alone."
            )
        if manifest.accord is None or not listed(manifest.accord, partner.accords):
            named = f"accord {manifest.accord[:8]}" if manifest.accord else "no accord"
            yield Refusal(
                "gate-accord", f"The bundle is about {named}, which is not among those permitted with {partner.party}."
            )
        if not all(map(_is_plain_note, manifest.notes)) or len(manifest.receipts) > _MAX_RECEIPTS:
            yield Refusal("gate-bundle", "The bundle carries signatures that are none, or accounts without end.")
        for dispute in manifest.disputes:
            head = parse_body(parse_note(dispute.note.encode()).body)
            if tree.root_of(dispute.leaf_hashes) != head.root or not _is_plain_note(dispute.note):
                yield Refusal("gate-bundle", "The bundle carries hashes that lead to no signed head.")

    def _prove(self, found: FeedRange) -> None:
        """Raises PeerError unless every leaf of this record is its author's: a key on the author's card vouches for the head over them."""
        author = self._case.authors.get(found.feed.party)
        if author is None:
            raise PeerError(f"the gate holds no card of {found.feed.party}: its keeper must take it first.")
        for card in author.cards:
            try:
                epoch.verify_certificate(found.feed, found.public_key, found.certificate, card.node_key)
                break
            except PeerError:
                continue
        else:
            raise PeerError(f"no card of {found.feed.party} that the gate holds vouches for this record.")
        before = tree.Frontier.decode(self._frontiers.get(found.feed.origin, tree.Frontier.empty().encode()))
        note = next((text for text in self._manifest.notes if text.startswith(found.feed.origin + "\n")), "")
        leaves, slips = self._bundle.leaves[found.feed], self._bundle.slips[found.feed]
        feed.verify_extension(found.feed, found.public_key, before, note.encode(), found.start, leaves, slips)

    def _slip(self, found: FeedRange, n: int, slip: bytes, *, ours: bool) -> Iterator[Refusal]:
        """Each reason against the text of entry `n`."""
        where = f"Entry {found.feed.party}/{n}"
        try:
            leaf = decode_leaf(self._bundle.leaves[found.feed][n - found.start])
            kind, body = _opened(leaf, n, slip)
        except PeerError as error:
            yield Refusal("gate-body", f"{where}: {error}")
            return
        if leaf.type not in (SEALED, kind):
            yield Refusal("gate-body", f"{where}: its leaf calls it {leaf.type}, and it is {kind}.")
        most = self._most_bytes(kind)
        if len(slip) > most:
            yield Refusal("gate-entry-size", f"{where}: this {kind} has {len(slip)} bytes; at most {most} may go.")
        yield from self._audience(found, where, kind, body, sealed=leaf.type == SEALED)
        if kind == "opening" and base32(hashlib.sha256(str(body["charter"]).encode()).digest()) != found.feed.accord:
            yield Refusal(
                "gate-body", f"{where}: the charter in this opening is not the one that its accord is named after."
            )
        if ours and kind == "release":
            yield from self._release(where, body)
        elif ours and kind in checking.FIELDS:
            case = self._case
            yield from checking.check_refusals(case.rules, self._partner, kind, body, where, case.method, case.now)

    def _most_bytes(self, kind: str) -> int:
        match kind:
            case "release":
                return self._partner.max_release_bytes
            case "check-points":
                return self._partner.max_check_bytes
            case _:
                return self._partner.max_act_bytes

    def _audience(
        self, found: FeedRange, where: str, kind: str, body: dict[str, canon.JsonValue], *, sealed: bool
    ) -> Iterator[Refusal]:
        named = body.get("to")
        if found.feed.party == self._partner.party and not sealed:
            return  # its own word, given back to it
        if kind in checking.FIELDS:
            named = [checking.addressee(kind, body)]
        open_to_all = kind not in ("release", "recall", *checking.FIELDS) or (kind == "recall" and named == [])
        if (open_to_all and sealed) or (
            not open_to_all and (not isinstance(named, list) or self._partner.party not in named)
        ):
            yield Refusal("gate-audience", f"{where}: this {kind} is not for {self._partner.party}.")

    def _release(self, where: str, body: dict[str, canon.JsonValue]) -> Iterator[Refusal]:
        """Each reason against a release of ours under the letter that it breaks least; no letter permits nothing."""
        try:
            element, content = _element(body)
        except PeerError as error:
            yield Refusal("gate-body", f"{where}: {error}")
            return
        self.releases.append(element)
        what = f"{where}, {str(content['kind'])[:40]} {element[:8]}"
        case, occasion = self._case, Occasion(what, self._case.method, self._case.now)
        found = [
            ElementJudging(case.rules, letter, self._partner, occasion, case.us.party).refusals(
                str(body["realm"]), content
            )
            for letter in case.rules.letters_for(self._partner.party)
        ]
        if not found:
            yield Refusal("gate-letter", f"{what}: no letter permits anything to {self._partner.party}.")
        else:
            yield from min(found, key=len)


def _is_plain(found: FeedRange, n: int, raw: bytes) -> bool:
    """Whether a leaf holds what every reader can read, and nothing else: of this place, of a known type, about this accord."""
    try:
        leaf = decode_leaf(raw)
    except PeerError:
        return False
    seen = all(FeedId.parse(origin).accord == found.feed.accord for origin in leaf.seen)
    return leaf.n == n and seen and (leaf.type == SEALED or leaf.type in _FIELDS)


def _is_plain_note(text: str) -> bool:
    """Whether each signature on a head is as long as one, under a name of ours."""
    return all(
        len(signature.signature) in _SIGNATURE_BYTES and _NAME.fullmatch(signature.name)
        for signature in parse_note(text.encode()).signatures
    )


def _opened(leaf: Leaf, n: int, slip: bytes) -> tuple[str, dict[str, canon.JsonValue]]:
    """The type and the fields of a text; raises PeerError where it is not the leaf's, or holds what nobody here knows."""
    if leaf.n != n or commitment(slip) != leaf.commitment:
        raise PeerError("its text is not the one that its leaf commits to.")
    body = canon.decode(parse_slip(slip).body, max_bytes=_MAX_BODY_BYTES)
    kind = body.get("type") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(kind, str) or _FIELDS.get(kind) != body.keys():
        raise PeerError("it is of no type that the gate knows, or has fields of which it knows nothing.")
    return kind, body


def _element(body: dict[str, canon.JsonValue]) -> tuple[str, dict[str, canon.JsonValue]]:
    """The id and content of a released element; raises PeerError where the release is not in the form of one."""
    value = canon.decode(str(body["element"]).encode(), max_bytes=_MAX_BODY_BYTES)
    content = value.get("content") if isinstance(value, dict) and value.keys() == {"content", "id"} else None
    if not isinstance(value, dict) or not isinstance(content, dict) or not isinstance(content.get("kind"), str):
        raise PeerError("its element does not say what kind it is.")
    for party in body["to"] if isinstance(body["to"], list) else ():
        parse_party(str(party))
    if body["replaces"] is not None:
        parse_version(str(body["replaces"]))
    return parse_element(str(value["id"])), content


def _no(partner: str, rule: str, sentence: str) -> Judged:
    return Judged(partner, refusals=(Refusal(rule, sentence),))
