"""All rows of a sweep as a file: Parquet as it was reckoned, with marking and origin in its schema; CSV with the banner above, and cells that no spreadsheet takes for formulas."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _

from stafftalks.formats.writing import csv_lines
from stafftalks.services import labels
from stafftalks.services.ports import Headquarters
from stafftalks.services.run_problems import SweepAnswered
from stafftalks.services.run_rows import RunRow
from stafftalks.services.runs import Result
from stafftalks.values.banner import BESIDE, banners
from stafftalks.values.errors import MisuseError
from stafftalks.web import marking
from stafftalks.web.analyses import sweep

TYPES: Final[Mapping[str, str]] = {"parquet": "application/vnd.apache.parquet", "csv": "text/csv; charset=utf-8"}


def made(hq: Headquarters, row: RunRow, result: Result, form: str) -> bytes:
    """The file in this form, `parquet` or `csv`; raises MisuseError where the result is no sweep's."""
    answered = result.answered
    if not isinstance(answered, SweepAnswered):
        raise MisuseError("This result is not one of what-ifs: begin the run again.")
    if form == "parquet":
        return answered.result
    found = sweep.shown(result)
    banner = BESIDE.join(banners(labels.policies(hq), row.markings, marking.language())) or _("No marking was given")
    if row.basis.stays_home:
        banner = f"{banner}. {_('It stays home: something that is not released is in it.')}"
    cells = (["" if value is None else str(value) for value in each] for each in found.rows)
    lines = csv_lines([column.name for column in found.ready.columns], cells, banner)
    return "".join(lines).encode()
