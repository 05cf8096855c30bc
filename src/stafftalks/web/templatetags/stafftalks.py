"""How times, parties, hashes and ownership are written on pages: one way each."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from django import template
from django.template import Context
from django.templatetags.static import static
from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stafftalks.planning import compare
from stafftalks.planning.kinds import LABELS
from stafftalks.planning.summary import Section
from stafftalks.services import registry
from stafftalks.values.realm import Realm
from stafftalks.web import assets, marking, naming

register = template.Library()

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_FAR = 253_402_300_799


@register.filter
def when(seconds: int) -> SafeString | str:
    """A `<time>` element: date as the reader's language writes it, and UTC time; words where there is none."""
    return _time(seconds, "DATETIME_FORMAT")


@register.filter
def day(seconds: int) -> SafeString | str:
    """A `<time>` element: the date in UTC, as the reader's language writes it; words where there is none."""
    return _time(seconds, "DATE_FORMAT")


@register.filter
def number(count: float) -> str:
    """A number with its thousands divided as the reader's language divides them: for reading, never for a form's value."""
    return number_format(count, force_grouping=True)


@register.filter
def ago(seconds: int) -> str:
    """How long ago in words, in one unit; by this headquarters' clock."""
    if not seconds:
        return _("never")
    past = registry.current().clock.now() - int(seconds)
    if past < -_MINUTE:
        return _("in the future, by the author’s clock")
    if past < _MINUTE:
        return _("just now")
    if past < _HOUR:
        return ngettext("%d minute ago", "%d minutes ago", past // _MINUTE) % (past // _MINUTE)
    if past < _DAY:
        return ngettext("%d hour ago", "%d hours ago", past // _HOUR) % (past // _HOUR)
    return ngettext("%d day ago", "%d days ago", past // _DAY) % (past // _DAY)


@register.filter
def short(name: object) -> str:
    """The first eight characters of a hash or id: enough to tell apart by eye, never to compare by."""
    return str(name)[:8]


@register.simple_tag(takes_context=True)
def called(context: Context, text: str) -> str:
    """`text` with references written by title where the page gives `titles`; as it stands where it gives none."""
    return naming.called(text, context.get("titles") or {})


@register.filter
def lookup(mapping: Mapping[Any, Any], key: Any) -> Any:
    """The value at `key`, or None."""
    return mapping.get(key)


@register.filter
def kind_plural(kind: str) -> str:
    """What a kind is called, several of it; its own name where this release does not know it."""
    return tr(LABELS[kind][1]) if kind in LABELS else kind


@register.filter
def kind_label(kind: str) -> str:
    """What a kind is called, one of it; its own name where this release does not know it."""
    return tr(LABELS[kind][0]) if kind in LABELS else kind


@register.filter
def size_words(count: int) -> str:
    """A number of bytes in words."""
    if count < 1024:
        return ngettext("%d byte", "%d bytes", count) % count
    if count < 1024 * 1024:
        return _("%d KB") % (count // 1024)
    return _("%.1f MB") % (count / 1024 / 1024)


@register.filter
def capital(text: object) -> str:
    """The text with its first letter in upper case."""
    spelt = str(text)
    return spelt[:1].upper() + spelt[1:]


@register.simple_tag(takes_context=True)
def party(context: Context, code: str) -> str | SafeString:
    """A party's name with its code; the code alone where no name is known."""
    name = _names(context).get(code, "")
    mark = format_html('<span class="party">{}</span>', code)
    return format_html("{} {}", name, mark) if name and name != code else mark


@register.simple_tag(takes_context=True)
def parties(context: Context, codes: Any) -> str | SafeString:
    """Several parties, divided by commas."""
    joined: str | SafeString = ""
    for code in codes:
        one = party(context, code)
        joined = format_html("{}, {}", joined, one) if joined else one
    return joined


@register.simple_tag(takes_context=True)
def page_query(context: Context, **changes: Any) -> str:
    """This page's query with some parameters replaced; an empty value leaves one out."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value in ("", None, 0):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def marked(context: Context, *things: object) -> str:
    """Draws nothing; tells the page's banner the marking of what stands here: pieces, markings, content, rows, or several of these."""
    marking.note(context.get("request"), things)
    return ""


@register.simple_tag(takes_context=True)
def marked_named(context: Context, things: Any) -> str:
    """Draws nothing; tells the banner the markings of elements that are only named here.

    Each thing is `XMR/<element>` (or begins with it), a tuple that begins with that, or something with `party` and `element`.
    """
    refs = [_named(thing) for thing in things or ()]
    marking.note(context.get("request"), marking.markings_named(registry.current(), refs))
    return ""


@register.simple_tag
def script(name: str) -> SafeString | str:
    """A script of ours as a module, by its path under static; nothing where this installation does not carry it: pages work without."""
    found = assets.present(name)
    return format_html('<script src="{}" type="module"></script>', static(found)) if found else ""


_WORDS = {
    "ours": lambda: _("Ours, at home only"),
    "released": lambda: _("Ours, released"),
    "said": lambda: _("Ours, said in the accord"),
    "theirs": lambda: _("Theirs"),
    "agreed": lambda: _("Agreed by all"),
}


@register.inclusion_tag("web/parts/whose.html", takes_context=True)
def whose(context: Context, side: str, party: str = "") -> dict[str, object]:
    """Whose text this is: a word, a shape and a colour. `side` is ours, released, said, theirs or agreed."""
    name = _names(context).get(party, party)
    word = _("Theirs: %(party)s") % {"party": name} if side == "theirs" and name else _WORDS[side]()
    return {"side": "released" if side == "said" else side, "word": word}


@register.filter
def tr(message: str) -> str:
    """A label, heading or help text of the planning room in this headquarters' words and the reader's language."""
    return _(naming.profile().word(message)) if message else ""


@register.filter
def in_order(realms: Any) -> list[str]:
    """Realms in the order of growing commitment; names not known here come last."""
    known = [realm.value for realm in Realm]
    names = [str(realm) for realm in realms]
    return sorted(names, key=lambda name: (known.index(name) if name in known else len(known), name))


@register.simple_tag
def section_heading(section: Section, above: int = 0) -> SafeString:
    """The heading of a part of an element, `above` levels below the page's title; the planners' own name, or the message."""
    level = min(section.level + above, 6)
    if not section.name:
        return format_html("<h{}>{}</h{}>", level, tr(section.heading), level)
    if level > above + 2:
        return format_html("<h{}>{}</h{}>", level, section.name, level)
    kind = tr(section.heading)
    return format_html('<h{}>{} <span class="soft small">({})</span></h{}>', level, section.name, kind, level)


@register.simple_tag
def woven(before: str | None, after: str | None) -> SafeString:
    """Two texts woven together word by word: what went is struck out, what came is underlined."""
    spans = _settled(compare.words(before or "", after or ""))
    marks = {"same": "{}", "removed": "<del>{}</del>", "added": "<ins>{}</ins>"}
    return format_html_join("", "{}", ((format_html(marks[sort], text),) for sort, text in spans if text))


def _settled(spans: tuple[compare.Span, ...]) -> list[tuple[str, str]]:
    """The spans, without words that went and came back with other white space only."""
    settled: list[tuple[str, str]] = []
    for span in spans:
        if settled and span.sort == "added" and settled[-1][0] == "removed":
            gone = settled[-1][1].rstrip()
            if gone and span.text.startswith(gone):
                settled[-1:] = [("same", gone), ("added", span.text.removeprefix(gone))]
                continue
        settled.append((span.sort, span.text))
    return settled


def _named(thing: Any) -> tuple[str, str]:
    if hasattr(thing, "element"):
        return str(thing.party), str(thing.element)
    party, element, *_version = (thing if isinstance(thing, str) else str(thing[0])).split("/")
    return party, element


def _time(seconds: int, form: str) -> SafeString | str:
    if not seconds:
        return _("not yet")
    moment = datetime.fromtimestamp(min(max(int(seconds), 0), _FAR), UTC)
    return format_html('<time datetime="{}" class="nowrap">{}</time>', moment.isoformat(), date_format(moment, form))


def _names(context: Context) -> Mapping[str, str]:
    """Parties' names by code; none on a page that was drawn without a headquarters."""
    return cast("Mapping[str, str]", context.get("names") or {})
