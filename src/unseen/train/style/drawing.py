"""Random choices that have no state: each is made from the seed and from what it is for.

So a training that was interrupted needs to know only how far it was.
"""

import hashlib

from torch import Generator


def drawn_for(seed: int, *purpose: str | int) -> Generator:
    """A CPU generator of its own for one purpose, such as ("crop", 17)."""
    digest = hashlib.blake2b(repr((int(seed), *purpose)).encode(), digest_size=8, person=b"unseen-style")
    return Generator().manual_seed(int.from_bytes(digest.digest(), "little") >> 1)
