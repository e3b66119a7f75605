"""Hostile words in everything that can be written, and then every page and every file for everybody."""

import csv
import json
import re
from io import StringIO
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.accounts.models import Account
from deliberation.comments.models import Comment
from deliberation.consultations.pack import read_yaml
from deliberation.consultations.pack_schema import parse_pack
from deliberation.exchange.packs import load_pack
from deliberation.ideas.models import Idea
from deliberation.tags.models import Tag
from deliberation.web.extensions import db
from tests.architecture.routes import ROUTES
from tests.faults.world import (
    AUTHOR,
    FACILITATOR,
    ROLES,
    SLUG,
    STRANGER,
    VISITOR,
    WORKING_GROUP,
    World,
    address_of,
    query,
    tree_of,
)

TAG = "\"'></a></p></td></textarea></title></script><evil-tag onclick=evil() style=evil>"
PAYLOAD = TAG + "<script>evil()</script>{{ evil }}<svg/onload=evil()>&lt;evil-tag&gt;"
MARKDOWN = (
    PAYLOAD + "\n\n<img src=x onerror=evil()>\n\n[a](javascript:evil) [b](//evil.example) "
    "[c](data:text/html,evil) "
    "![d](http://evil.example/i.png) <https://evil.example/\"onclick=evil()> "
    "[e](vbscript:evil 'on\"click=evil')\n\n"
    "[f]: javascript:evil\n\n```evil\" onclick=\"evil()\n<evil-tag>\n```\n"
)  # fmt: skip
PACK: dict[str, Any] = {
    "format": "consultation-pack/1",
    "slug": "from-a-file",
    "languages": ["en", "sv"],
    "title": {"en": PAYLOAD},
    "kicker": {"en": PAYLOAD},
    "organiser": {"en": PAYLOAD},
    "introduction": {"en": MARKDOWN},
    "opens": "gathering",
    "threads": [{"number": 1, "question": {"en": PAYLOAD}, "lead": {"en": PAYLOAD}}],
    "background": [
        {
            "key": f"evil-{kind.replace('_', '-')}",
            "kind": kind,
            "title": {"en": TAG},
            "body": {"en": MARKDOWN},
            "forms": {"en": ["evil"]},
        }
        if kind == "glossary"
        else {
            "key": f"evil-{kind.replace('_', '-')}",
            "kind": kind,
            "title": {"en": PAYLOAD},
            "body": {"en": MARKDOWN},
        }
        for kind in ("glossary", "note", "rule", "area", "task_force", "proposal_category")
    ],
    "tags": [{"key": "evil", "group": "actor", "name": {"en": "<evil-tag onclick=evil()>"}}],
}
ADDRESSES = frozenset(
    {"href", "src", "action", "formaction", "xlink:href", "data", "poster", "srcset", "cite"}
)
IS_LOCAL = re.compile(r"[/#?](?![/\\])|mailto:|$")


def came_alive(page: str) -> list[str]:
    """Return what in the page is there because somebody wrote it into a text."""
    found = []
    for element in tree_of(page).iter():
        if not isinstance(element.tag, str):
            continue
        attributes = {str(name).lower(): value or "" for name, value in element.items()}
        if element.tag == "evil-tag" or any(name.startswith("on") or name == "style" for name in attributes):
            found.append(f"<{element.tag} {attributes}>")
        if element.tag == "script" and not attributes.get("src", "").startswith("/assets/"):
            found.append(f"script {element.text!r}")
        if element.tag in {"img", "iframe", "object", "embed", "base", "meta"} and "evil" in str(attributes):
            found.append(f"<{element.tag} {attributes}>")
        found += [
            f"{name}={value}"
            for name, value in attributes.items()
            if name in ADDRESSES and not IS_LOCAL.match(value) and not re.match(r"https?://[^/]", value)
        ]
        found += [f"class={attributes['class']}"] if "evil" in attributes.get("class", "") else []
    return found


def test_what_comes_alive_is_noticed() -> None:
    for bad in (
        "<p onclick=x>", "<evil-tag>", "<script>x</script>", "<a href=javascript:x>",
        "<a href=//evil.example>",
        "<p style=x>", "<img src='/x?evil'>", "<code class='language-evil'>",
    ):  # fmt: skip
        assert came_alive(f"<!doctype html><title>x</title><body>{bad}"), bad
    assert not came_alive(
        '<!doctype html><a href="/c/x">&lt;evil-tag&gt;</a><script src="/assets/1/a.js"></script>'
    )


