"""The whole main job over real HTTPS between two processes, one line a step, each step looking at what really came about.

A step that finds anything else than it should says so and ends the job: the later steps build on it.
"""

import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from stafftalks.cli.site_port import DemoLine
from stafftalks.site.demo import job_analyses, job_checks, job_terms, job_texts
from stafftalks.site.demo.job import Job
from stafftalks.site.demo.stage import ACTOR, set_stage
from stafftalks.values.errors import StafftalksError

Step = Callable[[Job], str]
STEPS: Final[tuple[tuple[str, Step], ...]] = (
    ("Two headquarters", job_terms.two_headquarters),
    ("Pair", job_terms.pair),
    ("No consent clause", job_terms.consent_refused),
    ("Propose", job_terms.propose),
    ("Ask", job_terms.ask),
    ("Answer", job_terms.answer),
    ("Accept fewer realms", job_terms.accept_fewer),
    ("Letters", job_terms.letters),
    ("Closed realm", job_terms.closed_realm),
    ("Two persons", job_terms.two_persons),
    ("Release and read", job_texts.release),
    ("Drafts stay home", job_texts.private_stays),
    ("Object, and go on", job_texts.go_on_regardless),
    ("Revise", job_texts.revise),
    ("Recall", job_texts.recall),
    ("A gap closed", job_analyses.gap_closed),
    ("No schedule, and why", job_analyses.no_schedule),
    ("Holds in every branch", job_analyses.holds_in_every_branch),
    ("Private check", job_checks.private_check),
    ("Node down", job_texts.node_down),
    ("Carried by hand", job_texts.by_hand),
    ("Node up", job_texts.node_up),
    ("Withdraw", job_texts.withdraw),
    ("Verify", job_texts.verify),
)
"""Each step's name, and what does it: it says in a sentence what it found, or raises StafftalksError."""


def run(folder: Path, tell: Callable[[DemoLine], None], actor: Iterable[str] = ACTOR) -> bool:
    """Whether every step of the main job, in two new headquarters in `folder`, did what it should; tells a line for each.

    `actor` is how Python is told to be an actor.
    """
    name = "Start"
    number = 0
    try:
        with set_stage(folder, secrets.token_urlsafe(16), actor) as stage:
            job = Job(stage, folder)
            for number, (name, step) in enumerate(STEPS, start=1):
                tell(DemoLine(f"{name}: {step(job)}", number, ok=True))
    except StafftalksError as error:
        tell(DemoLine(f"{name}: {error}", max(number, 1), ok=False))
        rest = len(STEPS) - max(number, 1)
        if rest:
            tell(DemoLine(f"The {rest} steps after it build on it and were not run."))
        return False
    tell(DemoLine(f"All {len(STEPS)} steps did what they should, over HTTPS between two processes."))
    return True
