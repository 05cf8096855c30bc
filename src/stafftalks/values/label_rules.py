"""Rules over labels of one policy: what may stand together, which of two is the stricter, and what stands for several.

Strictness is an order: a higher classification, more restrictions, fewer who are permitted. What stands for several labels is the least that is as strict
as each of them (their join), so it lowers none, and neither order nor grouping matters. Words that only inform are gathered and restrict nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from stafftalks.values.errors import Refusal
from stafftalks.values.label import Category, Label, TagType
from stafftalks.values.label_reading import Reader
from stafftalks.values.policy import Absent, Group, Operation, Policy, Reference, Tag


def contradictions(policy: Policy, label: Label) -> Iterator[Refusal]:
    """Each rule of the policy about what stands together that the label breaks."""
    rung = policy.classification(label.classification)
    if rung is not None:
        for group in rung.required:
            yield from _unmet(label, group, label.classification)
        for reference in rung.excluded:
            yield from _excluded(label, reference, label.classification)
    for category in label.categories:
        tag = policy.tag(category.tag)
        if tag is None:
            continue
        if tag.single and len(category.values) > 1:
            yield _refusal(f"{tag.name} takes one value, and {', '.join(category.values)} are given: choose one.")
        for reference in tag.excluded:
            yield from _excluded(label, reference, _example(tag, category))
        for name in category.values:
            value = tag.value(name)
            if value is None:
                continue
            if label.classification in value.excluded_classes:
                yield _refusal(
                    f"{name} cannot stand with {label.classification} under policy {policy.name}: change one of them."
                )
            for group in value.required:
                yield from _unmet(label, group, name)
            for reference in value.excluded:
                yield from _excluded(label, reference, name)


def dominates(policy: Policy, high: Label, low: Label) -> bool:
    """Whether `high` is at least as strict as `low` in every respect; both are labels of `policy`."""
    rank = policy.rank(low.classification)
    if policy.classifications and (rank < 0 or policy.rank(high.classification) < rank):
        return False
    if any(policy.tag(category.tag) is None for category in (*high.categories, *low.categories)):
        return False
    return all(_narrower(tag, high.values(tag.name), low.values(tag.name)) for tag in policy.tags)


def joined(reader: Reader, labels: Iterable[Label]) -> tuple[Label, ...]:
    """The labels that stand for all of these together; more than one only where the policy does not say what a missing tag permits."""
    groups: dict[frozenset[str], list[Label]] = {}
    unsaid = {tag.name for tag in reader.policy.tags if tag.type is TagType.PERMISSIVE and tag.absent is Absent.UNSAID}
    for label in labels:
        borne = frozenset(category.tag for category in label.categories)
        groups.setdefault(borne & unsaid, []).append(label)
    return tuple(_join(reader, group) for group in groups.values())


def _join(reader: Reader, labels: Sequence[Label]) -> Label:
    policy = reader.policy
    highest = max(labels, key=lambda label: policy.rank(label.classification))
    values: Mapping[str, Iterable[str]] = {
        tag.name: found for tag in policy.tags if (found := _together(tag, labels)) is not None
    }
    marks = {part for label in labels for part in label.privacy_mark.split("; ") if part}
    return Label(
        policy=policy.name,
        uri=policy.uri,
        classification=highest.classification,
        categories=reader.in_order(values),
        privacy_mark="; ".join(sorted(marks)),
    )


def _together(tag: Tag, labels: Sequence[Label]) -> Iterable[str] | None:
    """What the labels bear of the tag together; None where they bear nothing of it."""
    borne = [values for label in labels if (values := label.values(tag.name)) is not None]
    if not borne:
        return None
    if tag.type is not TagType.PERMISSIVE:
        return {name for values in borne for name in values}
    if tag.absent is Absent.NOBODY and len(borne) < len(labels):
        return None
    return set.intersection(*map(set, borne))


def _narrower(tag: Tag, high: tuple[str, ...] | None, low: tuple[str, ...] | None) -> bool:
    match tag.type:
        case TagType.INFORMATIVE:
            return True
        case TagType.RESTRICTIVE:
            return set(low or ()) <= set(high or ())
        case TagType.PERMISSIVE:
            if high is None or low is None:
                nobody, anybody = tag.absent is Absent.NOBODY, tag.absent is Absent.ANYBODY
                return high == low or (high is None and nobody) or (low is None and anybody)
            return set(high) <= set(low)


def _excluded(label: Label, reference: Reference, bearer: str) -> Iterator[Refusal]:
    if (borne := _borne(label, reference)) is not None:
        yield _refusal(f"{bearer} and {borne} exclude each other: take one of them out.")


def _unmet(label: Label, group: Group, bearer: str) -> Iterator[Refusal]:
    met = sum(_borne(label, reference) is not None for reference in group.references)
    names = ", ".join(reference.value or reference.tag for reference in group.references)
    match group.operation:
        case Operation.ALL if met < len(group.references):
            yield _refusal(f"{bearer} must stand with all of: {names}.")
        case Operation.ONE_OR_MORE if not met:
            yield _refusal(f"{bearer} must stand with at least one of: {names}.")
        case Operation.ONLY_ONE if met != 1:
            yield _refusal(f"{bearer} must stand with exactly one of: {names}.")


def _borne(label: Label, reference: Reference) -> str | None:
    """How the label bears what is referred to, in words; None where it does not."""
    values = label.values(reference.tag)
    if values is None or (reference.value and reference.value not in values):
        return None
    return reference.value or f"{reference.tag} {', '.join(values)}".strip()


def _example(tag: Tag, category: Category) -> str:
    return f"{tag.name} {', '.join(category.values)}".strip()


def _refusal(sentence: str) -> Refusal:
    return Refusal("label-contradiction", sentence)
