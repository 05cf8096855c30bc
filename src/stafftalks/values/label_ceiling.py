"""Whether a label stays within what may be released: below a classification, and with no category that was not permitted.

Rule kept: what is not named is not permitted. A line that the policy cannot read permits nothing.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from stafftalks.values.errors import Refusal
from stafftalks.values.label import Category, Label
from stafftalks.values.label_reading import Reader
from stafftalks.values.policy import folded

ALL: Final = "all"
"""The word in a list of categories that stands for every one there is."""


def above(reader: Reader, label: Label, classification: str) -> Iterator[Refusal]:
    """Why the label's classification is not at or below this one."""
    policy = reader.policy
    top = reader.classification(classification)
    if top is None:
        sentence = f'The ceiling "{classification}" is no classification of policy {policy.name}: correct the letter.'
        yield Refusal("letter-ceiling", sentence)
    elif not 0 <= policy.rank(label.classification) <= top.rank:
        sentence = f"{label.classification} is above {top.name}, the ceiling under policy {policy.name}."
        yield Refusal("letter-ceiling", sentence)


def beyond(reader: Reader, label: Label, categories: Collection[str]) -> Iterator[Refusal]:
    """What the label bears that these lines do not permit; a caveat permits its values, a tag (`REL TO`) all of its own, `all` any."""
    if ALL in map(folded, categories):
        return
    permitted = [one for line in categories for one in reader.named(line)]
    for category in label.categories:
        named = [one for one in permitted if one.tag == category.tag]
        if any(not one.values for one in named):
            continue
        values = [name for name in category.values if not any(name in one.values for one in named)]
        if values or not category.values:
            said = f"{category.tag}: {', '.join(values) or 'nobody'}"
            yield Refusal("letter-category", f"{said} is not among the categories that the letter permits.")


def bearing(reader: Reader | None, label: Label, categories: Collection[str]) -> tuple[str, ...]:
    """Which of these lines the label bears, at least in part; without a reader they are compared as names only."""
    borne = {folded(text) for category in label.categories for text in (category.tag, *category.values)}
    return tuple(
        line
        for line in categories
        if (folded(line) == ALL and label.categories)
        or folded(line) in borne
        or (reader is not None and _shares(label, reader.named(line)))
    )


def _shares(label: Label, named: Sequence[Category]) -> bool:
    for one in named:
        values = label.values(one.tag)
        if values is not None and (not one.values or set(values) & set(one.values)):
            return True
    return False
