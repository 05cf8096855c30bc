"""`stafftalks digest`: the mail that counts what waits for people, for a scheduler to send, and how it last went."""

import typer

from stafftalks.cli.calls import calling
from stafftalks.cli.failures import UnsoundError

NAME = "digest"
app = typer.Typer(no_args_is_help=True, help="Mail that counts what waits for people who asked for it.")


@app.command()
def send(ctx: typer.Context) -> None:
    """Sends the mails that are due now. Run it from a scheduler where `serve` does not run; nothing is ever sent twice for a day or week."""
    call = calling(ctx)
    call.open()
    sent, failures = call.site.send_digests(call.folder)
    if call.screen.as_json:
        call.screen.document({"sent": sent, "failures": list(failures)})
    else:
        call.screen.say(f"Mails sent: {sent}.", *failures)
    if failures:
        raise UnsoundError(f"Mails that could not be sent: {len(failures)}. Each is tried again later.")


@app.command()
def status(ctx: typer.Context) -> None:
    """Says whether mail is set up, who asked for it, and whose last one failed and why."""
    call = calling(ctx)
    call.open()
    lines = call.site.digest_status(call.folder)
    if call.screen.as_json:
        call.screen.document(list(lines))
    else:
        call.screen.say(*lines)
