"""How the log speaks of changes to what a consultation says. For pages only."""

from typing import Final

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from deliberation.base.errors import marked
from deliberation.consultations.background import EntryKind
from deliberation.consultations.wording import language_name
from deliberation.moderation.queries import LogRow
from deliberation.moderation.setup_changes import Did

_SENTENCES: Final = {
    Did.EDIT_WORDS: marked("The consultation’s own text in %(language)s <b>was changed</b>."),
    Did.EDIT_THREAD: marked("The text of question %(thread)s in %(language)s <b>was changed</b>."),
    Did.ADD_THREAD: marked("Question %(thread)s <b>was added</b>."),
    Did.REMOVE_THREAD: marked("Question %(thread)s, which was empty, <b>was removed</b>."),
    Did.MOVE_THREAD: marked("Question %(thread)s <b>was moved</b> in the list."),
    Did.ADD_LANGUAGE: marked("The language %(language)s <b>was added</b>."),
    Did.REMOVE_LANGUAGE: marked("The language %(language)s, which had no texts, <b>was removed</b>."),
}
_OF_ENTRIES: Final = {
    Did.ADD_ENTRY: {
        EntryKind.RULE: marked("The rule “%(title)s” <b>was added</b>."),
        EntryKind.GLOSSARY: marked("“%(title)s” <b>was added</b> to the glossary."),
        EntryKind.PROPOSAL_CATEGORY: marked("The category “%(title)s” <b>was added</b>."),
        EntryKind.AREA: marked("The area “%(title)s” <b>was added</b>."),
    },
    Did.EDIT_ENTRY: {
        EntryKind.RULE: marked("The rule “%(title)s” <b>was changed</b> (%(language)s)."),
        EntryKind.GLOSSARY: marked("“%(title)s” <b>was changed</b> in the glossary (%(language)s)."),
        EntryKind.PROPOSAL_CATEGORY: marked("The category “%(title)s” <b>was changed</b> (%(language)s)."),
        EntryKind.AREA: marked("The area “%(title)s” <b>was changed</b> (%(language)s)."),
    },
    Did.REMOVE_ENTRY: {
        EntryKind.RULE: marked("The rule “%(title)s” <b>was removed</b>."),
        EntryKind.GLOSSARY: marked("“%(title)s” <b>was removed</b> from the glossary."),
        EntryKind.PROPOSAL_CATEGORY: marked("The category “%(title)s” <b>was removed</b>."),
        EntryKind.AREA: marked("The area “%(title)s” <b>was removed</b>."),
    },
    Did.MOVE_ENTRY: {
        EntryKind.RULE: marked("The rule “%(title)s” <b>was moved</b> in the list."),
        EntryKind.GLOSSARY: marked("“%(title)s” <b>was moved</b> in the glossary."),
        EntryKind.PROPOSAL_CATEGORY: marked("The category “%(title)s” <b>was moved</b> in the list."),
        EntryKind.AREA: marked("The area “%(title)s” <b>was moved</b> in the list."),
    },
}
_OF_NOTES: Final = {
    Did.ADD_ENTRY: marked("“%(title)s” <b>was added</b> to the background."),
    Did.EDIT_ENTRY: marked("“%(title)s” <b>was changed</b> in the background (%(language)s)."),
    Did.REMOVE_ENTRY: marked("“%(title)s” <b>was removed</b> from the background."),
    Did.MOVE_ENTRY: marked("“%(title)s” <b>was moved</b> in the background."),
}


def sentence_of_change(row: LogRow, slug: str) -> Markup:
    """Return what was changed as one sentence, with a link to the words before and after."""
    did = row.details.get("did")
    if did not in set(Did):
        return Markup(_("What the consultation says <b>was changed</b>."))  # noqa: S704 - our own
    sentence = _SENTENCES.get(Did(did)) or _of_entry(Did(did), row.details.get("kind"))
    language = str(row.details.get("language", ""))
    values = {
        "language": language_name(language) if language else "",
        "thread": row.details.get("thread", ""),
        "title": row.details.get("title", ""),
    }
    said = Markup(_(sentence)) % values  # noqa: S704 - the sentence is ours, the values are escaped
    change = row.details.get("change")
    if not isinstance(change, int):
        return said
    address = url_for("changes.show", slug=slug, number=change)
    return said + Markup(' <a href="{}">{}</a>').format(address, _("See what changed"))


def sentence_of_link(row: LogRow, _slug: str) -> Markup:
    """Return what was done to a link to a proposal; what it said is not repeated."""
    number = row.details.get("link", "")
    sentence = (
        marked("Link %(number)s to a related proposal <b>was hidden</b>.")
        if row.kind == "hide_link"
        else marked("Link %(number)s to a related proposal <b>can be seen again</b>.")
    )
    return Markup(_(sentence)) % {"number": number}  # noqa: S704 - as above


def _of_entry(did: Did, kind: object) -> str:
    if kind not in set(EntryKind):
        return _OF_NOTES[did]
    return _OF_ENTRIES[did].get(EntryKind(str(kind)), _OF_NOTES[did])
