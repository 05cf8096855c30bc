"""The main job's analyses: a gap that the partner's offer closes, a schedule of both that cannot be, and what holds in every branch.

Each is of a contingency of its own, so that what the other steps release makes no difference to it.
"""

from typing import Final

from stafftalks.site.demo.job import Job, need
from stafftalks.site.demo.lines import Asked, CoverageSeen, Made, OptionsSeen, ScheduleSeen
from stafftalks.site.demo.stage import Actor

_CREWS: Final = "Waiting crews"
_QUAY: Final = "One quay"
_WRECK: Final = "Tanker aground"


def gap_closed(job: Job) -> str:
    """Both find the gap in what the partner needs; the host's offer closes it at both, and not before it is released."""
    host, partner = job.host, job.partner
    asked = _released(job, partner, {
        "kind": "requirement", "title": "Relief of waiting crews", "contingency": _CREWS, "serial": "T-8", "capability": "Sea lift of persons",
        "quantity": "300 persons", "window": "C+3 to C+14",
    })  # fmt: skip
    job.stage.settle(job.accord)
    for actor in job.both:
        found = _coverage(actor)
        need(found.states == {"Relief of waiting crews": "gap"}, f"{actor.party} finds {found.states} and no gap.")
        need(set(found.readers) == {host.party, partner.party}, f"It may be shown to {found.readers} alone.")
    offer = host.call(Made, "add", "planner", content={
        "kind": "option", "title": "A ferry for the crews", "contingency": _CREWS,
        "contributions": [{"what": "Ferry Alcyone", "party": host.party, "requirement": _ref(partner, asked), "quantity": "300 persons", "promise": "firm"}],
    })  # fmt: skip
    at_home, told = _coverage(host, private="yes"), _coverage(host)
    need(at_home.stays_home and "gap" not in at_home.states.values(), "At home the draft does not count as an offer.")
    need("gap" in told.states.values(), "A draft closes the gap in what may be shown.")
    _release(job, host, offer)
    job.stage.settle(job.accord)
    for actor in job.both:
        need(set(_coverage(actor).states.values()) == {"filled"}, f"At {actor.party} the offer does not close the gap.")
    return f"Both find that nobody meets what {partner.party} needs; the offer of {host.party} closes it at both, at home before its release and for the partner after."


def no_schedule(job: Job) -> str:
    """What both want over one quay cannot be done in time; the reasons are named, and with the first thing that would do it can."""
    host, partner = job.host, job.partner
    plan = _released(job, host, {
        "kind": "plan", "title": "One quay for both", "contingency": _QUAY, "phases": [{"id": "P1", "name": "Gathered", "end": "C+9"}],
    })  # fmt: skip
    _released(job, host, {
        "kind": "resource", "title": "Port Sable", "contingency": _QUAY, "sort": "port", "capacity": "400 t", "counted": "a day",
        "stretches": [{"window": "C+4 to C+5", "capacity": "0 t"}],
    })  # fmt: skip
    _released(job, host, _landing("Salvage gear", "48 h", "300 t", _ref(host, plan)))
    job.stage.settle(job.accord)
    for title, lasts in (("First tanker", "3 d"), ("Second tanker", "54 h")):
        _released(job, partner, _landing(title, lasts, "400 t", _ref(host, plan)))
    job.stage.settle(job.accord)
    found = host.call(ScheduleSeen, "analyse schedule", contingency=_QUAY)
    need(found.state == "infeasible", f"The schedule is {found.state}.")
    opening = "“One quay for both: Gathered” cannot close by C+9: “Port Sable” handles 400 t a day"
    need(found.why.startswith(opening), f"Why there is no schedule is told as: {found.why}")
    need(found.would_do and found.then in ("optimal", "feasible"), f"With what would do it is {found.then}.")
    return f"{found.why} What would do: {found.would_do[0]} Then it closes at {found.closes['One quay for both: Gathered']}."


def holds_in_every_branch(job: Job) -> str:
    """What leaves least short in the worst case is better there than what is best for any one branch."""
    host, partner = job.host, job.partner
    scenario = _released(job, host, {
        "kind": "scenario", "title": "Tanker aground", "contingency": _WRECK,
        "branches": [{"id": "B1", "title": "She holds", "likelihood": "likely"}, {"id": "B2", "title": "She breaks up", "likelihood": "unlikely"}],
    })  # fmt: skip
    about = {"kind": "requirement", "contingency": _WRECK, "window": "C+1 to C+12", "scenario": _ref(host, scenario)}
    tugs = _released(job, host, {
        **about, "title": "Tugs at the wreck", "serial": "1", "capability": "Towage", "quantity": "2 items", "branches": ["B1"],
    })  # fmt: skip
    booms = _released(job, host, {
        **about, "title": "Oil recovery", "serial": "2", "capability": "Oil recovery", "quantity": "2 items", "branches": ["B2"],
    })  # fmt: skip
    offers = {"kind": "option", "contingency": _WRECK, "scenario": _ref(host, scenario)}
    for actor, title, given in (
        (host, "Two tugs", (("Fleet tugs", tugs, "2 items"), ("Booms of the fleet", booms, "1 items"))),
        (partner, "Patrol vessels", (("Patrol vessels with booms", booms, "1 items"),)),
    ):
        rows = [
            {"what": what, "party": actor.party, "requirement": _ref(host, asked), "quantity": quantity}
            for what, asked, quantity in given
        ]
        job.stage.settle(job.accord)
        _released(job, actor, {**offers, "title": title, "contributions": rows})
    job.stage.settle(job.accord)
    found = host.call(OptionsSeen, "analyse options", contingency=_WRECK)
    need(found.proven, "It is not proven that nothing leaves less short.")
    least = min(found.singles.values())
    need(
        found.worst < least,
        f"In the worst case {found.worst:g} is short, and {least:g} with what is best for one branch.",
    )
    return f"{_listed(found.committed)} leave {found.worst:g} of what is needed short in the worst case; what is best for one branch alone leaves {least:g} or more."


def _landing(title: str, lasts: str, quantity: str, plan: str) -> dict[str, object]:
    """Something to be landed at the quay from C+1 on."""
    return {
        "kind": "activity",
        "title": title,
        "what": f"Land it: {title.lower()}",
        "contingency": _QUAY,
        "window": "from C+1",
        "duration": {"likeliest": lasts},
        "phase": "P1",
        "plan": plan,
        "resources": [{"name": "Port Sable", "quantity": quantity}],
    }


def _coverage(actor: Actor, private: str = "") -> CoverageSeen:
    return actor.call(CoverageSeen, "analyse coverage", contingency=_CREWS, private=private)


def _released(job: Job, actor: Actor, content: dict[str, object]) -> Made:
    """A new element of this headquarters, released to the other."""
    made = actor.call(Made, "add", "planner", content=content)
    _release(job, actor, made)
    return made


def _release(job: Job, actor: Actor, made: Made) -> None:
    to = [job.stage.other(actor.party).party]
    asked = actor.call(Asked, "request", "planner", accord=job.accord, element=made.element, realm="scenarios", to=to)
    actor.call(Asked, "release", "officer", request=asked.id)


def _ref(actor: Actor, made: Made) -> str:
    return f"{actor.party}/{made.element}"


def _listed(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
