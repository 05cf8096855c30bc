"""A label said under another policy, as far as the equivalences that the two policies state reach.

Rule kept: what is said is never less than what was: where any part of a label that narrows its readers has no equivalent, there is none for the whole.
"""

from collections.abc import Callable, Iterator

from stafftalks.values.label import Category, TagType
from stafftalks.values.policy import Applied, Equivalent, Policy, Value

Known = Callable[[str], Policy | None]
"""Looks a policy up by name or identifier."""


def turned_classification(name: str, own: Policy, other: Policy, known: Known) -> str | None:
    """The highest classification of `other` that either policy states as equivalent to this one of `own`; None where neither does."""
    rung = own.classification(name)
    if rung is None:
        return None
    outward = {one.code for one in rung.equivalents if known(one.policy) is other and _holds(one, Applied.OUTWARD)}
    names = [one.name for one in other.classifications if one.code in outward]
    names += [
        one.name
        for one in other.classifications
        for stated in one.equivalents
        if known(stated.policy) is own and stated.code == rung.code and _holds(stated, Applied.INWARD)
    ]
    return max(names, key=other.rank) if names else None


def turned_categories(
    categories: tuple[Category, ...], own: Policy, other: Policy, known: Known
) -> dict[str, list[str]] | None:
    """The categories' values by tag of `other`; None where one of them has no equivalent there. Words that only inform are left out."""
    turned: dict[str, list[str]] = {}
    for category in categories:
        tag = own.tag(category.tag)
        if tag is None or not category.values:
            return None
        if tag.type is TagType.INFORMATIVE:
            continue
        for name in category.values:
            found = list(_there(tag.value(name), tag.type, other, known))
            if not found:
                return None
            for theirs, value in found:
                turned.setdefault(theirs, []).append(value)
    return turned


def _there(value: Value | None, of_type: TagType, other: Policy, known: Known) -> Iterator[tuple[str, str]]:
    """The tags and values of `other` that count for this value."""
    for stated in value.equivalents if value is not None else ():
        if known(stated.policy) is not other or not _holds(stated, Applied.OUTWARD):
            continue
        for tag in other.tags:
            if tag.set_id == stated.tag_set and tag.type is of_type:
                yield from ((tag.name, one.name) for one in tag.values if one.code == stated.code)


def _holds(stated: Equivalent, direction: Applied) -> bool:
    return stated.applied in (direction, Applied.BOTH)
