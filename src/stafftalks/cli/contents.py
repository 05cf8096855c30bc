"""Element contents from files and from `--set field=value`, each fault with the place where it was written."""

from collections.abc import Mapping, Sequence

from stafftalks.cli import inputs
from stafftalks.planning import forms
from stafftalks.planning.kinds import Content, kind_of
from stafftalks.values.errors import MisuseError, Refusal, RefusedError


def one(kind: str, file: str, settings: Sequence[str]) -> Content:
    """The content of `kind` that the file (none where empty) and the settings over it spell.

    The file may itself say `kind`; then it must be the same. Raises RefusedError with a sentence for each field that is wrong.
    """
    mapping = _mapping(file) if file else {}
    said = mapping.get("kind")
    if kind and said and said != kind:
        raise MisuseError(f"{file} holds a {said}, not a {kind}: leave --kind away, or take another file.")
    wanted = kind or said
    if not isinstance(wanted, str) or not wanted:
        raise MisuseError("Say what kind of element it is: --kind KIND, or `kind` in the file.")
    return _read(wanted, merged(mapping, nested(settings)), file or "--set")


def changed(content: Content, file: str, settings: Sequence[str]) -> Content:
    """`content` with the settings over it; with a file, the file's content with the settings over it."""
    kind = kind_of(content)
    if file:
        return one(kind, file, settings)
    flat = [f"{name}={text}" for name, text in forms.flatten(content).items() if text]
    return _read(kind, merged(nested(flat), nested(settings)), "--set")


def many(file: str) -> tuple[list[Content], list[Refusal]]:
    """The clean items of a file, in order, and a refusal for each thing wrong in the others, by item number and field."""
    items = inputs.read_data(file)
    if not isinstance(items, list):
        raise MisuseError(f"{file} must hold a list of elements, each with `kind` and its fields.")
    clean: list[Content] = []
    faults: list[Refusal] = []
    for number, item in enumerate(items, start=1):
        where = f"{file}, item {number}"
        if not isinstance(item, dict) or not isinstance(item.get("kind"), str):
            faults.append(Refusal("import", f"{where}: it needs `kind` and the fields of that kind."))
            continue
        try:
            clean.append(_read(item["kind"], item, f"{where} ({item['kind'][:20]})"))
        except RefusedError as error:
            faults += error.refusals
        except MisuseError as error:
            faults.append(Refusal("import", f"{where}: {error}"))
    return clean, faults


def nested(settings: Sequence[str]) -> dict[str, object]:
    """`window.start=C+3` and the like as a tree; a name given several times holds all its texts. Raises MisuseError for no `=`."""
    tree: dict[str, object] = {}
    for setting in settings:
        name, mark, text = setting.partition("=")
        parts = name.strip().split(".")
        if not mark or not all(parts):
            raise MisuseError(
                f"{setting[:60]!r} sets nothing: write FIELD=TEXT, as title=Storm surge, or window.start=C+3."
            )
        node = tree
        for part in parts[:-1]:
            below = node.setdefault(part, {})
            if not isinstance(below, dict):
                raise MisuseError(f"{name} cannot be set: {part} is given a text of its own as well.")
            node = below
        held = node.get(parts[-1])
        if isinstance(held, dict):
            raise MisuseError(f"{name} cannot be set: parts of it are set as well.")
        node[parts[-1]] = text if held is None else [*(held if isinstance(held, list) else [held]), text]
    return tree


def merged(below: Mapping[str, object], above: Mapping[str, object]) -> dict[str, object]:
    """Both trees in one; where both say something, `above` counts. Rows of a list are named by their number from 0."""
    result = dict(below)
    for name, value in above.items():
        under = result.get(name)
        if isinstance(under, list) and isinstance(value, dict):
            under = {str(index): row for index, row in enumerate(under)}
        result[name] = merged(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return result


def _mapping(file: str) -> dict[str, object]:
    data = inputs.read_data(file)
    if not isinstance(data, dict):
        raise MisuseError(f"{file} must hold one element: its fields by name. `element import` takes lists.")
    return data


def _read(kind: str, mapping: Mapping[str, object], where: str) -> Content:
    result = forms.parse_mapping(kind, mapping)
    if isinstance(result, forms.FormErrors):
        refusals = [
            Refusal(f"field {path}" if path else "element", f"{where}, {path or 'as a whole'}: {sentence}")
            for path, sentence in result.errors.items()
        ]
        raise RefusedError(*refusals)
    return result
