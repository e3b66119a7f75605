"""Ideas in the demonstration that were written without an account, and wait on the desk to be read."""

from typing import Final

from sqlalchemy.orm import Session

from deliberation.accounts.guests import begin_guest, forget_guest
from deliberation.consultations.models import Consultation
from deliberation.ideas.service import post_guest_idea

IDEAS: Final = (
    (1, "sv", "Låt hembygdsföreningar låna ut sina scannrar till Wikimedia på helgerna."),
    (4, "en", "Offer partners one page that says what we can do for them, in their own language."),
)


def add_guests_ideas(session: Session, consultation: Consultation) -> None:
    """Let one guest write the ideas; nobody is that guest afterwards."""
    guest_id, _token = begin_guest(session)
    for thread, language, statement in IDEAS:
        post_guest_idea(
            session, consultation=consultation, thread=consultation.threads[thread - 1], guest_id=guest_id,
            statement=statement, elaboration="", language=language,
        )  # fmt: skip
    forget_guest(session, guest_id)
