"""Terms as people write them in a file or on the command line, brought to the clauses of a proposal or an amendment."""

from collections.abc import Sequence

import msgspec

from stafftalks.accord.bodies import Amendment, Clause, Proposal
from stafftalks.accord.terms import refuse_consent
from stafftalks.cli import inputs, names
from stafftalks.values.errors import MisuseError, Refusal, RefusedError


class ClauseText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A clause as written. Where `id` is empty its number in the list serves; `duty` is none, inform or consult."""

    heading: str
    text: str
    duty: str = "none"
    id: str = ""


class TermsText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of terms. An amendment uses `realms`, `clauses`, `struck` and `message`; a proposal all but `struck`."""

    title: str = ""
    purpose: str = ""
    realms: tuple[str, ...] | None = None
    clauses: tuple[ClauseText, ...] = ()
    struck: tuple[str, ...] = ()
    message: str = ""


def read(name: str) -> TermsText:
    """The terms in the file `name`, none where it is empty; raises MisuseError naming the file and the field that is wrong."""
    if not name:
        return TermsText()
    try:
        return msgspec.convert(inputs.read_data(name), TermsText)
    except msgspec.ValidationError as error:
        raise MisuseError(
            f"{name} does not hold terms: {error}. Fields: {', '.join(TermsText.__struct_fields__)}."
        ) from error


def clause_from_line(line: str) -> ClauseText:
    """The clause in `HEADING | TEXT` or `HEADING | TEXT | DUTY`; raises MisuseError where it is neither."""
    parts = [part.strip() for part in line.split("|")]
    if len(parts) not in (2, 3) or not all(parts):
        raise MisuseError(f"{line[:60]!r} is not a clause: write 'HEADING | TEXT' or 'HEADING | TEXT | DUTY'.")
    return ClauseText(*parts)


def clauses(written: Sequence[ClauseText], *, numbered: bool) -> tuple[Clause, ...]:
    """The clauses, with their numbers as ids where `numbered` and none is given.

    Raises RefusedError where a duty is none that exists, as consent; MisuseError where an id is missing or given twice.
    """
    refusals: list[Refusal] = []
    found: list[Clause] = []
    for number, clause in enumerate(written, start=1):
        name = clause.id.strip() or (str(number) if numbered else "")
        if not name:
            raise MisuseError(
                f"Clause {number} ({clause.heading[:40]!r}) does not say its id: which clause does it word anew?"
            )
        match clause.duty:
            case "none" | "inform" | "consult":
                found.append(Clause(name, clause.heading.strip(), clause.text.strip(), clause.duty))
            case _:
                refusal = refuse_consent(clause.duty)
                where = f"Clause {name} ({clause.heading[:40]}): {refusal.sentence}"
                refusals.append(Refusal(refusal.rule, where))
    if refusals:
        raise RefusedError(*refusals)
    ids = [clause.id for clause in found]
    twice = next((name for name in ids if ids.count(name) > 1), None)
    if twice is not None:
        raise MisuseError(f"Two clauses have the id {twice!r}: give each its own.")
    return tuple(found)


def proposal(
    written: TermsText, *, title: str, purpose: str, realms: Sequence[str], lines: Sequence[str], message: str
) -> Proposal:
    """The proposal of a file's terms, with what the command line gives in place of or besides them."""
    if written.struck:
        raise MisuseError("A proposal strikes nothing out: leave `struck` to an amendment.")
    all_clauses = (*written.clauses, *(clause_from_line(line) for line in lines))
    found = Proposal(
        title=(title or written.title).strip(),
        purpose=(purpose or written.purpose).strip(),
        realms=names.realms(realms or written.realms or ()),
        clauses=clauses(all_clauses, numbered=True),
        message=message or written.message,
    )
    if not found.title:
        raise MisuseError("A proposal needs a title: --title TEXT, or `title` in the file of terms.")
    if not found.realms:
        raise MisuseError("A proposal needs at least one realm: --realm REALM, or `realms` in the file of terms.")
    return found


def amendment(
    written: TermsText, *, edited: Sequence[ClauseText], struck: Sequence[str], realms: Sequence[str], message: str
) -> Amendment:
    """The amendment of a file's terms, with what the command line adds; raises MisuseError where it would change nothing."""
    if written.title or written.purpose:
        raise MisuseError("An amendment words clauses and realms anew; title and purpose stay as they were proposed.")
    given = names.realms(realms) if realms else (names.realms(written.realms) if written.realms is not None else None)
    found = Amendment(
        clauses=clauses((*written.clauses, *edited), numbered=False),
        struck=tuple(dict.fromkeys((*written.struck, *struck))),
        realms=given,
        message=message or written.message,
    )
    if not (found.clauses or found.struck or found.realms is not None):
        raise MisuseError(
            "This amendment changes nothing: give --clause with --heading and --text, --strike, --realm or --terms."
        )
    return found
