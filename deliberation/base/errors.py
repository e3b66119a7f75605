"""What can go wrong, in the product's words. `web/errors.py` alone turns these into pages and statuses."""


def marked(sentence: str) -> str:
    """Return `sentence` as it is. Marks it for the translators; it is translated where it is shown."""
    return sentence


class DomainError(Exception):
    """Something the product refuses to do, with a sentence a person can act on.

    `sentence` is English, marked with `marked`, with `%(name)s` for each of `values`. `field` names the
    form field it belongs to, where there is one.
    """

    default = marked("That is not possible.")

    def __init__(self, sentence: str = "", *, field: str | None = None, **values: object) -> None:
        """See the class."""
        self.sentence = sentence or self.default
        self.field = field
        self.values = values
        super().__init__(self.sentence % values if values else self.sentence)


class NotFound(DomainError):
    """There is no such thing, or the person may not know that there is."""

    default = marked("There is nothing at this address.")


class NotAllowed(DomainError):
    """The person may see it but may not do this to it."""

    default = marked("You may not do that here.")


class SignInRequired(DomainError):
    """The person has to sign in first."""

    default = marked("Sign in first.")


class Conflict(DomainError):
    """The state of things no longer permits this."""

    default = marked("Something changed while you were writing.")


class TooMany(DomainError):
    """More of this has come from one place in a short while than is taken."""

    default = marked("That was many times in a short while. Wait a moment and try again.")


class Refused(DomainError):
    """The input is understood and not acceptable."""

    default = marked("That cannot be saved as it is.")
