"""Writes the vectors of element bytes and version hashes: `python -m tests.planning.make_vectors`."""

import json
from typing import Any

from stafftalks.planning import forms
from stafftalks.planning.element import Element, encode, version_hash
from stafftalks.planning.kinds import KINDS
from tests.planning.cast import A_VERSION, AN_ID, VECTORS

_REF = f"XMR/{AN_ID}"
_EXACT = f"{_REF}/{A_VERSION}"
CASES: dict[str, dict[str, Any]] = {
    "report": {
        "title": "Proposal made",
        "said": "A proposal for joint planning was made.",
        "hops": [
            {
                "actor": "Meridian officials",
                "relation": "stated",
                "to": "The Gazette",
                "at": "2023-05-17",
                "grade": "B2",
            },
            {"actor": "The Gazette", "relation": "reported", "medium": "in print"},
        ],
        "grade": "C3",
    },
    "assessment": {
        "title": "Strait",
        "question": "Will the strait be closed?",
        "judgement": "Not before winter.",
        "likelihood": "unlikely",
        "confidence": "moderate",
        "reports": [_REF],
    },
    "indicator": {
        "title": "Tugs",
        "watched": "Tugs leave the inner harbour.",
        "state": "observed",
        "last_checked": "D-2",
    },
    "scenario": {
        "title": "Strait closed",
        "contingency": "Strait",
        "narrative": "The strait is closed to traffic.\n\nNobody says by whom.",
        "area": "Narrows @ circle 36.85, 34.64 radius 5 km",
        "window": "C+3 to C+10",
        "branches": [
            {"id": "B1", "title": "Reopened", "likelihood": "35-40 %"},
            {"id": "B2", "title": "Mined", "after": "B1", "sort": "sequel", "condition": "A ship is hit."},
        ],
        "assumptions": [{"text": "Pilots stay.", "owner": "Port captain", "validate_by": "D-10", "triggers": "B2"}],
        "marking": {"policy": "NATO", "classification": "SECRET", "caveats": ["REL TO XMR, XTV"]},
    },
    "requirement": {
        "title": "Tankers",
        "serial": "R-7",
        "capability": "Air refuelling",
        "quantity": "4 items",
        "window": "from C+3",
        "command_state": "TACON",
        "notice": "72 h",
        "priority": 1,
    },
    "plan": {
        "title": "Open the strait",
        "detail_level": "CONPLAN",
        "scenarios": [{"scenario": _REF, "branches": ["B2"]}],
        "paragraphs": {"mission": "Open the strait by C+10.", "execution": {"concept": "Sweep, then escort."}},
        "phases": [{"id": "P1", "name": "Sweep", "start": "C+3", "end": "C+7"}],
        "decision_points": [{"decision": "Escort or wait", "authority": "Commander", "ltiov": "D+1/H+6"}],
        "annexes": [{"letter": "B", "title": "Intelligence", "state": "included"}, {"letter": "R", "title": "Reports"}],
    },
    "activity": {
        "title": "Sweep the narrows",
        "what": "Mine clearance",
        "footprint": "corridor 36.85, 34.64; 36.9, 34.7 half-width 2000 m",
        "altitude": {"high_m": 300},
        "window": "C+3 to C+7",
        "after": [_REF],
        "resources": [{"name": "Marine diesel", "quantity": "300.5 t"}],
    },
    "activity, in several ways": {
        "title": "Bring in the sweepers",
        "what": "Move",
        "window": "C+1 to C+9",
        "duration": {"shortest": "36 h", "likeliest": "2 d", "longest": "3.5 d"},
        "waits": [{"after": _REF, "lag": "12 h"}],
        "modes": [
            {
                "name": "by sea",
                "party": "XTV",
                "duration": {"likeliest": "5 d"},
                "resources": [{"name": "Quay 2", "quantity": "1 items"}],
                "forces": [_REF],
            },
            {"name": "by air"},
        ],
    },
    "force": {
        "title": "2nd Minesweeper Squadron",
        "sidc": "10031000001211000000",
        "holdings": [{"item": "Minesweeper", "on_hand": 5, "required": 6}],
        "interfaces": ["Link 16"],
        "readiness": {"notice": "5 d", "effectiveness": "AMBER"},
    },
    "resource": {
        "title": "Ramp 3",
        "sort": "airfield",
        "capacity": "12 items",
        "place": "36.85, 34.64",
        "held_by": "Port captain",
    },
    "resource, with other capacity at times": {
        "title": "Quay 2",
        "capacity": "2 items",
        "stretches": [{"window": "C+3 to C+5", "capacity": "0 items"}, {"window": "from C+9", "capacity": "3 items"}],
    },
    "option": {
        "title": "Sweep first",
        "summary": "Sweep the narrows, then escort.",
        "scenario": _REF,
        "validity": {"suitable": {"verdict": "passes", "rationale": "It opens the strait."}},
        "criteria": [{"criterion": "Speed", "weight": 3, "score": 7, "rationale": "Five days."}],
        "contributions": [{"what": "Sweepers", "party": "XMR", "quantity": "4 items", "promise": "conditional"}],
        "open_decisions": [{"id": "OD1", "decision": "Who escorts", "by": "C+2"}],
        "advantages": ["Fewer ships at risk"],
    },
    "anchor": {"title": "C-day", "anchor": "C", "at": "2027-05-04", "plan": _REF},
    "engagement": {
        "title": "Visit of the deputy head",
        "at": "2023-01-19",
        "attendees": [{"name": "Brig H. Oduya", "party": "XTV", "capacity": "head of delegation"}],
        "raised": [{"topic": "Scope", "by": "Torvia", "said": "Does it reach operations?", "response": "Not yet."}],
    },
    "minutes": {
        "title": "Second session",
        "series": "Strait",
        "session": "2",
        "agenda": [
            {
                "id": "1",
                "item": "Ports",
                "positions": [{"party": "XMR", "position": "Two ports.", "reservation": "Berths to be checked."}],
                "agreed_minute": "Both sides will compare lists.",
                "actions": [{"what": "Send the list", "owner": "XMR", "due": "C+3"}],
            }
        ],
    },
    "exercise": {
        "title": "Clear Water",
        "stage": "2 planning",
        "days": 4,
        "participants": [
            {
                "party": "Meridia",
                "personnel": "about 6400",
                "groups": [{"what": "aircraft", "stated_total": 100, "itemised": [{"item": "Bomber", "count": 55}]}],
            }
        ],
    },
    "comment": {"about": _EXACT, "text": "Which pilots?"},
    "position": {"about": _EXACT, "stance": "concern", "statement": "Too early."},
    "suggestion": {"about": _EXACT, "field": "branches.0.title", "proposed": "Opened again"},
    "adoption": {"about": _EXACT},
    "consent-request": {
        "about": _EXACT,
        "recipient": "XPA",
        "portions": [A_VERSION],
        "until": "2027-05-04",
        "purpose": "For the relief plan.",
    },
    "consent": {
        "about": _EXACT,
        "source": _EXACT,
        "recipient": "XPA",
        "verdict": "granted",
        "until": "2027-05-04",
        "origins": [
            {"source": _EXACT, "parts": ["branches.B1"], "marking": {"policy": "XTV", "classification": "SECRET"}}
        ],
    },
    "acknowledgement": {"about": _EXACT, "readers": 4},
    "letter": {
        "title": "To Torvia",
        "partner": "XTV",
        "ceilings": [{"policy": "XMR", "classification": "RESTRICTED", "categories": ["REL TO XMR, XTV"]}],
        "realms": ["scenarios"],
        "kinds": ["all"],
        "kinds_refused": ["force"],
        "contingencies": ["Strait"],
        "detail": {"positions": "cell", "cell": 5, "counts": "rounded", "round_to": 10, "times": "day"},
        "methods": ["https"],
        "deciders": ["all"],
        "valid_until": "2027-12-31",
    },
}


def content_of(case: str) -> Any:
    """The example content of a case, named as its kind or with words after a comma, read as an import would read it."""
    content = forms.parse_mapping(case.partition(",")[0], CASES[case])
    assert not isinstance(content, forms.FormErrors), content.errors
    return content


def vectors() -> list[dict[str, str]]:
    """Kind, bytes and version of one element of every kind, then of more cases of some."""
    elements = [Element(AN_ID, content_of(case)) for case in (*KINDS, *(case for case in CASES if case not in KINDS))]
    return [
        {"kind": element.kind, "bytes": encode(element).decode(), "version": version_hash(element)}
        for element in elements
    ]


if __name__ == "__main__":
    VECTORS.mkdir(parents=True, exist_ok=True)
    (VECTORS / "elements.json").write_text(json.dumps(vectors(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
