"""Every check of the gate, with bundles that an honest headquarters would not make."""

import json
import random
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stafftalks.accord.bodies import Recall, Release
from stafftalks.gate.judging import Author, Case, Judged, judge
from stafftalks.gate.marks import read_line
from stafftalks.gate.rules import Ceiling, Rules
from stafftalks.record import canon
from stafftalks.record.bundle import Bundle
from stafftalks.record.manifest import Dispute, Receipt
from stafftalks.record.slip import commitment
from stafftalks.record.tree import Frontier
from stafftalks.services import accords, outgoing
from stafftalks.values.errors import PeerError
from stafftalks.values.ids import ElementId, VersionHash
from tests.attacks.hostile import FORGERIES, Hostile
from tests.fakes import HEAD
from tests.gate.policies import PLAIN, US
from tests.gate.stage import letter, raw, rules
from tests.services.scenes import accepted, house, released, settle

NOW = datetime(2025, 11, 22, tzinfo=UTC)
ELEMENT = "a" * 26
LABEL = {"policy": "XMR", "classification": "RESTRICTED", "caveats": ["REL TO XMR, XTV"]}


class Scene:
    """Meridia, in hands that append what they like, in an accord with Torvia and a partial partner."""

    def __init__(self) -> None:
        self.meridia, self.torvia, self.partial = house("XMR", "XTV", "XPA")
        self.accord = accepted(self.meridia, self.torvia, self.partial)
        self.hostile = Hostile(self.meridia, self.accord)

    def plaintext(self, to=None) -> bytes:
        row = self.meridia.records.accord(self.accord)
        partner = self.meridia.partners.partner((to or self.torvia).party)
        return outgoing.compose(self.meridia, row, partner).plaintext

    def case(self, found: Rules, **changes: object) -> Case:
        authors = {hq.party: Author(hq.party, (hq.keyring.card(),)) for hq in (self.meridia, self.torvia, self.partial)}
        return msgspec.structs.replace(Case(found, authors[self.meridia.party], authors, "https", NOW), **changes)

    def says(self, body: dict[str, object] | bytes, kind: str = "release") -> None:
        self.hostile.says(kind, body if isinstance(body, bytes) else canon.encode(body))

    def judged(self, found: Rules | None = None, bundle: Bundle | None = None, **changes: object) -> Judged:
        bundle = bundle or self.hostile.honest(self.torvia)
        before = {
            one.feed.origin: Frontier.empty().extend(self.meridia.records.leaf_hashes(one.feed, 0, one.start)).encode()
            for one in bundle.manifest.feeds
        }
        plaintext = self.hostile.plaintext(bundle)
        return judge(plaintext, self.torvia.party, before, self.case(found or rules(), **changes))


def release(content: dict[str, object] | None = None, **changes: object) -> dict[str, object]:
    """A release of a report; None as a value takes a field out."""
    told = {"kind": "report", "title": "T", "said": "The proposal was made.", "marking": LABEL, **(content or {})}
    told = {name: value for name, value in told.items() if value is not None}
    element = canon.encode({"content": told, "id": ELEMENT}).decode()
    return {
        "type": "release", "realm": "intelligence", "to": ["XTV", "XPA"], "element": element, "replaces": None, **changes,
    }  # fmt: skip


def told(judged: Judged) -> set[str]:
    return {refusal.rule for refusal in judged.refusals}


@pytest.fixture
def scene() -> Scene:
    return Scene()


HELD = Scene()
HELD.says(release())
HONEST = HELD.hostile.honest(HELD.torvia)
PLAINTEXT = HELD.plaintext()


