"""Exchange by hand, pairing, people, the journal and the record, on the pages."""

from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from stafftalks.links import words
from stafftalks.record.card import fingerprint
from stafftalks.services import accords, exchange, records
from stafftalks.services.rows import SendingState
from stafftalks.store.models import User
from tests.fakes import ADMINISTRATOR, AUDITOR, HEAD, PLANNER, make_hq
from tests.web import world as worlds
from tests.web.conftest import Enter
from tests.web.world import World


def _bundle(raw: bytes) -> dict[str, SimpleUploadedFile]:
    return {"bundle": SimpleUploadedFile("bundle.bin", raw)}


def test_a_sealed_bundle_is_exported_and_taken_in_by_the_partner(story: World, enter: Enter) -> None:
    accords.ask(story.hq, HEAD, story.accord, "By hand?")
    answer = enter().post(reverse("exchange-export"), {"pair": f"XTV.{story.accord}"})
    assert answer["Content-Disposition"].startswith("attachment;")
    taken = exchange.take(story.torvia, answer.content, "file")
    assert taken.entries >= 1
    (line,) = story.hq.journal.find(act="bundle taken out")[1]
    assert (line.person, line.subject) == ("hal", story.accord)


def test_a_part_that_there_is_not_is_said(story: World, enter: Enter) -> None:
    accords.ask(story.hq, HEAD, story.accord, "By hand?")
    answer = enter().post(reverse("exchange-export"), {"pair": f"XTV.{story.accord}", "part": "2"})
    assert answer.status_code == 422
    assert "there is no part 2" in answer.content.decode()


