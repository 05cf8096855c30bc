"""Proposing, asking, answering, amending and standing, as a head of delegation does them on the pages."""

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from stafftalks.accord import state
from stafftalks.accord.bodies import Amendment, Clause
from stafftalks.services import accords
from stafftalks.web import pulse
from tests.fakes import HEAD
from tests.web import world as worlds
from tests.web.conftest import Enter
from tests.web.world import World

TYPED = {
    "partners": ["XTV"],
    "title": "Fisheries",
    "purpose": "To plan for a dispute over fishing grounds.",
    "realms": ["scenarios"],
    "clause-0-heading": "Scope",
    "clause-0-text": "Each shares what it wants.",
    "clause-0-duty": "none",
}


def _terms(world: World) -> str:
    return reverse("accord-terms", args=[world.accord])


def _shown(client: Client, world: World, act: str) -> str:
    return client.get(reverse("accord-stand", args=[world.accord, act])).context["shown"]


def test_a_proposal_goes_out_with_its_clauses(put: Callable[[World], World], enter: Enter) -> None:
    world = put(worlds.paired())
    answer = enter().post(reverse("propose"), {**TYPED, "do": "send"})
    assert answer.status_code == 302
    (view,) = accords.views(world.hq)
    proposal = view.accord.sheet(world.hq.party).proposal
    assert proposal is not None
    assert proposal.clauses["1"] == Clause("1", "Scope", "Each shares what it wants.", "none")


def test_adding_and_removing_a_clause_needs_no_script_and_keeps_what_was_typed(
    put: Callable[[World], World], enter: Enter
) -> None:
    world = put(worlds.paired())
    more = enter().post(reverse("propose"), {**TYPED, "do": "add"})
    html = more.content.decode()
    for kept in (
        "Fisheries",
        "To plan for a dispute",
        'value="Scope"',
        "Each shares what it wants.",
        'name="clause-1-heading"',
    ):
        assert kept in html
    fewer = enter().post(reverse("propose"), {**TYPED, "clause-1-heading": "Second", "do": "remove:0"}).content.decode()
    assert 'value="Second"' in fewer
    assert 'value="Scope"' not in fewer
    assert accords.views(world.hq) == ()


