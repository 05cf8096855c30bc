"""The main job's second half: releases and what becomes of them, the wire down, carriage by hand, the withdrawal, verification."""

from functools import partial
from typing import Final

from stafftalks.accord.bodies import EntryRef
from stafftalks.site.demo.job import Job, need, scenario
from stafftalks.site.demo.lines import Asked, Carried, Held, Logged, Made, SlipSeen, Verified
from stafftalks.site.demo.stage import Actor

_PRIVATE: Final = "The reserve convoy assembles at the northern anchorage"
_RECALLED: Final = "Four hulls escort on a nine-day rotation"


def release(job: Job) -> str:
    """The partner reads exactly the bytes of the preview."""
    job.send(job.scenario)
    held = job.held(job.scenario)
    need(held.raw == job.shown.raw, "The bytes at the partner are not those of the preview.")
    need(held.version == job.scenario.version, "The partner names another version.")
    size = len(held.raw.encode())
    return f"Released and read at {job.partner.party}: {size} bytes, equal to the preview's; version {held.version[:8]} on both sides."


def private_stays(job: Job) -> str:
    """A draft is in no file of the partner's headquarters."""
    plan = job.add({"kind": "plan", "title": "Reserve", "paragraphs": {"mission": _PRIVATE}})
    need(job.host.files_holding(_PRIVATE), "The search finds the draft not even at home.")
    need(not job.converse(), "The conversation failed.")
    for wanted in (_PRIVATE, plan.element):
        found = job.files_at_partner(wanted)
        need(not found, f"{', '.join(found)} at the partner holds what was never released.")
    return (
        f"A draft of {job.host.party} is in no file of {job.partner.party}'s headquarters, neither its text nor its id."
    )


def go_on_regardless(job: Job) -> str:
    """The partner's objection is recorded at both, and changes and delays nothing."""
    host, partner, own = job.host, job.partner, job.scenario
    stance = {
        "kind": "position",
        "about": f"{host.party}/{own.element}/{own.version}",
        "stance": "object",
        "statement": "Drifting mines are not the likeliest cause.",
    }
    made = partner.call(Made, "add", "planner", content=stance)
    asked = partner.call(
        Asked, "request", "planner", accord=job.accord, element=made.element, realm="scenarios", to=[host.party]
    )
    partner.call(Asked, "release", "officer", request=asked.id)
    job.stage.settle(job.accord)
    held = host.call(Held, "read", accord=job.accord, party=host.party, element=own.element)
    need(held.positions == {partner.party: "object"}, f"The positions held are {held.positions}.")
    need(host.call(Made, "own", element=own.element) == own, "The objection changed the host's own element.")
    second = job.add(scenario("A second case: the pilots stay ashore.", "Pilots ashore"))
    job.send(second)
    need(job.held(second).version == second.version, "What was released after the objection did not arrive.")
    return f"{partner.party} objects; nothing of {host.party}'s changed, and it released the next scenario with the objection standing."


def revise(job: Job) -> str:
    """The partner holds the new version, with the objection still beside it."""
    before = job.scenario.version
    after = job.revise_scenario("The strait is closed after a collision; mines are reported and not confirmed.").version
    need(after != before, "The version hash did not change with the content.")
    job.send(job.scenario)
    held = job.held(job.scenario)
    need(held.version == after and held.raw == job.shown.raw, "The partner does not hold the revised version.")
    need(held.positions == {job.partner.party: "object"}, "The objection to the earlier version was lost.")
    return f"Version {before[:8]} became {after[:8]} at both; the objection to the earlier one stays beside it."


def recall(job: Job) -> str:
    """The partner confirms, and the content is out of its store and its files."""
    host, partner = job.host, job.partner
    made = job.add(
        {"kind": "requirement", "title": "Escort", "serial": "1", "capability": "escort", "statement": _RECALLED}
    )
    entry = job.send(made)
    need(job.held(made).raw == job.shown.raw, "The partner never held it.")
    host.call(EntryRef, "recall", "head", accord=job.accord, element=made.element, reason="Released too early.")

    def confirmed() -> bool:
        view = host.seen(job.accord)
        found = [recalling.holders for recalling in view.recalls if recalling.element == made.element] if view else []
        return found == [{partner.party: "confirmed removed"}]

    job.stage.until("the partner confirms the recall", confirmed)
    slip = partner.call(SlipSeen, "slip", accord=job.accord, entry=entry)
    need(slip.cleared and not slip.held, "The partner confirmed the removal, and its store still holds the content.")
    partner.refused("read", accord=job.accord, party=host.party, element=made.element)
    # Where a reader of its database is in the way for a moment, the partner's store empties its log right after.
    job.stage.until("no file of the partner holds the recalled text", lambda: not job.files_at_partner(_RECALLED))
    return f"Recalled; {partner.party} confirmed, and the content is out of its store and its files. The entry's place in the record stays."


