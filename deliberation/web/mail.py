"""Sending a mail, by SMTP, to a folder or to the console."""

import smtplib
import ssl
import sys
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from deliberation.base.errors import DomainError, marked

TIMEOUT_SECONDS = 10


class MailFailed(DomainError):
    """The mail could not be handed over."""

    default = marked("We could not send the mail just now. Please try again in a while.")


@dataclass(frozen=True, slots=True)
class Mail:
    """A short mail in plain text."""

    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Mailer:
    """Sends mails to where `url` says: `smtp://[user:password@]host[:port][?tls=starttls]`, `smtps://…`,
    `file:///folder` (a file for each mail) or `console:`."""

    url: str
    sender: str

    def send(self, mail: Mail) -> None:
        """Hand the mail over. Raises MailFailed; nothing is retried here."""
        message = self._composed(mail)
        parts = urlsplit(self.url)
        try:
            if parts.scheme == "console":
                sys.stderr.write(f"\n--- mail to {mail.to}: {mail.subject}\n{mail.text}\n---\n")
                sys.stderr.flush()
            elif parts.scheme == "file":
                folder = Path(unquote(parts.path))
                folder.mkdir(parents=True, exist_ok=True)
                name = (message["Message-ID"] or "").strip("<>").replace("/", "-")
                (folder / f"{name}.eml").write_bytes(bytes(message))
            else:
                self._by_smtp(message)
        except (OSError, smtplib.SMTPException) as error:
            raise MailFailed from error

    def _composed(self, mail: Mail) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self.sender
        message["To"] = mail.to
        message["Subject"] = mail.subject
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=parseaddr(self.sender)[1].rpartition("@")[2] or None)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        return message

    def _by_smtp(self, message: EmailMessage) -> None:
        parts = urlsplit(self.url)
        host = parts.hostname or "localhost"
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, parts.port or 465, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(host, parts.port or 25, timeout=TIMEOUT_SECONDS)
        with server:
            if parse_qs(parts.query).get("tls") == ["starttls"]:
                server.starttls(context=ssl.create_default_context())
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)
