"""The policies that come with the product: a plain one under any name, TLP 2.0, and the marking style of the United States.

They are what the standards say as far as planning between partners needs it; where a party's own policy says more, its administrator loads that one.
"""

from typing import Final

from stafftalks.values.label import TagType
from stafftalks.values.policy import (
    Absent,
    Classification,
    Opening,
    Phrase,
    Policy,
    Qualifier,
    Reference,
    Tag,
    Value,
)

PLAIN: Final = "PLAIN"
"""The name of the plain policy that belongs to nobody."""
_RELEASABLE: Final = "Releasable To"
_ONLY: Final = "Only"
_DISSEMINATION: Final = "Dissemination"


def plain(name: str, owner: str = "") -> Policy:
    """The plain policy under a name: five classifications and OFFICIAL, `REL TO`, `ONLY`, handling caveats, and words for information.

    `owner` is the party that the restriction NOFORN does not shut out.
    """
    return Policy(
        name=name,
        owner=owner,
        classifications=(
            Classification(name="UNCLASSIFIED", rank=0, portion="U", colour="#1e8449"),
            Classification(name="OFFICIAL", rank=1, portion="O", colour="#1f5fa8"),
            Classification(name="RESTRICTED", rank=2, portion="R", colour="#1f5fa8"),
            Classification(name="CONFIDENTIAL", rank=3, portion="C", colour="#1f5fa8"),
            Classification(name="SECRET", rank=4, portion="S", colour="#b03a2e"),
            Classification(name="TOP SECRET", rank=5, portion="TS", colour="#b9770e"),
        ),
        tags=(
            _handling("Handling", also=("ATOMAL", "BOHEMIA", "CRYPTO")),
            Tag(
                name=_ONLY,
                type=TagType.PERMISSIVE,
                opening=Opening.PARTIES,
                audience=True,
                absent=Absent.ANYBODY,
                qualifiers=(
                    Qualifier(suffix=" ONLY", separator=", "),
                    Qualifier(suffix=" EYES ONLY", separator=", "),
                ),
                excluded=(Reference(_RELEASABLE),),
            ),
            _releasable(first=owner),
            Tag(
                name="Information",
                type=TagType.INFORMATIVE,
                values=tuple(
                    Value(name=word)
                    for word in ("EXERCISE", "MANAGEMENT", "STAFF", "PERSONAL", "MEDICAL", "COMMERCIAL")
                ),
            ),
        ),
        qualifiers=(Qualifier(separator="//"),),
    )


def tlp() -> Policy:
    """The Traffic Light Protocol. Source: FIRST, TLP version 2.0; WHITE of version 1 is read as CLEAR."""
    return Policy(
        name="TLP",
        uri="https://www.first.org/tlp/",
        aliases=("Traffic Light Protocol",),
        classifications=(
            Classification(name="CLEAR", rank=0, aliases=("WHITE",), colour="#ffffff"),
            Classification(name="GREEN", rank=1, colour="#33ff00"),
            Classification(name="AMBER", rank=2, colour="#ffc000"),
            Classification(name="AMBER+STRICT", rank=3, colour="#ffc000"),
            Classification(name="RED", rank=4, colour="#ff2b2b"),
        ),
        phrases=(Phrase(replaces_policy=True),),
        qualifiers=(Qualifier(prefix="TLP:", separator="//"),),
    )


def us_style() -> Policy:
    """Banners and portion marks as the United States write them: `TOP SECRET//SI/TK//NOFORN`, `(S//NF)`, `(S//REL TO USA, GBR)`."""
    return Policy(
        name="US",
        owner="USA",
        aliases=("USA", "U.S."),
        classifications=(
            Classification(name="UNCLASSIFIED", rank=0, portion="U", colour="#007a33"),
            Classification(name="CUI", rank=1, portion="CUI", colour="#502b85"),
            Classification(name="CONFIDENTIAL", rank=2, portion="C", colour="#0033a0"),
            Classification(name="SECRET", rank=3, portion="S", colour="#c8102e"),
            Classification(name="TOP SECRET", rank=4, portion="TS", colour="#ff8c00"),
        ),
        tags=(
            Tag(
                name="SCI",
                type=TagType.RESTRICTIVE,
                qualifiers=(Qualifier(separator="/"),),
                values=tuple(
                    Value(name=name, excluded_classes=("UNCLASSIFIED", "CUI")) for name in ("HCS", "SI", "TK")
                ),
            ),
            _handling(_DISSEMINATION, also=("FISA",), block="dissemination"),
            _releasable(first="USA", block="dissemination"),
        ),
        phrases=(Phrase(replaces_policy=True),),
        qualifiers=(Qualifier(separator="//"),),
    )


def _handling(name: str, *, also: tuple[str, ...] = (), block: str = "") -> Tag:
    """Caveats that only ever narrow who may read. Which nobody but the owner may read cannot be releasable to others."""
    known = (
        ("ORCON", "OC", "ORIGINATOR CONTROLLED"),
        ("IMCON", "IMC", "CONTROLLED IMAGERY"),
        ("NOFORN", "NF", "NOT RELEASABLE TO FOREIGN NATIONALS"),
        ("PROPIN", "PR", "CAUTION-PROPRIETARY INFORMATION INVOLVED"),
        ("LIMDIS", "DS", "LIMITED DISTRIBUTION"),
        ("EXDIS", "XD", "EXCLUSIVE DISTRIBUTION"),
        ("NODIS", "ND", "NO DISTRIBUTION"),
    )
    values = tuple(
        Value(
            name=word,
            portion=short,
            aliases=(long,),
            home_only=word == "NOFORN",
            excluded=(Reference(_RELEASABLE),) if word == "NOFORN" else (),
        )
        for word, short, long in known
    )
    return Tag(
        name=name,
        type=TagType.RESTRICTIVE,
        values=(*values, *(Value(name=word) for word in also)),
        qualifiers=(Qualifier(separator="/"),),
        block=block,
    )


def _releasable(*, first: str, block: str = "") -> Tag:
    return Tag(
        name=_RELEASABLE,
        type=TagType.PERMISSIVE,
        opening=Opening.PARTIES,
        audience=True,
        absent=Absent.NOBODY,
        qualifiers=(Qualifier(prefix="REL TO ", separator=", "), Qualifier(prefix="RELEASABLE TO ", separator=", ")),
        block=block,
        first=first,
    )