def node_down(job: Job) -> str:
    """With the partner's node down, the release waits and the failure is on record."""
    job.partner.call(object, "stop serving")
    job.revise_scenario("The strait reopens by day under escort.")
    job.send(job.scenario, arrives=False)
    errors = job.converse()
    need(errors and "down" in errors[0], f"The exchange should have failed and said why: {errors}.")
    logged = job.host.call(tuple[Logged, ...], "log", outcome="failed")
    need(any("nothing is lost" in line.sentence for line in logged), "The failure is not in the exchange log.")
    return f"{job.partner.party}'s node is stopped; the release waits, and the exchange log says: “{errors[0]}”"


def by_hand(job: Job) -> str:
    """The same bundle as a sealed file: a torn copy is refused, the whole one taken, its receipt carried back."""
    host, partner = job.host, job.partner
    there, back, torn = (job.folder / f"{name}.stafftalks" for name in ("there", "back", "torn"))
    host.call(int, "export", "head", accord=job.accord, to=[partner.party], file=str(there))
    torn.write_bytes(there.read_bytes()[:-40])
    damaged = partner.refused("import", "head", file=str(torn))
    need(partner.call(Carried, "import", "head", file=str(there)).entries > 0, "The bundle brought nothing.")
    need(job.held(job.scenario).raw == job.shown.raw, "What was carried by hand is not what the preview showed.")
    waited_for = job.sent.n if job.sent else 0
    need(job.cosigned() <= waited_for, "A receipt was there before it was carried back.")
    partner.call(int, "export", "head", accord=job.accord, to=[host.party], file=str(back))
    host.call(Carried, "import", "head", file=str(back))
    need(job.cosigned() > waited_for, "No receipt for what was carried came back.")
    return f"A torn copy is refused (“{damaged.sentence}”); the whole one is taken, and its receipt comes back the same way."


def node_up(job: Job) -> str:
    """Over HTTPS again, both hold the same."""
    job.partner.call(object, "start serving")
    errors = job.converse()
    need(not errors, f"The exchange still fails: {errors}.")
    mine, theirs = job.stage.settle(job.accord)
    need(mine == theirs, "The two headquarters see the accord differently.")
    counts = " and ".join(f"{size} entries of {party}" for party, size in theirs.sizes.items())
    return f"{job.partner.party}'s node answers again; both hold {counts}, and see the accord alike."


def withdraw(job: Job) -> str:
    """One leaves alone and at once; every realm is closed, and the other plans on."""
    host, partner = job.host, job.partner
    partner.call(
        EntryRef, "withdraw", "head", accord=job.accord, statement="The case has passed.", keeps="What was released, in our archive."
    )  # fmt: skip
    for view in job.stage.settle(job.accord):
        need(view.standing[partner.party] == "withdrawn", f"It stands as {view.standing[partner.party]}.")
        need(not view.open, f"Open after the withdrawal: {view.open}.")
    job.revise_scenario("After the withdrawal we plan on alone.")
    fault = host.refused("release", "officer", request=job.request(job.scenario, "scenarios").id)
    need(fault.rules == ("realm-closed",), f"It was refused by {fault.rules}: {fault.sentence}")
    return f"{partner.party} withdraws, alone and at once; every realm is closed, and {host.party} plans on at home."


def verify(job: Job) -> str:
    """Both records, at both headquarters: every hash and signature, and the other's cosignature on the last entry."""
    need(not job.converse(), "The last conversation failed.")
    found = [
        job.stage.until(f"{actor.party} holds every receipt", partial(_receipted, job, actor)) for actor in job.both
    ]
    for actor, reports in zip(job.both, found, strict=True):
        faulty = [report.sentence for report in reports if not report.sound]
        need(not faulty, f"At {actor.party}: {' '.join(faulty)}")
        need(len(reports) == 2, f"{actor.party} holds {len(reports)} records.")
    sizes = [{report.party: report.size for report in reports} for reports in found]
    need(sizes[0] == sizes[1], "The two headquarters hold records of different sizes.")
    told = " and ".join(f"{size} entries of {party}" for party, size in sizes[0].items())
    return f"Verified at both: every hash and signature of {told}, cosigned by the other to the last entry."


def _receipted(job: Job, actor: Actor) -> tuple[Verified, ...] | None:
    """What verification finds at `actor`, once all that it holds is cosigned by the other side or something is unsound."""
    reports = actor.call(tuple[Verified, ...], "verify", accord=job.accord)
    done = all(report.cosigned == report.size for report in reports) or not all(report.sound for report in reports)
    return reports if done else None
