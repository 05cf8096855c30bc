"""`stafftalks label`: the marking policies that are known here, and labels as XML, read and written."""

from typing import Annotated, TypeAlias

import msgspec
import typer

from stafftalks.cli import inputs, names
from stafftalks.cli.calls import Call, calling
from stafftalks.cli.options import ElementArg
from stafftalks.cli.screen import when
from stafftalks.formats import binding_4778, labels_4774, spif
from stafftalks.formats.labels_4774 import ReadLabel
from stafftalks.services import elements, labels
from stafftalks.services.labels import Loaded
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import PolicyRow
from stafftalks.values.errors import MisuseError, Refusal
from stafftalks.values.label import Category, Label, LabelError
from stafftalks.values.policies import Policies
from stafftalks.values.policy import Policy, folded

NAME = "label"
app = typer.Typer(no_args_is_help=True, help="Marking policies, and confidentiality labels as XML.")

FileArg: TypeAlias = Annotated[str, typer.Argument(metavar="FILE", help="A file; - for standard input.")]
NameArg: TypeAlias = Annotated[str, typer.Argument(metavar="NAME", help="A policy's name, as it stands in markings.")]


class PolicyBrief(msgspec.Struct, frozen=True):
    """A policy that is known here. `kind` is spif, plain or built-in; the times and names of loading are empty for the last."""

    name: str
    kind: str
    uri: str
    classifications: tuple[str, ...]
    loaded_at: int
    loaded_by: str


class PolicyLoaded(msgspec.Struct, frozen=True):
    """A policy that was loaded: `notes` say what of its file is not used, `unread` how many of our elements it can no longer read."""

    policy: str
    notes: tuple[str, ...]
    unread: int


class RungLine(msgspec.Struct, frozen=True):
    """A classification: a higher `rank` is more narrow, `portion` its portion mark."""

    name: str
    rank: int
    portion: str
    obsolete: bool


class TagLine(msgspec.Struct, frozen=True):
    """A category: `type` as in labels, `takes` closed, parties or words besides the `values` listed, `absent` whom leaving it out permits."""

    name: str
    type: str
    takes: str
    absent: str
    values: tuple[str, ...]


class PolicyPage(msgspec.Struct, frozen=True):
    """What a policy allows."""

    policy: PolicyBrief
    classifications: tuple[RungLine, ...]
    categories: tuple[TagLine, ...]


class LabelPage(msgspec.Struct, frozen=True):
    """A label in XML as it was read: what is unusual in it, and under the policies known here its banner and portion mark, or what refuses it.

    `kind` says whose it is; `references` are the URIs that it is bound to, where it stood in a binding.
    """

    kind: str
    policy: str
    uri: str
    classification: str
    categories: tuple[Category, ...]
    privacy_mark: str
    originator: str
    created_at: str
    flags: tuple[str, ...]
    references: tuple[str, ...]
    banner: str
    portion_mark: str
    refusals: tuple[Refusal, ...]


class LabelWritten(msgspec.Struct, frozen=True):
    """The label of an element as XML; `file` is where it was written, empty where it was printed."""

    id: str
    version: str
    banner: str
    file: str
    xml: str


@app.command("policies")
def list_policies(ctx: typer.Context) -> None:
    """Lists the marking policies that are known here: loaded ones, then those that come with the product."""
    call = calling(ctx)
    hq = call.hq()
    lines = [_brief(policy, _row(hq, policy)) for policy in labels.policies(hq)]
    if call.screen.as_json:
        call.screen.document(lines)
        return
    rows = [
        (
            line.name,
            line.kind,
            ", ".join(line.classifications),
            when(line.loaded_at) if line.loaded_at else "-",
            line.loaded_by or "-",
        )
        for line in lines
    ]
    call.screen.table(("Policy", "Kind", "Classifications, low to high", "Loaded", "By"), rows, empty="None.")


@app.command()
def load(ctx: typer.Context, file: FileArg) -> None:
    """Loads a policy from an Open XML SPIF file (2.1 or 2.0), in place of one of its name; every fault of the file is told."""
    call = calling(ctx)
    loaded = labels.load_spif(call.hq(), call.person(), inputs.read_bytes(file, spif.MAX_BYTES))
    _say_loaded(call, loaded)


@app.command("add-plain")
def add_plain(ctx: typer.Context, name: NameArg) -> None:
    """Adds the plain policy under a name, as the code of a partner that marks by its words."""
    call = calling(ctx)
    _say_loaded(call, labels.add_plain(call.hq(), call.person(), name))


@app.command()
def remove(ctx: typer.Context, name: NameArg) -> None:
    """Takes a loaded policy out; refused while elements of ours are marked under it."""
    call = calling(ctx)
    hq = call.hq()
    labels.remove(hq, call.person(), name)
    if call.screen.as_json:
        call.screen.document([_brief(policy, _row(hq, policy)) for policy in labels.policies(hq)])
    else:
        call.screen.say(f"{name} is taken out. What is marked under it is marked under an unknown policy now.")


