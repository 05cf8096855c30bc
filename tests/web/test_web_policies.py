"""Marking policies on pages: read by everyone, loaded and taken out by administrators, proposed in forms; our marking beside a partner's."""

from collections.abc import Callable
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from stafftalks.services import elements, labels
from tests.fakes import ADMINISTRATOR, OFFICER, PLANNER
from tests.web import world as worlds
from tests.web.conftest import Enter
from tests.web.test_web_banner import banners
from tests.web.world import World, content

ISLES = (Path(__file__).parents[1] / "vectors" / "labels" / "isles.xml").read_bytes()


def upload(raw: bytes) -> dict[str, object]:
    return {"file": SimpleUploadedFile("isles.xml", raw)}


def test_an_administrator_loads_a_policy_and_takes_it_out(put: Callable[[World], World], enter: Enter) -> None:
    world = put(worlds.paired())
    client = enter(ADMINISTRATOR)
    answer = client.post(reverse("policy-load"), upload(ISLES), follow=True)
    html = answer.content.decode()
    assert "ISLES is loaded." in html
    assert "GUARDED" in html
    assert "Birch" in html
    assert "Not with OPEN." in html
    listing = client.get(reverse("policies")).content.decode()
    assert "from a policy file" in listing
    assert "our house policy" in listing
    elements.add(
        world.hq,
        PLANNER,
        content("report", title="T", said="A.", marking={"policy": "ISLES", "classification": "OPEN"}),
    )
    page = reverse("policy") + "?name=ISLES"
    assert "1 element of ours is marked under it" in client.get(page).content.decode()
    assert client.post(page).status_code == 422
    for row in world.hq.holdings.find(kind="report")[1]:
        elements.archive(world.hq, PLANNER, row.id, archived=True)
    assert "ISLES is taken out" in client.post(page, follow=True).content.decode()
    assert labels.policies(world.hq).get("ISLES") is None
    assert client.get(page).status_code == 404


def test_every_fault_of_a_file_is_said_and_nothing_changes(put: Callable[[World], World], enter: Enter) -> None:
    world = put(worlds.paired())
    raw = ISLES.replace(b'hierarchy="2"', b'hierarchy="high"').replace(b'name="PORT"', b'name="P|T"')
    answer = enter(ADMINISTRATOR).post(reverse("policy-load"), upload(raw))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "2 things must be put right" in html
    assert "&lt;securityClassification&gt;: hierarchy “high” is not a whole number." in html
    assert labels.policies(world.hq).get("ISLES") is None


def test_others_read_policies_and_change_none(put: Callable[[World], World], enter: Enter) -> None:
    put(worlds.paired())
    client = enter(OFFICER)
    html = client.get(reverse("policies")).content.decode()
    assert "Read and load" not in html
    assert "TLP:RED" in html
    assert client.get(reverse("policy") + "?name=tlp").status_code == 200
    assert client.post(reverse("policy-load"), upload(ISLES)).status_code == 403
    assert client.post(reverse("policy-add"), {"name": "XTV"}).status_code == 403


def test_the_plain_policy_is_added_under_a_partners_name(put: Callable[[World], World], enter: Enter) -> None:
    world = put(worlds.paired())
    client = enter(ADMINISTRATOR)
    assert "XTV is loaded." in client.post(reverse("policy-add"), {"name": "XTV"}, follow=True).content.decode()
    assert labels.policies(world.hq).get("xtv") is not None
    assert client.post(reverse("policy-add"), {"name": "A//B"}).status_code == 422


def test_a_wrong_marking_is_saved_told_and_proposed_against(put: Callable[[World], World], enter: Enter) -> None:
    world = put(worlds.paired())
    client = enter(PLANNER)
    typed = {
        "title": "Mines",
        "said": "(S//REL TO XMR) Two were seen.",
        "marking.policy": "XMR",
        "marking.classification": "SECERT",
        "marking.caveats": "WINTEL",
        "do": "save",
    }
    html = client.post(reverse("element-new", args=["report"]), typed, follow=True).content.decode()
    assert "As it is marked now it cannot leave" in html
    assert "SECERT" in html
    (row,) = world.hq.holdings.find(kind="report")[1]
    form = client.get(reverse("element-edit", args=[row.id])).content.decode()
    assert "is no classification of policy XMR" in form
    assert "is no caveat of policy XMR" in form
    assert '<datalist id="known-level">' in form
    assert '<option value="TOP SECRET">' in form
    typed |= {"marking.classification": "SECRET", "marking.caveats": "REL TO XMR", "based_on": row.version}
    html = client.post(reverse("element-edit", args=[row.id]), typed, follow=True).content.decode()
    assert "cannot leave" not in html
    assert "5 of 6, from the lowest" in html


def test_a_partners_marking_is_read_under_its_policy_or_called_unknown_and_ours_stands_beside(
    story: World, enter: Enter
) -> None:
    client = enter(PLANNER)
    theirs = story.theirs[0]
    page = reverse("their-element", args=[story.accord, "XTV", theirs.id])
    html = client.get(page).content.decode()
    assert "As its originator gave it" in html
    version = theirs.version
    before = labels.known(story.hq).beside
    assert before == {}
    where = reverse("label-beside", args=[story.accord, "XTV", theirs.id, version])
    refused = client.post(where, {"policy": "XMR", "classification": "SECERT"})
    assert refused.status_code == 422
    assert "SECERT" in refused.content.decode()
    html = client.post(
        where, {"policy": "XMR", "classification": "S", "caveats": "XMR ONLY"}, follow=True
    ).content.decode()
    assert "Ours beside it" in html
    assert "XMR SECRET//XMR ONLY" in banners(html)[0][1]
    html = client.post(where, {"policy": "", "classification": "", "caveats": ""}, follow=True).content.decode()
    assert "Ours beside it" not in html
    assert client.post(where.replace(version, "b" * 52), {"policy": "XMR", "classification": "S"}).status_code == 422
