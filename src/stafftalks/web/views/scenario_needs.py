"""What needs looking after in a scenario, most pressing first: each a sentence and the place on the page where it is dealt with."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stafftalks.planning.intelligence import IndicatorState
from stafftalks.planning.talk import Suggestion
from stafftalks.planning.wording import shortened
from stafftalks.services.scenario_talk import Said, Standings
from stafftalks.services.scenarios import Room
from stafftalks.values.ids import PartyId
from stafftalks.web.templatetags.stafftalks import tr
from stafftalks.web.views import scenario_lines
from stafftalks.web.views.scenario_lines import Topic


class Need(msgspec.Struct, frozen=True):
    """One thing that wants looking after, how pressing (`bad`, `wait`, `yes`), and where on the page."""

    sort: str
    sentence: str
    href: str

    @property
    def at_home(self) -> bool:
        """Whether it is a place on the room's own first page."""
        return self.href.startswith("#")


def needs(
    room: Room, said: Sequence[Said], stands: Sequence[Standings], found: Mapping[str, Topic], me: PartyId
) -> tuple[Need, ...]:
    """What wants looking after here, most pressing first."""
    listed = [*_of_assumptions(room), *_of_indicators(room), *_of_talk(room, said), *_of_standings(room, stands, me)]
    apart = [topic for topic in scenario_lines.divided(found) if topic.spread.sort == "apart"]
    if apart:
        what = f"{apart[0].branch} “{apart[0].title}”" if apart[0].branch else _("the scenario as a whole")
        sentence = _("Judgements differ most on %(what)s: %(words)s.") % {"what": what, "words": apart[0].words}
        listed.append(Need("wait", sentence, "#judgements"))
    unknown = sorted({scenario_lines.anchor_of(due) for due in room.assumptions if due.standing == "undated"} - {""})
    if unknown:
        sentence = ngettext(
            "The date of %(anchors)s is not set here, so what is due by it cannot be told.",
            "The dates of %(anchors)s are not set here, so what is due by them cannot be told.",
            len(unknown),
        )
        query = urlencode({"anchor": unknown[0], "contingency": room.piece.contingency})
        new = f"{reverse('element-new', args=['anchor'])}?{query}"
        listed.append(Need("wait", sentence % {"anchors": ", ".join(unknown)}, new))
    return tuple(sorted(listed, key=lambda need: need.sort != "bad"))


def _of_assumptions(room: Room) -> Iterator[Need]:
    titles = {branch.id: (at, branch.title) for at, branch in enumerate(room.scenario.branches)}
    for due in room.assumptions:
        named = {"id": due.assumption.id, "text": due.assumption.text, "words": scenario_lines.due_words(due)}
        if due.standing == "invalid" and due.assumption.triggers in titles:
            at, title = titles[due.assumption.triggers]
            sentence = _("%(id)s is invalid (%(text)s): it leads to branch %(branch)s, “%(title)s”.")
            yield Need(
                "bad", sentence % {**named, "branch": due.assumption.triggers, "title": title}, f"#branches-{at}"
            )
        elif due.standing == "overdue":
            yield Need("bad", _("%(id)s %(words)s: %(text)s") % named, f"#assumptions-{due.row}")
        elif due.standing == "soon":
            yield Need("wait", _("%(id)s is %(words)s: %(text)s") % named, f"#assumptions-{due.row}")


def _of_indicators(room: Room) -> Iterator[Need]:
    for one in room.indicators:
        if one.standing.state is IndicatorState.OBSERVED:
            yield Need("bad", _("Observed: %(title)s") % {"title": one.piece.title}, f"#i-{one.piece.element}")
    never = [one for one in room.indicators if one.standing.never and one.piece.own]
    if never:
        sentence = ngettext(
            "%(count)d indicator has never been checked.", "%(count)d indicators have never been checked.", len(never)
        )
        yield Need("wait", sentence % {"count": len(never)}, f"#i-{never[0].piece.element}")


def _of_talk(room: Room, said: Sequence[Said]) -> Iterator[Need]:
    if not room.piece.own:
        return
    for one in said:
        if (
            isinstance(one.content, Suggestion)
            and one.state == "waiting"
            and one.piece.party != room.piece.party
            and not one.replies
        ):
            named = {"party": one.piece.party, "place": _place(one), "text": shortened(str(one.content.proposed))}
            sentence = _("%(party)s suggests a change to %(place)s: “%(text)s”") % named
            yield Need("wait", sentence, f"#said-{one.piece.element}")


def _of_standings(room: Room, stands: Sequence[Standings], me: PartyId) -> Iterator[Need]:
    """What we have said of a version that no longer stands."""
    for one in stands:
        where = [one.accord, room.piece.party, room.piece.element]
        mine = next(stand for stand in one.stands if stand.party == me)
        if mine.position is not None and not mine.position.current:
            sentence = _("Our position is about an older version: say whether it still holds.")
            yield Need("wait", sentence, reverse("talk-reply", args=[*where, "position"]))
        if mine.adoption is not None and not mine.adoption.current:
            sentence = _("We have adopted an older version: read what changed, then adopt this one or leave it.")
            yield Need("wait", sentence, reverse("talk-reply", args=[*where, "adoption"]))


def _place(one: Said) -> str:
    """The part a remark is about, in a few words."""
    if one.place is None:
        return one.field
    return ", ".join(part for part in (one.place.row or tr(one.place.label), tr(one.place.field)) if part)
