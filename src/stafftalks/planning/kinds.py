"""All kinds of content, and the realms in which each may flow."""

from typing import Final

from stafftalks.planning.exercises import Exercise
from stafftalks.planning.forces import Activity, Force
from stafftalks.planning.intelligence import Assessment, Indicator, Report
from stafftalks.planning.letters import Letter
from stafftalks.planning.meetings import Engagement, Minutes
from stafftalks.planning.options import Option
from stafftalks.planning.plans import Plan
from stafftalks.planning.resources import NamedResource
from stafftalks.planning.scenarios import Requirement, Scenario
from stafftalks.planning.talk import Acknowledgement, Adoption, Comment, Consent, ConsentRequest, Position, Suggestion
from stafftalks.planning.timing import AnchorDate
from stafftalks.values.errors import MisuseError
from stafftalks.values.realm import Realm

Content = (
    Report
    | Assessment
    | Indicator
    | Scenario
    | Requirement
    | Plan
    | Activity
    | Force
    | NamedResource
    | Option
    | AnchorDate
    | Exercise
    | Engagement
    | Minutes
    | Comment
    | Position
    | Suggestion
    | Adoption
    | ConsentRequest
    | Consent
    | Acknowledgement
    | Letter
)
"""The content of an element; each is tagged by `kind`."""

REALMS: Final[tuple[Realm, ...]] = tuple(Realm)
_EVERY: Final = frozenset(Realm)
_REALMS_OF: Final[dict[type[Content], frozenset[Realm]]] = {
    Report: frozenset({Realm.INTELLIGENCE}),
    Assessment: frozenset({Realm.INTELLIGENCE}),
    Indicator: frozenset({Realm.INTELLIGENCE}),
    Scenario: frozenset({Realm.SCENARIOS}),
    Requirement: frozenset({Realm.SCENARIOS}),
    Plan: frozenset({Realm.SCENARIOS}),
    Activity: frozenset({Realm.SCENARIOS}),
    Force: frozenset({Realm.SCENARIOS}),
    NamedResource: frozenset({Realm.SCENARIOS}),
    Option: frozenset({Realm.SCENARIOS}),
    AnchorDate: frozenset({Realm.SCENARIOS}),
    Exercise: frozenset({Realm.EXERCISES}),
    Engagement: _EVERY,
    Minutes: _EVERY,
    Comment: _EVERY,
    Position: _EVERY,
    Suggestion: _EVERY,
    Adoption: _EVERY,
    ConsentRequest: _EVERY,
    Consent: _EVERY,
    Acknowledgement: _EVERY,
    Letter: frozenset(),
}

KINDS: Final[dict[str, type[Content]]] = {str(kind.__struct_config__.tag): kind for kind in _REALMS_OF}
"""Every kind by its name, in the order that menus show them."""
LABELS: Final[dict[str, tuple[str, str]]] = {
    "report": ("Report", "Reports"),
    "assessment": ("Assessment", "Assessments"),
    "indicator": ("Indicator", "Indicators"),
    "scenario": ("Scenario", "Scenarios"),
    "requirement": ("Requirement", "Requirements"),
    "plan": ("Plan", "Plans"),
    "activity": ("Activity", "Activities"),
    "force": ("Force", "Forces"),
    "resource": ("Resource", "Resources"),
    "option": ("Option", "Options"),
    "anchor": ("Anchor date", "Anchor dates"),
    "exercise": ("Exercise", "Exercises"),
    "engagement": ("Engagement", "Engagements"),
    "minutes": ("Minutes", "Minutes"),
    "comment": ("Comment", "Comments"),
    "position": ("Position", "Positions"),
    "suggestion": ("Suggestion", "Suggestions"),
    "adoption": ("Adoption", "Adoptions"),
    "consent-request": ("Request for consent", "Requests for consent"),
    "consent": ("Consent", "Consents"),
    "acknowledgement": ("Acknowledgement", "Acknowledgements"),
    "letter": ("Disclosure letter", "Disclosure letters"),
}
"""Each kind's name for people, one and many."""


def kind_of(content: Content) -> str:
    """The kind's name, as in the bytes."""
    return str(content.__struct_config__.tag)


def type_of(kind: str) -> type[Content]:
    """The type of `kind`; raises MisuseError naming the kinds there are."""
    if kind not in KINDS:
        raise MisuseError(f"There is no kind of element called {kind[:40]!r}: use one of {', '.join(KINDS)}.")
    return KINDS[kind]


def realms_of(kind: str) -> frozenset[Realm]:
    """The realms in which elements of `kind` may flow; none for a kind not known here, so it may not flow at all."""
    return _REALMS_OF[KINDS[kind]] if kind in KINDS else frozenset()