def carrying(body: object, kind: str = "release", found: Rules | None = None) -> Judged:
    """What the gate says to a bundle whose newest entry of Meridia's says `body`; the head over it no longer fits, which is not the gate's business."""
    feed, said = HELD.hostile.row.feed, body if isinstance(body, bytes) else canon.encode(body)
    slip = b"s" * 32 + said
    leaf = {**json.loads(HONEST.leaves[feed][-1]), "c": commitment(slip), "t": kind}
    leaves = {**HONEST.leaves, feed: [*HONEST.leaves[feed][:-1], canon.encode(leaf)]}
    slips = {**HONEST.slips, feed: {HELD.hostile.row.size - 1: slip}}
    return HELD.judged(found, msgspec.structs.replace(HONEST, leaves=leaves, slips=slips))


def test_what_the_rules_permit_passes_and_is_counted(scene):
    scene.says(release())
    judged = scene.judged()
    assert judged.refusals == ()
    assert judged.releases == (ELEMENT,)
    assert (judged.partner, judged.accord) == ("XTV", scene.accord)
    assert judged.entries > 0


def _marked(**changes: object) -> dict[str, object]:
    return {"marking": {name: value for name, value in {**LABEL, **changes}.items() if value is not None}}


def _origin(party: str, marking: object) -> dict[str, object]:
    source = {"party": party, "element": ELEMENT, "version": "a" * 52}
    return {"origins": [{"source": source, **({} if marking is None else {"marking": marking})}]}


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ({"marking": None}, "gate-label"),
        ({"marking": {}}, "gate-label"),
        ({"marking": "RESTRICTED"}, "gate-label"),
        (_marked(policy=None), "gate-label"),
        (_marked(classification=None), "gate-label"),
        (_marked(classification="COSMIC"), "gate-label"),
        (_marked(caveats="NOFORN"), "gate-label"),
        (_marked(handling="by hand"), "gate-label"),
        (_marked(policy="NATO"), "gate-policy"),
        (_marked(policy="US", classification="UNCLASSIFIED"), "gate-ceiling"),
        (_marked(classification="SECRET"), "gate-ceiling"),
        (_marked(classification="XMR TOP SECRET"), "gate-ceiling"),
        (_marked(caveats=["ORCON"]), "gate-caveat"),
        (_marked(caveats=["BIGOT"]), "gate-caveat"),
        (_marked(caveats=["REL TO XMR, XPA"]), "gate-readers"),
        ({"kind": "plan"}, "gate-kind"),
        ({"kind": "letter"}, "gate-kind"),
        ({"said": "(S) The bridge is mined."}, "gate-ceiling"),
        ({"said": "First.\n\n(S//REL TO XMR) Second."}, "gate-ceiling"),
        ({"said": "(C) Above its own element, and above the ceiling."}, "gate-portion"),
        ({"said": "(TS//WHAT) Unknown."}, "gate-ceiling"),
        ({"said": "(COSMIC//WHAT) Unknown."}, "gate-portion"),
        ({"said": "(R//REL TO XMR, XPA) Not for Torvia."}, "gate-readers"),
        ({"said": "(R//ORCON) Not permitted."}, "gate-caveat"),
        ({"said": "SECRET//NOFORN"}, "gate-ceiling"),
        ({"title": "(TS) Title"}, "gate-ceiling"),
        ({"hops": [{"source": "A", "mark": "S"}]}, "gate-ceiling"),
        ({"hops": [{"source": "A", "mark": "nothing known"}]}, "gate-portion"),
        ({"deep": {"er": [[{"mark": "TS"}]]}}, "gate-ceiling"),
        ({"rows": [{"marking": LABEL}]}, "gate-portion"),
        (_origin("XPA", LABEL), "gate-origin"),
        (_origin("XMR", {**LABEL, "classification": "SECRET"}), "gate-ceiling"),
        (_origin("XMR", None), "gate-label"),
        ({"origins": ["XPA"]}, "gate-origin"),
    ],
)
def test_an_element_that_a_letter_does_not_permit_is_refused(content, rule):
    judged = carrying(release(content))
    assert rule in told(judged)
    assert all(refusal.sentence.endswith(".") for refusal in judged.refusals)


