"""Delegation of disclosure authority letters: what may be released to one partner, as rules that the desk checks.

A letter is an element at home only: its kind flows in no realm, so no request for it can pass. Empty lists permit nothing; where every
one is meant, the word `all` stands in the list. Source: the eight parts of a disclosure letter (title, general, ceiling, methods,
categories, scope, authorised and not, procedures, redelegation).
"""

from enum import StrEnum
from typing import Annotated, Final

from msgspec import Meta

from stafftalks.planning.text import MAX_ROWS, Lines, Name, Part, Row, Text, Titled, ask
from stafftalks.values.errors import WrongValueError
from stafftalks.values.ids import PartyId
from stafftalks.values.quantity import MAX_NUMBER
from stafftalks.values.relative_time import Instant

ALL: Final = "all"
"""The word in a list that stands for every one there is."""
CHECK: Final = "check"
"""How a letter names private checks, among its kinds and among what the head of delegation decides; no element is of this kind."""
FINEST_CELL: Final = 15
"""The finest H3 resolution; a cell of it is about one square metre, one of resolution 5 about 250 square kilometres."""


class Ceiling(Row, frozen=True, kw_only=True):
    """The highest classification that may be released under one policy."""

    policy: Annotated[Name, ask("Policy", "The policy's name, as it stands in labels.")]
    classification: Annotated[Name, ask("Up to", "The highest classification that may be released.")]
    categories: Annotated[
        Lines,
        ask("Categories permitted", "Caveats that may be released, as REL TO XMR, XTV; `all` for any, one a line."),
    ] = ()


class PositionDetail(StrEnum):
    """How exactly a place may be told."""

    WITHHELD = "withheld"
    CELL = "cell"
    EXACT = "exact"


class CountDetail(StrEnum):
    """How exactly a count may be told."""

    BANDED = "banded"
    ROUNDED = "rounded"
    EXACT = "exact"


class TimeDetail(StrEnum):
    """How exactly a time may be told. `withheld anchor` lets relative times leave, and no date that would fix them."""

    WITHHELD_ANCHOR = "withheld anchor"
    DAY = "day"
    EXACT = "exact"


class Detail(Part, frozen=True, kw_only=True):
    """How finely positions, counts and times may be told; the coarsest where nothing is said."""

    positions: Annotated[PositionDetail, ask("Positions", "Withheld, as an H3 cell, or exact.")] = (
        PositionDetail.WITHHELD
    )
    cell: Annotated[
        Annotated[int, Meta(ge=0, le=FINEST_CELL)] | None,
        ask(
            "Finest cell", "H3 resolution, 0 to 15, where positions leave as cells: 5 is about 250 km², 7 about 5 km²."
        ),
    ] = None
    counts: Annotated[CountDetail, ask("Counts", "Banded, rounded or exact.")] = CountDetail.BANDED
    round_to: Annotated[
        Annotated[int, Meta(ge=2, le=MAX_NUMBER)] | None,
        ask("Round to", "Where counts leave rounded or banded: to multiples, or in bands, of this many."),
    ] = None
    times: Annotated[TimeDetail, ask("Times", "No dates, whole days, or exact.")] = TimeDetail.WITHHELD_ANCHOR

    def __post_init__(self) -> None:
        if self.positions is PositionDetail.CELL and self.cell is None:
            raise WrongValueError(
                "Positions may leave as cells, so the finest cell must be said: a number from 0 to 15."
            )
        if self.counts is CountDetail.ROUNDED and self.round_to is None:
            raise WrongValueError("Counts may leave rounded, so it must be said to which multiple: as 10 or 100.")


class Letter(Titled, frozen=True, kw_only=True, tag="letter"):
    """What may be released to one partner, how finely, by whom and until when. It never leaves this headquarters."""

    partner: Annotated[
        PartyId, Meta(pattern=r"\A[A-Z][A-Z0-9]{1,7}\Z"), ask("Partner", "To whom, by code.", widget="text")
    ]
    general: Annotated[Text, ask("General", "Why this authority is delegated.")] = ""
    ceilings: Annotated[
        tuple[Ceiling, ...],
        Meta(max_length=MAX_ROWS),
        ask("Ceilings", "The highest classification under each policy. A policy not named permits nothing."),
    ] = ()
    realms: Annotated[Lines, ask("Realms", "In which realms, one a line; `all` for every open one. Empty: none.")] = ()
    kinds: Annotated[
        Lines,
        ask(
            "Kinds permitted",
            "As plan or force, one a line; `check` for private checks; `all` for every one. Empty: none.",
        ),
    ] = ()
    kinds_refused: Annotated[Lines, ask("Kinds not permitted", "Though permitted above, one a line.")] = ()
    categories_refused: Annotated[
        Lines, ask("Categories not permitted", "Caveats that never leave, as NOFORN, one a line.")
    ] = ()
    contingencies: Annotated[
        Lines, ask("Scope", "Contingencies it covers, one a line; `all` for every one. Empty: none.")
    ] = ()
    detail: Annotated[Detail, ask("Detail", "How finely.")] = Detail()
    methods: Annotated[Lines, ask("Methods", "How it may travel: https, file, one a line. Empty: not at all.")] = ()
    deciders: Annotated[
        Lines,
        ask("Who may decide", "Usernames of disclosure officers, one a line; `all` for each of them. Empty: nobody."),
    ] = ()
    head_decides: Annotated[
        Lines, ask("Head decides too", "Kinds that the head of delegation must let go as a third person, one a line.")
    ] = ()
    together: Annotated[
        bool, ask("Decide together", "Whether several requests under this letter may be decided in one act.")
    ] = False
    valid_from: Annotated[Instant | None, ask("Valid from", "A UTC date or time. Empty: at once.")] = None
    valid_until: Annotated[Instant, ask("Valid until", "A UTC date or time, after which it permits nothing.")]
    procedures: Annotated[Text, ask("Procedures", "How requests are made and decided.")] = ""
    redelegation: Annotated[Text, ask("Redelegation", "Whether and to whom the authority may be passed on.")] = ""

    def __post_init__(self) -> None:
        if self.valid_from is not None and self.valid_from > self.valid_until:
            raise WrongValueError("The letter ends before it begins: check both dates.")
