"""The rules for our own gate, written out of our letters: what the gate's keeper reads, corrects and puts into force there.

The gate reads them by code of its own and believes nothing else of us. So the text says in full what a letter says in a word: `all` kinds become their names,
a tag as a whole its caveats, and what the gate could not check is left out with a remark. What is left out is not permitted there.
"""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from stafftalks.planning import element as elements
from stafftalks.planning.kinds import KINDS, REALMS
from stafftalks.planning.letters import ALL, CHECK, Ceiling, Letter
from stafftalks.planning.talk import Consent, Verdict
from stafftalks.services import accords, labels
from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import PeerError
from stafftalks.values.ids import PartyId
from stafftalks.values.policies import Policies
from stafftalks.values.policy import Policy, Tag, folded
from stafftalks.values.relative_time import Instant

METHODS = ("https", "file")
_DAY = 86_400
_WINDOW = 500


class Exported(msgspec.Struct, frozen=True):
    """The rules as text, the parties of whom they speak, how many letters are in them, and what was left out and why."""

    text: str
    partners: tuple[PartyId, ...]
    letters: int
    remarks: tuple[str, ...]


def export(hq: Headquarters) -> Exported:
    """The rules that follow from our letters as they stand now; raises nothing where there are none, and then they permit no element."""
    letters = [letter for letter in _letters(hq) if not _over(letter.valid_until, hq.clock.now())]
    policies = labels.policies(hq)
    accords_of = _accords(hq)
    partners = tuple(row.party for row in hq.partners.partners())
    remarks: list[str] = []
    parts = [_head(hq)]
    parts += [_policy(policies, policy) for policy in policies if policy.classifications]
    parts += [
        _partner(party, accords_of.get(party, []), [one for one in letters if one.partner == party])
        for party in partners
    ]
    known = [letter for letter in letters if letter.partner in partners]
    parts += [_letter(letter, policies, _consented(hq, letter.partner), remarks) for letter in known]
    strangers = sorted({letter.partner for letter in letters} - set(partners))
    remarks += [f"Letters for {party} are left out: it is not paired here." for party in strangers]
    return Exported(
        "\n\n".join([*parts, *(f"# Left out: {remark}" for remark in remarks)]) + "\n",
        partners,
        len(known),
        tuple(remarks),
    )


def _head(hq: Headquarters) -> str:
    return "\n".join((
        f"# What the gate of {hq.party} lets out. Written from the letters; the gate's keeper reads it and takes out what should not be,",
        "# then puts it into force there: stafftalks gate rules FILE. What is not in it does not leave.",
        f"party = {_text(hq.party)}",
        f"written_at = {_text(str(Instant(hq.clock.now())))}",
    ))  # fmt: skip


def _policy(policies: Policies, policy: Policy) -> str:
    """A policy as a ladder and a list of caveats, each in every spelling."""
    rungs: dict[int, list[str]] = {}
    for one in sorted(policy.classifications, key=lambda one: one.rank):
        phrases = (phrase.text for phrase in one.phrases if not phrase.replaces_policy)
        rungs.setdefault(one.rank, []).extend(_once([one.name, one.portion, *one.aliases, *phrases]))
    prefixes = (qualifier.prefix.rstrip(" :") for qualifier in policy.qualifiers)
    names = [name for name in _once([*policy.aliases, policy.uri, *prefixes]) if folded(name) != folded(policy.name)]
    also = [name for name in names if policies.get(name) in (policy, None)]
    caveats = [spellings for tag in policy.tags for spellings in _caveats(tag)]
    audiences = [[before, after] for tag in policy.tags if tag.audience for before, after in _forms(tag)]
    lines = ["[[policies]]", f"name = {_text(policy.name)}", f"also = {_list(also)}", "levels = [  # the lowest first"]
    lines += [f"    {_list(rung)}," for rung in rungs.values()]
    lines += ["]", "caveats = [", *(f"    {_list(spellings)}," for spellings in caveats), "]"]
    lines += ["audiences = [", *(f"    {_list(form)}," for form in audiences), "]"]
    return "\n".join(lines)


def _caveats(tag: Tag) -> Iterator[list[str]]:
    """Each listed value of a tag, its plainest spelling first; lists of readers are not among them."""
    if tag.audience and _forms(tag):
        return
    for value in tag.values:
        spellings = _once([value.name, value.portion, *value.aliases, *(phrase.text for phrase in value.phrases)])
        around = [f"{one.prefix}{spelling}{one.suffix}".strip() for one in tag.qualifiers for spelling in spellings]
        yield _once([*spellings, *around])


def _forms(tag: Tag) -> list[tuple[str, str]]:
    """The words before and after a list of readers."""
    return [
        (one.prefix.strip(), one.suffix.strip()) for one in tag.qualifiers if one.prefix.strip() or one.suffix.strip()
    ]


def _partner(party: PartyId, shared: Sequence[tuple[str, str]], letters: Sequence[Letter]) -> str:
    methods = [way for way in METHODS if any(_listed(way, letter.methods) for letter in letters)] or list(METHODS)
    lines = [
        "[[partners]]",
        f"party = {_text(party)}",
        f"methods = {_list(methods)}",
        f"names = {_list([party])}  # in lists of readers",
    ]
    if any(_permits_checks(letter) for letter in letters):
        lines.append("checks = true  # private checks may be held with it")
    lines += ["accords = [", *(f"    {_text(accord)},  # {_comment(title)}" for accord, title in shared), "]"]
    return "\n".join(lines)


