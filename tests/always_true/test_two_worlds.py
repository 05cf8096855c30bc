"""Always true, 1: nothing leaks. For any two private states that agree on what was released, every byte that leaves is equal."""

import hashlib

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from stafftalks.accord.bodies import Amendment, Clause
from stafftalks.services import accords, exchange, recalls
from stafftalks.values.errors import PeerError
from tests.always_true.worlds import PLANTS, Dice, Plant, World
from tests.attacks.hostile import Hostile
from tests.fakes import HEAD
from tests.services.scenes import released as released_by

TEXT = st.sampled_from(["Short.", "Longer: " + "a " * 200, "Very long: " + "b " * 700])
FAULT = st.sampled_from(["", "", "", "down", "answer lost", "twice"])
WHICH = st.integers(0, 5)
WORLD = st.integers(0, 1)
REALMS = st.sets(st.sampled_from(["intelligence", "scenarios", "exercises", "operations"]))


class TwoWorlds(RuleBasedStateMachine):
    """Low rules run in both worlds; private rules in the one that Hypothesis names."""

    plant: Plant | None = None
    dice: type[Dice] = Dice

    def __init__(self) -> None:
        super().__init__()
        self.worlds = (World(self.plant, self.dice), World(self.plant, self.dice))
        self.compared = 0

    def low(self, act: object) -> None:
        one, other = (world.low(act) for world in self.worlds)
        assert one == other, "the same act ends alike in both worlds"

    @rule(realms=REALMS)
    def accept(self, realms: set[str]) -> None:
        self.low(lambda world: accords.accept(world.meridia, HEAD, world.accord, sorted(realms)))

    @rule(act=st.sampled_from([accords.suspend, accords.resume, accords.suspend, accords.resume, accords.decline]))
    def stand(self, act: object) -> None:
        self.low(lambda world: act(world.meridia, HEAD, world.accord, "So we stand."))

    @rule(text=TEXT)
    def ask(self, text: str) -> None:
        self.low(lambda world: accords.ask(world.meridia, HEAD, world.accord, text))

    @rule(text=TEXT)
    def amend(self, text: str) -> None:
        clause = Clause("scope", "Scope", text)
        self.low(lambda world: accords.amend(world.meridia, HEAD, world.accord, Amendment((clause,))))

    @rule(text=TEXT)
    def torvia_asks_and_is_answered(self, text: str) -> None:
        def act(world: World) -> None:
            question = accords.ask(world.torvia, HEAD, world.accord, text)
            world.asked_by_torvia("")
            accords.answer(world.meridia, HEAD, world.accord, question, "Yes.")

        self.low(act)

    @rule(text=TEXT)
    def give(self, text: str) -> None:
        self.low(lambda world: world.give(text))

    @precondition(lambda self: self.worlds[0].given)
    @rule(which=WHICH, text=TEXT)
    def give_anew(self, which: int, text: str) -> None:
        self.low(lambda world: world.give_anew(which, text))

    @precondition(lambda self: self.worlds[0].given)
    @rule(which=WHICH)
    def recall(self, which: int) -> None:
        self.low(lambda world: world.recall(which))

    @rule(text=TEXT)
    def torvia_releases_recalls_and_meridia_honours(self, text: str) -> None:
        def act(world: World) -> None:
            element = released_by(world.torvia, world.accord, world.meridia, said=text)
            world.asked_by_torvia("")
            recalls.recall(world.torvia, HEAD, world.accord, element, "Not for you.")
            world.asked_by_torvia("")
            recalls.honour_recalls(world.meridia)

        self.low(act)

    @rule(fault=FAULT, force=st.booleans())
    def converse(self, fault: str, force: bool) -> None:
        self.low(lambda world: world.converse(fault, force=force))

    @rule(fault=FAULT)
    def torvia_converses(self, fault: str) -> None:
        self.low(lambda world: world.asked_by_torvia(fault))

    @rule()
    def export(self) -> None:
        self.low(World.export)

    @rule(at=st.integers(0, 400))
    def torvia_sends_what_is_damaged(self, at: int) -> None:
        def act(world: World) -> None:
            sealed = bytearray(exchange.export(world.torvia, world.meridia.party, world.accord))
            sealed[at] ^= 1
            world.hear(bytes(sealed))

        self.low(act)

    @rule(charter=st.booleans())
    def torvia_asks_about_another_accord(self, charter: bool) -> None:
        """Torvia has somehow heard of the accord that the third party shares with Meridia, in whichever world there is one."""
        known = next((world for world in self.worlds if world.others), None)
        row = (
            known.meridia.records.accord(known.others[0])
            if known
            else self.worlds[0].meridia.records.accord(self.worlds[0].accord)
        )

        def act(world: World) -> None:
            known_before = world.torvia.records.accord(row.id)
            world.torvia.records.add_accord(row)
            hostile = Hostile(world.torvia, row.id)
            bundle = hostile.honest(world.meridia)
            if not charter:
                bundle = msgspec.structs.replace(bundle, manifest=msgspec.structs.replace(bundle.manifest, charter=b""))
            if known_before is None:
                del world.torvia.records._accords[row.id]
            world.hear(hostile.sealed(bundle, world.meridia))

        self.low(act)

    @rule(seconds=st.sampled_from([1, 30, 61, 600]))
    def time_passes(self, seconds: int) -> None:
        for world in self.worlds:
            world.clock.advance(seconds)

    @rule(world=WORLD, text=TEXT, number=st.integers(1, 4))
    def draft(self, world: int, text: str, number: int) -> None:
        for _ in range(number):
            self.worlds[world].by_itself(lambda found: found.draft(text))

    @rule(world=WORLD, which=WHICH, text=TEXT)
    def redraft(self, world: int, which: int, text: str) -> None:
        self.worlds[world].by_itself(lambda found: found.redraft(which, "Redrafted. " + text))

    @rule(world=WORLD, which=WHICH)
    def put_away(self, world: int, which: int) -> None:
        self.worlds[world].by_itself(lambda found: found.put_away(which))

    @rule(world=WORLD, which=WHICH, outcome=st.sampled_from(["waiting", "refused", "handed back", "cancelled"]))
    def consider(self, world: int, which: int, outcome: str) -> None:
        self.worlds[world].by_itself(lambda found: found.consider(which, outcome))

    @rule(world=WORLD, number=st.integers(0, 9))
    def change_staff(self, world: int, number: int) -> None:
        """Other people, and a letter more of theirs."""
        self.worlds[world].by_itself(lambda found: found.change_staff(number))
        partner, highest = ("XTV", "XPA")[number % 2], ("UNCLASSIFIED", "SECRET")[number % 3 % 2]
        self.worlds[world].by_itself(lambda found: found.write_letter(partner, highest))

    @rule(world=WORLD, title=TEXT)
    def found_another(self, world: int, title: str) -> None:
        self.worlds[world].by_itself(lambda found: found.found_another(title[:90]))

    @rule(world=WORLD, text=TEXT, fault=FAULT)
    def deal_with_the_other(self, world: int, text: str, fault: str) -> None:
        self.worlds[world].by_itself(lambda found: found.deal_with_the_other(text, fault))

    @rule(world=WORLD)
    def look_around(self, world: int) -> None:
        self.worlds[world].by_itself(World.look_around)

    @invariant()
    def what_torvia_sees_is_equal(self) -> None:
        one, other = (world.seen for world in self.worlds)
        assert one[self.compared :] == other[self.compared :], "what leaves towards the partner tells the worlds apart"
        self.compared = len(one)


