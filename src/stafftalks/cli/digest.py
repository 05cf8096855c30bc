"""`stafftalks digest`: the mail that counts what waits for people, for a scheduler to send, and how it last went."""

import msgspec
import typer

from stafftalks.cli.calls import calling
from stafftalks.values.errors import HostError

NAME = "digest"
app = typer.Typer(no_args_is_help=True, help="Mail that counts what waits for people who asked for it.")


class Posted(msgspec.Struct, frozen=True):
    """The JSON document of `digest send`: how many mails went, and a sentence for each that did not."""

    sent: int
    failures: tuple[str, ...]


class PostStatus(msgspec.Struct, frozen=True):
    """The JSON document of `digest status`: how mail stands, in sentences."""

    sentences: tuple[str, ...]


@app.command()
def send(ctx: typer.Context) -> None:
    """Sends the mails that are due now. Run it from a scheduler where `serve` does not run; nothing is ever sent twice for a day or week."""
    call = calling(ctx)
    call.open()
    sent, failures = call.site.send_digests(call.folder)
    if call.screen.as_json:
        call.screen.document(Posted(sent, failures))
    else:
        call.screen.say(f"Mails sent: {sent}.", *failures)
    if failures:
        raise HostError(f"Mails that could not be sent: {len(failures)}. Each is tried again later.")


@app.command()
def status(ctx: typer.Context) -> None:
    """Says whether mail is set up, who asked for it, and whose last one failed and why."""
    call = calling(ctx)
    call.open()
    lines = call.site.digest_status(call.folder)
    if call.screen.as_json:
        call.screen.document(PostStatus(lines))
    else:
        call.screen.say(*lines)
