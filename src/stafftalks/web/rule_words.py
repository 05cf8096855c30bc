"""The rules of the desk in a word each, for the queue and above their sentences."""

from collections.abc import Iterable
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stafftalks.services.judging import PERSON_RULES
from stafftalks.values.errors import Refusal

WORDS: Final[dict[str, Promise]] = {
    "label-missing": gettext_lazy("not marked"),
    "label-policy-unknown": gettext_lazy("unknown policy"),
    "label-classification": gettext_lazy("marking"),
    "label-category": gettext_lazy("marking"),
    "label-contradiction": gettext_lazy("marking contradicts itself"),
    "label-malformed": gettext_lazy("marking"),
    "label-below-portions": gettext_lazy("marked below its portions"),
    "label-not-releasable": gettext_lazy("marking does not name them"),
    "letter-missing": gettext_lazy("no letter"),
    "letter-expired": gettext_lazy("letter not in force"),
    "letter-ceiling": gettext_lazy("above the ceiling"),
    "letter-category": gettext_lazy("caveat not permitted"),
    "letter-kind": gettext_lazy("kind not permitted"),
    "letter-realm": gettext_lazy("realm not permitted"),
    "letter-scope": gettext_lazy("not in scope"),
    "letter-detail-position": gettext_lazy("places too fine"),
    "letter-detail-count": gettext_lazy("counts too fine"),
    "letter-detail-time": gettext_lazy("times too fine"),
    "letter-method": gettext_lazy("way not permitted"),
    "letter-decider": gettext_lazy("not yours to decide"),
    "letter-head": gettext_lazy("needs the head"),
    "consent-missing": gettext_lazy("no consent"),
    "consent-expired": gettext_lazy("consent expired"),
    "origins-carried": gettext_lazy("source not named"),
    "adds-up": gettext_lazy("adds up"),
    "redaction-trace": gettext_lazy("trace left"),
    "redaction-mismatch": gettext_lazy("redact again"),
    "own-standing": gettext_lazy("our standing"),
    "frozen": gettext_lazy("frozen"),
    "realm-closed": gettext_lazy("realm closed"),
    "audience-empty": gettext_lazy("nobody named"),
    "audience-outsider": gettext_lazy("not a party"),
    "kind-realm": gettext_lazy("wrong realm"),
    "about-unreleased": gettext_lazy("about what is not released"),
    "about-realm": gettext_lazy("wrong realm"),
    "about-audience": gettext_lazy("about what they were not given"),
    "refers-audience": gettext_lazy("names what they were not given"),
    "step-withheld": gettext_lazy("withheld step told"),
    "already-held": gettext_lazy("held already"),
    "replaces": gettext_lazy("ask again"),
    "replaces-mixed": gettext_lazy("different versions held"),
    "body-changed": gettext_lazy("ask again"),
    "batch-letter": gettext_lazy("not under one letter"),
    "batch-together": gettext_lazy("decided by itself"),
    "batch-repeated": gettext_lazy("twice in it"),
    "decider-role": gettext_lazy("role"),
    "two-person": gettext_lazy("you asked"),
}
_MOST = 3


def word(rule: str) -> str:
    """The rule in a word; its own name where it has none here."""
    return str(WORDS.get(rule, rule))


def short(refusals: Iterable[Refusal]) -> tuple[str, ...]:
    """The rules that say no, each once and in a word; those about persons left out, and after a few only how many more."""
    words = list(dict.fromkeys(word(refusal.rule) for refusal in refusals if refusal.rule not in PERSON_RULES))
    if len(words) > _MOST:
        more = len(words) - _MOST + 1
        return (*words[: _MOST - 1], _("and %d more") % more)
    return tuple(words)
