"""Text read as a label under one policy: classifications by name, portion mark or phrase in any language, caveats by tag.

Rules kept: nothing is guessed. Where text could mean two things under the policy, or nothing, it is refused with what to write instead; every fault is
told, not only the first. `label_writing` writes what is read back as the same label.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeVar

from stafftalks.values.errors import Refusal
from stafftalks.values.label import Category, LabelError, TagType
from stafftalks.values.policy import Absent, Classification, Opening, Policy, Tag, folded

_Thing = TypeVar("_Thing")

NOBODY: Final = "NOBODY"
"""In `Only=NOBODY`: a permissive category that permits nobody, as when two texts have no reader in common."""
_PARTY: Final = re.compile(r"[A-Z][A-Z0-9]{1,7}")
_WORDS: Final = re.compile(r"[^,/;=\"|()]{1,200}")
_QUOTED: Final = re.compile(r'"([^"]+)"')
_SHOWN: Final = 12
_LETTERS: Final = r"[^\W\d_]+"
_MARK: Final = re.compile(r"\s*\(([^()\n]{1,300})\)[ \t]*")
_HEAD: Final = re.compile(rf"{_LETTERS}(?:[-+/]{_LETTERS})*(?:[ :]+[\w+./,-]+)*")
_IN_ANY_CASE: Final = (
    "unclassified",
    "official",
    "restricted",
    "confidential",
    "secret",
    "top secret",
    "cui",
    "noforn",
)
_BEGINNINGS: Final = ("tlp:", "rel to ", "releasable to ")


def split_portion_mark(text: str) -> tuple[str, str]:
    """The portion mark that a paragraph begins with, without its parentheses, and the rest; an empty mark where it begins with none.

    `(S//REL TO XMR) Text` bears one; `(see annex B)`, `(C+3)` and `(a)` are text. A parenthesis in capitals that is no mark of
    the policy is taken for a mark, so that it is refused and never passed over: such a paragraph has to begin otherwise.
    """
    found = _MARK.match(text)
    if found is None or not _looks_like_a_mark(" ".join(found[1].split())):
        return "", text
    return found[1].strip(), text[found.end() :]


def _looks_like_a_mark(mark: str) -> bool:
    if "//" in mark:
        return "://" not in mark
    if mark.casefold() in _IN_ANY_CASE or mark.casefold().startswith(_BEGINNINGS):
        return True
    return mark.isupper() and _HEAD.fullmatch(mark) is not None


class Reader:
    """Reads texts under one policy; made once for it, because it looks everything up by how it may be written."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._classifications = _classification_keys(policy)
        self._tags = tuple(_TagReader(tag) for tag in policy.tags)
        self._named = {folded(tag.name): reader for tag, reader in zip(policy.tags, self._tags, strict=True)}

    def classification(self, text: str) -> Classification | None:
        """What the text means: `SECRET`, `S`, `NATO SECRET`, `TLP:AMBER`, `DIFFUSION RESTREINTE`; None where it means nothing here."""
        return self._classifications.get(folded(text))

    def tag(self, name: str) -> Tag | None:
        """The tag of that name, however it is cased."""
        found = self._named.get(folded(name))
        return None if found is None else found.tag

    def value(self, tag: Tag, text: str) -> str | None:
        """The value of that tag by the policy's own name for it; None where it has none such."""
        return self._named[folded(tag.name)].value(text)

    def categories(self, caveats: Iterable[str]) -> tuple[tuple[Category, ...], str]:
        """The categories that these caveats are, in the policy's order, and the privacy mark; raises LabelError saying each that is none."""
        found: dict[str, list[str]] = {}
        refusals: list[Refusal] = []
        marks: list[str] = []
        for caveat in caveats:
            if quoted := _QUOTED.fullmatch(caveat.strip()):
                marks.append(" ".join(quoted[1].split()))
                continue
            try:
                for tag, values in self._caveat(caveat):
                    refusals.extend(_gathered(found, tag, values))
            except LabelError as error:
                refusals.extend(error.refusals)
        if refusals:
            raise LabelError(*refusals)
        return self.in_order(found), "; ".join(marks)

    def in_order(self, values: Mapping[str, Iterable[str]]) -> tuple[Category, ...]:
        """Categories of these values by tag, as the policy orders both; a tag without values stays only where it permits nobody by that."""
        ordered = ((tag, tag.ordered(values[tag.name])) for tag in self.policy.tags if tag.name in values)
        return tuple(Category(tag.name, tag.type, names) for tag, names in ordered if names or permits_nobody(tag))

    def named(self, line: str) -> tuple[Category, ...]:
        """What a line of a letter names: a caveat, or a tag as a whole (`REL TO`), which comes without values; none where it is neither."""
        key = folded(line)
        for reader in self._tags:
            if key in reader.names:
                return (Category(reader.tag.name, reader.tag.type),)
        try:
            return self.categories([line])[0]
        except LabelError:
            return ()

    def _caveat(self, caveat: str) -> tuple[tuple[Tag, tuple[str, ...]], ...]:
        whole = self._whole(caveat)
        if whole:
            return (_only_one(caveat, whole),)
        parts = [part for part in caveat.split("/") if part.strip()]
        found = [self._whole(part) for part in parts]
        if len(parts) > 1 and all(found):
            return tuple(_only_one(part, meant) for part, meant in zip(parts, found, strict=True))
        raise LabelError(Refusal("label-category", self._unknown(caveat)))

    def _whole(self, text: str) -> dict[str, tuple[Tag, tuple[str, ...]]]:
        """What the whole text can mean, by tag; of what is written with words around it only where the most words fit."""
        name, equals, after = text.partition("=")
        if equals and (reader := self._named.get(folded(name))) is not None:
            values = reader.explicit(after)
            return {} if values is None else {reader.tag.name: (reader.tag, values)}
        around: dict[int, dict[str, tuple[Tag, tuple[str, ...]]]] = {}
        for reader in self._tags:
            for length, values in reader.readings(text):
                around.setdefault(length, {})[reader.tag.name] = (reader.tag, values)
        return around[max(around)] if around else {}

    def _unknown(self, caveat: str) -> str:
        name = self.policy.name
        key = caveat.partition("=")[0]
        if (tag := self.tag(key)) is not None:
            return f'"{caveat.strip()}" is no caveat of policy {name}: {tag.name} takes {_allowed(tag)}.'
        forms = [form for reader in self._tags for form in reader.examples()]
        if not forms:
            return f'"{caveat.strip()}" is no caveat of policy {name}, which has none: leave it out.'
        return f'"{caveat.strip()}" is no caveat of policy {name}: use {"; ".join(forms)}.'


