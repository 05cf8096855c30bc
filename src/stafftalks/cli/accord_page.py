"""One accord drawn for a terminal, from the same shape that its JSON document has."""

from stafftalks.cli.accord_shapes import AccordPage, ClauseLine, QuestionLine
from stafftalks.cli.names import short
from stafftalks.cli.screen import Screen, when
from stafftalks.values.ids import PartyId


def draw(page: AccordPage, screen: Screen) -> None:
    """Prints the accord, section by section; sections with nothing in them say so, or are left out where nothing is amiss."""
    screen.say(page.title, f"Accord {page.id}", f"Parties: {', '.join(page.parties)}")
    if page.purpose:
        screen.say(f"Purpose: {page.purpose}")
    _standings(page, screen)
    _terms(page, screen)
    _released(page, screen)
    if page.notices:
        screen.heading("Entries without effect")
        screen.table(
            ("Entry", "Sort", "Why"), [(line.entry, line.sort, line.sentence) for line in page.notices], empty=""
        )
    screen.heading("What could be next (none of it is owed)")
    screen.say(*(f"- {sentence}" for sentence in page.next or ("Nothing.",)))


def _standings(page: AccordPage, screen: Screen) -> None:
    screen.heading("Standing")
    rows = [
        (line.party, line.state, ", ".join(line.realms) or "none", _said(line.statement, line.keeps), when(line.at))
        for line in page.standings
    ]
    screen.table(("Party", "Stands", "Realms it accepts", "Statement", "Claimed time"), rows, empty="")
    screen.heading("Realms")
    realms = [
        (line.realm, "open" if line.open else "closed", *(line.by.get(PartyId(party), "") for party in page.parties))
        for line in page.realms
    ]
    screen.table(("Realm", "Now", *page.parties), realms, empty="")


def _said(statement: str, keeps: str) -> str:
    return f"{statement} Keeps: {keeps}".strip() if keeps else statement


def _terms(page: AccordPage, screen: Screen) -> None:
    screen.heading("Terms")
    if not page.clauses:
        screen.say("No clause has been put.")
    for clause in page.clauses:
        screen.say(*_clause(clause))
    if page.questions:
        screen.heading("Questions and answers")
        for question in page.questions:
            screen.say(*_question(question))


def _clause(clause: ClauseLine) -> list[str]:
    lines = []
    for wording in clause.wordings:
        duty = "no duty" if wording.duty == "none" else f"duty to {wording.duty}"
        accepted = ", ".join(wording.accepted_by) or "nobody"
        lines += [
            f"{clause.id}. {wording.heading} ({duty})",
            f"   {wording.text}",
            f"   put by {', '.join(wording.authors) or 'nobody now'}; accepted by {accepted}; {short(wording.hash)}",
        ]
    if clause.struck_by:
        lines.append(f"   struck out by {', '.join(clause.struck_by)}")
    return [*lines, f"   {'agreed' if clause.agreed else 'not agreed'}"]


def _question(question: QuestionLine) -> list[str]:
    about = f" on clause {question.clause}" if question.clause else ""
    text = question.text if question.text is not None else "(the question is not held here)"
    lines = [f"{question.entry}  {question.party} asks{about}: {text}"]
    lines += [f"   {answer.party} answers ({answer.entry}): {answer.text}" for answer in question.answers]
    return lines if question.answers else [*lines, "   no answer yet"]


def _released(page: AccordPage, screen: Screen) -> None:
    screen.heading("Released")
    rows = [
        (
            line.party,
            short(line.element),
            line.kind,
            line.title,
            line.realm,
            ", ".join(line.to),
            short(line.version),
            when(line.at),
        )
        for line in page.released
    ]
    columns = ("By", "Element", "Kind", "Title", "Realm", "To", "Version", "Claimed time")
    screen.table(columns, rows, empty="Nothing stands released.")
    if page.agreed:
        screen.heading("Agreed: adopted by every party")
        agreed = [
            (
                line.party,
                short(line.element),
                line.title,
                short(line.version),
                "yes" if line.current else "no: revised since",
            )
            for line in page.agreed
        ]
        screen.table(("Host", "Element", "Title", "Version", "Current"), agreed, empty="")
    if page.recalls:
        screen.heading("Recalls")
        recalls = [
            (
                line.entry,
                line.party,
                short(line.element),
                line.reason,
                "; ".join(f"{holder.party}: {holder.outcome} {holder.statement}".strip() for holder in line.holders),
            )
            for line in page.recalls
        ]
        screen.table(("Entry", "By", "Element", "Reason", "Holders answered"), recalls, empty="")