@pytest.mark.parametrize(
    "content",
    [
        {"said": "(U) Known to all.\n\n(R//REL TO XMR, XTV) For two.\n\n(see annex B)"},
        {"hops": [{"source": "A", "mark": "R"}, {"source": "B", "mark": ""}]},
        _marked(caveats=["REL TO XTV", "EXERCISE"]),
        _marked(classification="R", caveats=None),
        _origin("XTV", None),
        _origin("XMR", LABEL),
    ],
)
def test_an_element_within_its_letter_passes(content):
    assert carrying(release(content)).refusals == ()


@pytest.mark.parametrize(
    ("found", "rule"),
    [
        (rules(letter(valid_until=datetime(2025, 1, 1, tzinfo=UTC))), "gate-expired"),
        (rules(letter(valid_until=NOW)), "gate-expired"),
        (rules(letter(valid_from=datetime(2026, 1, 1, tzinfo=UTC))), "gate-expired"),
        (rules(letter(methods=("file",))), "gate-method"),
        (rules(letter(realms=("scenarios",))), "gate-realm"),
        (rules(letter(realms=())), "gate-realm"),
        (rules(letter(kinds=())), "gate-kind"),
        (rules(letter(kinds=("all",), kinds_refused=("report",))), "gate-kind"),
        (rules(letter(contingencies=("Floods",))), "gate-scope"),
        (rules(letter(ceilings=())), "gate-ceiling"),
        (rules(letter(ceilings=(Ceiling("XMR", "U", ("all",)),))), "gate-ceiling"),
        (rules(letter(ceilings=(Ceiling("XMR", "R"),))), "gate-caveat"),
        (rules(letter(caveats_refused=("REL TO",))), "gate-caveat"),
        (rules(letter(partner="XPA")), "gate-letter"),
        (Rules("XMR", policies=(PLAIN,)), "gate-partner"),
        (msgspec.structs.replace(rules(), party="XTV"), "gate-partner"),
        (msgspec.structs.replace(rules(), policies=(US,)), "gate-policy"),
        (rules(accords=()), "gate-accord"),
        (rules(accords=("b" * 52,)), "gate-accord"),
        (rules(methods=("file",)), "gate-method"),
        (rules(max_bundle_bytes=1_000), "gate-size"),
        (rules(max_release_bytes=100), "gate-entry-size"),
    ],
)
def test_rules_that_do_not_permit_it_stop_it(found, rule):
    assert rule in told(HELD.judged(found))


def test_one_letter_must_permit_all_of_it_and_the_nearest_is_told():
    halves = letter(title="Realm", kinds=()), letter(title="Kind", realms=(), methods=())
    judged = HELD.judged(rules(*halves))
    assert [(refusal.rule, "“Realm”" in refusal.sentence) for refusal in judged.refusals] == [("gate-kind", True)]
    assert HELD.judged(rules(*halves, letter(title="Whole"))).refusals == ()


@pytest.mark.parametrize(
    ("body", "kind", "rule"),
    [
        (release(to=["XPA"]), "release", "gate-audience"),
        (release(to=[]), "release", "gate-audience"),
        (release(to="XTV"), "release", "gate-audience"),
        (release(realm="gossip"), "release", "gate-realm"),
        (release(element="{}"), "release", "gate-body"),
        (release(element='{"content":{},"id":"' + ELEMENT + '"}'), "release", "gate-body"),
        (release(extra="SECRET"), "release", "gate-body"),
        (release(to=["XTV", "what nobody may read"]), "release", "gate-body"),
        (release(replaces="what nobody may read"), "release", "gate-body"),
        (release(), "question", "gate-body"),
        ({"type": "gossip", "text": "Something."}, "gossip", "gate-body"),
        ({"type": "question", "text": "Which?", "clause": "", "more": "hidden"}, "question", "gate-body"),
        ({"type": "opening", "charter": "{}", "reason": "founding", "previous": None}, "opening", "gate-body"),
        (["release"], "release", "gate-body"),
        (b"\xff\x00 no JSON", "release", "gate-body"),
        (b'{ "type":"question"}', "question", "gate-body"),
        ({"type": "question", "text": "x" * 300_000, "clause": ""}, "question", "gate-entry-size"),
        ({"type": "answer", "text": "For few", "question": None}, "sealed", "gate-audience"),
    ],
)
def test_a_text_that_no_honest_headquarters_writes_is_refused(body, kind, rule):
    assert rule in told(carrying(body, kind))