FULL = settings(
    max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)
HUNT = settings(
    FULL, max_examples=60, derandomize=True, phases=[Phase.generate], report_multiple_bugs=False, database=None
)


def test_no_partner_can_tell_two_private_lives_apart() -> None:
    run_state_machine_as_test(TwoWorlds, settings=FULL)


@pytest.mark.parametrize("name", PLANTS)
def test_the_same_machine_finds_a_planted_leak(name: str) -> None:
    plant, dice = PLANTS[name]
    leaky = type("LeakyWorlds", (TwoWorlds,), {"plant": staticmethod(plant) if plant else None, "dice": dice})
    with pytest.raises(AssertionError, match=r"tells the worlds apart|ends alike"):
        run_state_machine_as_test(leaky, settings=HUNT)


def test_the_worlds_do_speak_and_the_third_party_is_dealt_with() -> None:
    """The machine would be worth nothing if its acts were all refused."""
    world = World()
    for act in (
        lambda world: world.give("Given to Torvia."),
        lambda world: world.converse("", force=False),
        lambda world: world.give_anew(0, "Given anew."),
        lambda world: world.recall(0),
        lambda world: world.asked_by_torvia("twice"),
        World.export,
    ):
        assert world.low(act) == "done"
    before = hashlib.sha256(repr(world.seen).encode()).digest()
    world.by_itself(lambda found: found.draft("A draft."))
    world.by_itself(lambda found: found.found_another("Another accord"))
    world.by_itself(lambda found: found.deal_with_the_other("A question.", ""))
    world.by_itself(lambda found: found.deal_with_the_other("More.", ""))
    world.by_itself(lambda found: found.consider(0, "refused"))
    assert hashlib.sha256(repr(world.seen).encode()).digest() == before
    held = world.third.records.feeds(world.others[0])
    assert sum(row.size for row in held) > 5
    assert world.meridia.desk.find(state="refused")[0] == 1
    assert len(world.seen) >= 4
    assert not isinstance(world.seen[0], PeerError)
