"""What stands behind a line of an answer: elements by their key, whose they are, what they are called, and where each is read."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
from django.urls import reverse

from stafftalks.analysis.clashes import folded
from stafftalks.services.analyses import Basis, Input
from stafftalks.services.ports import Headquarters
from stafftalks.values.ids import ElementId
from stafftalks.web import charts

_KEY: Final = re.compile(r"([A-Z][A-Z0-9]{1,7}/[a-z2-7]{26})")


class Link(msgspec.Struct, frozen=True):
    """An element, or a thing that no element stands for (`url` empty). `party` is whose it is; empty for ours."""

    key: str
    title: str
    party: str = ""
    url: str = ""


class Behind:
    """The elements an answer stands on. Where each is read is looked up once, for all."""

    def __init__(self, hq: Headquarters, basis: Basis, titles: Mapping[str, str]) -> None:
        self._hq = hq
        self._inputs = {each.element: each for each in basis.inputs}
        self._resources = {
            folded(each.title): each.element for each in reversed(basis.inputs) if each.kind == "resource"
        }
        self._plans = sorted(
            (each for each in basis.inputs if each.kind == "plan"), key=lambda each: len(each.title), reverse=True
        )
        self._titles = titles
        self._theirs: dict[str, str] | None = None
        self._links: dict[str, Link] = {}

    def input(self, key: str) -> Input | None:
        """The exact version that the answer stands on."""
        return self._inputs.get(key)

    def link(self, name: str) -> Link:
        """An activity, a force or a plan by its key; a resource by its folded name; a phase by what it is called (`Plan: Phase`)."""
        if name not in self._links:
            self._links[name] = self._link(name)
        return self._links[name]

    def _link(self, name: str) -> Link:
        key = name if name in self._inputs else self._resources.get(name) or self._plan_of(name)
        title = self._titles.get(name, name)
        found = self._inputs.get(key)
        if found is None:
            return Link("", title)
        return Link(key, title, "" if found.owner == self._hq.party else found.owner, self.url(found))

    def links(self, names: Iterable[str]) -> tuple[Link, ...]:
        """Each of them, once, in this order."""
        return tuple(self.link(name) for name in dict.fromkeys(names))

    def worded(self, sentence: str) -> str:
        """A sentence with what elements are called instead of their keys."""
        return _KEY.sub(lambda match: self._titles.get(match[1], match[1]), sentence)

    def url(self, found: Input) -> str:
        """Where the version that the answer stands on is read: at home where it is ours, else in the accord in which it was released; empty where none holds it any more."""
        element = ElementId(found.element.rpartition("/")[2])
        if found.owner == self._hq.party:
            return reverse("element-version", args=[element, found.version])
        if self._theirs is None:
            own = f"{self._hq.party}/"
            self._theirs = charts.ways(self._hq, [key for key in self._inputs if not key.startswith(own)])
        return self._theirs.get(found.element, "")

    def _plan_of(self, name: str) -> str:
        return next((each.element for each in self._plans if name.startswith(f"{each.title}: ")), "")
