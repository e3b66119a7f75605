"""What members of the working group fill in. What is acceptable is the service's to say."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectChoice, StringField, TextAreaField

from deliberation.synthesis.signing.models import Quorum
from deliberation.synthesis.writers.report import Answer
from deliberation.web.forms import Form, many_lines, one_line


class ProposeForm(Form):
    """The draft is proposed to the group."""

    note = TextAreaField(_l("What has changed, in a sentence or two"), filters=[many_lines])


class AnswerForm(Form):
    """A member answers a version."""

    answer = RadioField(
        _l("What do you say to this version?"),
        choices=[
            SelectChoice(Answer.APPROVES.value, _l("I approve")),
            SelectChoice(Answer.RESERVES.value, _l("I approve with reservations")),
            SelectChoice(Answer.OBJECTS.value, _l("I object")),
        ],
    )
    text = TextAreaField(_l("Your reservations or your objection"), filters=[many_lines])


class ReplyForm(Form):
    """The others answer an objection."""

    text = TextAreaField(_l("The group’s answer"), filters=[many_lines])


class MinorityForm(Form):
    """What is to be read with the version though the group does not say it."""

    title = StringField(_l("Title"), filters=[one_line])
    body = TextAreaField(_l("What you see otherwise"), filters=[many_lines])


class RuleForm(Form):
    """When a version counts as signed."""

    quorum = RadioField(
        _l("How many of the group have to answer"),
        choices=[
            SelectChoice(Quorum.HALF.value, _l("Half")),
            SelectChoice(Quorum.TWO_THIRDS.value, _l("Two thirds")),
            SelectChoice(Quorum.THREE_QUARTERS.value, _l("Three quarters")),
            SelectChoice(Quorum.ALL.value, _l("All")),
        ],
    )
    replies_to_objections = BooleanField(_l("Every objection needs a reply before anything is published"))


class PublishForm(Form):
    """Nothing but the wish to publish."""
