"""One banner over several markings: what a page, a printed sheet or a file says at its top and bottom.

Rules kept: nothing is lowered, nothing is guessed. Markings that a policy known here can read are combined by that policy (see `label_rules`) and said in its
words. Every other marking stands beside the rest as it was given: what is worth what under another policy is for people to say.
"""

from collections.abc import Iterable
from typing import Final

from stafftalks.values.label import Label, LabelError, Marking
from stafftalks.values.policies import Policies
from stafftalks.values.policy import folded

BESIDE: Final = " | "


def banners(policies: Policies, markings: Iterable[Marking], language: str = "") -> tuple[str, ...]:
    """The banners that stand for all of these together, by policy; none where none says anything. `language`: of the policies' phrases, as `fr`."""
    read: list[Label] = []
    said: set[tuple[str, str]] = set()
    for marking in dict.fromkeys(markings):
        try:
            read.append(policies.read(marking))
        except LabelError:
            if text := marking.banner():
                said.add((folded(marking.policy), text))
    said.update((folded(label.policy), policies.banner(label, language)) for label in policies.combined(read))
    return tuple(text for _, text in sorted(said))
