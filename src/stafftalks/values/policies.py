"""The marking policies that a headquarters knows, and what can be asked of labels under them.

`read` makes a label of what people type and `marking` writes it again; a text under a policy that is not known here, or one that the policy does not
allow, is refused by rule and never taken for something lower. Labels of different policies are compared only where a policy states an equivalence.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

import msgspec

from stafftalks.values import label_ceiling, label_rules, label_writing
from stafftalks.values.builtin_policies import PLAIN, plain, tlp, us_style
from stafftalks.values.errors import Refusal
from stafftalks.values.ids import PartyId
from stafftalks.values.label import Category, Label, LabelError, Marking, TagType
from stafftalks.values.label_reading import Reader, split_portion_mark
from stafftalks.values.label_turning import turned_categories, turned_classification
from stafftalks.values.policy import Absent, Policy, folded

_REMEMBERED: Final = 4096


class Policies:
    """Policies by name; where two go by one name, the one given first is meant. Never changed once made.

    What was read is remembered, because a page reads the same few markings again and again.
    """

    __slots__ = ("_by_key", "_policies", "_read", "_readers")

    def __init__(self, policies: Iterable[Policy]) -> None:
        kept: dict[str, Policy] = {}
        for policy in policies:
            kept.setdefault(folded(policy.name), policy)
        self._policies = tuple(kept.values())
        self._by_key = {
            folded(name): policy for policy in reversed(self._policies) for name in policy.known_as()
        } | kept
        self._readers: dict[str, Reader] = {}
        self._read: dict[tuple[str, Marking | str], Label | LabelError] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all policies, in the order in which they were given."""
        return tuple(policy.name for policy in self._policies)

    def __iter__(self) -> Iterator[Policy]:
        """Each policy, in that order."""
        return iter(self._policies)

    def get(self, name: str) -> Policy | None:
        """The policy of that name, alias or identifier, however it is cased; None where none is known."""
        return self._by_key.get(folded(name))

    def before(self, policies: Iterable[Policy]) -> "Policies":
        """These policies, with others that take their names over."""
        return Policies([*policies, *self._policies])

    # --- text to labels and back

    def read(self, marking: Marking) -> Label:
        """The label that the marking is; raises LabelError with each rule that forbids it to be one."""
        return self._remembered(("", marking))

    def read_portion(self, policy_name: str, mark: str) -> Label:
        """The label of a portion mark under the policy of what it stands in: `S//REL TO XMR, XTV`; raises LabelError."""
        return self._remembered((policy_name, mark))

    def checked(self, label: Label) -> Label:
        """A label that came as one, as from XML, in the policy's own names and order; raises LabelError.

        Who gave it and when is kept. A policy is known by its identifier or its name; where both are given they must agree.
        """
        by_uri, by_name = self.get(label.uri) if label.uri else None, self.get(label.policy) if label.policy else None
        if by_uri is not None and by_name is not None and by_uri is not by_name:
            sentence = (
                f"The label names policy {label.policy} and the identifier of {by_uri.name}: it must be one of them."
            )
            raise LabelError(Refusal("label-contradiction", sentence))
        policy = by_uri or by_name
        if policy is None:
            raise LabelError(self._unknown_policy(label.policy or label.uri))
        reader = self._reader(policy)
        values: dict[str, list[str]] = {}
        refusals: list[Refusal] = []
        for category in label.categories:
            refusals.extend(_taken(reader, category, values))
        if '"' in label.privacy_mark or label_writing.BETWEEN in label.privacy_mark:
            refusals.append(Refusal("label-malformed", "A privacy mark cannot hold quotation marks or //."))
        found = _classification(reader, label.classification, refusals)
        return _sound(
            policy,
            msgspec.structs.replace(
                label,
                policy=policy.name,
                uri=policy.uri,
                classification=found,
                categories=reader.in_order(values),
            ),
            refusals,
        )

    def split_portion(self, policy_name: str, text: str) -> tuple[str, str]:
        """As `split_portion_mark`, but a parenthesis that the policy reads is a mark too, in whatever letters: `(סודי) text`."""
        mark, rest = split_portion_mark(text)
        start = text.lstrip()
        inner, closed, after = start[1:].partition(")")
        if mark or not start.startswith("(") or not closed:
            return mark, rest
        policy = self.get(policy_name)
        head = inner.split(label_writing.BETWEEN)[0]
        if len(head.strip()) < 2 or policy is None or self._reader(policy).classification(head) is None:
            return "", text
        return inner.strip(), after.lstrip()

    def as_metadata(self, label: Label) -> Label:
        """The label as labels in XML say it: each category by the name of its tag's set, where the policy has sets. Raises LabelError.

        Source: ADatP-4774.1. `checked` gives it back.
        """
        policy = self._reader_of(label).policy
        together: dict[tuple[str, TagType], list[str]] = {}
        for category in label.categories:
            tag = policy.tag(category.tag)
            name = tag.set_name if tag is not None and tag.set_name else category.tag
            together.setdefault((name, category.type), []).extend(category.values)
        categories = tuple(Category(name, type_, tuple(values)) for (name, type_), values in together.items())
        return msgspec.structs.replace(label, categories=categories)

    def marking(self, label: Label) -> Marking:
        """The label as people type it; `read` gives it back, but for who gave it and when. Raises LabelError for an unknown policy."""
        return label_writing.marking(self._reader_of(label), label)

    def portion_mark(self, label: Label) -> str:
        """The label as a portion mark without parentheses, `S//NF`; `read_portion` under its policy gives it back. Raises LabelError."""
        return label_writing.portion_mark(self._reader_of(label), label)

    def banner(self, label: Label, language: str = "") -> str:
        """The words for the top and bottom of a page, by the policy's own phrases in `language` where it has them. Raises LabelError."""
        return label_writing.banner(self._reader_of(label).policy, label, language)

    # --- comparing labels

    def dominates(self, high: Label, low: Label) -> bool:
        """Whether `high` is at least as strict as `low` in every respect; across policies only where an equivalence is stated for all that `low` bears."""
        upper, lower = self.get(high.policy), self.get(low.policy)
        if upper is None or lower is None:
            return False
        if upper is lower:
            return label_rules.dominates(upper, high, low)
        turned = self._turned(low, lower, upper)
        return turned is not None and label_rules.dominates(upper, high, turned)

    def combined(self, labels: Iterable[Label]) -> tuple[Label, ...]:
        """The labels that stand for all of these together, by policy; each given one is dominated by one of them. Unknown policies stand beside as they are."""
        groups: dict[str, list[Label]] = {}
        beside: list[Label] = []
        for label in dict.fromkeys(labels):
            policy = self.get(label.policy)
            if policy is None:
                beside.append(label)
            else:
                groups.setdefault(policy.name, []).append(label)
        made = [
            whole
            for name, group in groups.items()
            for whole in label_rules.joined(self._reader(self._by_key[folded(name)]), group)
        ]
        return tuple(sorted([*made, *beside], key=lambda label: (folded(label.policy), msgspec.json.encode(label))))

    # --- asked by the rules of release

    def within(
        self, label: Label, classification: str, policy: str, categories: Collection[str]
    ) -> tuple[Refusal, ...]:
        """Why the label goes above this ceiling, by rules `letter-ceiling` and `letter-category`; none where it does not.

        Every category of the label must be permitted: each value by a caveat in `categories`, or its whole tag (`REL TO`); `all` permits any.
        """
        known, meant = self.get(label.policy), self.get(policy)
        if known is None or known is not meant:
            sentence = f"The label is one of policy {label.policy}, and this ceiling is one of {policy}."
            return (Refusal("letter-ceiling", sentence),)
        reader = self._reader(known)
        return (
            *label_ceiling.above(reader, label, classification),
            *label_ceiling.beyond(reader, label, categories),
        )

    def bearing(self, label: Label, categories: Collection[str]) -> tuple[str, ...]:
        """Which of these lines (caveats, tags, or `all` for any) the label bears, at least in part."""
        policy = self.get(label.policy)
        return label_ceiling.bearing(None if policy is None else self._reader(policy), label, categories)

    def releasable_to(self, label: Label, party: PartyId) -> bool | None:
        """Whether the label permits that party: False where it names others only or nobody but its owner, None where it gives no permission.

        `REL TO` gives permission to those it names; `ONLY` gives none, and stands against all others.
        """
        policy = self.get(label.policy)
        if policy is None:
            return False
        permitted = None
        for category in label.categories:
            tag = policy.tag(category.tag)
            if tag is None:
                return False
            if tag.audience and party not in category.values:
                return False
            if party != policy.owner and any(value.home_only for value in tag.values if value.name in category.values):
                return False
            if tag.audience and tag.absent is Absent.NOBODY:
                permitted = True
        return permitted

    # --- within

    def _remembered(self, key: tuple[str, Marking | str]) -> Label:
        result = self._read.get(key)
        if result is None:
            try:
                policy, given = key
                result = self._label(given) if isinstance(given, Marking) else self._portion(policy, given)
            except LabelError as error:
                result = error
            if len(self._read) >= _REMEMBERED:
                self._read.clear()
            self._read[key] = result
        if isinstance(result, LabelError):
            raise LabelError(*result.refusals)
        return result

    def _label(self, marking: Marking) -> Label:
        if not (marking.policy.strip() or marking.classification.strip() or marking.caveats):
            sentence = "No marking is given: say under which policy it is marked and how, as XMR RESTRICTED."
            raise LabelError(Refusal("label-missing", sentence))
        return self._under(marking.policy, marking.classification, marking.caveats)

    def _portion(self, policy: str, mark: str) -> Label:
        head, *caveats = mark.strip().removeprefix("(").removesuffix(")").split(label_writing.BETWEEN)
        if not mark.strip():
            raise LabelError(Refusal("label-missing", "The portion mark is empty: write one, as R, or leave it out."))
        if any(not caveat.strip() for caveat in caveats):
            sentence = f'"{mark.strip()}" has nothing between two // or after the last: write what belongs there, or take it out.'
            raise LabelError(Refusal("label-malformed", sentence))
        return self._under(policy, head, caveats)

    def _under(self, name: str, classification: str, caveats: Sequence[str]) -> Label:
        policy = self.get(name)
        if policy is None:
            raise LabelError(self._unknown_policy(name))
        reader = self._reader(policy)
        refusals: list[Refusal] = []
        found = _classification(reader, classification, refusals)
        categories: tuple[Category, ...] = ()
        mark = ""
        try:
            categories, mark = reader.categories(caveats)
        except LabelError as error:
            refusals.extend(error.refusals)
        label = Label(
            policy=policy.name, uri=policy.uri, classification=found, categories=categories, privacy_mark=mark
        )
        return _sound(policy, label, refusals)

    def _unknown_policy(self, name: str) -> Refusal:
        known = ", ".join(self.names)
        if not name.strip():
            return Refusal("label-policy-unknown", f"The marking names no policy: name one of {known}.")
        sentence = f"The policy {name.strip()} is not known here, so its marking means nothing here: known are {known}. An administrator can load it."
        return Refusal("label-policy-unknown", sentence)

    def _reader(self, policy: Policy) -> Reader:
        reader = self._readers.get(policy.name)
        if reader is None:
            reader = self._readers[policy.name] = Reader(policy)
        return reader

    def _reader_of(self, label: Label) -> Reader:
        policy = self.get(label.policy)
        if policy is None:
            raise LabelError(self._unknown_policy(label.policy))
        return self._reader(policy)

    def _turned(self, label: Label, own: Policy, other: Policy) -> Label | None:
        """The label under the other policy, where equivalences are stated for all of it: in its own policy outward, in the other inward."""
        rung = turned_classification(label.classification, own, other, self.get)
        values = turned_categories(label.categories, own, other, self.get)
        if rung is None or values is None:
            return None
        return Label(policy=other.name, classification=rung, categories=self._reader(other).in_order(values))


