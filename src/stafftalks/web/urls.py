"""Where each page is. Every page but `health` and the sign-in pages needs a person signed in (see `middleware`)."""

from allauth.account import views as account
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from stafftalks.web.paths import (
    analyses,
    audit,
    checks,
    conflicts,
    find,
    labels,
    letters,
    me,
    options,
    pictures,
    plans,
    prints,
    scenarios,
    tables,
    talks,
)
from stafftalks.web.paths import desk as desk_paths
from stafftalks.web.paths import drafts as draft_paths
from stafftalks.web.views import (
    accords,
    acts,
    consents,
    drafts,
    drawing,
    elements,
    errors,
    exchange,
    handouts,
    home,
    left,
    pairing,
    partners,
    people,
    propose,
    record,
    released,
    talk,
    terms,
)


def health(_request: HttpRequest) -> HttpResponse:
    """`ok`: this process answers; nothing about the headquarters is told."""
    return HttpResponse("ok\n", content_type="text/plain")


_ACCORD = [
    path("", accords.show, name="accord"),
    path("terms/", terms.show, name="accord-terms"),
    path("stand/<slug:act>/", acts.stand, name="accord-stand"),
    path("released/", released.show, name="accord-released"),
    path("released/<party:party>/", released.partner_view, name="partner-view"),
    path("released/<party:party>/<id:element>/recall/", released.recall, name="recall"),
    path("released/<party:party>/<id:element>/file.<slug:form>", handouts.element, name="handout"),
    path("released/<party:party>/<slug:kind>.<slug:form>", handouts.table, name="handout-table"),
    path("theirs/<party:party>/<id:element>/", partners.show, name="their-element"),
    path("theirs/<party:party>/<id:element>/<hash:before>/<hash:after>/", partners.diff, name="their-diff"),
    path("theirs/<party:party>/<id:element>/draw/", drawing.draw, name="draw"),
    path("theirs/<party:party>/<id:element>/tell/", drawing.tell, name="tell"),
    path("consents/", consents.show, name="accord-consents"),
    path("consents/ask/<party:party>/<id:element>/", consents.ask, name="consent-ask"),
    path("consents/answer/<party:party>/<id:element>/", consents.answer, name="consent-answer"),
    path("talk/", talk.show, name="accord-talk"),
    path("talk/<party:party>/<id:element>/<slug:kind>/", talk.reply, name="talk-reply"),
    path("recalls/", released.recall_list, name="accord-recalls"),
    path("recalls/everything/", left.recall_everything, name="recall-everything"),
    path("recalls/<party:party>/", released.answer_all, name="answer-recalls"),
    path("recalls/<party:party>/<id:epoch>/<int:n>/", released.answer_recall, name="answer-recall"),
    path("agreed/", talk.agreed, name="accord-agreed"),
    path("record/", record.show, name="accord-record"),
    path("record/<party:party>/<id:epoch>/", record.entries, name="record-entries"),
    path("record/<party:party>/<id:epoch>/fork-proof", record.fork_proof, name="record-fork"),
    path("record/<party:party>/<id:epoch>/<int:n>/proof", record.proof, name="record-proof"),
]
_ELEMENTS = [
    path("", elements.listing, name="elements"),
    path("new/", drafts.choose_kind, name="element-kinds"),
    path("new/<slug:kind>/", drafts.new, name="element-new"),
    path("<id:element>/", elements.show, name="element"),
    path("<id:element>/edit/", drafts.edit, name="element-edit"),
    path("<id:element>/archive/", elements.archive, name="element-archive"),
    path("<id:element>/versions/<hash:version>/", elements.version, name="element-version"),
    path("<id:element>/compare/<hash:before>/<hash:after>/", elements.diff, name="element-diff"),
    path("<id:element>/release/", elements.ask_release, name="element-release"),
    path("<id:element>/left/", left.of_element, name="element-left"),
]
_ACCOUNT = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("signup/", errors.no_sign_up, name="account_signup"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("2fa/", include("allauth.mfa.urls")),
]
urlpatterns = [
    path("", home.show, name="home"),
    path("seen", home.seen_all, name="seen"),
    path("news", home.news, name="news"),
    path("help/", home.first_steps, name="help"),
    path("health", health, name="health"),
    path("account/", include(_ACCOUNT)),
    path("accords/", accords.listing, name="accords"),
    path("accords/propose/", propose.propose, name="propose"),
    path("accords/<hash:accord>/", include(_ACCORD)),
    path("elements/", include(_ELEMENTS)),
    path("left/", left.show, name="left"),
    path("left/recall/", left.recall, name="left-recall"),
    path("exchange/", exchange.show, name="exchange"),
    path("exchange/log/", exchange.log, name="exchange-log"),
    path("exchange/send/<party:party>/", exchange.send, name="exchange-send"),
    path("exchange/export/", exchange.export, name="exchange-export"),
    path("exchange/import/", exchange.take, name="exchange-import"),
    path("pairing/", pairing.show, name="pairing"),
    path("pairing/card", pairing.card, name="pairing-card"),
    path("pairing/add/", pairing.add, name="pairing-add"),
    path("pairing/compare/", pairing.compare, name="pairing-compare"),
    path("people/", people.listing, name="people"),
    path("people/add/", people.add, name="people-add"),
    path("people/<str:username>/", people.person, name="person"),
    *audit.PATHS,
    *checks.PATHS,
    *analyses.PATHS,
    *conflicts.PATHS,
    *desk_paths.PATHS,
    *draft_paths.PATHS,
    *find.PATHS,
    *labels.PATHS,
    *letters.PATHS,
    *me.PATHS,
    *options.PATHS,
    *pictures.PATHS,
    *plans.PATHS,
    *prints.PATHS,
    *scenarios.PATHS,
    *tables.PATHS,
    *talks.PATHS,
]
handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.failed
