"""What a facilitator fills in. What is acceptable is the service's to say."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from flask_babel import get_timezone
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.widgets import DateTimeLocalInput

from deliberation.base.errors import Conflict
from deliberation.consultations.models import Phase
from deliberation.consultations.phases import Timetable
from deliberation.moderation.timetable import schedulable
from deliberation.tags.models import TagStatus
from deliberation.web.errors import spoken
from deliberation.web.forms import Form, many_lines, one_line

TO_THE_MINUTE: Final = "%Y-%m-%dT%H:%M"


class MomentField(Field):
    """A date and a time of day where the reader is; empty is None."""

    widget = DateTimeLocalInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.astimezone(get_timezone()).strftime(TO_THE_MINUTE) if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what the browser sends, with or without seconds."""
        written = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not written:
            return
        try:
            moment = datetime.fromisoformat(written)
            # The year's bounds keep the change of zone from leaving the calendar.
            if moment.tzinfo is not None or not 2000 <= moment.year <= 9000:
                raise ValueError
        except ValueError:
            raise ValueError(_("Write a date and a time, such as 2027-01-15 09:00.")) from None
        self.data = get_timezone().localize(moment).astimezone(UTC)


class ReasonForm(Form):
    """An act that needs nothing but a reason."""

    reason = TextAreaField(_l("Reason"), filters=[many_lines])
    is_late = False

    def came_too_late(self, error: Conflict) -> None:
        """Say that the state of things no longer permits this."""
        self.is_late = True
        self.form_errors.append(spoken(error))

    @property
    def status(self) -> int:
        """The status of the page that shows the form."""
        return 409 if self.is_late else super().status


class HideForm(ReasonForm):
    """Which rule an idea breaks, and how."""

    rule = RadioField(_l("Which rule does it break?"), validate_choice=False)
    seen = HiddenField()

    @property
    def newest_flag(self) -> int | None:
        """The newest flag that was there when the form was made; None where there was none."""
        data = str(self.seen.data or "")
        return (int(data) or None) if data.isdecimal() and len(data) < 19 else None


class FlagForm(Form):
    """Which rule something breaks, and how, for the facilitators to look at."""

    rule = RadioField(_l("Which rule does it break?"), validate_choice=False)
    note = TextAreaField(_l("What is wrong with it? (optional)"), filters=[many_lines])
    is_late = False

    @property
    def status(self) -> int:
        """The status of the page that shows the form."""
        return 409 if self.is_late else super().status


class AppealForm(Form):
    """What is wrong with a decision."""

    text = TextAreaField(_l("What is wrong with the decision?"), filters=[many_lines])
    is_late = False

    @property
    def status(self) -> int:
        """The status of the page that shows the form."""
        return 409 if self.is_late else super().status


class OutcomeForm(ReasonForm):
    """What comes of an appeal, and why."""

    outcome = HiddenField()


class BlockForm(ReasonForm):
    """Until when somebody cannot post, under which rule and why."""

    rule = RadioField(_l("Which rule does it break?"), validate_choice=False)
    until = StringField(_l("Until and with"), filters=[one_line])

    @property
    def end(self) -> datetime | None:
        """The end of the day that was written, where the reader is; None for what is no day."""
        try:
            day = date.fromisoformat(self.until.data or "")
            if not 2000 <= day.year <= 9000:
                return None
        except ValueError:
            return None
        next_day = datetime.combine(day + timedelta(days=1), time())
        return get_timezone().localize(next_day).astimezone(UTC)


class BulkForm(ReasonForm):
    """What is decided about many things at once."""

    verdict = HiddenField()
    rule = RadioField(_l("Which rule do they break?"), validate_choice=False)


class PhaseForm(ReasonForm):
    """The phase to begin now."""

    phase = SelectField(choices=list(Phase), coerce=Phase)
    seen = HiddenField()


class ScheduleForm(ReasonForm):
    """When the coming phases begin by themselves."""

    gathering = MomentField()
    voting = MomentField()
    synthesis = MomentField()
    published = MomentField()
    seen = HiddenField()

    def starts(self, timetable: Timetable) -> dict[Phase, datetime | None]:
        """Return what was chosen for each phase that can have a date.

        The field shows minutes; a date that was not touched keeps its seconds.
        """
        chosen: dict[Phase, datetime | None] = {}
        for phase in schedulable(timetable):
            known, wanted = timetable.starts.get(phase), self[phase.value].data
            is_untouched = known is not None and known.replace(second=0, microsecond=0) == wanted
            chosen[phase] = known if is_untouched else wanted
        return chosen


class AcceptForm(ReasonForm):
    """A tag to take into the vocabulary, and what it was when the person saw it."""

    seen = SelectField(
        choices=[TagStatus.SUGGESTED, TagStatus.DECLINED], coerce=TagStatus, default=TagStatus.SUGGESTED
    )


class RenameForm(ReasonForm):
    """A tag's name in one language."""

    language = HiddenField()
    seen = HiddenField()
    name = StringField(_l("Name"), filters=[one_line])


class PartForm(ReasonForm):
    """A merged tag that is to stand on its own, and the key of what the person saw it merged into."""

    seen = HiddenField()


class MergeForm(ReasonForm):
    """The tag that another one goes into, by its key."""

    into = StringField(_l("Merge into"))
