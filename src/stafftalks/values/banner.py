"""One banner over several markings: what a page, a printed sheet or a file says at its top and bottom.

Rules kept: nothing is lowered, nothing is guessed. Markings of one policy become one only where their classifications stand on a ladder known here and they bear the same
caveats besides those known here. It then says the highest classification, every known restriction that any of them bears, and of the permissions (`REL TO …`) only what all
of them give. Every other marking stands beside the rest as it was given: what is worth what under another policy is for people to say.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from stafftalks.values.label import Marking

LADDERS: Final[tuple[tuple[str, ...], ...]] = (
    ("UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET", "TOP SECRET"),
    ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"),
)
"""Classifications from low to high: NATO's and its nations', by whatever policy; TLP 2.0's, by TLP alone."""
RESTRICTIONS: Final = frozenset(
    [
        "NOFORN",
        "NF",
        "ORCON",
        "OC",
        "IMCON",
        "IMC",
        "PROPIN",
        "PR",
        "LIMDIS",
        "EXDIS",
        "NODIS",
        "ATOMAL",
        "BOHEMIA",
        "CRYPTO",
    ]
)
"""Caveats that only ever narrow who may read, so that a text that holds one such part is right to bear it as a whole."""
BESIDE: Final = " | "
_TLP: Final = 1
_PERMISSIONS: Final = ("REL TO ", "RELEASABLE TO ")
_NOBODY_ELSE: Final = frozenset({"NF", "NOFORN"})


def combined(markings: Iterable[Marking]) -> tuple[Marking, ...]:
    """The markings that stand for all of these together, by policy, then by banner; none where none says anything.

    Each given marking is covered by one of them: of the same policy, as high or higher, with every caveat of it that is no permission,
    and with no permission that it does not give itself.
    """
    alone: set[Marking] = set()
    groups: dict[tuple[str, int, frozenset[str]], list[Marking]] = {}
    for marking in dict.fromkeys(markings):
        rung = _rung(marking)
        if rung is not None:
            other = frozenset(_folded(caveat) for caveat in marking.caveats if not _known(caveat))
            groups.setdefault((_folded(marking.policy), rung[0], other), []).append(marking)
        elif marking.banner():
            alone.add(marking)
    merged = {_together(group) for group in groups.values()}
    return tuple(sorted(merged | alone, key=lambda marking: (_folded(marking.policy), marking.banner())))


def banner_line(markings: Iterable[Marking]) -> str:
    """The banner of all these together, as `NATO SECRET | TLP:AMBER`; the empty text where none says anything."""
    return BESIDE.join(marking.banner() for marking in combined(markings))


def _together(group: Sequence[Marking]) -> Marking:
    if len(group) == 1:
        return group[0]
    highest = max(group, key=lambda marking: (_rung(marking) or (0, 0))[1])
    caveats = sorted({_folded(caveat) for marking in group for caveat in marking.caveats if not _permits(caveat)})
    allowed = [] if any(_parts(caveat) & _NOBODY_ELSE for caveat in caveats) else _allowed(group)
    if allowed:
        caveats.append(f"REL TO {', '.join(allowed)}")
    return Marking(_folded(highest.policy), _folded(highest.classification), tuple(caveats))


def _allowed(group: Sequence[Marking]) -> list[str]:
    """Whom every marking of the group permits; nobody where one gives no permission."""
    named = [{party for caveat in marking.caveats if _permits(caveat) for party in _named(caveat)} for marking in group]
    return sorted(set.intersection(*named))


def _named(caveat: str) -> list[str]:
    text = _folded(caveat)
    for words in _PERMISSIONS:
        text = text.removeprefix(words)
    return [name for name in text.replace(",", " ").split() if name != "AND"]


def _known(caveat: str) -> bool:
    return _permits(caveat) or _parts(caveat) <= RESTRICTIONS


def _permits(caveat: str) -> bool:
    return _folded(caveat).startswith(_PERMISSIONS)


def _parts(caveat: str) -> set[str]:
    return set(_folded(caveat).split("/"))


def _rung(marking: Marking) -> tuple[int, int] | None:
    """Which ladder its classification stands on and how high; None where on none."""
    policy, level = _folded(marking.policy), _folded(marking.classification)
    if policy and level.startswith(policy):
        level = level.removeprefix(policy).lstrip(" :")
    for number, ladder in enumerate(LADDERS):
        if level in ladder and (number == _TLP) == (policy == "TLP"):
            return number, ladder.index(level)
    return None


def _folded(text: str) -> str:
    return " ".join(text.upper().split())
