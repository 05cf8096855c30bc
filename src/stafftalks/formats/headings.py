"""What the headings of other people's tables mean: each field's names in the terms of the field.

From statements of requirements, TPFDD extracts, ORBAT lists, ICS 213RR resource requests and plain tables. A heading is compared whole, without
case, marks and what stands in brackets. Source: STANDARDS of the design; names of columns only, no text of any standard.
"""

import re
import unicodedata
from functools import cache
from typing import Final

import msgspec

from stafftalks.planning.fields import FieldSpec, describe
from stafftalks.planning.kinds import KINDS
from stafftalks.planning.wording import join_labels

_SIMPLE: Final = frozenset(
    {"text", "integer", "floor", "ceiling", "quantity", "count", "choice", "moment", "instant", "grade", "likelihood"}
)
TALK: Final = frozenset(
    {"comment", "position", "suggestion", "adoption", "consent-request", "consent", "acknowledgement", "letter"}
)


class Target(msgspec.Struct, frozen=True):
    """A field that a column can fill: its dotted path, its label, its description, and the names its headings go by."""

    path: str
    label: str
    spec: FieldSpec
    names: frozenset[str]


_EVERYWHERE: Final = {
    "title": "title;name;subject;heading",
    "contingency": "contingency;case;event name;incident name",
    "marking.classification": "classification;marking;class;protective marking;security classification",
    "marking.policy": "policy;marking policy",
    "marking.caveats": "caveats;releasability;rel to;dissemination;handling",
}
_NAMES: Final[dict[str, dict[str, str]]] = {
    "activity": {
        "title": "activity name;activity title;event;serial and title",
        "what": "what;activity;task;action;what is done;work assignment;tactics",
        "function": "function;joint function;line of effort;loe;warfighting function;staff section",
        "description": "description;details;how;remarks;notes;special instructions",
        "footprint": "footprint;place;location;where;area;position;coordinates;lat lon;work location",
        "window": "window;when;dates;period;time window;operational period",
        "window.start": "start;begin;begins;from;start date;start time;start day;commences;dtg start;planned start",
        "window.end": "end;ends;finish;to;until;end date;end time;end day;stop;dtg end;planned finish;completed by",
        "phase": "phase;stage",
        "after": "after;predecessor;predecessors;depends on;preceded by",
        "forces": "forces;force;unit;units;who;assigned to;resources assigned;assets",
        "resources": "resources;resource;consumes;uses",
        "plan": "plan;oplan;conplan;plan identification number;pid",
        "duration.likeliest": "duration;likeliest duration;most likely;most likely duration;expected duration;estimated duration;lasts;length",
        "duration.shortest": "shortest;shortest duration;optimistic;optimistic duration;minimum duration;best case",
        "duration.longest": "longest;longest duration;pessimistic;pessimistic duration;maximum duration;worst case",
        "altitude.low_m": "altitude from;low;floor;minimum altitude;min alt;lower limit",
        "altitude.high_m": "altitude to;high;ceiling;maximum altitude;max alt;upper limit",
    },
    "force": {
        "title": "unit;unit name;force;designation;full name;resource name;unit title;name of unit",
        "short_name": "short name;abbreviation;abbr;short;short title;callsign;call sign",
        "sort": "sort;type;unit type;asset type;type of unit;resource type;utc description;branch",
        "sidc": "sidc;symbol;symbol code;symbol id;symbol identification code",
        "place": "place;location;station;home station;position;coordinates;current location;geoloc;origin",
        "command_state": "command;command relationship;command state;command status;cmd rel;subordination",
        "holdings": "counts;equipment;personnel and equipment;holdings;strength;equipment on hand",
        "capabilities": "capability;capabilities;capability code;capability codes;utc",
        "interfaces": "interfaces;interface;data links;links",
        "readiness.notice": "notice to move;ntm;notice;notice to effect;nte",
        "readiness.availability": "availability;available",
        "readiness.availability.start": "available from;from;available to load;ald;ead",
        "readiness.availability.end": "available until;until;available to;lad",
        "readiness.effectiveness": "effectiveness;combat effectiveness;readiness;readiness state;status;c rating",
    },
    "requirement": {
        "serial": "serial;uln;no;number;line;line number;request number;order;order number;item no;item number;req no;requirement number;"
        "requirement;cjsor serial;serial number",
        "title": "description;item;requirement title;unit description;resource requested",
        "capability": "capability;utc;capability code;resource;kind;type;unit type;resource kind;kind and type;capability required",
        "statement": "statement;detailed item description;details;detail;remarks;requirement statement;capability statement;"
        "detailed description;vital characteristics;notes",
        "quantity": "quantity;qty;pax;number required;strength;amount;how many;quantity required",
        "place": "place;location;destination;requested reporting location;reporting location;delivery location;where;delivery reporting location",
        "window": "window;when;period;dates",
        "window.start": "start;from;rdd;required delivery date;needed from;required from;required by;needed by;crd;"
        "arrival date and time;requested arrival;requested arrival date and time;date required",
        "window.end": "end;to;until;required until;needed until;release date",
        "command_state": "command state;command relationship;command status;toa;transfer of authority",
        "notice": "notice to move;ntm;notice",
        "priority": "priority;prio;urgency;precedence",
        "scenario": "scenario",
        "branches": "branches;branch",
    },
    "indicator": {
        "watched": "watched;indicator;what is watched;observable;what would be seen",
        "state": "state;status;observed",
        "last_checked": "last checked;checked;date checked;as of;last looked at",
        "source": "source;collector;who watches;asset;owner",
        "bears_on": "bears on;scenario;scenarios;linked to",
        "actions": "if observed;actions;action;response",
    },
    "report": {
        "said": "said;statement;text;report;content;message;summary",
        "citation": "citation;reference;source document;document;publication;link",
        "grade": "grade;rating;evaluation;admiralty;source grade",
        "root": "root;root source;origin;original source",
    },
}
_MARKS = re.compile(r"[\W_]+")
_BRACKETS = re.compile(r"[(\[{][^)\]}]*[)\]}]")


