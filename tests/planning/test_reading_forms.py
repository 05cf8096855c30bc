"""Forms: made from the types, read without losing anything, and filled so that they read back alike."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.planning import forms, kinds
from stafftalks.planning.exercises import Exercise
from stafftalks.planning.forms import FormErrors
from stafftalks.planning.plain import to_plain
from stafftalks.planning.reading import Faults, read_content
from stafftalks.planning.scenarios import Scenario
from stafftalks.planning.summary import sections
from stafftalks.values.errors import MisuseError
from stafftalks.values.relative_time import RelativeTime, Window
from tests.planning.cast import AN_ID, SHARED, contents

WIDGETS = {
    "text", "longtext", "lines", "integer", "floor", "ceiling", "boolean", "choice", "moment", "instant", "place", "quantity", "count", "likelihood",
    "grade", "ref", "exactref", "refs", "window", "marking", "group", "paragraphs", "rows",
}  # fmt: skip


def every_field(fields):
    for field in fields:
        yield field
        yield from every_field(field.fields)


def submitted(content):
    return {name: [text] for name, text in forms.flatten(content).items()}


@given(contents())
def test_a_filled_form_reads_back_as_the_content_it_was_filled_from(content):
    assert forms.parse(kinds.kind_of(content), submitted(content)) == content


@given(contents())
def test_line_ends_as_browsers_send_them_change_nothing(content):
    sent = {name: [text.replace("\n", "\r\n")] for name, [text] in submitted(content).items()}
    assert forms.parse(kinds.kind_of(content), sent) == content


@given(contents())
def test_a_mapping_in_the_form_of_the_bytes_reads_back_as_its_content(content):
    assert forms.parse_mapping(kinds.kind_of(content), to_plain(content)) == content


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_every_field_of_every_kind_says_what_it_asks_for(kind):
    spec = forms.describe(kind)
    assert spec.label
    assert spec.plural
    assert spec.help.endswith(".")
    for field in every_field(spec.fields):
        assert field.widget in WIDGETS
        assert field.label != field.name, f"{kind}: {field.name} has no label"
        assert field.help or field.fields, f"{kind}: {field.name} has no help"
        assert (field.widget == "choice") == bool(field.choices and field.widget != "likelihood")


def test_an_unknown_kind_is_said_with_the_kinds_there_are():
    with pytest.raises(MisuseError, match="use one of report"):
        forms.describe("wargame")


def test_a_half_filled_form_keeps_everything_typed_and_names_every_fault():
    typed = {
        "narrative": ["half a sent"],
        "window.start": ["next week"],
        "branches.0.title": [""],
        "branches.0.sort": ["branch"],
        "branches.4.condition": ["no title yet"],
        "branches.4.likelihood": ["maybe"],
        "csrf": ["token"],
    }
    result = forms.parse("scenario", typed)
    assert isinstance(result, FormErrors)
    assert result.data == typed
    assert set(result.errors) == {"title", "window.start", "branches.4.title", "branches.4.likelihood"}
    assert all(sentence.endswith(".") for sentence in result.errors.values())


def test_blank_rows_are_dropped_and_rows_without_an_id_get_one():
    scenario = forms.parse(
        "scenario",
        {
            "title": ["T"],
            "branches.0.title": [" "],
            "branches.7.title": ["x"],
            "branches.9.title": ["y"],
            "branches.9.id": ["B1"],
        },
    )
    assert isinstance(scenario, Scenario)
    assert [(branch.id, branch.title) for branch in scenario.branches] == [("B2", "x"), ("B1", "y")]


def test_faults_found_last_stand_at_the_row_that_was_typed():
    result = forms.parse_mapping("scenario", {"title": "T", "window": {"start": "C+3", "end": "C+1"}})
    assert isinstance(result, FormErrors)
    assert result.errors == {"window": "The window ends before it starts: C+3 to C+1. Exchange the two."}
    rows = {"branches.0.title": [""], "branches.5.title": ["x"], "branches.5.id": ["has space"]}
    spaced = forms.parse("scenario", {"title": ["T"], **rows})
    assert isinstance(spaced, FormErrors)
    assert list(spaced.errors) == ["branches.5.id"]
    nested = {"participants.3.party": ["Meridia"], "participants.3.groups.8.what": ["ships"]}
    deep = forms.parse("exercise", {"title": ["T"], **nested, "participants.3.groups.8.itemised.2.item": ["x"]})
    assert isinstance(deep, FormErrors)
    assert list(deep.errors) == ["participants.3.groups.8.itemised.2.count"]


def test_a_name_that_is_no_field_is_an_error_in_a_file_and_nothing_in_a_form():
    result = forms.parse_mapping("scenario", {"title": "T", "branches": [{"id": "B1", "titel": "x"}]})
    assert isinstance(result, FormErrors)
    assert set(result.errors) == {"branches.0.titel", "branches.0.title"}
    assert isinstance(forms.parse("scenario", {"title": ["T"], "button": ["Save"]}), Scenario)


def test_text_is_brought_to_nfc_as_it_is_typed():
    scenario = forms.parse("scenario", {"title": ["Cafe\u0301 "]})
    assert isinstance(scenario, Scenario)
    assert scenario.title == "Caf\u00e9"


def test_windows_dates_and_numbers_of_a_file_are_read():
    text = f"""
        title: Sweep
        what: Mine clearance
        window: C+3 to C+5
        altitude: {{low_m: 0, high_m: 300}}
        resources: [{{name: diesel, quantity: 300.5 t}}]
        after: [XMR/{AN_ID}, {{party: XTV, element: {AN_ID}}}]
    """
    activity = forms.parse_mapping("activity", yaml.safe_load(text))
    assert not isinstance(activity, FormErrors), activity.errors
    assert activity.window == Window(RelativeTime("C", 3), RelativeTime("C", 5))
    report = forms.parse_mapping(
        "report", yaml.safe_load("{title: T, said: x, hops: [{actor: A, relation: stated, at: 2023-05-17}]}")
    )
    assert str(report.hops[0].at) == "2023-05-17T00:00:00Z"


@pytest.mark.parametrize(
    ("kind", "typed", "path"),
    [
        ("scenario", {"title": "x" * 501}, "title"),
        ("scenario", {"title": "T", "narrative": "x" * 200_001}, "narrative"),
        ("scenario", {"title": "T", "narrative": "bell \x07"}, "narrative"),
        ("scenario", {"title": "T", "area": "circle 99, 34 radius 5 km"}, "area"),
        ("scenario", {"title": "T", "area": "x" * 501}, "area"),
        ("scenario", {"title": "T", "area": "1, " + "2" * 70_000}, "area"),
        ("scenario", {"title": "T", "window": 5}, "window"),
        ("scenario", {"title": "T", "branches": "one"}, "branches"),
        ("scenario", {"title": "T", "branches": {"x": {}}}, "branches"),
        ("scenario", {"title": "T", "branches": ["one"]}, "branches.0"),
        ("requirement", {"title": "T", "serial": "1", "capability": "c", "priority": "0"}, "priority"),
        ("requirement", {"title": "T", "serial": "1", "capability": "c", "quantity": "many"}, "quantity"),
        ("requirement", {"title": "T", "serial": "1", "capability": "c", "command_state": "mine"}, "command_state"),
        ("report", {"title": "T", "said": "x", "grade": "G7"}, "grade"),
        ("comment", {"text": "x", "about": f"XMR/{AN_ID}"}, "about"),
        ("comment", {"text": "x"}, "about"),
        ("force", {"title": "T", "marking": "SECRET"}, "marking"),
        ("force", {"title": "T", "capabilities": ["x" * 501]}, "capabilities"),
        ("force", {"title": "T", "sidc": "1"}, ""),
        ("activity", {"title": "T", "what": "x", "after": ["nowhere"]}, "after"),
        ("activity", {"title": "T", "what": "x", "after": [{"party": "?"}]}, "after"),
        ("activity", {"title": "T", "what": "x", "altitude": {"low_m": 9, "high_m": 1}}, "altitude"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field(kind, typed, path):
    result = forms.parse_mapping(kind, typed)
    assert isinstance(result, FormErrors)
    assert list(result.errors) == [path]
    assert result.errors[path].endswith(".")


_names = st.sampled_from(
    [
        "title", "window", "window.start", "branches", "branches.0", "branches.0.title", "branches.x.id", "branches.0.id",
        "branches.0.likelihood", "area", "participants.0.groups.0.itemised.0.count", "participants.0.personnel",
        "paragraphs.situation.general", "paragraphs", "phases.0.start", "marking.caveats", "days", "", ".", "a.b.c",
        ".".join("a" * 40),
    ]
)  # fmt: skip
_typed = st.sampled_from(
    ["C+3", "D", "35", "about 5", "B1", "1, 2", "likely", "\x00", "\r\n", "٣", "9" * 400]
) | st.text(max_size=9)


@given(
    st.sampled_from(["scenario", "plan", "exercise", "activity"]),
    st.dictionaries(_names, st.lists(_typed, max_size=2), max_size=8),
)
def test_whatever_is_typed_gives_content_or_sentences_and_keeps_the_typing(kind, data):
    result = forms.parse(kind, data)
    if isinstance(result, FormErrors):
        assert result.errors
        assert result.data == data


_nested = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _typed,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["title", "window", "branches", "id", "start", "scale", "term", "area", "shape", 3]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=9,
)


@given(
    st.sampled_from(["scenario", "report"]),
    st.dictionaries(
        st.sampled_from(["title", "window", "branches", "area", "hops", "said", "marking", "likelihood"]),
        _nested,
        max_size=5,
    ),
)
def test_whatever_a_file_holds_gives_content_or_sentences(kind, mapping):
    result = forms.parse_mapping(kind, mapping)
    if isinstance(result, FormErrors):
        assert all(sentence.endswith(".") for sentence in result.errors.values()), result.errors


def test_tables_longer_than_ten_thousand_rows_are_refused():
    rows = [{"title": str(number)} for number in range(10_001)]
    result = forms.parse_mapping("scenario", {"title": "T", "branches": rows})
    assert isinstance(result, FormErrors)
    assert result.errors == {"branches": "Branches has 10,001 rows; at most 10,000 can be held. Divide the element."}
    lines = forms.parse_mapping("force", {"title": "T", "capabilities": ["x"] * 10_001})
    assert isinstance(lines, FormErrors)
    assert list(lines.errors) == ["capabilities"]


@pytest.mark.parametrize(("typed", "read"), [("on", {"field": True}), ("no", {}), ("", {}), ("perhaps", None)])
def test_a_yes_or_no_field_needs_no_code_of_its_own(typed, read):
    faults = Faults(strict=True)
    spec = forms.FieldSpec("field", "Field", "Help.", "boolean", False)
    plain = read_content((spec,), {"field": typed}, faults)
    assert plain == (read or {})
    assert bool(faults.sentences) == (read is None)


def test_every_message_is_listed_once_for_translators():
    messages = forms.all_messages()
    assert len(set(messages)) == len(messages)
    assert {"Title", "Branches", "Not observed", "Itemised sum"} <= set(messages)
    for kind in kinds.KINDS:
        for field in every_field(forms.describe(kind).fields):
            assert field.label in messages


def test_the_exercise_of_january_2023_keeps_its_totals_apart_from_its_parts():
    path = SHARED / "january-2023.yaml"
    if not path.exists():
        pytest.skip("the public facts of January 2023 are not on this machine")
    told = yaml.safe_load(path.read_text(encoding="utf-8"))["exercise"]
    participants = [
        {
            "party": party,
            "personnel": f"about {held['personnel']['count']}",
            "groups": [
                {
                    "what": what,
                    "stated_total": held[what]["stated_total"],
                    "itemised": [{"item": item, "count": n} for item, n in held[what].get("itemised", {}).items()],
                    "including": held[what].get("including"),
                }
                for what in ("aircraft", "ships")
                if what in held
            ],
        }
        for party, held in told["participants"].items()
    ]
    exercise = forms.parse_mapping(
        "exercise",
        {
            "title": told["when"],
            "days": told["days"],
            "audience": told["audience"],
            "message": told["message"],
            "participants": participants,
        },
    )
    assert isinstance(exercise, Exercise)
    first, second = exercise.participants
    aircraft, ships = first.groups
    assert (str(first.personnel), str(second.personnel)) == ("about 6400", "about 1100")
    assert aircraft.stated_total.stated == 100
    assert aircraft.itemised_total == 55
    assert aircraft.derived() == (("Itemised sum", "55 of 100 itemised"),)
    assert (ships.stated_total.stated, ships.including) == (6, "one carrier strike group")
    shown = [fact for section in sections(exercise) for fact in section.facts]
    assert ("Itemised sum", "55 of 100 itemised") in shown
