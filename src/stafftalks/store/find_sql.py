"""The statements of the catalogue. The two databases differ in how words match and how well; all else is one text for both.

Names of tables and columns are ours; whatever came from people or partners is a parameter.
"""

# ruff: noqa: S608 - every name in a statement is ours, every value a parameter

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from django.db import connection

from stafftalks.services.catalogue import Described, Term, Wanted
from stafftalks.values.ids import AccordId, ElementId, PartyId

_WEIGHED = 4_000
_MAX_POSITION = 16_383  # PostgreSQL's bound on positions in a tsvector
SHOW_NEWEST = """
UPDATE store_releasedlisted SET shown = NOT EXISTS (
    SELECT 1 FROM store_releasedlisted other
    WHERE other.party = store_releasedlisted.party AND other.element = store_releasedlisted.element
    AND (other.at > store_releasedlisted.at OR (other.at = store_releasedlisted.at AND other.accord > store_releasedlisted.accord))
) WHERE party = %s AND element = %s
"""
_SIDE_OWN = (
    "CASE WHEN r.element IS NULL THEN 'ours' WHEN r.agreed AND r.version = o.version THEN 'agreed' ELSE 'released' END"
)
_SIDE_THEIRS = "CASE WHEN r.agreed THEN 'agreed' ELSE 'theirs' END"
_STANDING = "LEFT JOIN store_releasedlisted r ON r.party = %s AND r.element = o.element AND r.shown = TRUE"

Cell: TypeAlias = int | str | bool | None
Params: TypeAlias = list[Any]


