"""Labels as text: the marking that elements hold, the portion mark of a paragraph, and the banner of a page, each in the policy's words.

Rule kept: what `marking` and `portion_mark` write reads back as the same label. Where the policy's own words could be read otherwise, the tag is named:
`Context=NATO; EAPC`. A banner is for people to read, in the policy's full words, and is never read back.
"""

from collections.abc import Iterator, Sequence

from stafftalks.values.label import Category, Label, LabelError, Marking
from stafftalks.values.label_reading import NOBODY, Reader, split_portion_mark
from stafftalks.values.policy import Classification, Phrase, Policy, Qualifier, Tag, Value, folded

BETWEEN = "//"
"""Between the parts of a mark, in every text that elements hold."""


def marking(reader: Reader, label: Label) -> Marking:
    """The label as text, by the policy's own names."""
    return Marking(reader.policy.name, label.classification, _caveats(reader, label, short=False))


def portion_mark(reader: Reader, label: Label) -> str:
    """`S//REL TO XMR, XTV`, `TLP:AMBER`: as short as it can be told, to stand in parentheses before a paragraph."""
    head = _short_head(reader, label.classification)
    return BETWEEN.join(part for part in (head, *_caveats(reader, label, short=True)) if part)


def banner(policy: Policy, label: Label, language: str = "") -> str:
    """`XMR RESTRICTED//REL TO XMR, XTV`, `TOP SECRET//SI//NOFORN`, `TLP:AMBER+STRICT`, `NATO/EAPC SECRET Releasable to Japan`."""
    borne = [(tag, category) for category in label.categories if (tag := policy.tag(category.tag)) is not None]
    phrases = [
        phrase
        for tag, category in borne
        for name in category.values
        if (value := tag.value(name)) is not None
        for phrase in value.phrases
    ]
    rung = policy.classification(label.classification)
    whole = _qualifier(policy.qualifiers, language)
    hidden = any(phrase.hides_classification for phrase in phrases)
    level = "" if hidden else _said(rung.phrases if rung else (), label.classification, language)
    head = f"{_replaced(policy, rung, phrases, language)} {level}".strip()
    parts = [head, *_blocks(((tag, _shown(tag, category, language)) for tag, category in borne))]
    if label.privacy_mark:
        parts.append(label.privacy_mark)
    return whole.prefix + (whole.separator or " ").join(part for part in parts if part) + whole.suffix


def _caveats(reader: Reader, label: Label, *, short: bool) -> tuple[str, ...]:
    written: list[tuple[Tag, str]] = []
    for category in label.categories:
        tag = reader.policy.tag(category.tag)
        if tag is not None:
            written.append((tag, _caveat(reader, tag, category, short=short)))
    together = tuple(_blocks(iter(written)))
    if not _reads_as(reader, together, label.categories):
        together = tuple(text for _, text in written)
    return (*together, f'"{label.privacy_mark}"') if label.privacy_mark else together


def _caveat(reader: Reader, tag: Tag, category: Category, *, short: bool) -> str:
    around = tag.qualifiers[0] if tag.qualifiers else Qualifier()
    names = [(value.portion if short and (value := tag.value(name)) else "") or name for name in category.values]
    if names:
        own = around.separator if around.separator.strip() else ", "
        text = f"{around.prefix}{own.join(names)}{around.suffix}".strip()
        if BETWEEN not in text and _reads_as(reader, (text,), (category,)):
            return text
    return f"{tag.name}={'; '.join(category.values) or NOBODY}"


def _reads_as(reader: Reader, caveats: Sequence[str], categories: tuple[Category, ...]) -> bool:
    try:
        return reader.categories(caveats)[0] == categories
    except LabelError:
        return False


def _blocks(written: Iterator[tuple[Tag, str]]) -> Iterator[str]:
    """Texts of tags, those of one block joined by `/`."""
    block, texts = "", list[str]()
    for tag, text in written:
        if not text:
            continue
        if texts and not (tag.block and tag.block == block):
            yield "/".join(texts)
            texts = []
        block = tag.block
        texts.append(text)
    if texts:
        yield "/".join(texts)


def _short_head(reader: Reader, name: str) -> str:
    """The shortest way to write a classification that is read back, and that is seen to be a mark where it begins a paragraph."""
    rung = reader.policy.classification(name)
    if rung is None:
        return name
    prefix = reader.policy.qualifiers[0].prefix if reader.policy.qualifiers else ""
    ways = (f"{prefix}{rung.portion}" if rung.portion else "", f"{prefix}{name}".strip(), name)
    for way in ways:
        if way and reader.classification(way) == rung and split_portion_mark(f"({way}) ")[0] == way:
            return way
    return f"{reader.policy.name} {name}"


def _replaced(policy: Policy, rung: Classification | None, phrases: Sequence[Phrase], language: str) -> str:
    """What stands for the policy's name: its own phrase, the classification's, a category's, or the name."""
    for given in (policy.phrases, rung.phrases if rung else (), phrases):
        replacing = [phrase for phrase in given if phrase.replaces_policy]
        if replacing:
            return _in_language(replacing, language).text
    return policy.name


def _shown(tag: Tag, category: Category, language: str) -> str:
    around = _qualifier(tag.qualifiers[:1] if not language else tag.qualifiers, language)
    if not category.values:
        return f"{around.prefix}{NOBODY}{around.suffix}".strip()
    names = [_value(tag.value(name), name, language) for name in category.values]
    shown = (around.separator or "/").join(name for name in names if name)
    return f"{around.prefix}{shown}{around.suffix}".strip() if shown else ""


def _value(value: Value | None, name: str, language: str) -> str:
    return name if value is None else _said(value.phrases, name, language)


def _said(phrases: Sequence[Phrase], name: str, language: str) -> str:
    """The words for a name in the language, else in any, else the name itself unless it is not to be shown."""
    spoken = [phrase for phrase in phrases if not phrase.replaces_policy and phrase.text]
    if any(phrase.language in ("", language) for phrase in spoken):
        return _in_language(spoken, language).text
    return "" if any(phrase.hides_name for phrase in phrases) else name


def _in_language(phrases: Sequence[Phrase], language: str) -> Phrase:
    """The phrase of the language, else the one of none, else the first."""
    for wanted in (folded(language), ""):
        for phrase in phrases:
            if folded(phrase.language) == wanted:
                return phrase
    return phrases[0]


def _qualifier(qualifiers: Sequence[Qualifier], language: str) -> Qualifier:
    for wanted in (folded(language), ""):
        for qualifier in qualifiers:
            if folded(qualifier.language) == wanted:
                return qualifier
    return Qualifier()
