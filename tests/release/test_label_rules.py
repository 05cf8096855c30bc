"""The rules about labels: what bears none that a policy here reads, or one above what it stands in, does not leave."""

import pytest

from stafftalks.planning.intelligence import Report
from stafftalks.release.label_rules import label_refusals, labels_of
from stafftalks.values.builtin_policies import plain
from stafftalks.values.ids import PartyId
from stafftalks.values.label import Marking
from stafftalks.values.policies import builtin

POLICIES = builtin(PartyId("XMR"))
XTV = PartyId("XTV")


def rules(said: str, marking: Marking, title: str = "T") -> list[str]:
    content = Report(title=title, said=said, hops=(), marking=marking)
    return [refusal.rule for refusal in label_refusals(labels_of(content, POLICIES), POLICIES, (XTV,))]


SECRET = Marking("XMR", "SECRET", ("REL TO XMR, XTV",))


@pytest.mark.parametrize(
    "said", ["Open.", "(R//REL TO XMR, XTV) Text.", "(see annex) Text.", "- (C+3) They sail.", "(c) Third."]
)
def test_what_is_marked_as_high_as_its_portions_and_for_the_reader_passes(said: str) -> None:
    assert rules(said, SECRET) == []


@pytest.mark.parametrize(
    ("said", "marking", "rule"),
    [
        ("Open.", Marking(), "label-missing"),
        ("Open.", Marking("ELSEWHERE", "SECRET"), "label-policy-unknown"),
        ("(TS//REL TO XMR, XTV) Text.", SECRET, "label-below-portions"),
        ("(PHASE) Text.", SECRET, "label-classification"),
        ("(S//XMR ONLY) Text.", SECRET, "label-not-releasable"),
        ("(ts) Text.", SECRET, "label-malformed"),
        ("- (ts//rel) Text.", SECRET, "label-category"),
        ("1. (Restricted//nf) Text.", SECRET, "label-not-releasable"),
        ("(S) (TS) Text.", SECRET, "label-malformed"),
    ],
)
def test_each_rule_says_no(said: str, marking: Marking, rule: str) -> None:
    assert rule in rules(said, marking)


def test_a_title_is_a_portion_too() -> None:
    assert "label-malformed" in rules("Open.", SECRET, title="(ts) Convoys")
    assert "label-below-portions" in rules("Open.", SECRET, title="(TS) Convoys")


def test_what_speaks_of_a_partners_text_goes_back_to_it_marked_as_that_text() -> None:
    policies = POLICIES.before([plain("XTV", owner="XTV")])
    content = Report(title="T", said="Open.", marking=Marking("XTV", "SECRET", ("REL TO XMR",)))
    labels = labels_of(content, policies)

    def said(audience: PartyId, about: PartyId | None) -> list[str]:
        return [refusal.rule for refusal in label_refusals(labels, policies, (audience,), about)]

    assert said(XTV, XTV) == []
    assert said(XTV, None) == ["label-not-releasable"], "what does not speak of its text is for those whom it names"
    assert said(PartyId("XPA"), XTV) == ["label-not-releasable"]
