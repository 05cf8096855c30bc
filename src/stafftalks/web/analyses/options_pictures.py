"""The charts of a page of options: what is bought with what, and what each side brings."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stafftalks.formats.charts import contributions
from stafftalks.formats.charts import options as front
from stafftalks.formats.charts.chart import Chart
from stafftalks.services.run_problems import OptionsAnswered, OptionsFrozen
from stafftalks.web.analyses.options_lines import short, sure
from stafftalks.web.templatetags.stafftalks import tr


def charts(frozen: OptionsFrozen, answered: OptionsAnswered) -> tuple[Chart, ...]:
    """What can be drawn of an answer."""
    return (*_front(frozen, answered), *_bars(frozen, answered))


def _front(frozen: OptionsFrozen, answered: OptionsAnswered) -> Iterator[Chart]:
    """The front, with the mixes made for one branch beside it."""
    mixes = answered.front.options if answered.front else ()
    if not mixes:
        return
    shown = [
        front.Option(
            name=ngettext("%d force", "%d forces", len(each.committed)) % len(each.committed),
            forces=len(each.committed),
            worst=each.worst.value / frozen.whole,
            average=each.expected.value / frozen.whole,
            said_worst=short(frozen, each.worst.value),
            said_average=short(frozen, each.expected.value),
            sure=sure(frozen, each.worst),
        )
        for each in mixes
    ]
    shown += [
        front.Option(
            name=frozen.titles.get(each.scenario, each.scenario),
            forces=len(each.committed),
            worst=each.worst / frozen.whole,
            average=None,
            said_worst=short(frozen, each.worst),
            said_average="",
            sure=_("proven") if each.proven else _("not proven in its time"),
            alone=True,
        )
        for each in answered.singles
    ]
    yield front.front(shown, say=tr)


def _bars(frozen: OptionsFrozen, answered: OptionsAnswered) -> Iterator[Chart]:
    """What each side brings, where there are several."""
    shares = answered.sides.shares if answered.sides else ()
    if len(shares) > 1:
        yield contributions.bars(
            [
                contributions.Share(
                    name=each.name,
                    alone=each.alone / frozen.whole,
                    last=each.marginal / frozen.whole,
                    average=each.shapley / frozen.whole,
                    error=each.error / frozen.whole,
                    rank=each.rank,
                )
                for each in shares
            ],
            say=tr,
        )