def test_a_recall_passes_to_those_it_names_and_what_was_recalled_no_longer_holds_anything_up(scene):
    scene.says(release(_marked(classification="SECRET")))
    assert told(scene.judged()) == {"gate-ceiling"}
    row = scene.hostile.row
    scene.meridia.records.clear_slips(row.feed, [row.size - 1])
    versions = (VersionHash("b" * 52),)
    scene.says(raw(Recall(ElementId(ELEMENT), (), versions, "", (scene.torvia.party,))), "recall")
    assert scene.judged().refusals == ()
    scene.says(raw(Recall(ElementId(ELEMENT), (), versions, "", (scene.partial.party,))), "recall")
    assert told(scene.judged()) == {"gate-audience"}


def test_a_bundle_for_somebody_else_is_refused(scene):
    plaintext = scene.plaintext(scene.partial)
    assert told(judge(plaintext, scene.torvia.party, {}, scene.case(rules()))) == {"gate-bundle"}
    both = scene.hostile.honest(scene.torvia)
    manifest = msgspec.structs.replace(both.manifest, recipients=(scene.torvia.party, scene.partial.party))
    plaintext = scene.hostile.plaintext(msgspec.structs.replace(both, manifest=manifest))
    assert told(judge(plaintext, scene.torvia.party, {}, scene.case(rules()))) == {"gate-recipient"}


def test_a_bundle_that_somebody_else_signed_is_refused(scene):
    row = scene.torvia.records.accord(scene.accord)
    plaintext = outgoing.compose(scene.torvia, row, scene.torvia.partners.partner(scene.partial.party)).plaintext
    assert told(judge(plaintext, scene.partial.party, {}, scene.case(rules(party="XPA")))) == {"gate-bundle"}


def test_a_text_of_a_third_party_passes_where_its_author_signed_it_for_the_partner(scene):
    released(scene.partial, scene.accord, scene.torvia, scene.meridia, said="For both of you.")
    settle(scene.partial, scene.meridia)
    judged = scene.judged()
    assert judged.refusals == ()
    assert judged.releases == ()
    without = {party: author for party, author in scene.case(rules()).authors.items() if party != "XPA"}
    assert told(scene.judged(authors=without)) == {"gate-relay"}
    stranger = {**scene.case(rules()).authors, "XPA": Author(scene.partial.party, (scene.torvia.keyring.card(),))}
    assert told(scene.judged(authors=stranger)) == {"gate-relay"}


def test_relaying_from_further_on_needs_what_comes_before(scene):
    """What Torvia holds already is not sent again, so the gate is given the frontier and proves the rest against the author's head."""
    settle(scene.meridia, scene.torvia, scene.partial)
    released(scene.partial, scene.accord, scene.torvia, scene.meridia, said="For both of you.")
    settle(scene.partial, scene.meridia)
    bundle = scene.hostile.honest(scene.torvia)
    (found,) = [one for one in bundle.manifest.feeds if one.feed.party == "XPA"]
    assert found.start
    before = Frontier.empty().extend(scene.meridia.records.leaf_hashes(found.feed, 0, found.start)).encode()
    plaintext, case = scene.plaintext(), scene.case(rules())
    assert judge(plaintext, scene.torvia.party, {found.feed.origin: before}, case).refusals == ()
    for wrong in ({}, {found.feed.origin: before[:-1]}, {found.feed.origin: bytes(len(before))}):
        assert told(judge(plaintext, scene.torvia.party, wrong, case)) == {"gate-relay"}


