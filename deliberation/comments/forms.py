"""The shape of what people write when they comment or change a comment."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, TextAreaField

from deliberation.ideas.forms import LanguageSelect
from deliberation.web.forms import Form, many_lines, one_line


class CommentForm(Form):
    """A comment, and the language it is in."""

    body = TextAreaField(_l("Write a comment"), filters=[many_lines])
    language = LanguageSelect(_l("Language"), filters=[one_line])
    is_late = False

    def offer(self, languages: list[str]) -> None:
        """Let the person choose among languages, first those of the consultation and what was chosen."""
        chosen = [self.language.data] if self.language.data else []
        self.language.offered = tuple(dict.fromkeys([*languages, *chosen]))

    @property
    def status(self) -> int:
        """The status of the page that shows the form."""
        return 409 if self.is_late else super().status


class EditCommentForm(CommentForm):
    """The same, with the number of the wording that the author had before them."""

    revision = HiddenField()

    @property
    def known_revision(self) -> int:
        """The number that came with the form; 0, which no wording has, where it is none."""
        data = str(self.revision.data or "")
        return int(data) if data.isdecimal() and len(data) < 10 else 0
