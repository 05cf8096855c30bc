"""The two logs that are chained: the journal of our own people's acts and the exchange log; what a line of each says, and what can be asked of it.

What `says` gives is what the chain runs over. It is fixed for ever: a field that comes later is left out of lines that were written without it.
"""

from typing import Final, TypeAlias

import msgspec

from stafftalks.services.rows import ExchangeRow, JournalRow

JOURNAL: Final = "journal"
EXCHANGE: Final = "exchange"
LOGS: Final = (JOURNAL, EXCHANGE)

Says: TypeAlias = dict[str, str | int]


class LogLine(msgspec.Struct, frozen=True):
    """Line `n` of a log as it stands, with its value in the chain and that of the line before it (see `record.chain`)."""

    n: int
    says: Says
    value: bytes
    before: bytes


class LinesWanted(msgspec.Struct, frozen=True):
    """Which lines are asked for; what is empty or 0 leaves nothing out.

    `since` and `until` bound `at` (unix seconds, both included). `who` is the person of the journal, the partner of the exchange log; `about` the subject,
    the accord; `act` the act, the outcome. `words` are looked for in the sentence as they stand, capital or small where they are ASCII letters.
    """

    since: int = 0
    until: int = 0
    who: str = ""
    about: str = ""
    act: str = ""
    words: str = ""

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return self == ALL


ALL: Final = LinesWanted()
"""Every line."""


def columns(log: str) -> tuple[str, ...]:
    """What lines of this log say, in the order in which people read it."""
    if log == JOURNAL:
        return ("at", "person", "act", "subject", "sentence")
    return ("at", "partner", "direction", "channel", "outcome", "sentence", "accord", "bundle", "entries", "size_bytes")


def journal_says(row: JournalRow) -> Says:
    """What a line of the journal says."""
    return {
        "act": row.act,
        "at": row.at,
        "person": row.person,
        "sentence": row.sentence,
        "subject": row.subject,
    }


def exchange_says(row: ExchangeRow) -> Says:
    """What a line of the exchange log says."""
    return {
        "accord": row.accord,
        "at": row.at,
        "bundle": row.bundle,
        "channel": row.channel,
        "direction": row.direction,
        "entries": row.entries,
        "outcome": row.outcome,
        "partner": row.partner,
        "sentence": row.sentence,
        "size_bytes": row.size_bytes,
    }
