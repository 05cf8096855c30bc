"""The design system, shown by itself: every token and every part, live, in every look side by side.

The texts that stand in it are examples of two invented parties and are called so; none is taken from, or kept by, this headquarters.
"""

import re
from functools import cache
from pathlib import Path

import msgspec
from django import forms
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET

from stafftalks.planning.scenarios import Scenario
from stafftalks.services import registry
from stafftalks.services.workspace import Held, Piece
from stafftalks.values.ids import AccordId, ElementId, PartyId, VersionHash
from stafftalks.values.label import Marking
from stafftalks.web.views import design_markup
from stafftalks.web.windows import Window

ALDER, BIRCH = PartyId("XAA"), PartyId("XBB")
NAMES = {ALDER: "Alder", BIRCH: "Birch"}
TOKEN_GROUPS = (
    (gettext_noop("Ground, ink and lines"), "paper sheet ink ink-soft rule rule-strong banner banner-ink hair"),
    (gettext_noop("What one can act on"), "link link-wash button button-ink focus"),
    (
        gettext_noop("Whose text it is"),
        "ours ours-wash released released-wash theirs theirs-wash agreed agreed-wash",
    ),
    (gettext_noop("What went wrong, what came, what went"), "alarm alarm-wash added added-wash removed removed-wash"),
    (gettext_noop("Type"), "sans serif mono text-xs text-s text-m text-l text-xl"),
    (gettext_noop("Space and size"), "gap-1 gap-2 gap-3 gap-4 gap-5 gap-6 control row cell bend measure"),
)
_TOKEN = re.compile(r"^\s*--([a-z0-9-]+):\s*([^;]+);", re.MULTILINE)


class Token(msgspec.Struct, frozen=True):
    """One token: its name, its value as the sheet of style has it, and how it is shown: as a colour, a length, or by its words alone."""

    name: str
    value: str
    shown: str


class ExampleForm(forms.Form):
    """A form with every sort of field, one of them wrong."""

    def __init__(self, look: str) -> None:
        super().__init__({"title": "", "window": "C+3", "kind": "branch", "sure": "on"}, prefix=f"example-{look}")
        self.label_suffix = ""
        self.fields["title"] = forms.CharField(
            label=_("Title"),
            help_text=_("What people call it."),
            error_messages={"required": _("Empty: give it a title that people will know it by.")},
        )
        self.fields["window"] = forms.CharField(label=_("From"), required=False)
        self.fields["kind"] = forms.ChoiceField(
            label=_("Sort"), choices=[("branch", _("Branch")), ("sequel", _("Sequel"))]
        )
        self.fields["words"] = forms.CharField(
            label=_("Narrative"), required=False, widget=forms.Textarea(attrs={"rows": 3})
        )
        self.fields["sure"] = forms.BooleanField(label=_("I have read it"))
        for name in ("window", "kind", "sure"):
            self.data = {**self.data, f"{self.prefix}-{name}": self.data[name]}


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The page of the design system."""
    looks = (
        ("light", "light", _("Light")),
        ("dark", "dark", _("Dark")),
        ("light", "contrast", _("High contrast, light")),
        ("dark", "contrast", _("High contrast, dark")),
    )
    context = {
        "place": "design",
        "looks": [
            (f"{scheme}-{look}", scheme, look, label, ExampleForm(f"{scheme}-{look}")) for scheme, look, label in looks
        ],
        "groups": [(title, [_token(name) for name in names.split()]) for title, names in TOKEN_GROUPS],
        "examples": pieces(),
        "example_names": NAMES,
        "party": BIRCH,
        "at": registry.current().clock.now(),
        "markup": design_markup.MARKUP,
        "window": Window(total=10_000, offset=100),
        "combinations": combinations(),
    }
    return render(request, "web/design/show.html", context)


@cache
def tokens() -> dict[str, str]:
    """Every token by name with its plain value, as the sheet of style has it (the first that is given: not a look's own)."""
    found: dict[str, str] = {}
    for name, value in _TOKEN.findall(Path(str(finders.find("web/tokens.css"))).read_text()):
        found.setdefault(name, value)
    return found


def combinations() -> list[tuple[list[str], tuple[Marking, ...]]]:
    """Some markings on one page, and the same as values, from which the page draws the banner that they come to."""
    cases = (
        (Marking("XAA", "RESTRICTED", ("REL TO XAA, XBB",)), Marking("XAA", "CONFIDENTIAL", ("REL TO XBB, XCC",))),
        (Marking("XAA", "RESTRICTED"), Marking("XBB", "SECRET")),
        (Marking("TLP", "GREEN"), Marking("TLP", "AMBER+STRICT")),
        (),
    )
    return [([one.banner() for one in case], case) for case in cases]


def pieces() -> list[Piece]:
    """One example of each side, at home, released, theirs and agreed."""
    marked = Marking("XAA", "RESTRICTED", ("REL TO XAA, XBB",))
    at = registry.current().clock.now() - 7_200
    held = (Held(AccordId("a" * 52), _("An accord"), "scenarios", (BIRCH,), VersionHash("v" * 52), at),)
    mine = _piece(ALDER, _("Closing of the northern lane"), marked, at)
    return [
        mine,
        msgspec.structs.replace(mine, side="released", held=held, title=_("Flood on the lower river")),
        msgspec.structs.replace(
            _piece(BIRCH, _("Fire in the eastern hills"), Marking(), at),
            side="theirs",
            by="",
            held=(msgspec.structs.replace(held[0], to=(ALDER,)),),
        ),
        msgspec.structs.replace(mine, side="agreed", held=held, title=_("Shared picture of the strait")),
    ]


def _piece(party: PartyId, title: str, marking: Marking, at: int) -> Piece:
    content = Scenario(title=title, marking=marking, contingency=_("An example"))
    return Piece(
        party,
        ElementId("e" * 26),
        VersionHash(party[1].lower() * 52),
        "scenario",
        title,
        _("An example"),
        content,
        "ours",
        at,
        "pia",
    )


def _token(name: str) -> Token:
    value = tokens()[name]
    shown = "colour" if value.startswith("light-dark") else "length" if value.endswith(("rem", "px")) else "words"
    return Token(name, value, shown)
