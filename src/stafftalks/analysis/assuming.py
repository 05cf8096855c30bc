"""What a written assumption takes for granted, as a subject and whether it holds, so that two can be held against each other.

`Port Y: open` and `Port Y = shut` are a subject and a value. Any other sentence is its own subject, and holds; “not” turns it round, and so does one of a few words that say the
opposite of another. This is spelling, not understanding: what is worded otherwise is not found.
"""

import re
from typing import Final

HOLDS: Final = "so"
FAILS: Final = "not so"
_PAIR: Final = re.compile(r"([^:=]{2,200}?)\s*[:=]\s*(\S.*)")
_NOT: Final = re.compile(r"\b(?:not|no longer|never)\b|(?<=\w)n['’]t\b")
_OPPOSITE: Final = {
    "closed": "open",
    "shut": "open",
    "unavailable": "available",
    "unusable": "usable",
    "impassable": "passable",
    "denied": "granted",
    "refused": "granted",
    "hostile": "friendly",
    "unsafe": "safe",
}


def assumed(text: str, *, invalid: bool = False) -> tuple[str, str]:
    """The subject and the value of an assumption; where it proved `invalid`, that it does not hold."""
    plain = " ".join(text.split()).rstrip(".").casefold()
    pair = _PAIR.fullmatch(plain)
    if pair is not None and not invalid:
        return pair[1], pair[2]
    turned = invalid
    if _NOT.search(plain):
        turned, plain = not turned, " ".join(_NOT.sub(" ", plain).split())
    words = []
    for word in plain.split():
        turned ^= word in _OPPOSITE
        words.append(_OPPOSITE.get(word, word))
    return " ".join(words), FAILS if turned else HOLDS
