"""Kinds of the intelligence realm: attributed reports, assessments, indicators.

A report is what someone said, never a fact: it carries the chain by which it came. Likelihood, confidence and grade
are three fields (see `values.scale`).
"""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from stafftalks.planning.refs import ElementRef
from stafftalks.planning.text import MAX_ROWS, Line, Lines, Name, Prose, Row, Text, Titled, ask
from stafftalks.values.relative_time import Moment
from stafftalks.values.scale import Confidence, Grade, Likelihood


class Relation(StrEnum):
    """What an actor did with a statement before it went on."""

    OBSERVED = "observed"
    STATED = "stated"
    REPORTED = "reported"
    ASSESSED = "assessed"
    TRANSLATED = "translated"


WITHHELD = "withheld"
"""The actor of a step that may not be named in what is released."""


class Hop(Row, frozen=True, kw_only=True):
    """One step of the chain by which a statement came, the origin first."""

    actor: Annotated[Name, ask("Actor", "Who, as described: a named person, US officials, a newspaper.")]
    relation: Annotated[Relation, ask("Did what", "What the actor did with the statement.")]
    to: Annotated[Line, ask("To", "To whom, if known.")] = ""
    at: Annotated[Moment | None, ask("When", "When, if known.")] = None
    medium: Annotated[Line, ask("Medium", "How: in person, in print, by radio.")] = ""
    grade: Annotated[Grade | None, ask("Grade", "Admiralty grade of this step, as B2.")] = None
    repeats: Annotated[
        ElementRef | None, ask("Repeats", "The report that this step passes on, where it is one held here.")
    ] = None
    withheld_by: Annotated[Line, ask("Withheld by", "Who withholds this step, where it is not to be named.")] = ""


class Report(Titled, frozen=True, kw_only=True, tag="report"):
    """An attributed statement: what was said, by whom, and how it came."""

    said: Annotated[Prose, ask("Said", "The statement, in the words or the sense of its origin.", widget="longtext")]
    hops: Annotated[
        tuple[Hop, ...], Meta(max_length=MAX_ROWS), ask("Chain", "Every step from the origin to us, origin first.")
    ] = ()
    grade: Annotated[Grade | None, ask("Grade", "Admiralty grade of the statement as a whole, as B2.")] = None
    citation: Annotated[Line, ask("Citation", "Where it can be read: publication, page, date.")] = ""
    root: Annotated[
        Line, ask("Root source", "A name for where it began. Reports with the same root count as one source.")
    ] = ""


class Assessment(Titled, frozen=True, kw_only=True, tag="assessment"):
    """A judgement on a question, how likely, how sure, and on what basis."""

    question: Annotated[Name, ask("Question", "The question this answers.")]
    judgement: Annotated[Prose, ask("Judgement", "The answer, in plain words.", widget="longtext")]
    likelihood: Annotated[Likelihood | None, ask("Likelihood", "How likely, on a named scale.")] = None
    confidence: Annotated[Confidence | None, ask("Confidence", "How well founded the judgement is.")] = None
    basis: Annotated[Text, ask("Basis", "What the judgement rests on, and what would change it.")] = ""
    reports: Annotated[
        tuple[ElementRef, ...], Meta(max_length=MAX_ROWS), ask("Reports", "The reports it rests on, one a line.")
    ] = ()
    scenario: Annotated[
        ElementRef | None, ask("Scenario", "The scenario whose likelihood this judges, as PARTY/element.")
    ] = None
    branch: Annotated[Line, ask("Branch", "The id of the branch it judges; empty for the scenario as a whole.")] = ""


class IndicatorState(StrEnum):
    """What was last seen of an indicator."""

    NOT_OBSERVED = "not observed"
    OBSERVED = "observed"
    AMBIGUOUS = "ambiguous"


class Indicator(Titled, frozen=True, kw_only=True, tag="indicator"):
    """Something watched because it would tell which way events go."""

    watched: Annotated[Prose, ask("Watched", "What would be seen if it happened.", widget="longtext")]
    state: Annotated[IndicatorState, ask("State", "What was last seen.")] = IndicatorState.NOT_OBSERVED
    last_checked: Annotated[Moment | None, ask("Last checked", "When it was last looked at.")] = None
    source: Annotated[Line, ask("Source", "Who or what watches.")] = ""
    bears_on: Annotated[
        tuple[ElementRef, ...], Meta(max_length=MAX_ROWS), ask("Bears on", "Scenarios or assessments it bears on.")
    ] = ()
    actions: Annotated[Lines, ask("If observed", "What follows when it is observed, one a line.")] = ()
