"""A consultation whose working group has published a synthesis and is being asked to sign the next."""

from flask_babel import force_locale

from deliberation.consultations.people import RoleName
from deliberation.consultations.queries import get_consultation
from deliberation.synthesis.drafting import get_draft, write_opening
from deliberation.synthesis.signing import service
from deliberation.synthesis.signing.models import SynthesisVersion
from deliberation.synthesis.signing.proposing import draft_to_sign, publish_version
from deliberation.synthesis.writers.report import Answer
from tests.factories import make_role
from tests.journeys.people import People, Person, account_of


def signed_consultation(people: People, person: Person) -> str:
    """Make one, and return its slug. The person is in its working group, and asked for an answer."""
    slug = people.consultation("Signed", ideas=3, is_closed=True)
    members = people.working_group(slug, 2)
    here = f"{people.site.address}/c/{slug}/synthesis/versions/1"
    with people.writing() as session:
        consultation = get_consultation(session, slug)
        one, two = (account_of(session, member.email).id for member in members)
        mine = account_of(session, person.email)
        make_role(session, consultation, mine, RoleName.WORKING_GROUP)

        def propose() -> SynthesisVersion:
            draft = draft_to_sign(session, consultation=consultation, base_url=people.site.address)
            return service.propose(
                session, consultation=consultation, report=draft.report, snapshot_id=draft.snapshot_id,
                by=one, note="Shorter, and with the oaks.",
            )  # fmt: skip

        first = propose()
        service.answer(session, version=first, by=one, answer=Answer.APPROVES)
        service.answer(session, version=first, by=two, answer=Answer.RESERVES, text="Name the oaks.")
        service.answer(session, version=first, by=mine.id, answer=Answer.OBJECTS, text="No birches.")
        service.reply(session, version=first, signature_id=_row(first, mine.id), by=one, text="Next year.")
        service.add_minority_report(
            session, version=first, by=mine.id, title="The birches", text="Birches are *trees* too."
        )
        with force_locale("en"):
            publish_version(
                session, version=first, by=one, address=here, package_address=f"{here}/evidence.zip"
            )
        draft = get_draft(session, consultation.id)
        write_opening(
            session, consultation_id=consultation.id, by=one, revision=draft.revision,
            heading="Oaks, birches and all the other trees", summary=draft.summary,
        )  # fmt: skip
        second = propose()
        service.answer(session, version=second, by=two, answer=Answer.OBJECTS, text="Still no birches.")
    return slug


def _row(version: SynthesisVersion, account_id: int) -> int:
    return next(row.id for row in version.signatures if row.account_id == account_id)