def test_a_text_put_into_a_third_partys_record_is_found(scene):
    """The headquarters claims that its own secret is a release of the partial partner."""
    accords.ask(scene.partial, HEAD, scene.accord, "Which realms?")
    settle(scene.partial, scene.meridia)
    bundle = scene.hostile.honest(scene.torvia)
    (found,) = [one for one in bundle.manifest.feeds if one.feed.party == "XPA"]
    slip = b"s" * 32 + canon.encode(release(_marked(classification="SECRET")))
    n = found.stop - 1
    leaf = {**json.loads(bundle.leaves[found.feed][-1]), "c": commitment(slip), "t": "release"}
    leaves = {**bundle.leaves, found.feed: [*bundle.leaves[found.feed][:-1], canon.encode(leaf)]}
    slips = {**bundle.slips, found.feed: {n: slip}}
    assert told(scene.judged(bundle=msgspec.structs.replace(bundle, leaves=leaves, slips=slips))) == {"gate-relay"}


def test_a_relayed_text_that_is_not_for_the_partner_is_refused(scene):
    released(scene.partial, scene.accord, scene.meridia, said="For Meridia alone.")
    settle(scene.partial, scene.meridia)
    bundle = scene.hostile.honest(scene.torvia)
    (found,) = [one for one in bundle.manifest.feeds if one.feed.party == "XPA"]
    (entry,) = scene.meridia.records.entries(found.feed, found.stop - 1, found.stop)
    assert entry.slip
    slips = {**bundle.slips, found.feed: {**bundle.slips[found.feed], entry.n: entry.slip}}
    assert told(scene.judged(bundle=msgspec.structs.replace(bundle, slips=slips))) == {"gate-audience"}


def test_a_partners_own_word_goes_back_to_it(scene):
    """As after a restore: Torvia says that it holds less of its own record than it once gave."""
    accords.ask(scene.torvia, HEAD, scene.accord, "Which realms?")
    settle(scene.torvia, scene.meridia)
    held = scene.meridia.records.holding(scene.torvia.party, scene.accord)
    own = {origin: kept for origin, kept in held.items() if "/XTV/" not in origin}
    lost = {origin: msgspec.structs.replace(kept, size=0) for origin, kept in held.items() if "/XTV/" in origin}
    scene.meridia.records.put_holding(scene.torvia.party, scene.accord, {**own, **lost})
    bundle = scene.hostile.honest(scene.torvia)
    assert any(found.feed.party == "XTV" and bundle.slips[found.feed] for found in bundle.manifest.feeds)
    assert scene.judged().refusals == ()


def test_what_is_hidden_in_a_leaf_is_found(scene):
    """In our own record at once; in a third party's where its author did not sign it."""
    accords.ask(scene.partial, HEAD, scene.accord, "Which realms?")
    settle(scene.partial, scene.meridia)
    bundle = scene.hostile.honest(scene.torvia)
    (theirs,) = [one for one in bundle.manifest.feeds if one.feed.party == "XPA"]
    for hidden in (
        b"no leaf at all",
        _leaf(bundle.leaves[theirs.feed][-1], t="what-nobody-may-read"),
        _seen(bundle, theirs),
    ):
        leaves = {**bundle.leaves, theirs.feed: [*bundle.leaves[theirs.feed][:-1], hidden]}
        slips = {**bundle.slips, theirs.feed: {}}
        changed = msgspec.structs.replace(bundle, leaves=leaves, slips=slips)
        assert told(scene.judged(bundle=changed)) == {"gate-relay"}
    scene.hostile.writes(b"no leaf at all", None)
    assert told(scene.judged()) == {"gate-leaf"}


def _leaf(raw_leaf: bytes, **changes: object) -> bytes:
    return canon.encode({**json.loads(raw_leaf), **changes})


def _seen(bundle: Bundle, found) -> bytes:
    other = found.feed.origin.replace(found.feed.accord, "a" * 52)
    return _leaf(bundle.leaves[found.feed][-1], seen={other: 1})


