"""`stafftalks check open|audit`: what the agreed auditor is given, and what he finds in it."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from stafftalks.cli import check_lines, inputs, names
from stafftalks.cli.calls import Call
from stafftalks.cli.check_lines import CheckAudit, CheckFault, CheckFiles
from stafftalks.cli.check_reading import named
from stafftalks.cli.failures import UnsoundError
from stafftalks.deconflict.private.work import Piece
from stafftalks.deconflict.private.work import run as run_piece
from stafftalks.services import check_audits, check_openings


def open_(call: Call, check: str, folder: str, *, plans: bool) -> None:
    """Writes our side of a check opened in full, and its transcript."""
    hq, by = call.hq(), call.person()
    ref = named(hq, check).state.ref
    stem = f"check-{ref.party}-{ref.epoch[:8]}-{ref.n}"
    made = {f"{stem}.{hq.party}.opening.json": check_openings.opening(hq, by, ref)}
    if plans:
        made[f"{stem}.{hq.party}.plans.json"] = check_openings.plans_file(hq, by, ref)
    for number, raw in enumerate(check_openings.transcript_files(hq, by, ref), 1):
        made[f"{stem}.transcript-{number}.json"] = raw
    written = []
    for name, raw in made.items():
        path = str(Path(folder) / name)
        with inputs.new_file(path) as file:
            file.write(raw)
        written.append(path)
    if call.screen.as_json:
        call.screen.document(CheckFiles(names.spell(ref), tuple(written)))
        return
    call.screen.say(*(f"Written: {path}" for path in written))
    call.screen.say(
        "Whoever reads the opening reads all activities that took part, in full: hand it to the auditor alone."
    )


def audit(call: Call, files: Sequence[str]) -> None:
    """Recomputes a check from its files."""
    read = {name: inputs.read_bytes(name, check_openings.MAX_FILE_BYTES) for name in files}
    with call.site.workers() as workers:

        def runner(pieces: Iterable[Piece]) -> Iterable[bytes]:
            return workers.run(run_piece, pieces)

        report = check_audits.audit(read, runner)
    page = CheckAudit(
        report.accord, names.spell(report.proposal), check_lines.terms_line(report.terms), tuple(report.opened), report.sound,
        tuple(CheckFault(one.party, one.about, one.title, one.sentence) for one in report.findings), report.checked, report.unchecked,
    )  # fmt: skip
    if call.screen.as_json:
        call.screen.document(page)
    else:
        call.screen.say(f"The check at {page.check}: {page.terms.purpose}")
        for heading, sentences in (("Looked at", page.checked), ("Could not be looked at", page.unchecked)):
            if sentences:
                call.screen.heading(heading)
                call.screen.say(*(f"- {sentence}" for sentence in sentences))
        if page.faults:
            call.screen.heading("Does not fit")
            call.screen.say(*(f"- {one.party}: {_of_title(one)}" for one in page.faults))
        else:
            call.screen.say("", "Everything that was looked at fits.")
    if not report.sound:
        raise UnsoundError("Something in this check does not fit; see what stands above.")


def _of_title(fault: CheckFault) -> str:
    return f"“{fault.title}”: {fault.sentence}" if fault.title else fault.sentence
