"""No sequence of letters, labels and redactions releases a portion above its ceiling; what a partner can render follows from approved requests alone.

The judge is written here and not taken from the product: every portion holds a word of its own, and what was written beside the word says, by a table
of this file, how high it stands and whether Torvia may read it.
"""

import re

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from stafftalks.accord.bodies import Release, decode_body
from stafftalks.planning import element
from stafftalks.planning.element import Element
from stafftalks.planning.letters import Ceiling, Letter
from stafftalks.planning.scenarios import Assumption, Branch, Scenario
from stafftalks.release import desk
from stafftalks.release.authority import Authority
from stafftalks.release.redaction import Act, Redaction, apply, needed
from stafftalks.release.request import Request
from stafftalks.values.errors import MisuseError, RefusedError
from stafftalks.values.label import Marking
from stafftalks.values.person import Person
from tests.accord.cast import MERIDIA, TORVIA, Staff, an_id, version
from tests.letters import authority, broad
from tests.release.people import OFFICER, PLANNER

LADDER = ("UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET", "TOP SECRET")
SHORT = dict(zip(["U", "R", "C", "S", "TS"], range(5), strict=True))
MARKS = {
    "": None,
    "U//REL TO XMR, XTV": (0, True),
    "R//REL TO XMR, XTV": (1, True),
    "R": (1, True),
    "S//REL TO XTV": (3, True),
    "S//REL TO XMR": (3, False),
    "R//NOFORN": (1, False),
    "U//XMR ONLY": (0, False),
    "R//XMR, XTV ONLY": (1, True),
    "TS//REL TO XMR, XTV": (4, True),
    "QX": (9, False),
    "S//HUSH": (9, False),
}
"""What each mark says: how high, and whether Torvia may read it; a height of 9 stands for a mark that means nothing. Empty: as what it stands in."""
MARKINGS = (
    (Marking(), (9, False)),
    (Marking("MARS", "RESTRICTED"), (9, False)),
    (Marking("XMR", "RESTRICTED", ("REL TO XMR, XTV",)), (1, True)),
    (Marking("XMR", "SECRET", ("REL TO XMR, XTV",)), (3, True)),
    (Marking("XMR", "SECRET"), (3, True)),
    (Marking("XMR", "TOP SECRET", ("REL TO XMR, XTV",)), (4, True)),
    (Marking("XMR", "UNCLASSIFIED", ("XMR ONLY",)), (0, False)),
)
WORD = re.compile(rb"word\d+x")
# Mostly what can leave, so that what cannot is tried among it.
marks = st.sampled_from(["", "", "R//REL TO XMR, XTV", "R//REL TO XMR, XTV", *sorted(MARKS)])
markings = st.sampled_from([MARKINGS[2], MARKINGS[2], MARKINGS[2], MARKINGS[3], *MARKINGS])
leads = st.sampled_from(["", "- ", "1. ", "a) "])
FULL = settings(max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))


