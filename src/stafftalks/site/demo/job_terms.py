"""The main job's first half: pairing, terms, question and answer, fewer realms, and what the rules refuse."""

from typing import Final

from stafftalks.accord.bodies import EntryRef
from stafftalks.site.demo.job import Job, letter, need, scenario
from stafftalks.site.demo.lines import CardSeen, Made
from stafftalks.values.ids import AccordId

REALMS: Final = ("intelligence", "scenarios", "exercises", "operations")
QUESTION: Final = "Does this stay with intelligence and scenarios, or does it reach joint operations?"
ANSWER: Final = "It reaches as far as you accept. It is meant to reassure, not to tie hands."
_CLAUSES: Final = (
    {"id": "1", "heading": "Sharing", "text": "Each party shares the plans it chooses to release, element by element."},
    {"id": "2", "heading": "Scope", "text": "The parties work through scenarios together, and plan together where both accept it."},
    {"id": "3", "heading": "Hearing", "text": "A party tells the other before it publishes.", "duty": "inform"},
)  # fmt: skip
_CONSENT: Final = {"id": "4", "heading": "Veto", "text": "No party acts without the other's yes.", "duty": "consent"}


def two_headquarters(job: Job) -> str:
    """Two processes, two folders, two root keys."""
    host, partner = job.host, job.partner
    need(host.ready.process != partner.ready.process, "Both run in one process.")
    keys = [(actor.folder / "keys" / "root.key").read_bytes() for actor in (host, partner)]
    need(keys[0] != keys[1], "Both have the same root key.")
    need((host.folder / "stafftalks.sqlite3").is_file(), "The host has no database of its own.")
    need((partner.folder / "stafftalks.sqlite3").is_file(), "The partner has no database of its own.")
    names = " and ".join(f"{actor.player.name} ({actor.party}) at {actor.ready.node}" for actor in (host, partner))
    return f"{names}, each with a process, a database and keys of its own."


def pair(job: Job) -> str:
    """A wrong fingerprint is refused, the right ones are taken."""
    host, partner = job.host, job.partner
    cards = {actor.party: actor.call(CardSeen, "card") for actor in (host, partner)}
    theirs = cards[partner.party]
    fault = host.refused("pair", "head", document=theirs.document, words=cards[host.party].words)
    need(fault.rules == ("fingerprint",), f"A wrong fingerprint was refused by {fault.rules}: {fault.sentence}")
    for actor in (host, partner):
        card = cards[job.stage.other(actor.party).party]
        need(actor.call(str, "pair", "head", document=card.document, words=card.words), "The card was not taken.")
    job.stage.read_each_others_markings()
    first = " ".join(theirs.words.split()[:3])
    return f"Cards exchanged; a wrong fingerprint was refused, “{first} …” and nine words more were read out and taken."


def consent_refused(job: Job) -> str:
    """A clause that would make one wait for the other's consent cannot be proposed."""
    fault = job.host.refused(
        "propose", "head", title="Joint planning", realms=REALMS, clauses=(*_CLAUSES, _CONSENT), to=[job.partner.party]
    )
    need(fault.rules == ("clause-duty",), f"It was refused by {fault.rules}: {fault.sentence}")
    return f"A clause that asks for consent is refused: “{fault.sentence}”"


def propose(job: Job) -> str:
    """Four realms and three clauses arrive at the partner, word for word."""
    host, partner = job.host, job.partner
    job.accord = host.call(
        AccordId, "propose", "head", title="Joint contingency planning", realms=REALMS, clauses=_CLAUSES, to=[partner.party],
        purpose="Each side shares its plans for different contingencies.",
    )  # fmt: skip
    mine, theirs = job.stage.settle(job.accord)
    need(mine.clauses == theirs.clauses and len(theirs.clauses) == len(_CLAUSES), "The terms did not arrive as sent.")
    standing = {host.party: "proposed", partner.party: "silent"}
    need(mine.standing == theirs.standing == standing, f"Standing is {theirs.standing}.")
    need(not theirs.open, f"Open before anyone accepted: {theirs.open}.")
    return f"{host.party} proposes {len(REALMS)} realms in {len(_CLAUSES)} clauses; {partner.party} holds the same wording by hash."


