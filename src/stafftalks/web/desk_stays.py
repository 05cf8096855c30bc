"""What stays home of a request, drawn: every portion with its mark, what was done to it and why, and how else it could be told."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec
from django.utils.translation import gettext as _

from stafftalks.planning.element import UnknownContent
from stafftalks.planning.kinds import Content
from stafftalks.planning.letters import Detail
from stafftalks.planning.portions import Leaf, Portion, leaves, portions, within
from stafftalks.planning.wording import shortened
from stafftalks.release.detail import Act, Sort, sort_of, wanted
from stafftalks.release.redaction import Redaction
from stafftalks.web.letter_words import cell_area
from stafftalks.web.templatetags.stafftalks import capital, number

MOST: Final = 300
"""Portions that one page lists; the rest are named by their paths."""
_CELLS: Final = (3, 4, 5, 6, 7, 8)
_ROUNDS: Final = (5, 10, 50, 100, 1000)
_BANDS: Final = (10, 100, 1000)


class Line(msgspec.Struct, frozen=True):
    """One portion. `ticked` is taken out by itself, `out` also with what it stands in; `choices` are (redaction, words), `chosen` one of them.

    `why` are the sentences of the rules that speak against it as it was asked for.
    """

    path: str
    label: str
    text: str
    mark: str
    depth: int
    why: tuple[str, ...] = ()
    ticked: bool = False
    out: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    chosen: str = ""

    @property
    def above(self) -> bool:
        """Whether some rule speaks against it."""
        return bool(self.why)


class Done(msgspec.Struct, frozen=True):
    """A redaction, made or proposed, in words; `text` is what is taken out or told otherwise."""

    label: str
    words: str
    text: str = ""
    why: tuple[str, ...] = ()


class Stays(msgspec.Struct, frozen=True):
    """All of it: what was done, what the letter still needs, the portions to choose from and how many more, and redactions that no line shows."""

    out: tuple[Done, ...]
    needed: tuple[Done, ...]
    lines: tuple[Line, ...]
    more: int
    rest: str
    again: bool = False


def stays(
    content: Content | UnknownContent,
    made: Sequence[Redaction],
    needed: Sequence[Redaction],
    why: Mapping[str, tuple[str, ...]],
    detail: Detail | None,
    *,
    again: bool = False,
) -> Stays:
    """What stays home of `content` by the redactions made; `why` are the sentences against a portion, by its path."""
    if isinstance(content, UnknownContent):
        return Stays((), (), (), 0, "")
    found, told = portions(content), {leaf.path: leaf for leaf in leaves(content)}
    by_path = {portion.path: portion for portion in found}
    lines = tuple(_lines(found[:MOST], told, made, why, detail))
    listed = {line.path for line in lines}
    offered = {value for line in lines for value, _words in line.choices}
    rest = [str(item) for item in made if not (_removes(item) and item.path in listed) and str(item) not in offered]
    return Stays(
        tuple(_done(item, by_path, why) for item in made),
        tuple(_done(item, by_path, why) for item in needed if item not in made),
        lines,
        max(0, len(found) - MOST),
        "\n".join(rest),
        again,
    )


def in_words(redaction: Redaction) -> str:
    """What the redaction does, as one reads it after the name of what it is done to."""
    match redaction.act:
        case Act.REMOVE:
            return _("taken out")
        case Act.CELL:
            said = {"area": cell_area(redaction.grain), "size": redaction.grain}
            return _("as a grid cell of about %(area)s (resolution %(size)s)") % said
        case Act.ROUND:
            return _("rounded to %(size)s") % {"size": number(redaction.grain)}
        case Act.BAND:
            if not redaction.grain:
                return _("in bands of ones, tens, hundreds and so on")
            return _("in bands of %(size)s") % {"size": number(redaction.grain)}
        case Act.DAY:
            return _("by the day")
        case Act.UNANCHOR:
            return _("without its date")


def _lines(
    found: Sequence[Portion],
    told: Mapping[str, Leaf],
    made: Sequence[Redaction],
    why: Mapping[str, tuple[str, ...]],
    detail: Detail | None,
) -> Iterator[Line]:
    removed = [item.path for item in made if _removes(item)]
    coarser = {str(item) for item in made}
    rows: list[Portion] = []
    for portion in found:
        while rows and not within(portion.path, rows[-1].path):
            rows.pop()
        leaf = told.get(portion.path)
        choices = _choices(portion.path, leaf, detail)
        if _needed_whole(leaf) and not choices and portion.path not in why:
            continue
        yield Line(
            portion.path,
            capital(portion.label.removeprefix(f"{rows[-1].label}, ") if rows else portion.label),
            "" if portion.row else shortened(portion.text),
            portion.mark,
            len(rows),
            why.get(portion.path, ()),
            portion.path in removed,
            any(within(portion.path, path) for path in removed),
            choices,
            next((value for value, _words in choices if value in coarser), ""),
        )
        if portion.row:
            rows.append(portion)


def _needed_whole(leaf: Leaf | None) -> bool:
    """Whether it is a short field that may not be empty, as a title or a row's id: it goes only with what it stands in."""
    if leaf is None or leaf.field.widget in ("longtext", "lines", "refs"):
        return False
    return any(found.name == leaf.field.name and found.required for found in msgspec.structs.fields(leaf.owner))


def _choices(path: str, leaf: Leaf | None, detail: Detail | None) -> tuple[tuple[str, str], ...]:
    """How else a place, count or time could be told: first as the letter asks, then the usual ways."""
    sort = sort_of(leaf.owner, leaf.field, leaf.value) if leaf else None
    if sort is None:
        return ()
    asked: list[Redaction] = []
    if detail is not None:
        act, grain = wanted(sort, detail)
        asked = [Redaction(path, act, grain)] if act is not None and act is not Act.REMOVE else []
    usual = {
        Sort.POSITION: [Redaction(path, Act.CELL, size) for size in _CELLS],
        Sort.COUNT: [
            *(Redaction(path, Act.ROUND, size) for size in _ROUNDS),
            Redaction(path, Act.BAND),
            *(Redaction(path, Act.BAND, size) for size in _BANDS),
        ],
        Sort.TIME: [Redaction(path, Act.DAY), Redaction(path, Act.UNANCHOR)],
    }[sort]
    as_asked = _("%(how)s, as the letter asks")
    return tuple(
        (str(item), as_asked % {"how": in_words(item)} if item in asked else in_words(item))
        for item in dict.fromkeys((*asked, *usual))
    )


def _done(item: Redaction, by_path: Mapping[str, Portion], why: Mapping[str, tuple[str, ...]]) -> Done:
    portion = by_path.get(item.path)
    text = "" if portion is None else shortened(portion.text)
    return Done(portion.label if portion else item.path, in_words(item), text, why.get(item.path, ()))


def _removes(item: Redaction) -> bool:
    return item.act is Act.REMOVE
