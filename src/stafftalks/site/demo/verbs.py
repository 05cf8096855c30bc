"""What an actor can be told to do: each verb calls the one service that a page or a command would call, as the person named.

Nothing here goes round a rule: a refusal comes back with the ids of the rules that said no.
"""

import base64
from collections.abc import Callable
from typing import Final

import msgspec

from stafftalks.accord import state
from stafftalks.accord.bodies import Amendment, Clause, EntryRef, Proposal
from stafftalks.links import words
from stafftalks.planning import forms
from stafftalks.planning.kinds import Content
from stafftalks.services import accords, desk_reviews, elements, labels, pairing, recalls, releases
from stafftalks.services.ports import Headquarters
from stafftalks.site.demo.lines import Args, Asked, CardSeen, Made, Previewed
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import AccordId, ElementId, PartyId, parse_accord, parse_element, parse_party
from stafftalks.values.person import Person

Verb = Callable[[Headquarters, Person, Args], object]


def accord_of(args: Args) -> AccordId:
    """The accord that the call is about."""
    return parse_accord(args.text("accord"))


def element_of(args: Args) -> ElementId:
    """The element that the call is about."""
    return parse_element(args.text("element"))


def ref_of(args: Args, name: str) -> EntryRef:
    """The entry that the argument `name` points at."""
    return msgspec.convert(args.mapping(name), EntryRef)


def parties_of(args: Args, name: str) -> tuple[PartyId, ...]:
    """The parties that the argument `name` lists."""
    return tuple(parse_party(code) for code in args.texts(name))


def content_of(mapping: dict[str, object], where: str) -> Content:
    """The content that a mapping with its `kind` spells; raises MisuseError with every field that is wrong."""
    found = forms.parse_mapping(str(mapping.get("kind", "")), mapping)
    if isinstance(found, forms.FormErrors):
        faults = "; ".join(f"{path or 'the whole'}: {sentence}" for path, sentence in found.errors.items())
        raise MisuseError(f"{where} cannot be read: {faults}")
    return found


def _card(hq: Headquarters, _: Person, __: Args) -> CardSeen:
    document = hq.keyring.card_document()
    fingerprint = pairing.fingerprint_of(document)[1]
    return CardSeen(base64.b64encode(document).decode(), words.words(fingerprint))


def _pair(hq: Headquarters, person: Person, args: Args) -> str:
    document = base64.b64decode(args.text("document"))
    return pairing.add_partner(hq, person, document, words.parse_fingerprint(args.text("words"))).party


def _plain_policy(hq: Headquarters, person: Person, args: Args) -> str:
    """The partner marks by the plain words under its own code, so its markings are read here from now on."""
    return labels.add_plain(hq, person, args.text("name")).policy.name


def _clauses(args: Args) -> tuple[Clause, ...]:
    """The clauses as written: a duty that no clause can carry is the rules' to refuse, so nothing is checked here."""
    return tuple(Clause(**row) for row in args.rows("clauses"))  # type: ignore[arg-type]


def _propose(hq: Headquarters, person: Person, args: Args) -> AccordId:
    proposal = Proposal(
        args.text("title"), args.text("purpose", ""), args.texts("realms"), _clauses(args), args.text("message", "")
    )
    return accords.propose(hq, person, parties_of(args, "to"), proposal)


def _ask(hq: Headquarters, person: Person, args: Args) -> EntryRef:
    accord, wanted, clause = accord_of(args), args.text("clause", ""), ""
    if wanted:
        clauses = state.clause_states(accords.view(hq, accord).accord)
        clause = next((found.variants[0].hash for found in clauses if found.id == wanted), wanted)
    return accords.ask(hq, person, accord, args.text("text"), clause)


def _answer(hq: Headquarters, person: Person, args: Args) -> EntryRef:
    return accords.answer(hq, person, accord_of(args), ref_of(args, "question"), args.text("text"))


def _amend(hq: Headquarters, person: Person, args: Args) -> EntryRef:
    amendment = Amendment(_clauses(args), args.texts("struck"), None, args.text("message", ""))
    return accords.amend(hq, person, accord_of(args), amendment)


def _accept(hq: Headquarters, person: Person, args: Args) -> EntryRef:
    return accords.accept(hq, person, accord_of(args), args.texts("realms"), None, args.text("statement", ""))


def _withdraw(hq: Headquarters, person: Person, args: Args) -> EntryRef:
    return accords.withdraw(hq, person, accord_of(args), args.text("statement", ""), args.text("keeps", ""))


def _add(hq: Headquarters, person: Person, args: Args) -> Made:
    row = elements.add(hq, person, content_of(args.mapping("content"), "The element"))
    return Made(row.id, row.version, row.revised_by)


def _own(hq: Headquarters, _: Person, args: Args) -> Made:
    row = elements.get(hq, element_of(args))
    return Made(row.id, row.version, row.revised_by)


def _revise(hq: Headquarters, person: Person, args: Args) -> Made:
    current = elements.get(hq, element_of(args))
    content = content_of(args.mapping("content"), f"“{current.title}”")
    row = elements.revise(hq, person, current.id, content, current.version)
    return Made(row.id, row.version, row.revised_by)


def _request(hq: Headquarters, person: Person, args: Args) -> Asked:
    to = parties_of(args, "to")
    row = releases.request(hq, person, accord_of(args), element_of(args), args.text("realm"), to, args.text("note", ""))
    return Asked(row.id, row.state)


def _preview(hq: Headquarters, person: Person, args: Args) -> Previewed:
    shown = desk_reviews.review(hq, args.text("request"), person).preview
    return Previewed(shown.raw.decode(), shown.version, shown.title, len(shown.sections))


def _release(hq: Headquarters, person: Person, args: Args) -> Asked:
    row = releases.release(hq, person, args.text("request"))
    return Asked(row.id, row.state, row.entry)


def _hand_back(hq: Headquarters, person: Person, args: Args) -> Asked:
    row = releases.hand_back(hq, person, args.text("request"), args.text("question"))
    return Asked(row.id, row.state)


def _recall(hq: Headquarters, person: Person, args: Args) -> EntryRef:
    return recalls.recall(hq, person, accord_of(args), element_of(args), args.text("reason", ""))


def _confirm(hq: Headquarters, person: Person, args: Args) -> EntryRef:
    return recalls.confirm(hq, person, accord_of(args), ref_of(args, "recall"), args.text("statement", ""))


ACTS: Final[dict[str, Verb]] = {
    "card": _card,
    "pair": _pair,
    "plain-policy": _plain_policy,
    "propose": _propose,
    "ask": _ask,
    "answer": _answer,
    "amend": _amend,
    "accept": _accept,
    "withdraw": _withdraw,
    "add": _add,
    "own": _own,
    "revise": _revise,
    "request": _request,
    "preview": _preview,
    "release": _release,
    "hand back": _hand_back,
    "recall": _recall,
    "confirm": _confirm,
}
"""Acts, and what people look at before them, by name."""