def ask(job: Job) -> str:
    """The question hangs on its clause at both."""
    asked = job.partner.call(EntryRef, "ask", "head", accord=job.accord, clause="2", text=QUESTION)
    job.question = asked
    mine, _ = job.stage.settle(job.accord)
    found = [(talk.question, talk.text, talk.clause) for talk in mine.talks]
    need(found == [(asked, QUESTION, "2")], f"The question did not arrive as asked: {found}.")
    return f"{job.partner.party} asks on clause 2: “{QUESTION}”"


def answer(job: Job) -> str:
    """The answer hangs on the question at the partner."""
    job.host.call(EntryRef, "answer", "head", accord=job.accord, question=job.question, text=ANSWER)
    theirs = job.stage.settle(job.accord)[1]
    need([talk.answers for talk in theirs.talks] == [(ANSWER,)], "The answer does not hang on the question.")
    return f"{job.host.party} answers: “{ANSWER}”"


def accept_fewer(job: Job) -> str:
    """One accepts four realms, the other two: two are open at both."""
    fewer = ["intelligence", "scenarios"]
    job.host.call(EntryRef, "accept", "head", accord=job.accord, realms=REALMS)
    job.partner.call(EntryRef, "accept", "head", accord=job.accord, realms=fewer, statement="For now.")
    for view in job.stage.settle(job.accord):
        need(list(view.open) == fewer, f"Open at one side: {view.open}.")
        need(all(clause.agreed for clause in view.clauses), "A clause that both accepted is not agreed.")
    return f"{job.host.party} accepts four realms, {job.partner.party} two: intelligence and scenarios are open, the others are not."


def letters(job: Job) -> str:
    """Without a letter nothing leaves; then each head of delegation writes one."""
    host, partner = job.host, job.partner
    made = job.add(scenario("Fog closes the strait for three days.", "Fog"))
    fault = host.refused("release", "officer", request=job.request(made, "scenarios").id)
    need(fault.rules == ("letter-missing",), f"It was refused by {fault.rules}: {fault.sentence}")
    for actor in job.both:
        other = job.stage.other(actor.party).party
        content = letter(actor.party, other)
        refused = actor.refused("add", "planner", content=content)
        need(refused.rules == ("role",), f"A planner's letter was refused by {refused.rules}: {refused.sentence}")
        need(actor.call(Made, "add", "head", content=content), "The letter was not written.")
    need(
        not job.files_at_partner(str(letter(host.party, partner.party)["title"])),
        "The partner holds the host's letter.",
    )
    return f"Without a disclosure letter nothing leaves: “{fault.sentence}” Each head of delegation writes one."


def closed_realm(job: Job) -> str:
    """Nothing leaves in a realm that is not open."""
    exercise = job.add({"kind": "exercise", "title": "Exercise Lantern", "aim": "Practise escort together."})
    asked = job.request(exercise, "exercises")
    before = job.host.seen(job.accord)
    fault = job.host.refused("release", "officer", request=asked.id)
    need(fault.rules == ("realm-closed",), f"It was refused by {fault.rules}: {fault.sentence}")
    need(job.host.seen(job.accord) == before, "The refused release left something in the record.")
    return f"A release in exercises is refused: “{fault.sentence}”"


def two_persons(job: Job) -> str:
    """Who asks for a release cannot decide it."""
    made = job.add_scenario("The strait is closed to merchant shipping by drifting mines.")
    asked = job.request(made, "scenarios", by="officer")
    fault = job.host.refused("release", "officer", request=asked.id)
    need(fault.rules == ("two-person",), f"It was refused by {fault.rules}: {fault.sentence}")
    return f"Deciding one's own request is refused: “{fault.sentence}”"
