"""How likely, how sure, how good a source: three different fields, each kept in its author's own words.

A likelihood keeps its original scale and term; `range()` is what the scale says the term means, for comparing and
sorting, and never replaces the term. Confidence is about the judgement, the Admiralty grade about source and
statement; neither is a likelihood.
"""

import re
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from stafftalks.values.errors import MisuseError, WrongValueError


class ScaleName(StrEnum):
    """The scales of likelihood known here."""

    ICD203 = "icd203"
    PHIA = "phia"
    PERCENT = "percent"


_TERMS: dict[ScaleName, dict[str, tuple[int, int]]] = {
    # Source: Intelligence Community Directive 203, Analytic Standards.
    ScaleName.ICD203: {
        "almost no chance": (1, 5),
        "very unlikely": (5, 20),
        "unlikely": (20, 45),
        "roughly even chance": (45, 55),
        "likely": (55, 80),
        "very likely": (80, 95),
        "almost certain": (95, 99),
    },
    # The UK's yardstick of the Professional Head of Intelligence Assessment. The terms and that they divide the
    # scale into seven ranges are public; the figures are from memory of practice, and gaps between them are meant.
    ScaleName.PHIA: {
        "remote chance": (0, 5),
        "highly unlikely": (10, 20),
        "unlikely": (25, 35),
        "realistic possibility": (40, 50),
        "likely or probable": (55, 75),
        "highly likely": (80, 90),
        "almost certain": (95, 100),
    },
    ScaleName.PERCENT: {},
}
_LABELS = {ScaleName.ICD203: "ICD 203", ScaleName.PHIA: "PHIA", ScaleName.PERCENT: "percent"}
_PERCENT = re.compile(r"(\d{1,3})(?:-(\d{1,3}))?")
_SCALED = re.compile(r"(.*?)\s*\(([^()]*)\)")


class Likelihood(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A term on a scale; on the plain percentage the term is `35` or `35-40`."""

    scale: ScaleName
    term: Annotated[str, Meta(max_length=60)]

    def __post_init__(self) -> None:
        self.range()

    def range(self) -> tuple[int, int]:
        """Lowest and highest percent the term means on its scale; raises WrongValueError for a term not on it."""
        if found := _TERMS[self.scale].get(self.term):
            return found
        if self.scale is not ScaleName.PERCENT:
            known = ", ".join(_TERMS[self.scale])
            raise WrongValueError(f"{self.term!r} is not a term of {_LABELS[self.scale]}: use one of {known}.")
        match = _PERCENT.fullmatch(self.term)
        low, high = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if not low <= high <= 100 or self.term != (str(low) if low == high else f"{low}-{high}"):
            raise WrongValueError(f"{self.term!r} is not a percentage: write 35 or 35-40, from 0 to 100.")
        return low, high

    def __str__(self) -> str:
        """`likely (ICD 203)`, `35-40 %`."""
        return f"{self.term} %" if self.scale is ScaleName.PERCENT else f"{self.term} ({_LABELS[self.scale]})"

    @classmethod
    def parse(cls, text: str) -> "Likelihood":
        """`likely` (ICD 203 unless said), `highly likely (PHIA)`, `35 %`, `35-40`; raises MisuseError."""
        cleaned = " ".join(text.split())
        if cleaned[:1].isdigit():
            bounds = [int(part) for part in re.findall(r"\d+", cleaned)[:2]]
            if not re.fullmatch(r"\d{1,3}(?: ?(?:-|–|to) ?\d{1,3})? ?%?", cleaned):
                raise MisuseError(f"{text[:40]!r} is not a percentage: write 35 % or 35-40 %.")
            return cls(ScaleName.PERCENT, "-".join(str(bound) for bound in dict.fromkeys(bounds)))
        term, scale = cleaned.lower(), ScaleName.ICD203
        if match := _SCALED.fullmatch(cleaned):
            term, scale = match[1].lower(), _scale_named(match[2])
        elif term not in _TERMS[scale] and term in _TERMS[ScaleName.PHIA]:
            scale = ScaleName.PHIA
        if scale is ScaleName.PHIA and term in ("likely", "probable"):
            term = "likely or probable"
        return cls(scale, term)


class Confidence(StrEnum):
    """How well founded a judgement is."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


class Reliability(StrEnum):
    """The Admiralty grade of a source."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"


RELIABILITY_WORDS = {
    Reliability.A: "completely reliable",
    Reliability.B: "usually reliable",
    Reliability.C: "fairly reliable",
    Reliability.D: "not usually reliable",
    Reliability.E: "unreliable",
    Reliability.F: "reliability cannot be judged",
}
CREDIBILITY_WORDS = {
    1: "confirmed by other sources",
    2: "probably true",
    3: "possibly true",
    4: "doubtful",
    5: "improbable",
    6: "truth cannot be judged",
}


class Grade(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An Admiralty grade: how reliable the source, how credible what it said."""

    reliability: Reliability
    credibility: Annotated[int, Meta(ge=1, le=6)]

    def __str__(self) -> str:
        """`B2`."""
        return f"{self.reliability}{self.credibility}"

    @property
    def words(self) -> str:
        """`usually reliable, probably true`."""
        return f"{RELIABILITY_WORDS[self.reliability]}, {CREDIBILITY_WORDS[self.credibility]}"

    @classmethod
    def parse(cls, text: str) -> "Grade":
        """`B2`, `b-2` or `B 2`; raises MisuseError."""
        match = re.fullmatch(r"([A-Fa-f])[ -]?([1-6])", text.strip())
        if match is None:
            raise MisuseError(f"{text[:40]!r} is not a grade: a letter A to F and a figure 1 to 6, as B2.")
        return cls(Reliability(match[1].upper()), int(match[2]))


def terms_of(scale: ScaleName) -> tuple[str, ...]:
    """The terms of `scale` from least to most likely; empty for the plain percentage."""
    return tuple(_TERMS[scale])


def _scale_named(text: str) -> ScaleName:
    wanted = text.replace(" ", "").lower()
    for scale in ScaleName:
        if wanted == scale.value:
            return scale
    raise MisuseError(f"{text[:40]!r} is not a scale known here: ICD 203, PHIA, or a plain percentage.")