def kinds() -> tuple[str, ...]:
    """The kinds whose elements a table can bring in, those most often kept in tables first; letters give authority and are written one by one."""
    first = ("activity", "force", "requirement", "indicator", "report")
    return (*first, *(kind for kind in KINDS if kind not in first and kind not in TALK and kind != "letter"))


@cache
def targets(kind: str) -> tuple[Target, ...]:
    """The fields of `kind` that a column can fill, in the order of its form."""
    found: list[Target] = []
    _gather(kind, describe(kind).fields, "", "", found)
    return tuple(found)


@cache
def target(kind: str, path: str) -> Target | None:
    """The field at `path`, or None where no column can fill it."""
    return next((found for found in targets(kind) if found.path == path), None)


def folded(heading: str) -> str:
    """A heading as it is compared: compatible forms joined, no case, no marks, single spaces."""
    return _MARKS.sub(" ", unicodedata.normalize("NFKC", heading).casefold()).strip()


def knows(kind: str, heading: str) -> bool:
    """Whether `heading` is a name of some field of `kind`."""
    return any(spelling in found.names for found in targets(kind) for spelling in spellings(heading))


def spellings(heading: str) -> tuple[str, ...]:
    """The ways in which a heading is looked for: whole, then without what stands in brackets."""
    whole = folded(heading)
    bare = folded(_BRACKETS.sub(" ", heading))
    return (whole, bare) if bare and bare != whole else (whole,)


def _gather(kind: str, fields: tuple[FieldSpec, ...], prefix: str, outer: str, found: list[Target]) -> None:
    for field in fields:
        path, label = prefix + field.name, join_labels(outer, field.label)
        if field.widget == "rows":
            if all(inner.widget in _SIMPLE for inner in field.fields):
                found.append(_target(kind, path, label, field))
        elif field.fields:
            if field.widget == "window":
                found.append(_target(kind, path, label, field))
            _gather(kind, field.fields, f"{path}.", label, found)
        else:
            found.append(_target(kind, path, label, field))


def _target(kind: str, path: str, label: str, field: FieldSpec) -> Target:
    given = ";".join((_EVERYWHERE.get(path, ""), _NAMES.get(kind, {}).get(path, "")))
    names = {folded(name) for name in (*given.split(";"), label, path)} - {""}
    # A field's own short label, unless another field of the kind goes by it.
    others = {name for at, text in _NAMES.get(kind, {}).items() if at != path for name in map(folded, text.split(";"))}
    short = folded(field.label)
    return Target(path, label, field, frozenset(names | ({short} - others)))
