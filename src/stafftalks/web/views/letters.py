"""Disclosure letters: by partner, what each lets go in plain words and how long it still stands, and what one would allow of our elements."""

from collections.abc import Iterable
from itertools import groupby

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from stafftalks.planning.kinds import KINDS, LABELS, realms_of
from stafftalks.release import desk
from stafftalks.services import find as finding
from stafftalks.services import letters, releases
from stafftalks.services.elements import writers_of
from stafftalks.services.letters import Allowed, HeldLetter
from stafftalks.values.ids import ElementId, PartyId
from stafftalks.web import access, letter_words, naming, rule_words
from stafftalks.web.letter_words import Said
from stafftalks.web.windows import Window, offset_of

ISSUERS = writers_of("letter")


class Shown(msgspec.Struct, frozen=True):
    """A letter as drawn."""

    held: HeldLetter
    said: tuple[Said, ...]
    left: str
    soon: bool

    @property
    def stops(self) -> tuple[Said, ...]:
        """What in it lets nothing go at all."""
        return tuple(said for said in self.said if said.stops)


class ForPartner(msgspec.Struct, frozen=True):
    """A partner and the letters about it; none means that nothing leaves to it."""

    party: PartyId
    paired: bool
    shown: tuple[Shown, ...]

    @property
    def open(self) -> bool:
        """Whether some letter about it is in force."""
        return any(one.held.standing == "in force" for one in self.shown)


class Checked(msgspec.Struct, frozen=True):
    """An element of ours before the letter, as drawn."""

    allowed: Allowed
    title: str
    words: tuple[str, ...]


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Every partner with the letters about it; those without any, too, because nothing leaves to them."""
    hq = access.headquarters()
    archived = request.GET.get("archived") == "yes"
    held = letters.letters(hq, archived=archived)
    partners = [row.party for row in hq.partners.partners()]
    context = {
        "place": "letters",
        "groups": _grouped(held, [] if archived else partners, partners),
        "archived": archived,
        "may_write": access.person_of(request).lacking(*ISSUERS) is None,
    }
    return render(request, "web/letters/list.html", context)


@require_GET
def show(request: HttpRequest, element: ElementId) -> HttpResponse:
    """One letter: what it lets go, in plain words, then its text, its versions and what was asked of its partner."""
    hq = access.headquarters()
    held = _letter(element)
    _total, recent = releases.find(hq, state="released", partner=held.letter.partner, limit=10)
    context = {
        "place": "letters",
        "shown": shown_letter(held),
        "row": held.row,
        "letter": held.letter,
        "under": [
            (row, row.title or desk.preview(row.body).title)
            for row in recent
            if any(ref.element == element for ref in row.letters)
        ],
        "versions": len(hq.holdings.versions(element)),
        "may_write": access.person_of(request).lacking(*ISSUERS) is None,
    }
    return render(request, "web/letters/show.html", context)


@require_GET
def check(request: HttpRequest, element: ElementId) -> HttpResponse:
    """What the letter would allow of our elements as they stand at home, a window of them, and why not where it would not."""
    hq, held = access.headquarters(), _letter(element)
    kind, offset = request.GET.get("kind", ""), offset_of(request)
    kind = kind if kind in KINDS and realms_of(kind) else ""
    total, rows = finding.own_window(hq, kind=kind, contingency="", text="", archived=False, offset=offset)
    judged = letters.allowed(hq, held, [row for row in rows if realms_of(row.kind)])
    context = {
        "place": "letters",
        "shown": shown_letter(held),
        "row": held.row,
        "letter": held.letter,
        "lines": [_checked(one) for one in judged],
        "window": Window(total, offset),
        "kind": kind,
        "kinds": [(name, LABELS[name][1]) for name in KINDS if realms_of(name)],
    }
    return render(request, "web/letters/check.html", context)


def _checked(one: Allowed) -> Checked:
    title = one.row.title or naming.title_of(one.row.raw)
    words = tuple(dict.fromkeys(rule_words.word(refusal.rule) for refusal in one.refusals))
    return Checked(one, title, words)


def _letter(element: ElementId) -> HeldLetter:
    row = access.headquarters().holdings.element(element)
    if row is None or row.kind != "letter":
        raise Http404
    return letters.get(access.headquarters(), element)


def shown_letter(held: HeldLetter) -> Shown:
    soon = held.standing == "in force" and held.left_s < letter_words.SOON_DAYS * 86_400
    return Shown(held, letter_words.in_words(held.letter), letter_words.left(held.left_s), soon)


def _grouped(held: Iterable[HeldLetter], shown: list[PartyId], paired: list[PartyId]) -> list[ForPartner]:
    found = {
        party: tuple(shown_letter(one) for one in group)
        for party, group in groupby(held, key=lambda one: one.letter.partner)
    }
    return [ForPartner(party, party in paired, found.get(party, ())) for party in sorted({*found, *shown})]
