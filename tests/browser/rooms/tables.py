"""Tables in every state of being brought in, and papers to be printed."""

from django.urls import reverse

from stafftalks.services import elements, table_steps, tables
from stafftalks.services.table_rows import TableRow
from stafftalks.web.views.tables import TABLES
from tests.browser.pages import Page
from tests.fakes import PLANNER
from tests.web.world import PLAN, World, content

HEADINGS = "Serial\tActivity\tStart\tEnd\tFunction\tLocation\tRemarks\tCost centre"
NAMES = ("waiting", "faulty", "ready", "at-work", "stopped", "done", "failed")


def lines(count: int, *, bad: tuple[int, ...] = ()) -> str:
    """A table of activities as it is copied from a spreadsheet; the rows in `bad` cannot be read."""
    rows = [
        f"{n}\tEscort of convoy {n}\t{'C+x' if n in bad else f'C+{n % 20}'}\tC+{n % 20 + 2}\tProtection\t36.{n % 90:02d}, 34.64\t"
        f"Two escorts through the northern lane\t4711"
        for n in range(1, count + 1)
    ]
    return "\n".join([HEADINGS, *rows])


def given(world: World, name: str, text: str, *, check: bool = True) -> TableRow:
    """A table as it stands once it was read, and checked where `check`."""
    row = tables.take(world.hq, TABLES, PLANNER, text.encode(), kind="activity", name=name)
    table_steps.work(world.hq, TABLES, row.id, PLANNER)
    if check:
        tables.start_check(world.hq, TABLES, PLANNER, row.id)
        table_steps.work(world.hq, TABLES, row.id, PLANNER)
    return row


def prepare(world: World) -> None:
    """A plan with activities, and a table in each state."""
    if TABLES.of(PLANNER.username):
        return
    plan = elements.add(world.hq, PLANNER, content("plan", **{**PLAN, "title": "Escort, for printing", **_MORE}))
    for n in range(12):
        activity = content(
            "activity", title=f"Convoy {n + 1}", what="Escort through the northern lane", window=f"C+{n} to C+{n + 1}",
            phase="P1" if n < 3 else "P2", function="Protection", plan=f"{world.hq.party}/{plan.id}", footprint="36.85, 34.64",
        )  # fmt: skip
        elements.add(world.hq, PLANNER, activity)
    given(world, "waiting", lines(40), check=False)
    given(world, "faulty", lines(200, bad=(3, 77, 150)) + "\n201\tConvoy 1\tC+1\tC+2\t\t\t\t")
    given(world, "ready", lines(30))
    for name in ("at-work", "stopped", "done"):
        row = given(world, name, lines(1_200 if name == "at-work" else 20).replace("Escort", f"Escort ({name})"))
        tables.start_bringing(world.hq, TABLES, PLANNER, row.id, which="all", existing="skip")
        if name == "stopped":
            tables.stop(world.hq, TABLES, PLANNER, row.id)
        if name == "done":
            table_steps.work(world.hq, TABLES, row.id, PLANNER)
    failed = tables.take(world.hq, TABLES, PLANNER, b"PK\x03\x04", kind="activity", name="failed")
    table_steps.work(world.hq, TABLES, failed.id, PLANNER)


def pages(world: World) -> list[Page]:
    """Every step of bringing in, and what is printed."""
    rows = {row.name: row for row in TABLES.of(PLANNER.username)}
    found = [Page("tables", reverse("tables"), PLANNER)]
    found += [Page(f"table-{name}", reverse("table", args=[rows[name].id]), PLANNER) for name in NAMES if name in rows]
    _total, plans = elements.find(world.hq, kind="plan", text="for printing")
    for row in plans[:1]:
        found.append(Page("print-plan", reverse("print-view", args=[world.hq.party, row.id]), PLANNER))
    for row in world.theirs[:1]:
        found.append(Page("print-theirs", reverse("print-view", args=["XTV", row.id]), PLANNER))
    return found


_MORE = {
    "marking": {"policy": "XMR", "classification": "RESTRICTED", "caveats": "REL TO XMR, XTV"},
    "paragraphs": {
        "situation": {
            "general": "The coastal state has closed the northern lane to tankers.\n\nמצב כללי: המעבר סגור למכליות מאז C-3.",
            "opposing": "Fast craft from Mersel.\n\nزوارق سريعة من مرسيل.",
        },
        "mission": "From C+3, escort two convoys a day through the northern lane until it is open to all.",
        "execution": {"concept": "Assemble, then escort.", "tasks": "3rd Squadron escorts."},
    },
    "organisation": [
        {"id": "T1", "name": "Escort group", "command_state": "OPCON"},
        {"id": "T2", "name": "3rd Squadron", "under": "T1", "command_state": "TACON"},
    ],
    "decision_points": [{"id": "DP1", "decision": "Stop the convoys?", "authority": "Commander", "ltiov": "C+2"}],
    "assumptions": [{"id": "A1", "text": "The port of Mersel stays usable.", "validate_by": "C-1"}],
    "annexes": [
        {"letter": "A", "title": "Task Organization", "state": "included", "text": "As in the table above."},
        {"letter": "R", "title": "Reports"},
        {"letter": "Z", "title": "Distribution", "state": "to follow"},
    ],
}
