"""`flask synthesis remind` and `erase-statement`."""

from datetime import timedelta

from flask import Flask
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from tests import factories
from tests.synthesis.report_samples import idea, thread
from tests.synthesis.signing.group import Group, draft
from tests.synthesis.signing.test_publishing import published


def test_who_is_silent_is_reminded_once(app: Flask, session: Session) -> None:
    group = Group(session)
    version = group.propose()
    runner = app.test_cli_runner()
    assert "Reminded: 0." in runner.invoke(args=["synthesis", "remind", "the-park"]).output
    for row in version.signatures:
        row.asked_at = now() - timedelta(days=4)
    session.commit()
    assert "Reminded: 3." in runner.invoke(args=["synthesis", "remind", "the-park"]).output
    assert "Reminded: 0." in runner.invoke(args=["synthesis", "remind", "the-park"]).output


def test_words_are_erased_from_what_was_published(app: Flask, session: Session) -> None:
    group = Group(session)
    row = factories.make_idea(session, group.consultation.threads[0], statement="Call Ada on 070-123.")
    one = idea(row.number, "Call Ada on 070-123.")
    version = published(group, draft(threads=(thread(findings=(), ideas=(one,)),), recommendations=()))
    session.commit()
    said = app.test_cli_runner().invoke(
        args=["synthesis", "erase-statement", "the-park", str(row.number), "--reason", "A number"]
    )
    assert "Erased: 1 texts." in said.output, said.output
    session.refresh(version, ["content"])
    assert b"070-123" not in version.content