def test_an_imported_bundle_is_answered_in_one_sentence_whatever_it_is(story: World, enter: Enter) -> None:
    client, page = enter(), reverse("exchange-import")
    accords.ask(story.torvia, HEAD, story.accord, "By hand?")
    sealed = exchange.export(story.torvia, story.hq.party, story.accord)
    good = client.post(page, _bundle(sealed))
    assert good.status_code == 200
    assert good.context["taken"].sentence in good.content.decode()
    for bad in (sealed[: len(sealed) // 2], b"x", sealed[:-1] + b"x"):
        answer = client.post(page, _bundle(bad))
        assert answer.status_code == 422
        assert len(answer.context["faults"]) == 1
    assert client.post(page, {}).status_code == 422
    assert story.hq.log.find(outcome="refused")[0] >= 3
    assert story.hq.journal.find(act="bundle brought in", person="hal")[0] == 4


def test_the_log_is_filtered_by_partner_accord_and_outcome(story: World, enter: Enter) -> None:
    client, page = enter(), reverse("exchange-log")
    everything = client.get(page).context["window"].total
    refused = client.get(page + "?outcome=refused").context["window"].total
    assert 0 < refused < everything
    assert client.get(page + "?partner=XTV").context["window"].total == everything - refused


def test_send_now_makes_the_partner_due_at_once(story: World, enter: Enter) -> None:
    party = story.torvia.party
    story.hq.partners.put_sending(party, SendingState(next_try_at=story.hq.clock.now() + 300, failures=3))
    assert party not in exchange.due(story.hq)
    enter().post(reverse("exchange-send", args=["XTV"]))
    assert party in exchange.due(story.hq)


def test_a_partner_is_paired_only_with_the_fingerprint_that_was_heard(
    put: Callable[[World], World], enter: Enter
) -> None:
    world = put(worlds.empty())
    torvia = make_hq("XTV")
    document = torvia.keyring.card_document()
    client = enter(ADMINISTRATOR)
    step = client.post(reverse("pairing-add"), {"text": document.decode()})
    spoken = words.words(fingerprint(torvia.keyring.card()))
    html = step.content.decode()
    assert spoken.split()[0] + "</li>" not in html.split("<details")[0], (
        "the card's own fingerprint is never shown to copy"
    )
    carried = step.context["form"]["document"].value()
    wrong = " ".join(words.words(fingerprint(world.hq.keyring.card())).split())
    refused = client.post(reverse("pairing-compare"), {"document": carried, "heard": wrong})
    assert refused.status_code == 422
    assert world.hq.partners.partners() == ()
    slip = client.post(reverse("pairing-compare"), {"document": carried, "heard": "lunar paper"})
    assert slip.status_code == 422
    assert client.post(reverse("pairing-compare"), {"document": carried, "heard": spoken.upper()}).status_code == 302
    assert [row.party for row in world.hq.partners.partners()] == ["XTV"]


def test_a_card_that_is_none_is_refused_in_a_sentence(put: Callable[[World], World], enter: Enter) -> None:
    world = put(worlds.empty())
    client = enter(ADMINISTRATOR)
    own = world.hq.keyring.card_document().decode()
    for text in ("", "{}", "no card at all", "é" * 100):
        assert client.post(reverse("pairing-add"), {"text": text}).status_code == 422
    step = client.post(reverse("pairing-add"), {"text": own})
    heard = words.words(fingerprint(world.hq.keyring.card()))
    answer = client.post(
        reverse("pairing-compare"), {"document": step.context["form"]["document"].value(), "heard": heard}
    )
    assert answer.status_code == 422
    assert client.post(reverse("pairing-compare"), {"document": "%%%", "heard": heard}).status_code == 422


def test_our_card_is_downloaded_as_it_is_given(story: World, enter: Enter) -> None:
    assert enter().get(reverse("pairing-card")).content == story.hq.keyring.card_document()


def test_a_person_is_added_with_a_password_that_is_shown_once_and_works(story: World, enter: Enter) -> None:
    admin = enter(ADMINISTRATOR)
    answer = admin.post(reverse("people-add"), {"username": "nia", "name": "Nia New", "roles": ["planner"]})
    password = answer.context["password"]
    assert password in answer.content.decode()
    client = Client()
    client.post(reverse("account_login"), {"login": "nia", "password": password})
    assert client.get("/").status_code == 200
    assert password not in admin.get(reverse("person", args=["nia"])).content.decode()


def test_a_closed_account_is_out_at_once_and_the_last_administrator_stays(story: World, enter: Enter) -> None:
    planner, admin = enter(PLANNER), enter(ADMINISTRATOR)
    admin.post(reverse("person", args=["pia"]), {"do": "close"})
    assert planner.get("/").status_code == 302
    last = admin.post(reverse("person", args=["ada"]), {"do": "close"})
    assert last.status_code == 422
    assert User.objects.get(username="ada").is_active
    assert admin.post(reverse("person", args=["ada"]), {"do": "roles", "roles": ["planner"]}).status_code == 422


def test_the_journal_is_for_auditors_and_administrators(story: World, enter: Enter) -> None:
    assert enter(PLANNER).get(reverse("journal")).status_code == 403
    auditor = enter(AUDITOR)
    assert auditor.get(reverse("journal")).context["window"].total > 5
    assert auditor.get(reverse("journal") + "?person=nobody").context["window"].total == 0


def test_the_record_is_checked_on_demand_and_every_entry_can_be_proved(story: World, enter: Enter) -> None:
    client, page = enter(AUDITOR), reverse("accord-record", args=[story.accord])
    checked = client.post(page).content.decode()
    assert "Everything adds up." in checked
    for row in accords.view(story.hq, story.accord).feeds:
        names = [story.accord, row.feed.party, row.feed.epoch]
        entries = client.get(reverse("record-entries", args=names))
        assert len(entries.context["lines"]) == row.size
        proof = client.post(reverse("record-proof", args=[*names, row.size - 1]), {"of": "entry"})
        assert proof.json()["feeds"][0]["origin"] == row.feed.origin
        assert client.get(reverse("record-fork", args=names)).status_code == 400
        assert client.get(reverse("record-proof", args=[*names, row.size])).status_code == 400


def test_what_is_not_here_is_one_page_for_all_reasons(story: World, enter: Enter) -> None:
    client = enter()
    for path in (
        reverse("accord", args=["a" * 52]),
        reverse("element", args=["a" * 26]),
        reverse("desk-review", args=["nothing"]),
        reverse("person", args=["nobody"]),
        "/accords/misspelt/",
    ):
        answer = client.get(path)
        assert answer.status_code in (403, 404)
        assert "<h1>" in answer.content.decode()


def test_a_frozen_record_says_so_everywhere_and_both_its_histories_stay_readable(
    put: Callable[[World], World], enter: Enter
) -> None:
    world = put(worlds.forked())
    row = next(row for row in accords.view(world.hq, world.accord).feeds if row.frozen)
    names = [world.accord, row.feed.party, row.feed.epoch]
    client = enter(AUDITOR)
    html = client.get(reverse("accord-record", args=[world.accord])).content.decode()
    assert "Frozen. Nothing more of this record is taken in" in html
    assert "XEQ signed two different records" in html
    assert client.get(reverse("record-fork", args=names)).content == records.fork_proof(world.hq, row.feed)
    assert "signed two different records" in client.get("/").content.decode()
    assert "Something does not add up" in client.post(reverse("accord-record", args=[world.accord])).content.decode()
    entries = client.get(reverse("record-entries", args=names)).content.decode()
    assert "One thing." in entries
    assert "Another thing." in entries


def test_entries_without_their_text_are_kept_and_say_why(story: World, enter: Enter) -> None:
    feed = next(row.feed for row in accords.view(story.hq, story.accord).feeds if row.feed.party == story.hq.party)
    html = enter(AUDITOR).get(reverse("record-entries", args=[story.accord, feed.party, feed.epoch])).content.decode()
    assert "Its author has recalled what this entry released." in html