def _permits_checks(letter: Letter) -> bool:
    return _listed(CHECK, letter.kinds) and not any(_listed(kind, letter.kinds_refused) for kind in (CHECK, "activity"))


def _letter(letter: Letter, policies: Policies, consented: Sequence[str], remarks: list[str]) -> str:
    ends = letter.valid_until.seconds
    kinds = list(KINDS) if ALL in map(folded, letter.kinds) else _once(letter.kinds)
    realms = [str(realm) for realm in REALMS] if ALL in map(folded, letter.realms) else _once(letter.realms)
    ceilings = [one for one in letter.ceilings if _known(policies, one)]
    for one in letter.ceilings:
        if one not in ceilings:
            remarks.append(
                f"Letter “{letter.title}”: its ceiling {one.policy} {one.classification} is of no policy known here."
            )
    used = [policy for one in ceilings if (policy := policies.get(one.policy)) is not None]
    home_only = [
        value.name
        for policy in used
        for tag in policy.tags
        for value in tag.values
        if value.home_only and policy.owner != letter.partner
    ]
    refused = [caveat for policy in used for caveat in _caveat_lines(letter.categories_refused, policy)]
    lines = [
        "[[letters]]",
        f"title = {_text(letter.title)}",
        f"partner = {_text(letter.partner)}",
        *([f"valid_from = {letter.valid_from}"] if letter.valid_from else []),
        f"valid_until = {Instant(ends + _DAY) if ends % _DAY == 0 else letter.valid_until}",
        f"realms = {_list(realms)}",
        f"kinds = {_list([kind for kind in kinds if kind not in ('letter', CHECK)])}",
        f"kinds_refused = {_list(_once([*letter.kinds_refused, 'letter']))}",
        f"contingencies = {_list(_once(letter.contingencies))}",
        f"methods = {_list([way for way in METHODS if _listed(way, letter.methods)])}",
        f"caveats_refused = {_list(_once([*refused, *home_only]))}",
        f"drawn_from = {_list(consented)}  # whose material may be drawn on",
    ]
    for one in ceilings:
        policy = policies.get(one.policy)
        caveats = _caveat_lines(one.categories, policy) if policy else ()
        lines += ["[[letters.ceilings]]", f"policy = {_text(one.policy)}", f"level = {_text(one.classification)}"]
        lines += [f"caveats = {_list(_once(caveats))}"]
    return "\n".join(lines)


def _caveat_lines(lines: Iterable[str], policy: Policy) -> Iterator[str]:
    """Lines of a letter as the gate reads them: the name of a tag stands for all that it has."""
    for line in lines:
        tag = next((tag for tag in policy.tags if folded(tag.name) == folded(line)), None)
        if tag is None:
            yield line.lower() if folded(line) == ALL else line
        elif tag.audience and _forms(tag):
            yield from (f"{before} {after}".strip() for before, after in _forms(tag))
        else:
            yield from (value.name for value in tag.values)


def _known(policies: Policies, ceiling: Ceiling) -> bool:
    policy = policies.get(ceiling.policy)
    wanted = folded(ceiling.classification)
    return policy is not None and any(
        wanted in map(folded, (one.name, one.portion, *one.aliases)) for one in policy.classifications if one.name
    )


def _letters(hq: Headquarters) -> Iterator[Letter]:
    offset = 0
    while True:
        total, rows = hq.holdings.find(kind="letter", offset=offset, limit=_WINDOW)
        for row in rows:
            content = elements.decode(row.raw).content
            if isinstance(content, Letter):
                yield content
        offset += _WINDOW
        if offset >= total:
            return


def _accords(hq: Headquarters) -> dict[PartyId, list[tuple[str, str]]]:
    """The accords that each partner shares with us, and their titles."""
    found: dict[PartyId, list[tuple[str, str]]] = {}
    for view in accords.views(hq):
        for party in view.partners:
            found.setdefault(party, []).append((view.row.id, view.title))
    return found


def _consented(hq: Headquarters, recipient: PartyId) -> list[str]:
    """The parties that let something of theirs be passed on to this recipient, as their records say now."""
    found: set[str] = set()
    for view in accords.views(hq):
        for party, sheet in view.accord.sheets.items():
            for version in sheet.live_by_kind.get("consent", ()) if party != hq.party else ():
                try:
                    consent = elements.decode(version.raw).content
                except PeerError:
                    continue
                if isinstance(consent, Consent) and _grants(consent, recipient, hq.clock.now()):
                    found.add(party)
    return sorted(found)


def _grants(consent: Consent, recipient: PartyId, now: int) -> bool:
    return consent.verdict is Verdict.GRANTED and consent.recipient == recipient and not _over(consent.until, now)


def _over(until: Instant, now: int) -> bool:
    """Whether a term is over; one that ends at 00:00 was said as a day, and that whole day is in it."""
    return now >= until.seconds + (_DAY if until.seconds % _DAY == 0 else 1)


def _listed(name: str, given: Iterable[str]) -> bool:
    return bool({name, ALL} & set(map(folded, given)))


def _once(texts: Iterable[str]) -> list[str]:
    """Each text once, the first spelling of those that fold alike; empty ones left out."""
    found: dict[str, str] = {}
    for text in texts:
        if text.strip():
            found.setdefault(folded(text), text.strip())
    return list(found.values())


def _comment(text: str) -> str:
    return " ".join(text.split())[:80]


def _text(text: str) -> str:
    """A TOML text: JSON's spelling serves."""
    return msgspec.json.encode(text).decode()


def _list(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, texts))}]"
