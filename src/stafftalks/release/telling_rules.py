"""The rules for what is said of a text and is no remark: asking whether it may be passed on, consenting, telling that it was received.

They refuse what could have no meaning where it arrives, so that nobody here believes to have asked, consented or told.
"""

from collections.abc import Iterator

from stafftalks.accord.state import Accord, release_of
from stafftalks.planning import element as elements
from stafftalks.planning.element import Element
from stafftalks.planning.talk import Acknowledgement, Consent, ConsentRequest, Verdict
from stafftalks.release.request import Request
from stafftalks.values.errors import Refusal
from stafftalks.values.ids import PartyId


def telling_refusals(accord: Accord, me: PartyId, request: Request, asked: Element) -> Iterator[Refusal]:
    """Every rule that says no to a request for consent, a consent or an acknowledgement as such; none for other kinds."""
    match asked.content:
        case ConsentRequest() as content:
            yield from _asking(me, request, content)
        case Consent() as content:
            yield from _consent(accord, me, request, content)
        case Acknowledgement() as content:
            yield from _acknowledgement(accord, me, request, content)
        case _:
            return


def _asking(me: PartyId, request: Request, content: ConsentRequest) -> Iterator[Refusal]:
    author = content.about.party
    if author == me:
        yield Refusal("consent-own", "It asks about our own text, for which we need nobody’s consent.")
    elif author not in request.audience:
        yield Refusal(
            "consent-author", f"Only {author}, who wrote the text, can consent: name {author} in the audience."
        )


def _consent(accord: Accord, me: PartyId, request: Request, content: Consent) -> Iterator[Refusal]:
    if content.source.party != me:
        sentence = f"It consents for a text of {content.source.party}: we can let only our own texts be passed on."
        yield Refusal("consent-not-ours", sentence)
    asker = content.about.party
    if asker not in request.audience:
        yield Refusal("consent-asker", f"It answers {asker}, who is not in the audience: name {asker}, who asked.")
    asked = release_of(accord, content.about)
    wanted = elements.decode(asked.raw).content if asked is not None else None
    if asked is not None and not (isinstance(wanted, ConsentRequest) and wanted.about == content.source):
        yield Refusal("consent-mismatch", "What it answers is no request for consent to pass on this exact text.")
    elif isinstance(wanted, ConsentRequest) and content.verdict is Verdict.GRANTED and not _covers(wanted, content):
        sentence = (
            "It grants another recipient, or more parts of the text, than was asked for: grant what was asked, or less."
        )
        yield Refusal("consent-mismatch", sentence)


def _covers(wanted: ConsentRequest, content: Consent) -> bool:
    within = not wanted.portions or (bool(content.portions) and set(content.portions) <= set(wanted.portions))
    return wanted.recipient == content.recipient and within


def _acknowledgement(accord: Accord, me: PartyId, request: Request, content: Acknowledgement) -> Iterator[Refusal]:
    author = content.about.party
    text = release_of(accord, content.about)
    if author == me or (text is not None and me not in text.to):
        yield Refusal(
            "acknowledgement-own", "It tells of a text that was not released to us: there is nothing to acknowledge."
        )
    elif author not in request.audience:
        yield Refusal(
            "acknowledgement-author", f"It is for {author}, who wrote the text: name {author} in the audience."
        )
