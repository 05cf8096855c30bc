"""What each side will know by a private check, and what a check cannot prevent: told before anybody agrees to it, in the same words by pages and commands.

The words are messages: they hold `%(count)s` for how many activities each side pads to, and `%(auditor)s`. Nothing here reads a headquarters.
"""

from typing import Final, Literal

import msgspec

Mode = Literal["which", "count", "any"]
Learns = Literal["proposer", "partner", "both"]

MODES: Final[dict[Mode, str]] = {
    "which": "Which of one’s own activities share a place and a time with the other side’s",
    "count": "How much is shared: a number, and not where",
    "any": "Whether anything is shared: yes or no",
}
"""What comes out, by mode."""
LEARNS: Final[dict[Learns, str]] = {
    "both": "Both sides",
    "proposer": "Only who proposes",
    "partner": "Only who is asked",
}
"""Who is told what comes out."""

_PROPOSAL: Final = "The proposal"
_READS: Final = "All that it says: purpose, area, window, heights, sizes, what comes out and who learns it. It stays in both records."
_OUTCOME: Final = "What comes out"
_OUTCOMES: Final[dict[Mode, tuple[str, str]]] = {
    "which": (
        "Which of our activities share a cell, a time and a height with theirs, or claim the same resource; and where.",
        "Which of their activities share a cell, a time and a height with ours, or claim the same resource; and where.",
    ),
    "count": (
        "How many keys both sides hold: cells at times and heights. Not which, and not whose.",
        "How many keys both sides hold: cells at times and heights. Not which, and not whose.",
    ),
    "any": (
        "Yes or no. Our headquarters receives what a count would take; that we are told no more is a rule of our software, which they cannot check.",
        "Yes or no. Their headquarters receives what a count would take; that they are told no more is a rule of their software, which we cannot check.",
    ),
}
_UNTOLD: Final = "Nothing: not even whether anything came out."
_OTHERS: Final = "Where the other side’s activities are"
_PRESENCE: Final[dict[Mode, tuple[str, str]]] = {
    "which": (
        "That something of theirs is in those cells at those times. Not what it is, nor how many.",
        "That something of ours is in those cells at those times. Not what it is, nor how many.",
    ),
    "count": (
        "Not where. How large the shared cells are and how long the shared times can be read from what is received.",
        "Not where. How large the shared cells are and how long the shared times can be read from what is received.",
    ),
    "any": (
        "Not where. What is received is the same as for a count.",
        "Not where. What is received is the same as for a count.",
    ),
}
_NOTHING: Final = "Nothing."
_ELSEWHERE: Final = "Activities that meet none of the other side’s"
_ABSENT: Final = ("Of theirs: nothing, nor where or when they are.", "Of ours: nothing, nor where or when they are.")
_HOW_MANY: Final = "How many activities the other side has"
_PADDED: Final = "That it is at most %(count)s. What is sent is of the same size whatever is planned."
_TEXTS: Final = "Titles, texts, forces, exact places and times of the other side’s"
_NEVER: Final = "Nothing. They are not sent in any form."

_INVENTED: Final = "Who learns can put in activities that it made up, %(count)s at most, to feel out where the other side is. The budget bounds how often; an auditor finds it afterwards."
_OMITTED: Final = "Either side can leave activities out. “Nothing shared” then speaks only of what was put in."
_COARSE: Final = "A shared cell is not yet a collision: cells are coarser than activities. A finer check of the shared cells can follow, with fresh consent."
_STOPPED: Final = "Whoever stops takes nothing back that has been received, and it counts against the budget."
_AUDITED: Final = "%(auditor)s can be shown by either side what it put in, in full, and so find whether it kept to the rules. Nobody else can."
_UNAUDITED: Final = "No auditor is agreed: nobody could find out afterwards who put in what."

MESSAGES: Final = (
    *MODES.values(), *LEARNS.values(), _PROPOSAL, _READS, _OUTCOME, *(text for both in _OUTCOMES.values() for text in both), _UNTOLD, _OTHERS,
    *(text for both in _PRESENCE.values() for text in both), _NOTHING, _ELSEWHERE, *_ABSENT, _HOW_MANY, _PADDED, _TEXTS, _NEVER, _INVENTED, _OMITTED,
    _COARSE, _STOPPED, _AUDITED, _UNAUDITED,
)  # fmt: skip
"""Every message here, for translators."""


class Tell(msgspec.Struct, frozen=True):
    """One line of what each side will know: about what, what we learn of it and what they do."""

    about: str
    we: str
    they: str


def tells(mode: Mode, learns: Learns, *, proposing: bool) -> tuple[Tell, ...]:
    """What we and the other side will know, line by line; `proposing` is whether the proposal is ours."""
    we = learns in ("both", "proposer" if proposing else "partner")
    they = learns in ("both", "partner" if proposing else "proposer")
    return (
        Tell(_PROPOSAL, _READS, _READS),
        _told(_OUTCOME, _OUTCOMES[mode], _UNTOLD, we=we, they=they),
        _told(_OTHERS, _PRESENCE[mode], _NOTHING, we=we, they=they),
        Tell(_ELSEWHERE, *_ABSENT),
        Tell(_HOW_MANY, _PADDED, _PADDED),
        Tell(_TEXTS, _NEVER, _NEVER),
    )


def limits(mode: Mode, *, auditor: str) -> tuple[str, ...]:
    """What such a check cannot prevent or promise, in sentences."""
    coarse = (_COARSE,) if mode == "which" else ()
    return (_INVENTED, _OMITTED, *coarse, _STOPPED, _AUDITED if auditor else _UNAUDITED)


def _told(about: str, told: tuple[str, str], untold: str, *, we: bool, they: bool) -> Tell:
    return Tell(about, told[0] if we else untold, told[1] if they else untold)
