"""Sentences of other rooms, made readable: an element is called by its title where this headquarters knows it."""

import re
from collections.abc import Iterable, Mapping

from stafftalks.planning import summary
from stafftalks.planning.element import decode
from stafftalks.planning.profiles import MILITARY, PROFILES, Profile
from stafftalks.services import elements, registry
from stafftalks.services.ports import Headquarters
from stafftalks.values.ids import ElementId, PartyId

_REFERENCE = re.compile(r"\b([A-Z][A-Z0-9]{1,7})/([a-z2-7]{26})(?:/([a-z2-7]{52}))?\b")
_ELEMENT = re.compile(r"\belement ([a-z2-7]{26})\b")


def profile() -> Profile:
    """The words of the headquarters that this process serves; the staffs' own where none is served."""
    return PROFILES[registry.current().policy.profile] if registry.installed() else MILITARY


def readable(hq: Headquarters, sentence: str) -> str:
    """`sentence` with each own element's id replaced by its title, and any other id shortened."""

    def named(match: re.Match[str]) -> str:
        row = hq.holdings.element(ElementId(match[1]))
        return f"“{row.title}”" if row is not None and row.title else f"the element {match[1][:8]}"

    return _ELEMENT.sub(named, sentence)


def named(sentences: Iterable[str]) -> set[ElementId]:
    """The own elements that `readable` writes by title in these sentences, as far as they are ours."""
    return {ElementId(match[1]) for sentence in sentences for match in _ELEMENT.finditer(sentence)}


def references(hq: Headquarters, sections: Iterable[summary.Section]) -> dict[str, str]:
    """What the elements that these sections refer to are called here, by how they are written (`XTV/<element>`)."""
    named = {
        _written(match): (PartyId(match[1]), ElementId(match[2])) for match in _REFERENCE.finditer(_text(sections))
    }
    titles = elements.titles_of(hq, set(named.values())) if named else {}
    return {written: titles[ref] for written, ref in named.items() if titles.get(ref)}


def called(text: str, titles: Mapping[str, str]) -> str:
    """`text` with each reference that has a title written as that title, and the start of its id, and of the version where it names one, for telling two apart."""

    def named(match: re.Match[str]) -> str:
        title = titles.get(_written(match))
        exact = f"/{match[3][:8]}" if match[3] else ""
        return f"“{title}” ({match[1]}/{match[2][:8]}{exact})" if title else match[0]

    return _REFERENCE.sub(named, text)


def _written(match: re.Match[str]) -> str:
    """A reference without the version that it may name."""
    return f"{match[1]}/{match[2]}"


def _text(sections: Iterable[summary.Section]) -> str:
    parts: list[str] = []
    for section in sections:
        parts += [text for _, text in section.facts]
        parts += [*section.paragraphs, *section.items]
        parts += [cell for row in section.table.rows for cell in row] if section.table else []
    return "\n".join(parts)


def title_of(raw: bytes) -> str:
    """What an element is called: its title, or what a comment, position, suggestion or adoption says, on one line."""
    return summary.headline(decode(raw).content)
