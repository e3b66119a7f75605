"""The shape of what people write when they put a tag on an idea."""

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField

from deliberation.tags.queries import TagLabel
from deliberation.web.forms import Form, one_line


class TagForm(Form):
    """A tag from the vocabulary, or the name of one that is missing."""

    tag = SelectField(_l("Add a tag"), validate_choice=False, choices=[])
    suggestion = StringField(_l("Or suggest a new one"), filters=[one_line])

    def offer(self, vocabulary: Sequence[TagLabel], applied: Iterable[TagLabel]) -> None:
        """Let the person choose what they have not put on the idea yet."""
        mine = {label.key for label in applied if label.is_mine}
        names = [(label.key, label.name) for label in vocabulary if label.key not in mine]
        self.tag.choices = [("", _("Choose from the list")), *names]
