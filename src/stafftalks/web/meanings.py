"""What a marking means under the policies known here, in words for a page; and a policy as it is drawn: its ladder, its categories, how it is written."""

from collections.abc import Iterable, Sequence

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from stafftalks.planning.element import UnknownContent
from stafftalks.planning.kinds import Content, kind_of, realms_of
from stafftalks.release import label_rules
from stafftalks.values.errors import Refusal
from stafftalks.values.label import Label, LabelError, Marking, TagType
from stafftalks.values.label_reading import NOBODY
from stafftalks.values.policies import Policies
from stafftalks.values.policy import Absent, Classification, Opening, Policy, Tag, Value
from stafftalks.web import marking

_MEANS = {
    "restrictive": gettext_noop("A reader must hold each of these."),
    "nobody": gettext_noop("May be given to these; to others by this marking to nobody."),
    "anybody": gettext_noop("Only these may read it."),
    "unsaid": gettext_noop("A reader must belong to one of these."),
    "informative": gettext_noop("Says what it is, and restricts nothing."),
}
_TAKES = {
    Opening.CLOSED: gettext_noop("Only the values listed."),
    Opening.PARTIES: gettext_noop("Codes of parties, as XMR."),
    Opening.WORDS: gettext_noop("Any words."),
}


class Said(msgspec.Struct, frozen=True):
    """One category of a label: its tag, what that means for a reader, and its values with their full words where they differ."""

    tag: str
    means: str
    values: tuple[tuple[str, str], ...]


class Meaning(msgspec.Struct, frozen=True):
    """A marking as read: its policy, where on the ladder it stands (from 1), what else it says; or, with `refusals`, why it is no label here."""

    given: Marking
    banner: str
    policy: str = ""
    classification: str = ""
    rung: int = 0
    rungs: int = 0
    categories: tuple[Said, ...] = ()
    privacy_mark: str = ""
    refusals: tuple[Refusal, ...] = ()

    @property
    def unknown_policy(self) -> bool:
        """Whether the policy itself is not known here."""
        return any(refusal.rule == "label-policy-unknown" for refusal in self.refusals)


class Rung(msgspec.Struct, frozen=True):
    """A classification as drawn."""

    name: str
    mark: str
    words: tuple[tuple[str, str], ...]
    colour: str
    obsolete: bool
    conditions: tuple[str, ...]


class DrawnTag(msgspec.Struct, frozen=True):
    """A category as drawn: what it means, which values it takes, how it is written, and each value with its conditions."""

    name: str
    means: str
    takes: str
    written: str
    single: bool
    conditions: tuple[str, ...]
    values: tuple["DrawnValue", ...]


class DrawnValue(msgspec.Struct, frozen=True):
    """A value as drawn."""

    name: str
    mark: str
    words: tuple[tuple[str, str], ...]
    obsolete: bool
    conditions: tuple[str, ...]


def meaning(policies: Policies, given: Marking) -> Meaning | None:
    """What the marking means; None where none was given."""
    if given == Marking():
        return None
    try:
        label = policies.read(given)
    except LabelError as error:
        return Meaning(given, given.banner(), given.policy, refusals=error.refusals)
    policy = policies.get(label.policy)
    if policy is None:  # pragma: no cover - what was read has a policy
        return Meaning(given, given.banner())
    ladder = sorted({one.rank for one in policy.classifications})
    rank = policy.rank(label.classification)
    return Meaning(
        given,
        policies.banner(label, marking.language()),
        policy.name,
        label.classification,
        ladder.index(rank) + 1 if rank in ladder else 0,
        len(ladder),
        tuple(_said(policy, label)),
        label.privacy_mark,
    )


def means(tag: Tag) -> str:
    """What a category asks of a reader, in words."""
    match tag.type:
        case TagType.RESTRICTIVE:
            return _(_MEANS["restrictive"])
        case TagType.INFORMATIVE:
            return _(_MEANS["informative"])
        case TagType.PERMISSIVE:
            return _(_MEANS[{Absent.NOBODY: "nobody", Absent.ANYBODY: "anybody"}.get(tag.absent, "unsaid")])


def ladder(policy: Policy, policies: Policies) -> tuple[Rung, ...]:
    """The classifications from low to high, each with its portion mark."""
    return tuple(
        Rung(
            one.name,
            _mark(policies, policy, one),
            _words(one),
            one.colour,
            one.obsolete,
            tuple(_must(group.references, str(group.operation)) for group in one.required)
            + tuple(_not_with(reference.value or reference.tag) for reference in one.excluded),
        )
        for one in sorted(policy.classifications, key=lambda one: one.rank)
    )


def tags(policy: Policy) -> tuple[DrawnTag, ...]:
    """The categories in the order in which they stand in a marking."""
    return tuple(
        DrawnTag(
            tag.name,
            means(tag),
            _(_TAKES[tag.opening]),
            _written(tag),
            tag.single,
            tuple(_not_with(reference.value or reference.tag) for reference in tag.excluded),
            tuple(
                DrawnValue(value.name, value.portion, _words(value), value.obsolete, tuple(_conditions(value)))
                for value in tag.values
            ),
        )
        for tag in policy.tags
    )


