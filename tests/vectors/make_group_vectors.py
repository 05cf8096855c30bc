"""Writes the private check's vectors: `python -m tests.vectors.make_group_vectors`.

All are computed in whole numbers by `tests.deconflict.slow_group`, none by the library, and never change: a change of group or hash adds a file. Published vectors lie
beside them: `xswiftec.json` holds the pairs of BIP 324 (BSD-3-Clause), `expand_message_xmd.json` those of RFC 9380, appendix K.3. All bytes are hexadecimal.
"""

import hashlib
import json
import pathlib

from tests.deconflict import slow_group

FOLDER = pathlib.Path(__file__).parent / "group"


def vectors() -> object:
    found = []
    for number in range(8):
        seed, item = hashlib.sha256(b"seed %d" % number).digest(), b"item " * number
        wide = slow_group.expanded(seed, b"STAFFTALKS-V01-CS01-scalar", 64)
        scalar = int.from_bytes(wide, "big") % (slow_group.Q - 1) + 1
        point = slow_group.hashed(item)
        found.append(
            {
                "seed": seed.hex(),
                "scalar": f"{scalar:064x}",
                "key": f"{slow_group.times(scalar, slow_group.G):064x}",
                "item": item.hex(),
                "point": f"{point:064x}",
                "product": f"{slow_group.times(scalar, point):064x}",
            }
        )
    return {"tag": slow_group.TAG.decode(), "vectors": found}


def text() -> str:
    return json.dumps(vectors(), indent=1) + "\n"


if __name__ == "__main__":
    (FOLDER / "masking.json").write_text(text())
