"""The shape of what somebody types who accepts an invitation."""

from flask_babel import lazy_gettext as _l

from deliberation.accounts.forms import SignUpForm
from deliberation.web.forms import Form


class AcceptForm(Form):
    """Nothing to fill in: somebody signed in says yes."""


class NewAccountForm(SignUpForm):
    """An account, made right where the invitation is accepted."""


class NewAccountAtAddressForm(SignUpForm):
    """The same for an invitation that names the address."""

    email = None
    validate_email = None  # type: ignore[assignment]


INVITED_AS = {
    "facilitator": _l("Facilitator"),
    "working_group": _l("Member of the working group"),
}