def builtin(party: PartyId) -> Policies:
    """The policies that come with the product, for a headquarters of that party: its house policy under its code, the plain one, TLP and US-style."""
    owned = () if party in ("US", "USA", "TLP", PLAIN) else (plain(party, owner=party),)
    return Policies([*owned, plain(PLAIN), tlp(), us_style()])


def _sound(policy: Policy, label: Label, refusals: Sequence[Refusal]) -> Label:
    """The label where nothing was refused and the policy lets its parts stand together."""
    together = (*refusals, *label_rules.contradictions(policy, label))
    if together:
        raise LabelError(*together)
    return label


def _classification(reader: Reader, text: str, refusals: list[Refusal]) -> str:
    policy = reader.policy
    if not policy.classifications and not text.strip():
        return ""
    found = reader.classification(text) if text.strip() else None
    if found is None:
        names = ", ".join(one.name for one in policy.classifications if not one.obsolete) or "none at all"
        said = (
            f'"{text.strip()}" is no classification of policy {policy.name}'
            if text.strip()
            else "No classification is given"
        )
        refusals.append(Refusal("label-classification", f"{said}: use one of {names}."))
    return "" if found is None else found.name


def _taken(reader: Reader, category: Category, values: dict[str, list[str]]) -> Iterator[Refusal]:
    """Takes a category of a label over by the policy's names; gives what is wrong with it. It is named by its tag or by its tag's set."""
    wanted = folded(category.tag)
    meant = [tag for tag in reader.policy.tags if wanted in (folded(tag.name), folded(tag.set_name))]
    name = reader.policy.name
    if not meant:
        known = ", ".join(one.name for one in reader.policy.tags) or "none"
        yield Refusal("label-category", f"{category.tag} is no category of policy {name}, which has: {known}.")
        return
    typed = [tag for tag in meant if tag.type is category.type]
    if not typed:
        sentence = f"{category.tag} is {meant[0].type} in policy {name}, and the label says {category.type}."
        yield Refusal("label-category", sentence)
        return
    for given in category.values:
        found = [(tag.name, value) for tag in typed if (value := reader.value(tag, given)) is not None]
        if found:
            values.setdefault(found[0][0], []).append(found[0][1])
        else:
            yield Refusal("label-category", f'"{given}" is no value of {category.tag} in policy {name}.')
