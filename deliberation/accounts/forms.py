"""The shape of what people type about themselves."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, Field, HiddenField, PasswordField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, StopValidation

from deliberation.accounts.models import NAME_LENGTH, Theme
from deliberation.base.text import clean_name
from deliberation.web.forms import Form
from deliberation.web.locale import LANGUAGES


class PostalForm(Form):
    """A form with an e-mail address in it, and the page to go on to."""

    email = EmailField(
        _l("E-mail address"),
        validators=[InputRequired(_l("Write your e-mail address."))],
        render_kw={"autocomplete": "username", "inputmode": "email", "spellcheck": "false"},
    )
    next = HiddenField()

    def validate_email(self, field: Field) -> None:
        """Bring the address into the one form in which it is stored, or say what is wrong."""
        from email_validator import EmailNotValidError, validate_email  # slow to load: names of all scripts

        try:
            checked = validate_email((field.data or "").strip(), check_deliverability=False)
        except EmailNotValidError:
            checked = None
        if checked is None or checked.ascii_email is None:
            raise StopValidation(_("Write a whole e-mail address, such as name@example.org."))
        field.data = checked.ascii_email.lower()


def _named(value: Any) -> Any:
    return clean_name(value) if isinstance(value, str) else value


def _password(label: Any, autocomplete: str, missing: Any, description: Any = "") -> PasswordField:
    return PasswordField(
        label,
        validators=[InputRequired(missing)],
        description=description,
        render_kw={"autocomplete": autocomplete, "spellcheck": "false", "autocapitalize": "off"},
    )


def _new_password(label: Any) -> PasswordField:
    return _password(
        label,
        "new-password",
        _l("Choose a password."),
        _l("At least 15 characters. Four words that do not belong together are easy to remember."),
    )


def _name(description: Any) -> StringField:
    return StringField(
        _l("Name"),
        filters=[_named],
        validators=[
            _Present(_l("Write a name. It does not have to be your real one.")),
            Length(max=NAME_LENGTH, message=_l("Use at most %(max)d characters.")),
        ],
        description=description,
        render_kw={"autocomplete": "name"},
    )


class _Present:
    """Refuses what is empty once it has been cleaned."""

    field_flags = {"required": True}  # noqa: RUF012 - WTForms reads it so

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, form: Form, field: Field) -> None:
        if not field.data:
            raise StopValidation(self.message)


class SignUpForm(PostalForm):
    """Who somebody is, for an account."""

    name = _name(_l("Only you see it. Others see a participant number."))
    password = _new_password(_l("Password"))


class SignInForm(PostalForm):
    """What an account is opened with."""

    password = _password(_l("Password"), "current-password", _l("Type your password."))


class AddressForm(PostalForm):
    """An address to send a link to."""


class ConfirmForm(Form):
    """The password that was chosen at sign-up."""

    password = _password(_l("The password you chose"), "current-password", _l("Type the password you chose."))
    next = HiddenField()


class NewPasswordForm(Form):
    """A password for an account that lost its own."""

    password = _new_password(_l("New password"))
    next = HiddenField()


class ProfileForm(Form):
    """What a person goes by, reads in and looks at."""

    name = _name(_l("Only you see it. Others see a participant number."))
    language = SelectField(
        _l("Language"),
        choices=[
            SelectChoice("", _l("As in this browser")),
            *(SelectChoice(code, name) for code, name in LANGUAGES.items()),
        ],
    )
    theme = RadioField(
        _l("Colours"),
        choices=[
            SelectChoice("", _l("As on my device")),
            SelectChoice(Theme.LIGHT.value, _l("Light")),
            SelectChoice(Theme.DARK.value, _l("Dark")),
        ],
    )


class ChangePasswordForm(Form):
    """A new password, by somebody who knows the old one."""

    current = _password(_l("Current password"), "current-password", _l("Type your current password."))
    password = _new_password(_l("New password"))
