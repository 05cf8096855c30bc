"""Meridia and Torvia as whole headquarters on one stage, on which they live through the same again and again, each time from the same beginning.

seen = stage.live_through(stage.busy())       what Torvia saw of that life
"""

import random
import shutil
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.always_true.nursery import Nursery

Step = tuple[Any, ...]


class Stage:
    """Meridia and Torvia, paired and in accord, and every life that begins from there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.alone: list[tuple[str, str]] = []
        self.live, self.kept = folder / "live", folder / "kept"
        self.meridia, self.torvia = (Nursery(self.live / party, party) for party in ("XMR", "XTV"))
        both = (self.meridia, self.torvia)
        cards = [one.ask("found", address) for one, address in zip(both, _free_places(2), strict=True)]
        for one, card in zip(both, reversed(cards), strict=True):
            one.ask("pair", card)
            one.ask("permit")
        self.accord = self.meridia.ask("propose")
        self.torvia.ask("take", self.meridia.ask("export", self.accord))
        for one in both:
            one.ask("accept", self.accord)
        self.torvia.ask("take", self.meridia.ask("export", self.accord))
        self.meridia.ask("take", self.torvia.ask("export", self.accord))
        for one in both:
            one.ask("warm", self.accord)
        shutil.copytree(self.live, self.kept)

    def live_through(
        self, private: Sequence[Step], plant: str = "", steps: Sequence[Step] | None = None
    ) -> list[list[str]]:
        """A life of both: the same towards each other, and before each step something that Meridia does by itself. What Torvia saw."""
        for path in self.live.iterdir():
            shutil.rmtree(path)
        shutil.copytree(self.kept, self.live, dirs_exist_ok=True)
        self.alone.clear()
        lived = self.open_steps() if steps is None else steps
        living = [self.meridia, *[self.torvia for who, *_ in lived if who == "XTV"][:1]]
        for one in living:
            one.begin(plant if one is self.meridia else "")
        try:
            return self._lived(list(private), lived)
        finally:
            for one in living:
                one.end()

    def _lived(self, private: Sequence[Step], steps: Sequence[Step]) -> list[list[str]]:
        seen: list[list[str]] = []
        for number, (who, does, *more) in enumerate(steps):
            for name, *told in private[number : number + 1]:
                self.alone.append((name, self.meridia.ask("private", name, *told)))
            answer = (self.meridia if who == "XMR" else self.torvia).ask(does, *more)
            if does == "export":
                answer = self.torvia.ask("take", answer)
            seen += answer if does == "handouts" else [["ended", who, does, str(answer)]]
            seen += self.torvia.ask("told") if any(who == "XTV" for who, *_ in steps) else []
        return seen

    def open_steps(self) -> list[Step]:
        """What both do towards each other in every life."""
        accord = self.accord
        return [
            ("XMR", "give", accord, 1, "Mines were seen."),
            ("XMR", "talk"),
            ("XTV", "give", accord, 7, "Ours were swept."),
            ("XTV", "talk"),
            ("XMR", "act", "ask", accord, "What do you hold?"),
            ("XMR", "give", accord, 2, "Long. " * 900),
            ("XMR", "give_scenario", accord, 4, "The strait is closed."),
            ("XMR", "give", accord, 1, "Mines were seen again."),
            ("XMR", "talk"),
            ("XTV", "probe", accord),
            ("XTV", "recall", accord, 7),
            ("XTV", "talk"),
            ("XMR", "honour"),
            ("XMR", "recall", accord, 2),
            ("XMR", "give", accord, 3, "Insurance was raised."),
            ("XMR", "give_scenario", accord, 4, "The strait is closed at night."),
            ("XMR", "advance", 90),
            ("XMR", "talk", False),
            ("XMR", "export", accord),
            ("XMR", "handouts", accord, [1, 2, 3, 4]),
            ("XTV", "talk"),
            ("XTV", "pages", accord, [1, 2, 4]),
        ]

    def busy(self) -> list[Step]:
        """One private act before each open step: drafts, people, desk, other partners, looking around."""
        accord = self.accord
        return [
            ("people", 3),
            ("hide", "Zephyr is the source."),
            ("pair",),
            ("deal", "With the third"),
            ("drafts", 5),
            ("redraft", 1),
            ("letters", 3),
            ("consider", accord, "waiting"),
            ("mark_beside", accord, 7),
            ("deal", "Once more with the third"),
            ("consider", accord, "redacted"),
            ("look", accord),
            ("consider", accord, "returned"),
            ("put_away", 2),
            ("consider", accord, "refused"),
            ("hide", "Boreas is the source, and much longer than Zephyr is."),
            ("deal", "A third accord with the third"),
            ("consider", accord, "cancelled"),
            ("people", 8),
            ("redraft", 1),
            ("look", accord),
            ("drafts", 9),
        ]

    def shuffled(self, seed: int) -> list[Step]:
        """The same private acts in another order; the third party is paired before it is dealt with."""
        acts = self.busy()
        random.Random(seed).shuffle(acts)
        acts.remove(("pair",))
        return [("pair",), *acts]

    def wire_steps(self) -> list[Step]:
        """The least that both do towards each other in which every way over the wire is used."""
        accord = self.accord
        return [
            ("XMR", "give", accord, 1, "Mines were seen."),
            ("XTV", "give", accord, 7, "Ours were swept."),
            ("XTV", "talk"),
            ("XMR", "give", accord, 3, "Insurance was raised."),
            ("XTV", "probe", accord, 4),
            ("XMR", "talk"),
        ]

    def file_steps(self) -> list[Step]:
        """The least in which files are handed over. Torvia has no part in it."""
        accord = self.accord
        return [
            ("XMR", "give", accord, 3, "Insurance was raised."),
            ("XMR", "give", accord, 1, "Mines were seen."),
            ("XMR", "give_scenario", accord, 4, "The strait is closed."),
            ("XMR", "advance", 1),
            ("XMR", "handouts", accord, [1, 4], ["docx", "csv"]),
        ]

    def few_acts(self) -> list[Step]:
        """A busy life in as few acts: other people, more at home than is given, drafts, another version, something on the desk."""
        accord = self.accord
        return [("people", 3), ("hide", "Zephyr."), ("drafts", 5), ("redraft", 1), ("consider", accord, "waiting")]

    def close(self) -> None:
        for one in (self.meridia, self.torvia):
            one.close()


def first_difference(one: list[list[str]], other: list[list[str]]) -> str:
    """Where two records of what was seen part, in words; empty where they do not."""
    for at, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            parts = next(n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y)
            x, y = a[parts], b[parts]
            start = next((n for n, (p, q) in enumerate(zip(x, y, strict=False)) if p != q), min(len(x), len(y)))
            return f"{at}: {a[:3]!r:.200}: …{x[max(0, start - 80) : start + 120]!r} / …{y[max(0, start - 80) : start + 120]!r}"
    return "" if len(one) == len(other) else f"one saw {len(one)} things, the other {len(other)}"


def _free_places(count: int) -> list[str]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    found = [f"127.0.0.1:{one.getsockname()[1]}" for one in held]
    for one in held:
        one.close()
    return found