def run(statement: str, *params: Cell) -> list[tuple[Any, ...]]:
    """The rows of one statement, none where it gives none."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall()) if cursor.description else []


def many(statement: str, rows: Iterable[Sequence[Cell]]) -> None:
    """One statement for each of `rows`."""
    held = list(rows)
    if held:
        with connection.cursor() as cursor:
            cursor.executemany(statement, held)


def index_own(rows: Iterable[tuple[str, Described]]) -> None:
    """Indexes the words of own elements that are listed."""
    if _postgresql():
        many("UPDATE store_ownlisted SET words = %s::tsvector WHERE element = %s", ((_vector(d), e) for e, d in rows))
    else:
        many(
            "INSERT INTO store_ownwords (rowid, title, body) SELECT id, %s, %s FROM store_ownlisted WHERE element = %s",
            ((said.key, said.body, element) for element, said in rows),
        )


def index_released(rows: Iterable[tuple[AccordId, PartyId, ElementId, Described]]) -> None:
    """Indexes the words of released elements that are listed."""
    where = "accord = %s AND party = %s AND element = %s"
    if _postgresql():
        many(
            f"UPDATE store_releasedlisted SET words = %s::tsvector WHERE {where}",
            ((_vector(said), *key) for *key, said in rows),
        )
    else:
        many(
            f"INSERT INTO store_releasedwords (rowid, title, body) SELECT id, %s, %s FROM store_releasedlisted WHERE {where}",
            ((said.key, said.body, *key) for *key, said in rows),
        )


def purge() -> None:
    """Has no word of a deleted row wait in the index of released elements.

    FTS5 keeps the words of a deleted row until its segments are merged, which is asked for here; freed pages are overwritten (`secure_delete`).
    PostgreSQL overwrites them when it next vacuums the table.
    """
    if not _postgresql():
        run("INSERT INTO store_releasedwords (store_releasedwords) VALUES ('optimize')")


def window(wanted: Wanted, me: PartyId, offset: int, limit: int, *, many: bool) -> list[tuple[Any, ...]]:
    """(own, party, element, accord) of one window: by words the best first, else the newest first."""
    order = "score, moment DESC, name" if wanted.terms else "moment DESC, name"
    # Of very many that have the words the order hardly matters, and weighing them all takes long; a filter might leave none of the newest.
    narrowed = any(
        (wanted.kinds, wanted.scenario, wanted.side, wanted.realm, wanted.marking, wanted.party, wanted.contingency)
    )
    near = offset + limit <= _WEIGHED // 2
    most = _WEIGHED if many and near and not narrowed and not wanted.archived else 0
    parts, head, params = _found(wanted, me, filtered=True, most=most)
    statements: list[str] = []
    bound: Params = list(params)
    for statement, given in parts:
        statements.append(f"SELECT * FROM ({statement} ORDER BY {order} LIMIT {offset + limit}) part")
        bound += given
    whole = (
        f"{head} SELECT own, party, name, accord FROM ({' UNION ALL '.join(statements)}) found "
        f"ORDER BY {order} LIMIT %s OFFSET %s"
    )
    return run(whole, *bound, limit, offset)


def count(wanted: Wanted, me: PartyId) -> int:
    """How many match."""
    parts, head, params = _found(wanted, me, filtered=True, weighed=False)
    statement = f"{head} SELECT COUNT(*) FROM ({' UNION ALL '.join(one for one, _ in parts)}) found"
    return int(run(statement, *params, *(value for _, given in parts for value in given))[0][0])


def combinations(wanted: Wanted, me: PartyId) -> list[tuple[Any, ...]]:
    """(kind, side, realm, marking, party, contingency, how many) of what has these words and names this scenario."""
    parts, head, params = _found(wanted, me, filtered=False, weighed=False)
    columns = "kind, side, realm, marking, party, contingency"
    statement = f"{head} SELECT {columns}, COUNT(*) FROM ({' UNION ALL '.join(one for one, _ in parts)}) found GROUP BY {columns}"
    return run(statement, *params, *(value for _, given in parts for value in given))


def _found(
    wanted: Wanted, me: PartyId, *, filtered: bool, weighed: bool = True, most: int = 0
) -> tuple[list[tuple[str, Params]], str, Params]:
    """The selects whose union is what matches, each with its parameters; then what must stand before them, with its own.

    Where `most` is given, only so many of the newest that have the words are weighed, and so many whose title has them.
    """
    head, params = "", list[Any]()
    own = "store_ownlisted o"
    score = "0"
    released = "store_releasedlisted r"
    if wanted.terms:
        head, params = _matches(wanted.terms, most, weighed=weighed)
        score = "m.score"
        own, released = f"mo m JOIN {own} ON o.id = m.id", f"mr m JOIN {released} ON r.id = m.id"
    own_columns = (
        f"SELECT 1 AS own, '{me}' AS party, o.element AS name, '' AS accord, o.kind, o.contingency, o.marking, o.at AS moment, "
        f"COALESCE(r.realm, '') AS realm, {_SIDE_OWN} AS side, {score} AS score"
    )
    theirs_columns = (
        "SELECT 0 AS own, r.party, r.element AS name, r.accord, r.kind, r.contingency, r.marking, r.at AS moment, r.realm, "
        f"{_SIDE_THEIRS} AS side, {score} AS score"
    )
    where, given = _filters(wanted, "o", me, filtered=filtered)
    away = f"o.archived = {'TRUE' if wanted.archived else 'FALSE'}"
    parts: list[tuple[str, Params]] = [
        (f"{own_columns} FROM {own} {_STANDING} WHERE {away}{where}", [me, *given]),
    ]
    if wanted.terms:
        # Ours whose text at home has changed since: found by the text that partners hold.
        parts.append(
            (
                f"{own_columns} FROM {released} JOIN store_ownlisted o ON o.element = r.element "
                f"WHERE r.party = %s AND r.shown = TRUE AND {away} AND o.id NOT IN (SELECT id FROM mo){where}",
                [me, *given],
            )
        )
    if not wanted.archived:
        where, given = _filters(wanted, "r", me, filtered=filtered)
        parts.append((f"{theirs_columns} FROM {released} WHERE r.shown = TRUE AND r.party <> %s{where}", [me, *given]))
    return parts, head, params


def _filters(wanted: Wanted, table: str, me: PartyId, *, filtered: bool) -> tuple[str, Params]:
    """What narrows a select over `table`: the scenario always, the rest where `filtered`."""
    conditions, given = [], list[Any]()
    if wanted.scenario is not None:
        points = "store_ownpoint" if table == "o" else "store_releasedpoint"
        same = "" if table == "o" else " AND p.accord = r.accord AND p.party = r.party"
        itself = f"({table}.element = %s" + (")" if table == "o" else " AND r.party = %s)")
        conditions.append(
            f"({itself} OR EXISTS (SELECT 1 FROM {points} p WHERE p.element = {table}.element{same} "
            "AND p.to_party = %s AND p.to_element = %s))"
        )
        party, element = wanted.scenario
        given += ([element] if table == "o" else [element, party]) + [party, element]
    if filtered:
        if wanted.kinds:
            conditions.append(f"{table}.kind IN ({', '.join(['%s'] * len(wanted.kinds))})")
            given += wanted.kinds
        for column, value in (("contingency", wanted.contingency), ("marking", wanted.marking)):
            if value:
                conditions.append(f"{table}.{column} = %s")
                given.append(value)
        if wanted.side:
            conditions.append(f"{_SIDE_OWN if table == 'o' else _SIDE_THEIRS} = %s")
            given.append(wanted.side)
        if wanted.realm:
            conditions.append("r.realm = %s")
            given.append(wanted.realm)
        if wanted.party:
            conditions.append("r.party = %s" if table == "r" else f"'{me}' = %s")
            given.append(wanted.party)
    return "".join(f" AND {condition}" for condition in conditions), given


def _matches(terms: tuple[Term, ...], most: int, *, weighed: bool) -> tuple[str, Params]:
    """The rows of each table that have these words, and how well they fit: the smaller the better."""
    bounded = f" ORDER BY {{}} DESC LIMIT {most}" if most else ""
    if _postgresql():
        rank = "-ts_rank('{{0.1, 0.1, 0.1, 1.0}}', words, %s::tsquery)" if weighed else "0"
        select = f"SELECT id, {rank} AS score FROM {{0}} WHERE words @@ %s::tsquery" + bounded.format("id")
        tables, whole, titled = (
            ("store_ownlisted", "store_releasedlisted"),
            _tsquery(terms),
            _tsquery(terms, weight="A"),
        )
        given: Params = [*([whole] if weighed else []), whole, *([whole, titled] if most else [])]
    else:
        rank = "bm25({0}, 8.0, 1.0)" if weighed else "0"
        select = f"SELECT rowid AS id, {rank} AS score FROM {{0}} WHERE {{0}} MATCH %s{bounded.format('rowid')}"
        tables, whole = ("store_ownwords", "store_releasedwords"), _fts_query(terms)
        given = [whole] + ([f"{{title}} : ({whole})"] if most else [])
    if most:  # a title with the words never drowns among the newest texts that have them
        select = f"SELECT id, MIN(score) AS score FROM (SELECT * FROM ({select}) newest UNION ALL SELECT * FROM ({select}) titled) weighed GROUP BY id"
    own, released = (select.format(table) for table in tables)
    return f"WITH mo AS ({own}), mr AS ({released})", given * 2


_TITLED_OWN = (
    f"SELECT 1 AS own, %s AS party, o.element AS name, '' AS accord, o.title, o.kind, {_SIDE_OWN} AS side, "
    "o.key AS letters, o.at AS moment "
    "FROM store_ownlisted o"
)
_TITLED_THEIRS = (
    f"SELECT 0 AS own, r.party, r.element AS name, r.accord, r.title, r.kind, {_SIDE_THEIRS} AS side, "
    "r.key AS letters, r.at AS moment "
    "FROM store_releasedlisted r"
)
_NO_TALK = (
    "kind NOT IN ('comment', 'position', 'suggestion', 'adoption', 'consent-request', 'consent', 'acknowledgement')"
)


def titles_beginning(_terms: tuple[Term, ...], key: str, me: PartyId, limit: int) -> list[tuple[Any, ...]]:
    """Whose folded title begins with `key`, in order of their titles."""
    if not key:
        return []
    own, theirs = "o.key >= %s AND o.key < %s", "r.key >= %s AND r.key < %s"
    return _titled(own, theirs, [key, key + "\U0010ffff"], "letters, moment DESC, name", me, limit)


def titles_with_words(terms: tuple[Term, ...], _key: str, me: PartyId, limit: int) -> list[tuple[Any, ...]]:
    """Which have these words in their title, the newest first."""
    if not terms:
        return []
    if _postgresql():
        given: Params = [_tsquery(terms, weight="A")]
        return _titled("o.words @@ %s::tsquery", "r.words @@ %s::tsquery", given, "moment DESC, name", me, limit)
    given = [f"{{title}} : ({_fts_query(terms)})"]
    inside = "{0}.id IN (SELECT rowid FROM {1} WHERE {1} MATCH %s ORDER BY rowid DESC LIMIT 200)"
    own, theirs = inside.format("o", "store_ownwords"), inside.format("r", "store_releasedwords")
    return _titled(own, theirs, given, "moment DESC, name", me, limit)


def titles_with_letters(_terms: tuple[Term, ...], key: str, me: PartyId, limit: int) -> list[tuple[Any, ...]]:
    """Which have `key` anywhere in their folded title, in no order worth naming: the first that are met."""
    if not key:
        return []
    return _titled(
        "o.key LIKE %s", "r.key LIKE %s", [f"%{key}%"], "", me, limit
    )  # a key has no wildcard: only letters and spaces


def named(kind: str, me: PartyId, limit: int) -> list[tuple[Any, ...]]:
    """The newest elements of `kind` with their titles."""
    return _titled(
        "o.archived = FALSE AND o.kind = %s", "r.shown = TRUE AND r.kind = %s", [kind], "moment DESC, name", me, limit
    )


def _titled(own: str, theirs: str, given: Params, order: str, me: PartyId, limit: int) -> list[tuple[Any, ...]]:
    ordered = f" ORDER BY {order}" if order else ""
    bound = f"{ordered} LIMIT {limit}"
    # Said so that no index of what is live is preferred to the one that answers `own` and `theirs`.
    first = f"{_TITLED_OWN} {_STANDING} WHERE NOT o.archived AND o.{_NO_TALK} AND {own}{bound}"
    second = f"{_TITLED_THEIRS} WHERE r.shown AND r.party <> %s AND r.{_NO_TALK} AND {theirs}{bound}"
    statement = (
        "SELECT own, party, name, accord, title, kind, side FROM "
        f"(SELECT * FROM ({first}) one UNION ALL SELECT * FROM ({second}) other) found{bound}"
    )
    return run(statement, me, me, *given, me, *given)


def referring(
    targets: Sequence[tuple[PartyId, ElementId]], me: PartyId, kinds: Sequence[str], fields: Sequence[str]
) -> list[tuple[Any, ...]]:
    """(own, party, element, accord) of what points at any of the elements: ours first, each the newest first."""
    narrowed, given = "", list[Any]()
    for column, values in (("kind", kinds), ("field", fields)):
        if values:
            table = "p" if column == "field" else "{0}"
            narrowed += f" AND {table}.{column} IN ({_holes(values)})"
            given += values
    parties, elements = sorted({party for party, _ in targets}), sorted({element for _, element in targets})
    # An element's id is drawn at random: one of these ids under another of these parties is the same reference mistyped.
    pointing = f"p.to_party IN ({_holes(parties)}) AND p.to_element IN ({_holes(elements)})"
    at = [*parties, *elements]
    own = (
        f"SELECT DISTINCT 1 AS own, '{me}' AS party, o.element, '' AS accord, o.at FROM store_ownpoint p "
        f"JOIN store_ownlisted o ON o.element = p.element WHERE {pointing} AND o.archived = FALSE{narrowed.format('o')}"
    )
    theirs = (
        "SELECT DISTINCT 0 AS own, r.party, r.element, r.accord, r.at FROM store_releasedpoint p "
        "JOIN store_releasedlisted r ON r.accord = p.accord AND r.party = p.party AND r.element = p.element "
        f"WHERE {pointing} AND r.shown = TRUE AND r.party <> %s{narrowed.format('r')}"
    )
    statement = f"SELECT own, party, element, accord FROM ({own} UNION ALL {theirs}) found ORDER BY own DESC, party, at DESC, element"
    return run(statement, *at, *given, *at, me, *given)


def _holes(values: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(values))


def _fts_query(terms: tuple[Term, ...]) -> str:
    """An FTS5 query; words are letters and digits only, so that nothing in them is syntax."""
    wanted = [_phrase(term) for term in terms if not term.excluded]
    barred = [_phrase(term) for term in terms if term.excluded]
    question = f"({' AND '.join(wanted)})"
    return f"{question} NOT ({' OR '.join(barred)})" if barred else question


def _phrase(term: Term) -> str:
    return f'"{" ".join(term.words)}"' + (" *" if term.prefix else "")


def _tsquery(terms: tuple[Term, ...], weight: str = "") -> str:
    return " & ".join(f"{'!' if term.excluded else ''}({_followed(term, weight)})" for term in terms)


def _followed(term: Term, weight: str) -> str:
    marks = [weight] * len(term.words)
    if term.prefix:
        marks[-1] = f"*{weight}"
    return " <-> ".join(
        f"'{word}'" + (f":{mark}" if mark else "") for word, mark in zip(term.words, marks, strict=True)
    )


def _vector(said: Described) -> str:
    """A tsvector's spelling: the title's words with weight A, then, a step apart, those of the text."""
    places: dict[str, list[str]] = {}
    position = 1
    for weight, text in (("A", said.key), ("", said.body)):
        for word in text.split():
            at = places.setdefault(word, [])
            if len(at) < 255:
                at.append(f"{min(position, _MAX_POSITION)}{weight}")
            position += 1
        position += 1
    return " ".join(f"'{word}':{','.join(at)}" for word, at in places.items())


def _postgresql() -> bool:
    return connection.vendor == "postgresql"
