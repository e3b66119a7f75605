import socket
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from deliberation.web.mail import Mail, Mailer, MailFailed

MAIL = Mail("ada@example.org", "Bekräfta din adress", "Hej Åsa,\n\nhttp://deliberation.test/confirm/abc\n")


def test_a_mail_to_a_folder_is_a_whole_mail(tmp_path: Path) -> None:
    Mailer(f"file://{tmp_path}/out", "Site <site@example.org>").send(MAIL)
    (file,) = (tmp_path / "out").iterdir()
    message = message_from_bytes(file.read_bytes(), policy=default)
    assert message["To"] == MAIL.to
    assert message["Subject"] == MAIL.subject
    assert message.get_content().replace("\r\n", "\n") == MAIL.text


def test_a_mail_to_the_console_can_be_read_there(capsys: pytest.CaptureFixture[str]) -> None:
    Mailer("console:", "Site <site@example.org>").send(MAIL)
    assert "http://deliberation.test/confirm/abc" in capsys.readouterr().err


def test_a_server_that_does_not_answer_is_an_error_with_a_sentence() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        with pytest.raises(MailFailed):
            Mailer(f"smtp://127.0.0.1:{port}", "Site <site@example.org>").send(MAIL)


def test_a_subject_cannot_carry_a_second_header(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"newline|linefeed|control"):
        Mailer(f"file://{tmp_path}", "Site <site@example.org>").send(
            Mail("a@example.org", "x\nBcc: b@example.org", "")
        )