def test_what_is_hidden_beside_a_head_is_found(scene):
    accords.ask(scene.meridia, HEAD, scene.accord, "Which realms?")
    bundle = scene.hostile.honest(scene.torvia)
    (note,) = [text for text in bundle.manifest.notes if "/XMR/" in text]
    for line in (
        "\u2014 what+nobody 00000000",
        f"\u2014 nobody {'A' * 40}",
        f"\u2014 stafftalks.org/p1/XPA {'A' * 400}",
    ):
        try:
            manifest = msgspec.structs.replace(bundle.manifest, notes=(f"{note}{line}\n",))
            plaintext = scene.hostile.plaintext(msgspec.structs.replace(bundle, manifest=manifest))
        except PeerError:
            continue
        assert told(judge(plaintext, scene.torvia.party, {}, scene.case(rules()))) == {"gate-bundle"}
    told_off = tuple(Receipt(bundle.manifest.nonce, "refused", "rule", "sentence") for _ in range(65))
    manifest = msgspec.structs.replace(bundle.manifest, receipts=told_off)
    assert told(scene.judged(bundle=msgspec.structs.replace(bundle, manifest=manifest))) == {"gate-bundle"}


def test_hashes_that_lead_to_no_signed_head_are_not_carried(scene):
    bundle = scene.hostile.honest(scene.torvia)
    note = next(text for text in bundle.manifest.notes if "/XMR/" in text)
    size = int(note.split("\n")[1])
    hidden = Dispute(note.split("\n", 1)[0], note, tuple(bytes([n]) * 32 for n in range(size)))
    manifest = msgspec.structs.replace(bundle.manifest, disputes=(hidden,))
    plaintext = scene.hostile.plaintext(msgspec.structs.replace(bundle, manifest=manifest))
    assert told(judge(plaintext, scene.torvia.party, {}, scene.case(rules()))) == {"gate-bundle"}


INSIDE = ("mark", "marking", "policy", "classification", "caveats", "origins", "source", "party", "kind", "title", "x")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=8) | st.sampled_from(["XMR", "SECRET", "(S) x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(INSIDE), inner, max_size=5),
    max_leaves=12,
)


@settings(max_examples=60)
@given(
    st.dictionaries(st.sampled_from(["marking", "origins", "said", "hops", "contingency", "kind"]), JSON, max_size=6)
)
def test_any_content_is_judged_and_what_is_unmarked_never_passes(content):
    judged = carrying({**release(), "element": canon.encode({"content": content, "id": ELEMENT}).decode()})
    if not judged.refusals:
        marking = content["marking"]
        assert PLAIN.name == marking["policy"]
        assert marks_rank(marking["classification"]) <= 2


def marks_rank(level: str) -> int:
    return read_line(PLAIN, level).rank


@settings(max_examples=60)
@given(st.integers(0, len(PLAINTEXT) - 1), st.integers(1, 255))
def test_any_changed_byte_is_refused_and_nothing_else(at, flip):
    changed = PLAINTEXT[:at] + bytes([PLAINTEXT[at] ^ flip]) + PLAINTEXT[at + 1 :]
    assert judge(changed, HELD.torvia.party, {}, HELD.case(rules())).refusals


@settings(max_examples=60)
@given(st.sampled_from(FORGERIES), st.integers(0, 2**32))
def test_any_forgery_of_an_honest_bundle_is_judged(forge, seed):
    honest = HELD.hostile.honest(HELD.torvia)
    forged = forge(HELD.hostile, HELD.torvia, honest, random.Random(seed))
    judged = judge(HELD.hostile.plaintext(forged), HELD.torvia.party, {}, HELD.case(rules()))
    assert isinstance(judged, Judged)


def test_a_release_body_is_what_the_headquarters_writes():
    """The gate's own list of fields, against what is written."""
    assert set(canon.decode(raw(Release("r", (), "e")))) == {"type", "realm", "to", "element", "replaces"}
