"""The shape of what a working group writes in its draft."""

from collections.abc import Callable

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField

from deliberation.base.errors import Conflict, Refused
from deliberation.web.extensions import db
from deliberation.web.forms import Form, many_lines, one_line

LONGEST_NUMBER = 9


def as_number(written: object) -> int:
    """Return the number that was sent; 0, which nothing here has, where it is none."""
    text = str(written or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else 0


class DraftForm(Form):
    """A form that can come too late: something is in its way that was not when it was opened."""

    is_late = False

    @property
    def status(self) -> int:
        """The status of the page that shows the form."""
        return 409 if self.is_late else super().status

    def sends(self, act: Callable[[], object]) -> bool:
        """Do what the form is for and keep it; say whether that went well. What was typed stays."""
        try:
            act()
        except (Refused, Conflict) as error:
            db.session.rollback()
            self.is_late = isinstance(error, Conflict)
            self.refuse(error)
            return False
        db.session.commit()
        return True


class VersionedForm(DraftForm):
    """A form with the number of the revision that the writer had before them."""

    revision = HiddenField()

    @property
    def known_revision(self) -> int:
        """The number that came with the form."""
        return as_number(self.revision.data)


class OpeningForm(VersionedForm):
    """How the synthesis begins."""

    heading = StringField(_l("Heading"), filters=[one_line])
    summary = TextAreaField(_l("Summary"), filters=[many_lines])


class FindingForm(VersionedForm):
    """A finding, and the words by which to look for an idea to cite. `thread` is asked for a new one."""

    kind = SelectField(_l("Kind of finding"), validate_choice=False)
    thread = SelectField(_l("Question"), validate_choice=False)
    claim = TextAreaField(_l("What you found, in one sentence"), filters=[one_line])
    text = TextAreaField(_l("More about it (optional)"), filters=[many_lines])
    q = StringField(_l("Find an idea to cite"), filters=[one_line])


class RecommendationForm(VersionedForm):
    """A recommendation."""

    what = TextAreaField(_l("What you recommend, in one sentence"), filters=[one_line])
    why = TextAreaField(_l("Why (optional)"), filters=[many_lines])
    because = SelectMultipleField(_l("Findings it follows from"), validate_choice=False)
    who = TextAreaField(_l("Who is needed"), filters=[many_lines])
    actions = TextAreaField(_l("What they need to do"), filters=[many_lines])
    by_when = StringField(_l("By when (optional)"), filters=[one_line])


class RemarkForm(DraftForm):
    """A comment in the margin, or an answer to one."""

    body = TextAreaField(_l("Write in the margin"), filters=[many_lines])
    answers = HiddenField()


class SplitForm(DraftForm):
    """Which ideas go to a finding of their own, and what that says."""

    ideas = SelectMultipleField(_l("Ideas that go to the new finding"), validate_choice=False)
    claim = TextAreaField(_l("What the new finding says"), filters=[one_line])


class JoinForm(DraftForm):
    """The finding that this one is joined into."""

    into = SelectField(_l("Join it into"), validate_choice=False)