class Desk(RuleBasedStateMachine):
    """People write, letters come and go, redactions are made well and badly, and somebody always tries to release."""

    def __init__(self) -> None:
        super().__init__()
        self.staff = Staff()
        self.staff.open("scenarios")
        self.words = 0
        self.meant: dict[bytes, tuple[int, bool]] = {}
        self.drafts: list[Scenario] = []
        self.letters: list[Letter] = []
        self.left: list[tuple[bytes, list[Letter]]] = []

    def word(self, meant: tuple[int, bool]) -> str:
        self.words += 1
        self.meant[b"word%dx" % self.words] = meant
        return f"word{self.words}x"

    @initialize()
    def begin(self) -> None:
        self.letters.append(
            broad(TORVIA, ceilings=(Ceiling(policy="XMR", classification="RESTRICTED", categories=("REL TO",)),))
        )

    @rule(
        whole=markings,
        paragraphs=st.lists(st.tuples(leads, marks, st.booleans()), max_size=4),
        rows=st.lists(st.tuples(marks, marks), max_size=3),
    )
    def write(
        self,
        whole: tuple[Marking, tuple[int, bool]],
        paragraphs: list[tuple[str, str, bool]],
        rows: list[tuple[str, str]],
    ) -> None:
        marking, meant = whole
        narrative = ""
        for lead, mark, close in paragraphs:
            said = f"{lead}({mark}) " if mark else lead
            # A line without a mark goes on with the paragraph before it, where no empty line stands between.
            stands = MARKS[mark] or (self._last(narrative) if close and narrative and not mark else None) or meant
            narrative += ("\n" if close else "\n\n") * bool(narrative) + said + self.word(stands)
        branches, assumptions = [], []
        for number, (mark, inner) in enumerate(rows):
            stands = MARKS[mark] or meant
            text = f"({inner}) " if inner else ""
            branches.append(
                Branch(
                    id=f"B{number}",
                    title=self.word(stands),
                    condition=text + self.word(MARKS[inner] or stands),
                    mark=mark,
                )
            )
            assumptions.append(Assumption(id=f"A{number}", text=self.word(stands), mark=mark))
        draft = Scenario(
            title=self.word(meant), narrative=narrative, branches=tuple(branches), assumptions=tuple(assumptions), marking=marking
        )  # fmt: skip
        self.drafts.append(draft)

    @rule(
        classification=st.sampled_from([*LADDER, "HUSH", ""]).filter(bool),
        categories=st.sampled_from([("all",), (), ("REL TO",), ("REL TO XMR, XTV",)]),
        policy=st.sampled_from(["XMR", "XMR", "XMR", "PLAIN"]),
        kinds=st.sampled_from([("all",), ("scenario",), ("scenario",), ("plan",)]),
    )
    def add_letter(self, classification: str, categories: tuple[str, ...], policy: str, kinds: tuple[str, ...]) -> None:
        ceiling = Ceiling(policy=policy, classification=classification, categories=categories)
        self.letters.append(broad(TORVIA, ceilings=(ceiling,), kinds=kinds))

    @precondition(lambda self: len(self.letters) > 1)
    @rule(which=st.integers(0, 9))
    def drop_letter(self, which: int) -> None:
        self.letters.pop(which % len(self.letters))

    @precondition(lambda self: self.drafts)
    @rule(
        which=st.integers(0, 9),
        how=st.sampled_from(["as it is", "what is needed", "what is needed", "by hand", "without saying"]),
        picked=st.lists(st.integers(0, 30), max_size=4),
    )
    def try_to_release(self, which: int, how: str, picked: list[int]) -> None:
        draft = self.drafts[which % len(self.drafts)]
        known = authority(self.letters)
        wanted = self._redactions(draft, how, picked, known)
        try:
            left = apply(draft, wanted)
        except MisuseError:
            return
        number = len(self.left) + 1
        before, raw = (element.encode(Element(an_id(number), content)) for content in (draft, left))
        asked = Request(raw, version(raw), "scenarios", (TORVIA,), PLANNER.username)
        if how != "without saying" and wanted:
            asked = msgspec.structs.replace(asked, asked_raw=before, redactions=tuple(map(str, wanted)))
        try:
            released = desk.admit_release(self.staff.accord(), MERIDIA, asked, OFFICER, known)
        except RefusedError:
            return
        self.staff[MERIDIA].say(released.body, type_="release")
        self.left.append((released.body, list(self.letters)))

    def _redactions(self, draft: Scenario, how: str, picked: list[int], known: Authority) -> tuple[Redaction, ...]:
        if how == "as it is":
            return ()
        if how == "what is needed":
            return needed(draft, self.letters[0], known.policies)
        paths = [
            "narrative#1",
            "narrative#2",
            "narrative",
            "branches.B0",
            "branches.B1",
            "assumptions.A0",
            "branches",
            "assumptions",
        ]
        return tuple(Redaction(paths[number % len(paths)], Act.REMOVE) for number in picked)

    def _last(self, narrative: str) -> tuple[int, bool]:
        return self.meant[WORD.findall(narrative.encode())[-1]]

    @invariant()
    def nothing_left_above_its_ceiling(self) -> None:
        for body, letters in self.left:
            tops = [
                LADDER.index(row.classification)
                for letter in letters
                for row in letter.ceilings
                if row.policy == "XMR" and row.classification in LADDER and set(letter.kinds) & {"all", "scenario"}
            ]
            highest = max(tops, default=-1)
            for word in WORD.findall(body):
                height, for_torvia = self.meant[word]
                assert height <= highest, f"{word!r} stands at {height}, and no letter goes above {highest}"
                assert for_torvia, f"{word!r} is not for Torvia"


TestDesk = Desk.TestCase
TestDesk.settings = FULL


def test_the_machine_releases_at_all() -> None:
    """It would prove nothing if every attempt were refused."""
    machine = Desk()
    machine.begin()
    marked = MARKINGS[2]
    machine.write(
        marked, [("", "R//REL TO XMR, XTV", False), ("- ", "S//REL TO XTV", True)], [("R//REL TO XMR, XTV", "")]
    )
    machine.try_to_release(0, "as it is", [])
    assert machine.left == []
    machine.try_to_release(0, "what is needed", [])
    (body,) = (body for body, _ in machine.left)
    assert len(WORD.findall(body)) == len(machine.meant) - 1
    machine.nothing_left_above_its_ceiling()


titles = st.lists(st.sampled_from(["Strait closed", "Strait mined", "Port struck"]), min_size=1, max_size=5)


@given(titles, st.sampled_from(["S", "TOP SECRET"]), st.text("abc", min_size=1, max_size=5), st.booleans())
@settings(max_examples=40)
def test_what_a_partner_can_render_follows_from_approved_requests_alone(
    said: list[str], ceiling: str, name: str, more: bool
) -> None:
    """Two homes with other letters, people and policies let the same requests go: the partner holds the same."""
    one = authority([broad(TORVIA)])
    letters = [broad(TORVIA, title=name, general=name * 50, ceilings=(Ceiling(policy="XMR", classification=ceiling),))]
    other = authority(letters + [broad(MERIDIA)] * more)
    homes = (Staff(), Staff())
    for home in homes:
        home.open("scenarios")
    for number, title in enumerate(said, 1):
        raw = element.encode(Element(an_id(number), Scenario(title=title, marking=Marking("XMR", "SECRET"))))
        for home, known, officer in zip(homes, (one, other), (OFFICER, Person(name, name, OFFICER.roles)), strict=True):
            asked = Request(raw, version(raw), "scenarios", (TORVIA,), f"{officer.username}'s planner")
            released = desk.admit_release(home.accord(), MERIDIA, asked, officer, known)
            assert decode_body(released.body) == Release("scenarios", (TORVIA,), raw.decode())
            home[MERIDIA].say(released.body, type_="release")
    first, second = (home.accord(TORVIA).sheet(MERIDIA) for home in homes)
    assert first == second
