"""Writes bundle-v1.json anew. HPKE draws its own randomness, so the bytes differ each time: kept vectors are opened, not regenerated."""

import json
from pathlib import Path

from stafftalks.links import sealing


def main() -> None:
    vectors = []
    for plaintext in (b"", b"Plan together, decide alone.\n"):
        keys = [sealing.new_private_key() for _ in range(2)]
        sealer = sealing.HpkeSealer(lambda key=keys[0]: key, max_bytes=1000)
        sealed = sealer.seal(plaintext, [sealing.public_key(key) for key in keys])
        vectors += [
            {
                "private_key": key.hex(),
                "public_key": sealing.public_key(key).hex(),
                "plaintext": plaintext.hex(),
                "sealed": sealed.hex(),
            }
            for key in keys
        ]
    Path(__file__).with_name("bundle-v1.json").write_text(json.dumps(vectors, indent=1) + "\n")


if __name__ == "__main__":
    main()
