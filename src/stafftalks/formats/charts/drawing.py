"""A chart on paper: drawn by vl-convert from the very specification that pages draw, and set by typst on a paper that bears its marking above and below.

No chart leaves without that. Nothing is loaded while it is drawn: a specification that names an address fails. Neither program reads a clock: when it was drawn is said by whoever asks.
"""

from collections.abc import Mapping, Sequence
from typing import Final, Literal, assert_never

import msgspec
import vl_convert

from stafftalks.formats import paper as papers
from stafftalks.formats import writing
from stafftalks.formats.charts.chart import Chart, turned
from stafftalks.formats.paper import Direction, Paper, Part
from stafftalks.values.errors import HostError

Form = Literal["png", "svg", "pdf", "csv"]
TYPES: Final[Mapping[Form, str]] = {
    "png": "image/png",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
}
"""What each form is called on the wire."""

_VEGA_LITE: Final = "6.4"
_PPI: Final = 192
_LISTED: Final = 12
_DAYS: Final = ("", "", "", "", "", "", "")


class Around(papers.Frame, frozen=True, kw_only=True):
    """What stands around a chart on paper, in the reader's words.

    `cover` says who may see it, when it was drawn and by whom; `versions` are the exact versions that it stands on, under `version_columns`; `months` are the
    short names of the months; `more` is the word for versions that a picture has no room for, with their number as `%(count)s`.
    """

    stands_on: str
    version_columns: tuple[str, ...]
    versions: tuple[tuple[str, ...], ...]
    table: str
    more: str
    months: tuple[str, ...] = ()


def file_of(form: Form, chart: Chart, around: Around) -> bytes:
    """The chart as a file; raises HostError where it cannot be drawn."""
    match form:
        case "csv":
            return "".join(writing.csv_lines(chart.columns, chart.rows, around.banner)).encode()
        case "pdf":
            return papers.pdf(_paper(chart, around))
        case "png":
            return papers.pictures(_picture(chart, around), _PPI)[0]
        case "svg":
            return papers.drawings(_picture(chart, around))[0]
        case _:
            assert_never(form)


def svg(chart: Chart, *, months: Sequence[str] = (), direction: Direction = "ltr") -> str:
    """The drawing alone: a part of a paper, never a file, as it bears no marking. Raises HostError where it cannot be drawn."""
    spec = {**(turned(chart).spec if direction == "rtl" else chart.spec), "background": "white"}
    try:
        drawn: str = vl_convert.vegalite_to_svg(
            spec, vl_version=_VEGA_LITE, allowed_base_urls=[], time_format_locale=_moments(months) if months else None
        )
    except ValueError as error:
        raise HostError(f"The chart “{chart.title}” could not be drawn: {str(error)[:300]}") from error
    return drawn


def _paper(chart: Chart, around: Around) -> Paper:
    """The chart, its table, and every version that it stands on."""
    parts = [
        _drawn(chart, around),
        Part(sort="text", text=chart.description),
        papers.heading(around.table),
        papers.table(chart.columns, chart.rows) if chart.rows else Part(sort="text", text="–"),
        papers.heading(around.stands_on),
        papers.table(around.version_columns, around.versions) if around.versions else Part(sort="text", text="–"),
    ]
    return _set(chart, around, parts)


def _picture(chart: Chart, around: Around) -> Paper:
    """The chart on one sheet, with the first of the versions that it stands on and how many there are."""
    listed = [" · ".join(filter(None, row)) for row in around.versions[:_LISTED]]
    left = len(around.versions) - len(listed)
    more = [around.more % {"count": left}] if left > 0 else []
    stands = Part(sort="facts", pairs=((around.stands_on, "\n".join([*listed, *more]) or "–"),))
    made = _set(chart, around, [_drawn(chart, around), Part(sort="text", text=chart.description), stands])
    return msgspec.structs.replace(made, single=True)


def _set(chart: Chart, around: Around, parts: Sequence[Part]) -> Paper:
    frame = {name: getattr(around, name) for name in papers.Frame.__struct_fields__}
    return Paper(title=chart.title, parts=tuple(parts), **frame)


def _drawn(chart: Chart, around: Around) -> Part:
    picture = svg(chart, months=around.months, direction=around.direction)
    return Part(sort="picture", text=chart.description, svg=picture)


def _moments(months: Sequence[str]) -> dict[str, object]:
    """How moments are spelt, with these names of months."""
    return {
        "dateTime": "%-d %b %Y, %H:%M", "date": "%-d %b %Y", "time": "%H:%M", "periods": ["AM", "PM"],
        "days": list(_DAYS), "shortDays": list(_DAYS), "months": list(months), "shortMonths": list(months),
    }  # fmt: skip
