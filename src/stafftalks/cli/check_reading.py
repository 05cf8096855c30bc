"""`stafftalks check list|result|budget`: what stands of private checks, what came out, and how much more is possible."""

from typing import Final

from stafftalks.accord.bodies import EntryRef
from stafftalks.cli import check_lines, names
from stafftalks.cli.calls import Call
from stafftalks.cli.check_lines import CheckOutcome
from stafftalks.cli.screen import when
from stafftalks.services import check_budgets, check_drops, check_results, checks
from stafftalks.services.checks import CheckView
from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import MisuseError

_SPOTS: Final = 3


def list_checks(call: Call, partner: str, *, waiting: bool) -> None:
    """Lists the checks, the newest first."""
    hq = call.hq()
    wanted = names.party(partner) if partner else ""
    found = [
        view
        for view in (checks.waiting(hq) if waiting else checks.history(hq))
        if wanted in ("", view.state.other(hq.party))
    ]
    lines = [check_lines.check_line(view) for view in found]
    if call.screen.as_json:
        call.screen.document(lines)
        return
    cells = [
        (line.check, line.state, line.proposer, line.partner, line.purpose[:60], line.mode, line.learns, line.next, when(line.at), when(line.expires))
        for line in lines
    ]  # fmt: skip
    columns = ("Check", "State", "Proposed by", "To", "Purpose", "Tells", "Told", "Next", "Proposed", "Until")
    call.screen.table(columns, cells, empty="There is no private check.")


def result(call: Call, check: str) -> None:
    """Says what came out of a check for us, and what was told to whom."""
    hq = call.hq()
    view = named(hq, check)
    found = check_results.result(hq, view.state.ref)
    page = CheckOutcome(
        names.spell(view.state.ref), view.state.state, view.state.terms.mode, found is not None, found.put_in if found else 0,
        tuple(check_lines.flagged_line(one) for one in found.flagged) if found else (), found.count if found else None,
        found.any if found else None, check_results.told(hq, view.state.ref), check_drops.said(hq, view),
    )  # fmt: skip
    if call.screen.as_json:
        call.screen.document(page)
    else:
        _draw(call, page, learns=view.state.learns(hq.party))


def budget(call: Call, partner: str, checks_a_week: int | None, hours: int | None, share: int | None) -> None:
    """Says how much checks with a partner may cost, and sets what is given."""
    hq = call.hq()
    chosen = [names.party(partner)] if partner else [row.party for row in hq.partners.partners()]
    if (checks_a_week, hours, share) != (None, None, None):
        if not partner:
            raise MisuseError("Say whose budget is set: name the partner.")
        row = check_budgets.budget(hq, chosen[0]).row
        check_budgets.set_budget(
            hq, call.person(), chosen[0],
            checks_a_week=row.checks_a_week if checks_a_week is None else checks_a_week,
            cooldown_s=row.cooldown_s if hours is None else hours * 3_600,
            share_percent=row.share_percent if share is None else share,
        )  # fmt: skip
    lines = [check_lines.budget_line(party, check_budgets.budget(hq, party), hq.clock.now()) for party in chosen]
    if call.screen.as_json:
        call.screen.document(lines)
        return
    cells = [
        (line.partner, f"{line.left} of {line.checks_a_week}", when(line.next_at) if line.next_at else "now", f"{line.cooldown_s // 3_600} h", f"{line.share_percent} %")
        for line in lines
    ]  # fmt: skip
    columns = ("Partner", "Left in seven days", "The next is possible", "Between two", "Share of keys at most")
    call.screen.table(columns, cells, empty="No partner is paired here.")


def named(hq: Headquarters, text: str) -> CheckView:
    """The check whose proposal is the entry that `text` names; raises MisuseError for none and for several."""
    spelt = text.strip()
    views = checks.history(hq)
    found = [view for view in views if _fits(view.state.ref, spelt)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise MisuseError(f"No private check here is called {text!r}: `stafftalks check list` lists them.")
    listed = "; ".join(f"{names.spell(view.state.ref)} {view.state.terms.purpose[:40]!r}" for view in found[:12])
    raise MisuseError(f"{text!r} fits several checks: {listed}. Give the epoch.")


def band(low: int | None, high: int | None) -> str:
    """Heights in words."""
    if low is None and high is None:
        return "at every height"
    if low is None:
        return f"up to {high:,} m"
    return f"from {low:,} m up" if high is None else f"{low:,} to {high:,} m"


def _fits(ref: EntryRef, text: str) -> bool:
    parts = text.upper().split("/", 1)[:1] + text.split("/")[1:]
    if len(parts) == 2:
        return parts[0] == ref.party and parts[1] == str(ref.n)
    return (
        len(parts) == 3
        and parts[0] == ref.party
        and bool(parts[1])
        and ref.epoch.startswith(parts[1])
        and parts[2] == str(ref.n)
    )


def _draw(call: Call, page: CheckOutcome, *, learns: bool) -> None:
    screen = call.screen
    if not page.known:
        screen.say(
            "By its terms we are not told what comes out."
            if not learns
            else f"Nothing has come out for us yet: the check is {page.state}."
        )
    elif page.mode == "which":
        screen.say(
            f"Of our activities {page.put_in} took part; a place and a time with something of theirs: {len(page.flagged)}."
        )
        rows = [
            (names.short(one.element), one.title + (" (revised since)" if one.revised else ""), "; ".join(
                f"{when(spot.start)} to {when(spot.end)} {spot.resource or spot.cell} {band(spot.low_m, spot.high_m) if spot.cell else ''}".strip() for spot in one.spots[:_SPOTS]
            ) + (f"; and {len(one.spots) - _SPOTS} more" if len(one.spots) > _SPOTS else ""))
            for one in page.flagged
        ]  # fmt: skip
        if rows:
            screen.table(("Element", "Activity", "Shared"), rows, empty="")
            screen.say("That is not yet a collision: cells are coarser than activities.")
    elif page.mode == "count":
        screen.say(f"{page.count:,} keys are held by both sides." if page.count is not None else "")
    else:
        screen.say("Something is shared." if page.any else "Nothing is shared.")
    screen.heading("What was told to whom")
    screen.say(*(f"- {sentence}" for sentence in page.told))
    if page.dropped:
        screen.say("", page.dropped)
