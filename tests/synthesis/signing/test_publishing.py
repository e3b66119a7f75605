"""A version that is signed becomes public, for good; erased words leave its numbers and its digest."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.analysis.__main__ import main as analysis
from deliberation.analysis.pipeline import analyse
from deliberation.analysis.storing import dump_votes
from deliberation.analysis.votes import VoteMatrix
from deliberation.jobs.models import Job
from deliberation.moderation.acts import OPERATOR
from deliberation.moderation.models import ActKind, ModerationAct
from deliberation.synthesis.signing import service
from deliberation.synthesis.signing.keeping import is_intact, report_of, sealed
from deliberation.synthesis.signing.models import SynthesisVersion
from deliberation.synthesis.signing.package import Source, make_package
from deliberation.synthesis.signing.proposing import publish_version
from deliberation.synthesis.signing.publishing import MAKE_PACKAGE, NotSigned, erase_statement
from deliberation.synthesis.writers.report import Answer, Report, Standing, ThreadReport
from tests import factories
from tests.synthesis.report_samples import idea, report, thread
from tests.synthesis.signing.group import Group, draft
from tests.synthesis.writer_samples import ENGLISH


def signed(group: Group, report: Report | None = None) -> SynthesisVersion:
    """A version that everybody in the group approves."""
    version = group.propose(report)
    for member in group.members:
        service.answer(group.session, version=version, by=member.id, answer=Answer.APPROVES)
    return version


def published(group: Group, report: Report | None = None) -> SynthesisVersion:
    """The same, published."""
    return published_by(group, signed(group, report), by=0)


def published_by(group: Group, version: SynthesisVersion, *, by: int) -> SynthesisVersion:
    """The version, published by that member."""
    return publish_version(
        group.session,
        version=version,
        by=group.members[by].id,
        address="https://example.org/1",
        package_address="https://example.org/1/evidence.zip",
    )


def test_what_is_published_says_who_signed_and_how_to_cite_it(session: Session) -> None:
    version = published(Group(session))
    found = report_of(version, ENGLISH)
    assert (found.standing, found.version) == (Standing.PUBLISHED, 1)
    assert found.sign_off is not None
    assert [one.answer for one in found.sign_off.signatures] == [Answer.APPROVES] * 3
    assert found.address == "https://example.org/1"
    assert found.address in found.cite_as
    assert is_intact(version)


def test_publishing_stands_in_the_log_and_leaves_the_package_for_later(session: Session) -> None:
    version = published(Group(session))
    act = session.scalars(select(ModerationAct).where(ModerationAct.kind == ActKind.PUBLISH_SYNTHESIS)).one()
    assert act.details == {"version": 1, "digest": version.digest}
    assert session.scalars(select(Job.arguments).where(Job.kind == MAKE_PACKAGE)).all() == [
        {"version_id": version.id}
    ]


def test_what_is_not_signed_is_not_published(session: Session) -> None:
    group = Group(session)
    version = group.propose()
    with pytest.raises(NotSigned):
        published_by(group, version, by=0)
    assert version.is_open


def test_the_second_to_publish_is_told(session: Session) -> None:
    group = Group(session)
    version = published(group)
    with pytest.raises(service.NotOpen):
        published_by(group, version, by=1)


def test_the_next_version_says_what_has_changed(session: Session) -> None:
    group = Group(session)
    published(group)
    second = published(group, draft(heading="Fewer alliances"))
    assert report_of(second, ENGLISH).changes == ("Title and summary: changed.",)


def test_erased_words_leave_numbers_and_digest(session: Session) -> None:
    group = Group(session)
    said = "Ask my neighbour Ada Ek, 070-123."
    row = factories.make_idea(session, group.consultation.threads[0], statement=said)
    one = idea(row.number, said)
    version = published(group, draft(threads=(thread(findings=(), ideas=(one,)),), recommendations=()))
    before = version.digest
    count = erase_statement(
        session, consultation=group.consultation, idea_number=row.number, by=OPERATOR,
        reason="Somebody's telephone number", tombstone="[erased]",
    )  # fmt: skip
    assert count == 1
    assert "Ada Ek" not in version.content.decode()
    assert version.digest == before
    assert is_intact(version)
    kept = report_of(version, ENGLISH).threads[0].ideas[0]
    assert (kept.statement, kept.agrees) == ("[erased]", 34)


def test_a_changed_number_is_noticed(session: Session) -> None:
    version = published(Group(session))
    document = json.loads(version.content)
    document["threads"][0]["ideas"][0]["agrees"] += 1
    version.content = json.dumps(document).encode()
    assert not is_intact(version)


def _votes(people: int, ideas: int) -> VoteMatrix:
    """Two camps that vote alike, of so many people each."""
    rng = np.random.default_rng(5)
    sides = np.repeat([1, -1], people)[:, None] * np.where(np.arange(ideas) % 2, 1, -1)
    noise = rng.random((2 * people, ideas)) < 0.05
    cells = np.where(noise, -sides, sides)
    rows, columns = np.nonzero(np.ones_like(cells))
    return VoteMatrix.of(people=rows, ideas=columns + 1, choices=cells[rows, columns])


def _source(votes: VoteMatrix) -> Source:
    landscape = analyse(votes)
    ideas = tuple(
        idea(int(number), f"=Statement {number}", agrees=int(a), disagrees=int(d), passes=int(p), groups=())
        for number, (a, d, p) in zip(votes.ideas, landscape.counts.tolist(), strict=True)
    )
    whole: ThreadReport = thread(findings=(), ideas=ideas)
    kept = sealed(report(whole, recommendations=()))
    return Source(
        synthesis=kept.content, digest=kept.digest, salts=kept.salts, erased={},
        votes=dump_votes(votes, with_people=False), inputs_digest=votes.digest,
        landscapes=((None, landscape, tuple("ABCDE"[: len(landscape.group_sizes)])),),
    )  # fmt: skip


def _unpacked(content: bytes, directory: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(directory)
    return directory


@pytest.mark.parametrize("people", [400, 8])
def test_the_package_is_checked_by_one_command(
    people: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = _source(_votes(people, 12))
    package = make_package(source)
    assert package.content == make_package(source).content
    directory = _unpacked(package.content, tmp_path / "evidence")
    assert (directory / "participant-votes.csv").exists() == package.holds_rows == (people == 400)
    assert analysis(["verify", str(directory)]) == 0
    said = capsys.readouterr().out
    assert source.digest in said
    assert "DIFFERS" not in said


def test_a_package_that_was_tampered_with_is_found_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = _unpacked(make_package(_source(_votes(400, 12))).content, tmp_path / "evidence")
    results = directory / "results.csv"
    lines = results.read_text().splitlines()
    number, agrees, *rest = lines[1].split(",")
    results.write_text(
        "\n".join([lines[0], ",".join([number, str(int(agrees) + 1), *rest]), *lines[2:]]) + "\n"
    )
    assert analysis(["verify", str(directory)]) == 1
    assert "DIFFERS. What it says of idea 1" in capsys.readouterr().out