@pytest.fixture
def poisoned(world: World, session: Session) -> World:
    """The world after somebody has written hostile words into every field of it."""
    load_pack(session, parse_pack(PACK))
    for account in session.scalars(select(Account)):
        account.name = "<evil-tag>" + TAG[:60]
    session.commit()
    for slug in (SLUG, "from-a-file"):
        wording = {"statement": PAYLOAD, "elaboration": MARKDOWN, "language": "en"}
        answer = world.post(AUTHOR, f"/c/{slug}/threads/1", wording)
        assert answer.status_code == 303, answer.get_data(as_text=True)[:3000]
        at = answer.location
        reworded = {**wording, "statement": TAG, "revision": "1"}
        assert world.post(AUTHOR, f"{at}/edit", reworded).status_code == 303
        for suggestion in ("<evil-tag>'\"--{{evil}}", "=cmd|evil'!A0", "[[evil]]<b>"):
            assert world.post(STRANGER, f"{at}/tags", {"suggestion": suggestion}).status_code == 303
        said = {"body": MARKDOWN, "language": "en"}
        talk = world.post(AUTHOR, f"{at}/comments", said)
        assert talk.status_code == 303
        comment = session.scalars(select(Comment.number).order_by(Comment.id.desc())).first()
        there = f"/c/{slug}/comments/{comment}"
        assert (
            world.post(
                AUTHOR, f"{there}/edit", {"body": PAYLOAD, "language": "en", "revision": "1"}
            ).status_code
            == 303
        )
        assert world.post(STRANGER, there, said).status_code == 303
    keys = (
        session.execute(select(Tag.key).where(Tag.key != "evil", Tag.status == "suggested")).scalars().all()
    )
    for key in keys[:3]:
        world.post(FACILITATOR, f"/c/{SLUG}/tags/{key}/accept", {"seen": "suggested"})
    idea = session.scalars(select(Idea.number).where(Idea.statement == TAG).order_by(Idea.id)).first()
    assert world.post(STRANGER, f"/c/{SLUG}/ideas/{idea}/vote", {"choice": "agree"}).status_code == 303
    flag = {"rule": world.rule, "note": MARKDOWN}
    assert world.post(STRANGER, f"/c/{SLUG}/ideas/{idea}/flag", flag).status_code == 303
    appealed = world.post(AUTHOR, f"/c/{SLUG}/log/{world.decision}", {"text": PAYLOAD})
    assert appealed.status_code == 303
    rename = {"language": "sv", "name": "<evil-tag onclick=evil>", "reason": PAYLOAD}
    assert world.post(FACILITATOR, f"/c/{SLUG}/tags/schools/rename", rename).status_code == 303
    merge = {"into": "museums", "reason": MARKDOWN}
    assert world.post(FACILITATOR, f"/c/{SLUG}/tags/schools/merge", merge).status_code == 303
    hide = {"rule": world.rule, "reason": MARKDOWN}
    assert world.post(FACILITATOR, f"/c/{SLUG}/comments/{world.comment}/hide", hide).status_code == 303
    assert world.post(FACILITATOR, f"/c/{SLUG}/ideas/{world.editable}/hide", hide).status_code == 303
    assert world.post(FACILITATOR, f"/c/{SLUG}/threads/1/lock", {"reason": PAYLOAD}).status_code == 303
    assert world.post(FACILITATOR, f"/c/{SLUG}/threads/1/unlock", {"reason": PAYLOAD}).status_code == 303
    world.open = idea or 0
    return world


def pages(world: World) -> list[str]:
    """Every page of the consultation that was written into, and of the one that came from a file."""
    found = ["/", "/help", "/account", "/preferences", "/sign-in", "/no-such-page"]
    for slug in (SLUG, "from-a-file"):
        for endpoint, (address, methods, _) in ROUTES.items():
            if address.startswith("/c/") and "GET" in methods and endpoint != "synthesis.download":
                numbers = (
                    {"1"} if slug != SLUG or "threads" in address else {str(world.open), str(world.editable)}
                )
                if "/comments/" in address:
                    written = db.session.scalars(select(Comment.number).where(Comment.body.contains("evil")))
                    numbers = {str(number) for number in written} | {str(world.comment)}
                found += [address_of(endpoint, slug=slug, number=number) for number in sorted(numbers)]
        found.append(query(f"/c/{slug}/threads/1", q=PAYLOAD, tag=PAYLOAD, lang=PAYLOAD, sort=PAYLOAD))
        if slug == SLUG:
            found += [f"/c/{SLUG}/log/{number}" for number in (world.decision, world.appealed)]
        found.append(query(f"/c/{slug}/vote", after="1", skip=PAYLOAD))
    return list(dict.fromkeys(found))


def test_no_words_come_alive_on_any_page(poisoned: World) -> None:
    for role in (VISITOR, STRANGER, AUTHOR, WORKING_GROUP, FACILITATOR):
        seen = 0
        for address in pages(poisoned):
            answer = poisoned.get(role, address)
            assert answer.status_code < 500, address
            if answer.mimetype != "text/html":
                assert answer.headers["X-Content-Type-Options"] == "nosniff", address
                continue
            page = answer.get_data(as_text=True)
            assert came_alive(page) == [], (role, address)
            seen += "&lt;evil-tag" in page
        assert seen > 8, "the words were not on the pages at all"
    assert role in ROLES


@pytest.mark.parametrize("language", ["sv", "en"])
def test_no_words_come_alive_in_any_file(poisoned: World, language: str) -> None:
    for slug in (SLUG, "from-a-file"):
        files = {
            kind: poisoned.get(VISITOR, f"/c/{slug}/synthesis.{kind}?language={language}").get_data(
                as_text=True
            )
            for kind in ("html", "json", "csv", "markdown", "wikitext")
        }
        assert all("evil" in text for text in files.values())
        whole = re.sub(r"<style>.*?</style>", "", files["html"], flags=re.DOTALL)
        assert [found for found in came_alive(whole) if SLUG not in found] == []
        json.loads(files["json"])
        cells = [cell for row in csv.reader(StringIO(files["csv"])) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r"))]
        assert "<script" not in files["wikitext"]
        assert not re.search(r"(?<!\\)<(?:script|evil-tag|svg)", files["markdown"])


def test_a_pack_is_read_as_it_is_written(session: Session) -> None:
    assert parse_pack(read_yaml(json.dumps(PACK).encode())).slug == "from-a-file"
