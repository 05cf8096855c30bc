"""Writes what translators need: `python -m tests.web.make_messages`.

Labels of the planning room stand in types, where the message extractor does not look; they are written out into
`src/stafftalks/web/messages.py`, and then everything is gathered into `locale/` for every language there is.
"""

import os
import sys
from pathlib import Path

WEB = Path(__file__).parents[2] / "src" / "stafftalks" / "web"
LANGUAGES = ["en", "he", "ar"]
HEAD = '''"""The planning room's labels, help texts and choices, for the message extractor. Written by `python -m tests.web.make_messages`."""

from django.utils.translation import gettext_noop

# fmt: off
MESSAGES = (
'''


def planning_messages() -> list[str]:
    """Every message of the planning room that pages show, in order of the alphabet."""
    from stafftalks.analysis import sweep_coverage, sweep_options, sweep_risk, sweep_rows, sweep_schedule
    from stafftalks.analysis.sweep_points import AS_PLANNED, NOBODY
    from stafftalks.analysis.sweep_summary import GONE, THERE
    from stafftalks.formats.charts import words as chart_words
    from stafftalks.planning import forms, summary
    from stafftalks.planning.exercises import ITEMISED_SUM
    from stafftalks.planning.kinds import LABELS
    from stafftalks.planning.profiles import PROFILES
    from stafftalks.planning.talk import Stance
    from stafftalks.services import check_tells
    from stafftalks.values.person import Role

    words = {word for profile in PROFILES.values() for word in (profile.label, *profile.words.values())}
    swept = (sweep_coverage, sweep_options, sweep_risk, sweep_schedule)
    columns = {text for each in swept for column in each.COLUMNS for text in (column.name, column.says)}
    labels = {label for pair in LABELS.values() for label in pair}
    return sorted(
        {
            *forms.all_messages(),
            *labels,
            *summary.UNKNOWN_LABELS,
            ITEMISED_SUM,
            *map(str, Stance),
            *map(str, Role),
            *check_tells.MESSAGES,
            *chart_words.MESSAGES,
            *sweep_rows.MESSAGES,
            *columns,
            *(AS_PLANNED, NOBODY, GONE, THERE),
            *words,
        }
    )


def written() -> str:
    """The text of `messages.py`."""
    lines = [f"    gettext_noop({_quoted(message)}),\n" for message in planning_messages()]
    return HEAD + "".join(lines) + ")\n"


def _quoted(message: str) -> str:
    escaped = message.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def main() -> None:
    """Writes both."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    sys.path[:0] = [str(WEB.parents[1])]
    import django

    django.setup()
    from django.core.management import call_command

    (WEB / "messages.py").write_text(written())
    (WEB / "locale").mkdir(exist_ok=True)
    os.chdir(WEB)
    call_command("makemessages", locale=LANGUAGES, add_location="file", no_wrap=True, no_obsolete=True, verbosity=0)


if __name__ == "__main__":
    main()
