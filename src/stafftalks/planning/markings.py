"""Every marking that stands in an element: its own, and those of its portions, as the banner of what shows it is made of them."""

from stafftalks.planning.kinds import Content
from stafftalks.planning.portions import portions
from stafftalks.values.label import Marking
from stafftalks.values.label_writing import BETWEEN


def markings_within(content: Content) -> tuple[Marking, ...]:
    """The element's marking, then that of each portion that bears a mark of its own, each once, in reading order."""
    marks = dict.fromkeys(portion.mark for portion in portions(content) if portion.mark)
    return (content.marking, *(_marked(content.marking.policy, mark) for mark in marks))


def _marked(policy: str, mark: str) -> Marking:
    """A portion mark as a marking under the element's policy; what is wrong with it stays in it, to be seen."""
    head, *caveats = (part.strip() for part in mark.split(BETWEEN))
    return Marking(policy, head, tuple(caveat for caveat in caveats if caveat))
