"""The working draft: composed from a snapshot, written in, and never lost."""

import pytest
from sqlalchemy.orm import Session

from deliberation.synthesis.drafting import NewerWording
from deliberation.synthesis.evidence import mismatches
from deliberation.synthesis.findings import write_finding
from deliberation.synthesis.reports import draft_report
from deliberation.synthesis.writers.report import FindingKind, Standing
from tests.synthesis.drafts import URL, Group, begun, working_group


@pytest.fixture
def group(session: Session) -> Group:
    return working_group(session)


def test_a_draft_is_composed_from_a_snapshot_in_the_groups_language(session: Session, group: Group) -> None:
    draft = begun(session, group, language="sv")
    report = draft_report(session, draft=draft, base_url=URL)
    assert (report.standing, report.language, report.version) == (Standing.DRAFT, "sv", None)
    kinds = {finding.kind for finding in report.findings}
    assert {FindingKind.CONSENSUS, FindingKind.MINORITY} <= kinds
    assert mismatches(session, draft=draft) == ()
    for finding in report.findings:
        for idea in finding.ideas:
            assert idea in report.threads[0].ideas + report.threads[1].ideas
    assert report == draft_report(session, draft=draft, base_url=URL)


def test_a_stale_save_changes_nothing(session: Session, group: Group) -> None:
    begun(session, group)
    here = {"consultation_id": group.consultation.id, "number": 1, "kind": "remark", "text": ""}
    write_finding(session, **here, by=group.first.id, revision=1, claim="The first says this.")
    with pytest.raises(NewerWording):
        write_finding(session, **here, by=group.second.id, revision=1, claim="The second says that.")
