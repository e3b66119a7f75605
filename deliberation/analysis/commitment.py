"""A digest of a document from which single texts can be erased later while the digest stays true.

Every text that somebody wrote is a *leaf*: the digest is taken over the leaf's own digest, salted, in place
of the text. When a text is erased its salt goes with it, and the leaf's digest stays: nobody can find out
by trying what stood there, and whoever kept the document as it was can still show that it was this one.
"""

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

WRITTEN: Final = frozenset(
    {
        "actions", "alternative", "authors", "caption", "changes", "claim", "heading", "name", "names",
        "reply", "statement", "summary", "text", "title", "what", "who", "why",
    }
)  # fmt: skip
"""The members of a synthesis that hold what somebody wrote: a text, or a list of texts."""
_SALT_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Commitment:
    """What the digest of a document is made with.

    Texts are named by where they stand, as in `/threads/0/findings/3/claim`. `salts` are hexadecimal, one for
    each text that is there; `erased` are the digests of those that are not.
    """

    digest: str
    salts: Mapping[str, str]
    erased: Mapping[str, str]


def commit(document: Any, *, secret: bytes) -> Commitment:
    """Return the commitment to a document of JSON's kinds, in which nothing is erased yet.

    The salts follow from `secret`, which has to be as good as 16 random bytes and to be forgotten.
    """
    salts: dict[str, str] = {}

    def leaf(place: str, text: str) -> str:
        salts[place] = hmac.digest(secret, place.encode(), "sha256")[:_SALT_BYTES].hex()
        return _leaf_digest(salts[place], text)

    digest = _digest(_with_leaves(document, leaf))
    return Commitment(digest, salts, {})


def digest_of(document: Any, *, salts: Mapping[str, str], erased: Mapping[str, str]) -> str:
    """Return the digest of a document as it stands.

    Raises ValueError for a text with neither salt nor digest.
    """

    def leaf(place: str, text: str) -> str:
        if place in erased:
            return erased[place]
        if place not in salts:
            raise ValueError(f"{place}: the text has no salt")
        return _leaf_digest(salts[place], text)

    return _digest(_with_leaves(document, leaf))


def erase(
    document: Any, commitment: Commitment, *, is_meant: Callable[[str], bool], tombstone: str
) -> tuple[Any, Commitment]:
    """Return the document with `tombstone` for every text that is meant, and the commitment to it.

    The digest stays what it was. A text that is erased already stays so.
    """
    salts, erased = dict(commitment.salts), dict(commitment.erased)

    def leaf(place: str, text: str) -> str:
        if place in erased or not is_meant(text):
            return text
        erased[place] = _leaf_digest(salts.pop(place), text)
        return tombstone

    return _with_leaves(document, leaf), Commitment(commitment.digest, salts, erased)


def _with_leaves(
    value: Any, leaf: Callable[[str, str], str], place: str = "", *, is_written: bool = False
) -> Any:
    """Return the value with `leaf(place, text)` for each written text in it."""
    if isinstance(value, Mapping):
        return {
            key: _with_leaves(item, leaf, f"{place}/{key}", is_written=key in WRITTEN)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [
            _with_leaves(item, leaf, f"{place}/{at}", is_written=is_written) for at, item in enumerate(value)
        ]
    return leaf(place, value) if is_written and isinstance(value, str) else value


def _leaf_digest(salt: str, text: str) -> str:
    return sha256(bytes.fromhex(salt) + text.encode("utf-8", "surrogatepass")).hexdigest()


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