def test_a_proposal_with_gaps_says_each_and_keeps_the_rest(put: Callable[[World], World], enter: Enter) -> None:
    world = put(worlds.paired())
    answer = enter().post(reverse("propose"), {**TYPED, "title": "", "partners": [], "clause-0-text": "", "do": "send"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Clause 1 needs a text" in html
    assert "#id_title" in html
    assert "To plan for a dispute" in html
    assert accords.views(world.hq) == ()


def test_consent_is_shown_as_not_offered_and_refused_where_it_is_sent_anyway(
    put: Callable[[World], World], enter: Enter
) -> None:
    world = put(worlds.paired())
    page = enter().get(reverse("propose")).content.decode()
    assert "A duty of consent is not offered" in page
    answer = enter().post(reverse("propose"), {**TYPED, "clause-0-duty": "consent", "do": "send"})
    assert answer.status_code == 422
    assert accords.views(world.hq) == ()


def test_a_question_hangs_on_its_clause_and_its_answer_stands_beside_it(story: World, enter: Enter) -> None:
    client = enter()
    view = accords.view(story.hq, story.accord)
    clause = state.clause_states(view.accord)[0]
    wording = clause.variants[0].hash
    prefix = f"ask-{wording[:12]}"
    sent = client.post(
        _terms(story), {"do": f"ask:{wording}", f"{prefix}-text": "Until when?", f"{prefix}-clause": wording}
    )
    assert sent.status_code == 302
    threads = state.threads(accords.view(story.hq, story.accord).accord)
    assert any(
        thread.question and thread.question.text == "Until when?" and thread.clause == clause.variants[0].clause
        for thread in threads
    )
    waiting = next(thread for thread in threads if thread.ref.party == "XTV" and not thread.answers)
    key = f"{waiting.ref.party}.{waiting.ref.epoch}.{waiting.ref.n}"
    client.post(_terms(story), {"do": f"answer:{key}", f"answer-{key}-text": "Two days before."})
    assert "Two days before." in client.get(_terms(story)).content.decode()


def test_an_empty_answer_comes_back_beside_its_question(story: World, enter: Enter) -> None:
    threads = state.threads(accords.view(story.hq, story.accord).accord)
    ref = next(thread.ref for thread in threads if thread.ref.party == "XTV")
    key = f"{ref.party}.{ref.epoch}.{ref.n}"
    answer = enter().post(_terms(story), {"do": f"answer:{key}", f"answer-{key}-text": " "})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_an_amendment_written_on_a_wording_that_moved_on_is_kept_and_shown_what_changed(
    story: World, enter: Enter
) -> None:
    client = enter()
    view = accords.view(story.hq, story.accord)
    third = next(clause for clause in state.clause_states(view.accord) if clause.id == "3")
    theirs = next(variant for variant in third.variants if "XTV" in variant.authors)
    newer = Clause("3", "Third parties", "Nothing at all is passed on to anyone.", "inform")
    accords.amend(story.torvia, HEAD, story.accord, Amendment((newer,)))
    story.settle()
    typed = {"amend-3-heading": "Third parties", "amend-3-text": "My careful words", "amend-3-duty": "inform"}
    answer = client.post(_terms(story), {**typed, "do": "amend:3", "based_on": theirs.hash})
    html = answer.content.decode()
    assert answer.status_code == 422
    for kept in (
        "My careful words",
        "changed while you were writing",
        "without a word to its author",
        "Nothing at all is passed on",
    ):
        assert kept in html
    again = client.post(_terms(story), {**typed, "do": "amend:3", "based_on": _field(html, "amend-3")})
    assert again.status_code == 302


def _field(html: str, near: str) -> str:
    before = html.split(f'name="{near}-heading"')[0]
    return before.rsplit('name="based_on" value="', 1)[1].split('"')[0]


def test_fewer_realms_can_be_accepted_than_proposed(put: Callable[[World], World], enter: Enter) -> None:
    world = put(worlds.proposed())
    client = enter()
    wordings = accords.current_wordings(accords.view(world.hq, world.accord).accord)
    page = reverse("accord-stand", args=[world.accord, "accept"])
    unsure = client.post(page, {"realms": ["scenarios"], "clauses": wordings, "shown": _shown(client, world, "accept")})
    assert unsure.status_code == 422, "nothing is signed before the person has confirmed"
    typed = {"realms": ["scenarios"], "clauses": wordings[:1], "sure": "on", "shown": _shown(client, world, "accept")}
    assert client.post(page, typed).status_code == 302
    standing = accords.view(world.hq, world.accord).accord.sheet(world.hq.party).standing
    assert (standing.state, set(standing.realms), len(standing.clauses)) == ("accepted", {"scenarios"}, 1)


def test_an_acceptance_filled_in_while_the_partner_revises_is_shown_anew_with_everything_typed(
    put: Callable[[World], World], enter: Enter
) -> None:
    world = put(worlds.proposed())
    client, page = enter(), reverse("accord-stand", args=[world.accord, "accept"])
    typed = {
        "realms": ["scenarios"],
        "statement": "Half a page",
        "sure": "on",
        "shown": _shown(client, world, "accept"),
    }
    accords.amend(world.torvia, HEAD, world.accord, Amendment((Clause("9", "New", "Something new."),)))
    world.settle()
    answer = client.post(page, typed)
    html = answer.content.decode()
    assert answer.status_code == 422
    for kept in ("Half a page", "while this form was open", "Something new."):
        assert kept in html
    assert accords.view(world.hq, world.accord).accord.sheet(world.hq.party).standing.state == "silent"
    assert client.post(page, {**typed, "shown": answer.context["shown"]}).status_code == 302


def test_withdrawing_says_what_happens_next_and_then_does_it(story: World, enter: Enter) -> None:
    client, page = enter(), reverse("accord-stand", args=[story.accord, "withdraw"])
    assert "for good" in client.get(page).content.decode()
    answer = client.post(page, {"sure": "on", "keeps": "Our own notes.", "shown": _shown(client, story, "withdraw")})
    assert answer.status_code == 302
    assert accords.view(story.hq, story.accord).accord.sheet(story.hq.party).standing.state == "withdrawn"
    assert "We have withdrawn" in client.get(reverse("accord", args=[story.accord])).content.decode()


def test_the_matrix_says_in_words_why_a_realm_is_closed(opened: World, enter: Enter) -> None:
    html = enter().get(reverse("accord", args=[opened.accord])).content.decode()
    assert "Closed: not accepted by XTV" in html
    assert "Open: accepted by all" in html


def test_news_tells_of_arrivals_and_nothing_else(story: World, enter: Enter) -> None:
    client = enter()
    known = pulse.spelt(pulse.sizes(story.hq))
    assert client.get(f"/news?known={known}").status_code == 204
    accords.ask(story.torvia, HEAD, story.accord, "One more thing?")
    story.settle()
    answer = client.get(f"/news?known={known}")
    assert "1 new entry has arrived" in answer.content.decode()
    assert "<form" not in answer.content.decode()
    assert client.get(f"/news?known={known}&shown=1.").status_code == 204, "the same news is not told twice"


def test_marking_news_as_seen_clears_it_and_looking_does_not(story: World, enter: Enter) -> None:
    client = enter()
    assert client.get("/").context["news"]
    home = client.get("/")
    assert home.context["news"]
    client.post(reverse("seen"), {"now": home.context["now"]})
    assert not client.get("/").context["news"]
