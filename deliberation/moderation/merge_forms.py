"""What people fill in to merge two ideas or to propose it. What is acceptable is the service's to say."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField

from deliberation.moderation.forms import ReasonForm
from deliberation.web.forms import many_lines, one_line


class MergeIdeaForm(ReasonForm):
    """The idea that another one goes into, by its number."""

    into = StringField(_l("Number of the idea"), filters=[one_line])


class ProposalForm(MergeIdeaForm):
    """The idea that says the same, and a note for the facilitators."""

    note = TextAreaField(_l("Note"), filters=[many_lines])