@app.command()
def show(ctx: typer.Context, name: NameArg) -> None:
    """Shows what a policy allows: its classifications, its categories and their values."""
    call = calling(ctx)
    hq = call.hq()
    known = labels.policies(hq)
    policy = known.get(name)
    if policy is None:
        raise MisuseError(f"There is no policy called {name} here: known are {', '.join(known.names)}.")
    page = _page(known, policy, _row(hq, policy))
    if call.screen.as_json:
        call.screen.document(page)
        return
    call.screen.say(f"Policy {policy.name}{f', {policy.uri}' if policy.uri else ''}, {page.policy.kind}.")
    rungs = [(one.name, one.portion, "obsolete" if one.obsolete else "") for one in page.classifications]
    call.screen.table(("Classification, low to high", "Portion mark", ""), rungs, empty="It has no classifications.")
    for tag in page.categories:
        call.screen.heading(f"{tag.name} ({tag.type.lower()})")
        besides = {"parties": "Also codes of parties.", "words": "Also any words."}.get(tag.takes, "")
        call.screen.say(" ".join(part for part in (", ".join(tag.values), besides) if part) or "No values.")


@app.command()
def read(ctx: typer.Context, file: FileArg) -> None:
    """Reads labels in XML, alone or in a binding: what each says, what is unusual in it, and what the policies here say of it."""
    call = calling(ctx)
    known = labels.policies(call.hq())
    raw = inputs.read_bytes(file, binding_4778.MAX_BYTES)
    pages = [_label(known, came, references) for came, references in _labels(raw)]
    refused = tuple(refusal for page in pages for refusal in page.refusals)
    if call.screen.as_json:
        call.screen.document(pages)
    for page in pages:
        call.screen.heading(page.banner or f"{page.policy or page.uri} {page.classification}")
        call.screen.say(
            *(f"{category.tag} ({category.type.lower()}): {', '.join(category.values)}" for category in page.categories)
        )
        if page.created_at:
            call.screen.say(f"Given {page.created_at}.")
        call.screen.say(*(f"Note: {flag}" for flag in page.flags))
        if page.portion_mark:
            call.screen.say(f"As a portion mark: ({page.portion_mark})")
    if not pages:
        call.screen.say("There is no label in it.")
    if refused:
        raise LabelError(*refused)


@app.command()
def write(
    ctx: typer.Context,
    element: ElementArg,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="A new file, instead of the screen.")
    ] = "",
    review_days: Annotated[
        int,
        typer.Option(
            "--review-days", min=0, max=36_500, help="After how many days it is to be reviewed; 0 for not said."
        ),
    ] = 0,
) -> None:
    """Writes the label of an own element as strict XML (ADatP-4774), given when that version was made."""
    call = calling(ctx)
    hq = call.hq()
    row = names.element(hq, element)
    known = labels.policies(hq)
    label = msgspec.structs.replace(known.read(elements.content(row).marking), originator=hq.party)
    review_at = row.revised_at + review_days * 86_400 if review_days else None
    raw = labels_4774.written(known.as_metadata(label), created_at=row.revised_at, review_at=review_at)
    if output:
        with inputs.new_file(output) as target:
            target.write(raw)
    if call.screen.as_json:
        call.screen.document(LabelWritten(row.id, row.version, known.banner(label), output, raw.decode()))
    elif output:
        call.screen.say(f"Wrote the label of {row.title!r}, {known.banner(label)}, to {output}. This released nothing.")
    else:
        call.screen.say(raw.decode())


def _labels(raw: bytes) -> tuple[tuple[ReadLabel, tuple[str, ...]], ...]:
    """The labels of a file, which is a binding or one label."""
    if binding_4778.NAMESPACE.encode() in raw:
        return binding_4778.bound(raw)
    return ((labels_4774.read(raw), ()),)


def _label(known: Policies, came: ReadLabel, references: tuple[str, ...]) -> LabelPage:
    label, refusals = came.label, tuple[Refusal, ...]()
    banner = mark = ""
    try:
        label = known.checked(came.label)
        banner, mark = known.banner(label), known.portion_mark(label)
    except LabelError as error:
        refusals = error.refusals
    return LabelPage(
        came.kind.value, label.policy, label.uri, label.classification, label.categories, label.privacy_mark,
        label.originator, label.created_at, came.flags, references, banner, mark, refusals,
    )  # fmt: skip


def _page(known: Policies, policy: Policy, row: PolicyRow | None) -> PolicyPage:
    rungs = tuple(
        RungLine(
            one.name, one.rank, known.portion_mark(Label(policy=policy.name, classification=one.name)), one.obsolete
        )
        for one in sorted(policy.classifications, key=lambda one: one.rank)
    )
    tags = tuple(
        TagLine(
            tag.name, tag.type.value, tag.opening.value, tag.absent.value, tuple(value.name for value in tag.values)
        )
        for tag in policy.tags
    )
    return PolicyPage(_brief(policy, row), rungs, tags)


def _brief(policy: Policy, row: PolicyRow | None) -> PolicyBrief:
    rungs = tuple(one.name for one in sorted(policy.classifications, key=lambda one: one.rank))
    if row is None:
        return PolicyBrief(policy.name, "built-in", policy.uri, rungs, 0, "")
    return PolicyBrief(policy.name, row.kind, policy.uri, rungs, row.loaded_at, row.loaded_by)


def _row(hq: Headquarters, policy: Policy) -> PolicyRow | None:
    return next((row for row in hq.labels.policies() if folded(row.name) == folded(policy.name)), None)


def _say_loaded(call: Call, loaded: Loaded) -> None:
    if call.screen.as_json:
        call.screen.document(PolicyLoaded(loaded.policy.name, loaded.notes, loaded.unread))
        return
    call.screen.say(f"{loaded.policy.name} is loaded.", *(f"Note: {note}" for note in loaded.notes))
    if loaded.unread:
        call.screen.say(
            f"{loaded.unread:,} of our elements can no longer be read under it, and cannot leave until they are marked otherwise."
        )
