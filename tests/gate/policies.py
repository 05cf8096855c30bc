"""The policies that the gate's tests use, as its rules spell them."""

from stafftalks.gate.marks import Policy

PLAIN = Policy(
    name="XMR",
    also=("MERIDIA",),
    levels=(
        ("UNCLASSIFIED", "U"),
        ("OFFICIAL", "O"),
        ("RESTRICTED", "R"),
        ("CONFIDENTIAL", "C"),
        ("SECRET", "S"),
        ("TOP SECRET", "TS"),
    ),
    caveats=(("NOFORN", "NF", "NOT RELEASABLE TO FOREIGN NATIONALS"), ("ORCON", "OC"), ("EXERCISE",)),
    audiences=(("REL TO", ""), ("", "ONLY"), ("", "EYES ONLY")),
)
TLP = Policy(name="TLP", levels=(("CLEAR", "WHITE"), ("GREEN",), ("AMBER",), ("AMBER+STRICT",), ("RED",)))
US = Policy(
    name="US",
    also=("USA",),
    levels=(("UNCLASSIFIED", "U"), ("CONFIDENTIAL", "C"), ("SECRET", "S"), ("TOP SECRET", "TS")),
    caveats=(("SI",), ("TK",), ("NOFORN", "NF"), ("ORCON", "OC")),
    audiences=(("REL TO", ""),),
)