class _TagReader:
    """Reads the values of one tag."""

    def __init__(self, tag: Tag) -> None:
        self.tag = tag
        self._values = _value_keys(tag)
        separators = {",", ";", *(one.separator.strip() for one in tag.qualifiers)} - {""}
        self._split = re.compile(r"\s*(?:" + "|".join(map(re.escape, sorted(separators))) + r")\s*|\s+AND\s+", re.I)
        # A tag that is written without words around its values has one bare form, and only it has.
        self._forms = [(one.prefix, one.suffix) for one in tag.qualifiers if one.prefix.strip() or one.suffix.strip()]
        self.names = {folded(tag.name), *(folded(prefix) for prefix, suffix in self._forms if prefix and not suffix)}

    def value(self, text: str) -> str | None:
        listed = self._values.get(folded(text))
        if listed is not None or self.tag.opening is Opening.CLOSED:
            return listed
        typed = " ".join(text.split())
        if self.tag.opening is Opening.PARTIES:
            return typed.upper() if _PARTY.fullmatch(typed.upper()) else None
        return typed if _WORDS.fullmatch(typed) and "//" not in typed else None

    def explicit(self, text: str) -> tuple[str, ...] | None:
        """The values after `Tag=`, divided by semicolons."""
        if (
            folded(text) == folded(NOBODY)
            and folded(NOBODY) not in self._values
            and self.tag.absent is not Absent.UNSAID
        ):
            return () if self.tag.type is TagType.PERMISSIVE else None
        if not text.strip():
            return None
        values = [self.value(part) for part in text.split(";")]
        return None if None in values else tuple(value for value in values if value is not None)

    def readings(self, text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Every way in which this tag can have written the text: how many characters stand around the values, and the values."""
        squeezed = " ".join(text.split())
        for prefix, suffix in self._forms:
            before, after = prefix.strip(), suffix.strip()
            inner = squeezed[len(before) : len(squeezed) - len(after)]
            if len(squeezed) <= len(before) + len(after):
                continue
            if not (folded(squeezed).startswith(folded(prefix.lstrip())) and folded(squeezed).endswith(folded(after))):
                continue
            if (suffix[:1] == " " and inner[-1:] != " ") or (prefix[-1:] == " " and inner[:1] != " "):
                continue
            values = self._several(inner)
            if values:
                yield len(before) + len(after), values
        # Without words around them values are told only where that permits nobody by a guess.
        bare = not self._forms or self.tag.type is not TagType.PERMISSIVE
        if bare and self.tag.opening is Opening.CLOSED and (values := self._several(squeezed)):
            yield 0, values

    def _several(self, text: str) -> tuple[str, ...]:
        found: list[str] = []
        for piece in self._split.split(text.strip()):
            whole = self.value(piece) if piece else None
            values = [whole] if whole is not None else self._by_words(piece.split())
            if not values:
                return ()
            found.extend(values)
        return tuple(found)

    def _by_words(self, words: list[str]) -> list[str]:
        """Values that stand one after another with only spaces between, each as long as it can be; none where a word is left over."""
        found: list[str] = []
        while words:
            for count in range(len(words), 0, -1):
                value = self.value(" ".join(words[:count]))
                if value is not None:
                    found.append(value)
                    words = words[count:]
                    break
            else:
                return []
        return found

    def examples(self) -> Iterator[str]:
        first = self.tag.qualifiers[0] if self._forms else None
        if first is not None:
            yield f"{first.prefix}…{first.suffix}".strip()
        elif self.tag.values:
            yield _allowed(self.tag)


def permits_nobody(tag: Tag) -> bool:
    """Whether the tag without any value says something: that nobody may read, where leaving it out would permit others."""
    return tag.type is TagType.PERMISSIVE and tag.absent is not Absent.NOBODY


def _gathered(found: dict[str, list[str]], tag: Tag, values: tuple[str, ...]) -> Iterator[Refusal]:
    before = found.get(tag.name)
    if before is not None and tag.type is TagType.PERMISSIVE and set(before) != set(values):
        sentence = f"{tag.name} is said twice with different values: put all who are permitted into one caveat."
        yield Refusal("label-contradiction", sentence)
    found.setdefault(tag.name, []).extend(values)


def _only_one(text: str, meant: Mapping[str, tuple[Tag, tuple[str, ...]]]) -> tuple[Tag, tuple[str, ...]]:
    if len(meant) > 1:
        ways = " or ".join(f"{tag.name}={'; '.join(values)}" for tag, values in meant.values())
        raise LabelError(Refusal("label-category", f'"{text.strip()}" can mean more than one thing: write {ways}.'))
    return next(iter(meant.values()))


def _allowed(tag: Tag) -> str:
    names = [value.name for value in tag.values if not value.obsolete]
    listed = ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
    match tag.opening:
        case Opening.CLOSED:
            return listed
        case Opening.PARTIES:
            return f"codes of parties, as XMR{f', or {listed}' if listed else ''}"
        case Opening.WORDS:
            return f"words{f', or {listed}' if listed else ''}"


def _classification_keys(policy: Policy) -> dict[str, Classification]:
    """Every way to write a classification; names before portion marks before phrases, and no phrase that two of them share."""
    steps: list[list[tuple[str, Classification]]] = [[], [], []]
    for one in policy.classifications:
        steps[0].append((one.name, one))
        steps[1].extend((text, one) for text in (one.portion, *one.aliases) if text)
        steps[2].extend((phrase.text, one) for phrase in one.phrases if phrase.text and not phrase.replaces_policy)
        steps[2].extend((f"{phrase.text} {one.name}", one) for phrase in one.phrases if phrase.replaces_policy)
    plain: dict[str, Classification] = {}
    for step in steps:
        plain |= _settled(step, plain)
    before = [*policy.known_as(), *(qualifier.prefix.rstrip(" :") for qualifier in policy.qualifiers)]
    before += [
        phrase.text for tag in policy.tags for value in tag.values for phrase in value.phrases if phrase.replaces_policy
    ]
    led = {
        folded(f"{name}{between}{key}"): one
        for name in dict.fromkeys(before)
        if name
        for between in (" ", ":", ": ")
        for key, one in plain.items()
    }
    return led | plain


def _value_keys(tag: Tag) -> dict[str, str]:
    steps: list[list[tuple[str, str]]] = [
        [(value.name, value.name) for value in tag.values],
        [(text, value.name) for value in tag.values for text in (value.portion, *value.aliases) if text],
        [(phrase.text, value.name) for value in tag.values for phrase in value.phrases if phrase.text],
    ]
    keys: dict[str, str] = {}
    for step in steps:
        keys |= _settled(step, keys)
    return keys


def _settled(step: list[tuple[str, _Thing]], known: Mapping[str, _Thing]) -> dict[str, _Thing]:
    """The texts of this step that are not taken yet and mean one thing only."""
    meant: dict[str, list[_Thing]] = {}
    for text, thing in step:
        things = meant.setdefault(folded(text), [])
        if thing not in things:
            things.append(thing)
    return {text: things[0] for text, things in meant.items() if len(things) == 1 and text not in known}
