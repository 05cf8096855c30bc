"""What each act does, in words for the journal at home."""

from typing import Final, assert_never

from stafftalks.accord.bodies import (
    Amendment,
    Answer,
    Body,
    CheckConsent,
    CheckEnd,
    CheckPoints,
    CheckProposal,
    Confirmation,
    Opening,
    Proposal,
    Question,
    Recall,
    Release,
    Standing,
)
from stafftalks.planning import summary
from stafftalks.release.request import opened


def in_words(body: Body) -> str:
    """What `body` does, as the end of a sentence that begins with its party's code."""
    match body:
        case Proposal():
            return f"proposes {body.title!r}"
        case Amendment():
            return f"amends {len(body.clauses)} and strikes out {len(body.struck)} clauses"
        case Question():
            return "asks a question"
        case Answer():
            return f"answers {body.question.party}'s question at entry {body.question.n}"
        case Standing():
            realms = f" with {', '.join(body.realms) or 'no realm'}" if body.act == "accept" else ""
            return f"{_VERBS[body.act]}{realms}"
        case Recall():
            return f"recalls element {body.element} from {', '.join(body.to)}"
        case Confirmation():
            done = "confirms the removal that" if body.outcome == "removed" else "refuses the removal that"
            return f"{done} {body.recall.party} asks for at entry {body.recall.n}"
        case CheckProposal():
            return f"proposes a private check to {body.terms.to}: {body.terms.purpose!r}"
        case CheckConsent():
            verb = "consents to" if body.act == "consent" else "declines"
            return f"{verb} the private check proposed by {body.proposal.party} at entry {body.proposal.n}"
        case CheckPoints():
            whose = "its own points" if body.sort == "own" else f"the points of {body.to} returned"
            return f"sends part {body.part} of {body.parts} of {whose} in the private check with {body.to}"
        case CheckEnd():
            done = "has all that it was to get in" if body.outcome == "done" else "stops"
            return f"{done} the private check with {body.to}"
        case Opening():
            return f"opens an epoch of its record ({body.reason})"
        case Release():
            found = opened(body.element.encode())
            title = summary.headline(found.content)
            return f"releases the {found.kind} {title!r} to {', '.join(body.to)} in {body.realm}"
        case _:
            assert_never(body)


_VERBS: Final = {
    "accept": "accepts",
    "decline": "declines",
    "suspend": "suspends",
    "resume": "resumes",
    "withdraw": "withdraws",
}
