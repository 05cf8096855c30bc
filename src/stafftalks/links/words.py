"""Fingerprints as people compare them: 12 words to read aloud over the telephone, or 40 digits to compare on paper.

Both spell the same 16 bytes. The words are BIP-39 English with its four check bits, so most slips of the ear are named; the digits
are the whole number in decimal, in 8 groups of 5.
"""

import difflib
import re
from functools import cache
from typing import Final

from mnemonic import Mnemonic

from stafftalks.record.card import FINGERPRINT_BYTES
from stafftalks.values.errors import MisuseError

WORDS: Final = 12
DIGITS: Final = 40


def words(fingerprint: bytes) -> str:
    """The 12 words of a 16-byte fingerprint, lower case, one space apart. Source: BIP-39, English list."""
    if len(fingerprint) != FINGERPRINT_BYTES:
        raise MisuseError(f"A fingerprint is {FINGERPRINT_BYTES} bytes; {len(fingerprint)} were given.")
    return _english().to_mnemonic(fingerprint)


def parse_fingerprint(text: str) -> bytes:
    """The 16 bytes that a person typed as 12 words or 40 digits; case, spaces, line breaks, commas and hyphens do not matter.

    Raises MisuseError with the first thing that is wrong: the word, the group of digits, or how many there are.
    """
    parts = re.findall(r"[^\W_]+", text.casefold())
    if not parts:
        raise MisuseError(
            "No fingerprint was given: type the 12 words, or the 40 digits, that your partner reads to you."
        )
    if all(part.isdecimal() and part.isascii() for part in parts):
        return _from_digits("".join(parts))
    return _from_words(parts)


def _from_digits(typed: str) -> bytes:
    if len(typed) != DIGITS:
        raise MisuseError(f"A fingerprint has {DIGITS} digits; {len(typed)} were given: compare them group by group.")
    number = int(typed)
    if number >= 1 << (8 * FINGERPRINT_BYTES):
        raise MisuseError(
            f"These {DIGITS} digits are no fingerprint: the first group, {typed[:5]}, is too large. Compare it again."
        )
    return number.to_bytes(FINGERPRINT_BYTES)


def _from_words(parts: list[str]) -> bytes:
    known = _english().wordlist
    for place, part in enumerate(parts, start=1):
        if part not in known:
            near = difflib.get_close_matches(part[:20], known, n=1, cutoff=0.5)
            hint = f": did you mean “{near[0]}”?" if near else ": ask your partner to read it again."
            raise MisuseError(f"Word {place}, “{part[:20]}”, is not on the list of fingerprint words{hint}")
    if len(parts) != WORDS:
        raise MisuseError(f"A fingerprint has {WORDS} words; {len(parts)} were given.")
    phrase = " ".join(parts)
    if not _english().check(phrase):
        raise MisuseError(
            "All 12 words are on the list, but together they are no fingerprint: a word is wrong or out of order."
        )
    return bytes(_english().to_entropy(phrase))


@cache
def _english() -> Mnemonic:
    return Mnemonic("english")
