"""The published versions of a synthesis as an Atom feed (RFC 4287)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from xml.etree import ElementTree

from flask import url_for
from flask_babel import gettext as _

from deliberation.consultations.scope import Place
from deliberation.synthesis.signing.models import SynthesisVersion
from deliberation.web.locale import current_language

NAMESPACE: Final = "http://www.w3.org/2005/Atom"
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


def feed_of(place: Place, published: Sequence[SynthesisVersion], *, base_url: str) -> bytes:
    """Return the feed, the newest version first. `base_url` is the site's, without a slash at its end."""
    own = base_url + url_for("signing.feed", slug=place.slug)
    feed = ElementTree.Element("feed", {"xmlns": NAMESPACE, "xml:lang": current_language()})
    _add(feed, "title", _("Synthesis of “%(title)s”", title=place.texts.title))
    _add(feed, "id", own)
    _link(feed, "self", own)
    _link(feed, "alternate", base_url + url_for("signing.versions", slug=place.slug))
    newest = max((one.published_at for one in published if one.published_at), default=_NEVER)
    _add(feed, "updated", newest.isoformat(timespec="seconds"))
    author = ElementTree.SubElement(feed, "author")
    _add(author, "name", _("The working group of “%(title)s”", title=place.texts.title))
    for version in published:
        if version.published_at is None:
            continue
        address = base_url + url_for("signing.show", slug=place.slug, number=version.number)
        entry = ElementTree.SubElement(feed, "entry")
        _add(entry, "title", _("Synthesis, version %(number)s", number=version.number))
        _add(entry, "id", address)
        _link(entry, "alternate", address)
        _add(entry, "published", version.published_at.isoformat(timespec="seconds"))
        _add(entry, "updated", version.published_at.isoformat(timespec="seconds"))
        _add(entry, "summary", version.note or _("The working group has published a version."))
    declaration = b'<?xml version="1.0" encoding="utf-8"?>\n'
    return declaration + ElementTree.tostring(feed, encoding="utf-8") + b"\n"


def _add(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = text


def _link(parent: ElementTree.Element, relation: str, address: str) -> None:
    ElementTree.SubElement(parent, "link", {"rel": relation, "href": address})
