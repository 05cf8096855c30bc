"""Whether the logs are as they were written: every line held to the one before it, and to heads that were written down elsewhere.

What a check found is a line of the journal itself, so the page can say how far the logs were checked, when and by whom.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from stafftalks.record.chain import BrokenError, Head, Walk, in_words, parse_head
from stafftalks.services.logs import EXCHANGE, JOURNAL, LOGS, LinesWanted
from stafftalks.services.ports import ChainedLog, Headquarters
from stafftalks.services.rows import JournalRow
from stafftalks.values.errors import MisuseError, PeerError

CHECKED: Final = "log checked"
BROKEN: Final = "log found broken"
TAKEN_OUT: Final = "log taken out"
_STEP: Final = 4_096


class Check(msgspec.Struct, frozen=True):
    """What a check of one log found. `head` is where the lines that fit end; `n` the first line that does not fit, -1 where all do."""

    log: str
    head: Head
    sentence: str
    n: int = -1

    @property
    def sound(self) -> bool:
        """Whether every line fits."""
        return self.n < 0


class Standing(msgspec.Struct, frozen=True):
    """Where a log ends, and the last check that found it sound: to which head, when (unix seconds, 0 for never) and by whom.

    `broken` is what a later check found, empty where none did.
    """

    head: Head
    checked: Head
    at: int = 0
    by: str = ""
    broken: str = ""

    @property
    def unchecked(self) -> int:
        """How many lines came after the last check."""
        return self.head.size - self.checked.size


def logs(hq: Headquarters) -> Mapping[str, ChainedLog]:
    """The chained logs by name."""
    return {JOURNAL: hq.journal, EXCHANGE: hq.log}


def log_of(hq: Headquarters, name: str) -> ChainedLog:
    """The log of this name; raises MisuseError where there is none."""
    if name not in LOGS:
        raise MisuseError(f"There is no log {name[:40]!r} here: the logs are {' and '.join(LOGS)}.")
    return logs(hq)[name]


def heads(hq: Headquarters) -> tuple[Head, ...]:
    """Where each log ends now: what can be written down where nobody of this headquarters can change it."""
    return tuple(log.head() for log in logs(hq).values())


def parse_heads(texts: Sequence[str]) -> tuple[Head, ...]:
    """The heads spelt in `texts`, one or more in each, divided by white space; raises PeerError where one is none, or of no log here."""
    found = tuple(parse_head(word) for text in texts for word in text.split())
    for head in found:
        if head.log not in LOGS:
            raise PeerError(f"{str(head)[:60]!r} is of no log of a headquarters: the logs are {' and '.join(LOGS)}.")
    return found


def verify(
    hq: Headquarters, since: Sequence[Head] = (), progress: Callable[[int, int], None] | None = None
) -> tuple[Check, ...]:
    """What a check of every line of both logs finds, streamed; `since` are heads that were written down before.

    `progress(done, total)` is told of lines as they go by.
    """
    stands = heads(hq)
    total, done, found = sum(head.size for head in stands), 0, []
    for head in stands:
        base = done

        def tell(count: int, base: int = base) -> None:
            if progress is not None:
                progress(base + count, total)

        found.append(_check(logs(hq)[head.log], head, [one for one in since if one.log == head.log], tell))
        done += head.size
    return tuple(found)


def note(hq: Headquarters, by: str, checks: Sequence[Check]) -> None:
    """Records in the journal what checks found; `by` is who had them made."""
    now = hq.clock.now()
    for check in checks:
        act, about = (CHECKED, str(check.head)) if check.sound else (BROKEN, check.log)
        hq.journal.add(JournalRow(now, by, act, about, check.sentence))


def standings(hq: Headquarters) -> tuple[Standing, ...]:
    """How each log stands: its end, and how far it was last checked."""
    _, checked = hq.journal.find(act=CHECKED, limit=2 * len(LOGS))
    _, broken = hq.journal.find(act=BROKEN, limit=2 * len(LOGS))
    found = []
    for head in heads(hq):
        good = next((row for row in checked if row.subject.partition(":")[0] == head.log), None)
        bad = next((row for row in broken if row.subject == head.log), None)
        bad = None if bad is None or (good is not None and good.at > bad.at) else bad
        found.append(
            Standing(
                head,
                parse_head(good.subject) if good else Head(head.log),
                good.at if good else 0,
                good.person if good else "",
                bad.sentence if bad else "",
            )
        )
    return tuple(found)


def note_taken_out(hq: Headquarters, by: str, log: str, form: str, wanted: LinesWanted) -> int:
    """Records in the journal that lines of `log` are taken out as a file; returns how many lines the log then has."""
    left_out = "every line" if wanted.everything else "the lines that were asked for"
    hq.journal.add(
        JournalRow(hq.clock.now(), by, TAKEN_OUT, log, f"{in_words(log).capitalize()}, {left_out}, as {form}.")
    )
    return logs(hq)[log].head().size


def _check(log: ChainedLog, head: Head, since: Sequence[Head], tell: Callable[[int], None]) -> Check:
    walk = Walk(Head(head.log))
    asked: dict[int, list[Head]] = {}
    for one in (head, *since):
        asked.setdefault(one.size, []).append(one)
    try:
        for line in log.lines(0, head.size):
            walk.take(line.n, line.says, line.value)
            for one in asked.get(line.n + 1, ()):
                walk.check_head(one)
            if not (line.n + 1) % _STEP:
                tell(line.n + 1)
        walk.check_end(head, "the head kept with it")
        for one in since:
            walk.check_end(one, "the head written down")
    except BrokenError as error:
        return Check(head.log, walk.head, str(error), error.n)
    tell(head.size)
    return Check(head.log, head, _sound(head, since))


def _sound(head: Head, since: Sequence[Head]) -> str:
    name = in_words(head.log).capitalize()
    if not head.size:
        return f"{name} has no line yet."
    said = f"{name}: every line from 0 to {head.size - 1} fits the one before it."
    if since:
        sizes = ", ".join(str(one.size) for one in sorted(since, key=lambda one: one.size))
        said += f" Nothing in its first {sizes} lines was changed since that head was written down."
    return said
