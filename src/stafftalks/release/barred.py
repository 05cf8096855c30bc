"""Which portions of an element may not leave under a letter because of the marks that they bear."""

from functools import partial

from stafftalks.planning.kinds import Content
from stafftalks.planning.letters import Letter
from stafftalks.planning.portions import portions, within
from stafftalks.release.label_rules import read_label
from stafftalks.release.letter_rules import ceiling_refusals
from stafftalks.values.label import Label
from stafftalks.values.policies import Policies


def barred_portions(content: Content, letter: Letter, policies: Policies) -> tuple[str, ...]:
    """The paths of the outermost portions whose own marks bar them, in reading order."""
    whole = read_label(partial(policies.read, content.marking))
    judged: dict[str, bool] = {"": False}
    found: list[str] = []
    for portion in portions(content):
        if portion.mark not in judged:
            label = read_label(partial(policies.read_portion, content.marking.policy, portion.mark))
            judged[portion.mark] = _bars(letter, policies, whole, label)
        if judged[portion.mark] and not any(within(portion.path, path) for path in found):
            found.append(portion.path)
    return tuple(found)


def _bars(letter: Letter, policies: Policies, whole: Label | None, label: Label | None) -> bool:
    if label is None or policies.releasable_to(label, letter.partner) is False:
        return True
    if whole is not None and not policies.dominates(whole, label):
        return True
    return any(ceiling_refusals(policies, letter, "", "", label))