def example(policy: Policy, policies: Policies) -> tuple[str, str]:
    """The banner and the portion mark of the highest classification under a policy, to show how it writes."""
    if not policy.classifications:
        return "", ""
    top = max(policy.classifications, key=lambda one: one.rank)
    label = Label(policy=policy.name, classification=top.name)
    return policies.banner(label, marking.language()), policies.portion_mark(label)


def proposals(policies: Policies) -> dict[str, list[tuple[str, str]]]:
    """What forms propose for a marking: policies, classifications and portion marks, each with the policies that have it."""
    levels: dict[str, list[str]] = {}
    marks: dict[str, list[str]] = {}
    for policy in policies:
        for one in policy.classifications:
            if not one.obsolete:
                levels.setdefault(one.name, []).append(policy.name)
                marks.setdefault(_mark(policies, policy, one), []).append(policy.name)
    return {
        "policy": [(policy.name, "") for policy in policies],
        "level": [(name, ", ".join(names)) for name, names in levels.items()],
        "mark": [(name, ", ".join(names)) for name, names in marks.items()],
    }


def warnings(policies: Policies, typed: dict[str, str]) -> dict[str, str]:
    """What is wrong with a marking and with portion marks as typed into a form, by the name of the field; it may be saved so, and cannot leave."""
    policy = typed.get("marking.policy", "")
    given = Marking(
        policy,
        typed.get("marking.classification", ""),
        tuple(line for line in typed.get("marking.caveats", "").splitlines() if line.strip()),
    )
    found: dict[str, list[str]] = {}
    if given != Marking():
        try:
            policies.read(given)
        except LabelError as error:
            for refusal in error.refusals:
                found.setdefault(_FIELDS.get(refusal.rule, "marking.caveats"), []).append(refusal.sentence)
    if policies.get(policy) is not None:
        for name, value in typed.items():
            if name.endswith(".mark") and value.strip():
                try:
                    policies.read_portion(policy, value)
                except LabelError as error:
                    found.setdefault(name, []).extend(refusal.sentence for refusal in error.refusals)
    return {name: " ".join(sentences) for name, sentences in found.items()}


def label_faults(policies: Policies, content: Content | UnknownContent) -> tuple[Refusal, ...]:
    """Why content of ours cannot leave as it is marked, whoever it is for: the element and each portion; none for kinds that flow nowhere."""
    if isinstance(content, UnknownContent) or not realms_of(kind_of(content)):
        return ()
    return tuple(label_rules.label_refusals(label_rules.labels_of(content, policies), policies, ()))


_FIELDS = {
    "label-missing": "marking.policy",
    "label-policy-unknown": "marking.policy",
    "label-classification": "marking.classification",
}


def _said(policy: Policy, label: Label) -> Iterable[Said]:
    for category in label.categories:
        tag = policy.tag(category.tag)
        if tag is not None:
            values = tuple((name, _full(tag.value(name), name)) for name in category.values)
            yield Said(tag.name, means(tag), values or ((NOBODY, ""),))


def _full(value: Value | None, name: str) -> str:
    """The full words of a value in the reader's language where they are other than its name."""
    words = [] if value is None else [phrase for phrase in value.phrases if phrase.text and not phrase.replaces_policy]
    for wanted in (marking.language(), ""):
        for phrase in words:
            if phrase.language == wanted:
                return "" if phrase.text == name else phrase.text
    return ""


def _mark(policies: Policies, policy: Policy, one: Classification) -> str:
    """The portion mark of a classification alone; as the policy has it where another policy took its name over."""
    if policies.get(policy.name) is not policy:
        return one.portion or one.name
    return policies.portion_mark(Label(policy=policy.name, classification=one.name))


def _words(one: Classification | Value) -> tuple[tuple[str, str], ...]:
    """(language, phrase) of each phrase that says something else than the name."""
    return tuple((phrase.language, phrase.text) for phrase in one.phrases if phrase.text and phrase.text != one.name)


def _written(tag: Tag) -> str:
    if not tag.qualifiers or not (tag.qualifiers[0].prefix.strip() or tag.qualifiers[0].suffix.strip()):
        return "" if tag.type is not TagType.PERMISSIVE else f"{tag.name}=…"
    around = tag.qualifiers[0]
    return f"{around.prefix}…{around.suffix}".strip()


def _conditions(value: Value) -> Iterable[str]:
    if value.excluded_classes:
        yield _("Not with %(what)s.") % {"what": ", ".join(value.excluded_classes)}
    for reference in value.excluded:
        yield _not_with(reference.value or reference.tag)
    for group in value.required:
        yield _must(group.references, str(group.operation))
    if value.home_only:
        yield _("Ends release to anybody but the policy’s owner.")


def _not_with(what: str) -> str:
    return _("Not with %(what)s.") % {"what": what}


def _must(references: Sequence[object], operation: str) -> str:
    names = ", ".join(getattr(one, "value", "") or getattr(one, "tag", "") for one in references)
    sentence = {
        "all": _("Only with all of: %(what)s."),
        "oneOrMore": _("Only with at least one of: %(what)s."),
    }.get(operation, _("Only with exactly one of: %(what)s."))
    return sentence % {"what": names}
