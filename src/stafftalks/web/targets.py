"""Where a line of news or a thing to do leads."""

from django.urls import reverse

_TAB_OF_RULE = {
    "answer-question": "accord-terms",
    "clause-open": "accord-terms",
    "answer-proposal": "accord-terms",
    "answer-consent": "accord-consents",
    "recall": "accord-recalls",
    "confirm-recall": "accord-recalls",
    "recall-unconfirmed": "accord-recalls",
    "release": "accord-released",
}

_OF_CHECKS = frozenset({"answer-check", "await-check", "go-on-check", "stop-check"})


def url_of(target: tuple[str, ...], rule: str = "") -> str:
    """The page that `target` names, at the part of it where `rule` is dealt with; home where it names nothing known."""
    match target:
        case ("accord", _) if rule in _OF_CHECKS:
            return reverse("checks")
        case ("accord", accord):
            return reverse(_TAB_OF_RULE.get(rule, "accord"), args=[accord])
        case ("record", accord):
            return reverse("accord-record", args=[accord])
        case ("request", request):
            return reverse("desk-review", args=[request])
        case ("element", accord, party, element):
            return reverse("their-element", args=[accord, party, element])
        case ("notes", party, element, number):
            return reverse("notes-on", args=[party, element]) + f"#note-{number}"
        case ("check", _, party, epoch, n):
            return reverse("check", args=[party, epoch, int(n)])
        case ("own", element):
            return reverse("element", args=[element])
        case ("mail",):
            return reverse("people")
        case ("partner", _) | ("exchange",):
            return reverse("exchange")
    return reverse("home")
