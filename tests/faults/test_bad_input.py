"""What no form, address or method may do, however strange: fail, lose what was typed, save half of it."""

import re
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from pathlib import Path

from sqlalchemy import update
from sqlalchemy.orm import Session

from config import ROOT
from deliberation.base.clock import now
from deliberation.base.text import clean_line, clean_name, clean_text
from deliberation.consultations.models import Phase, PhaseStep
from tests.architecture.routes import ROUTES
from tests.faults.world import (
    AUTHOR,
    ELSEWHERE,
    FACILITATOR,
    SLUG,
    STRANGER,
    VISITOR,
    WORKING_GROUP,
    World,
    address_of,
    query,
    rows_of_everything,
    tree_of,
    undone,
)

SIGNS = (
    "a\x00b\x1b[31m\x7f \u202eesrever \u2066inside\u2069 \u200b\ufeff <script>alert(1)</script>"
    "<img src=x onerror=alert(1)>\"'></textarea> {{ 7*7 }}{% for x in y %}${7*7} %s %(name)s %n {0} "
    "'; DROP TABLE ideas; -- \" OR 1=1 \\ 😀👩‍👩‍👧‍👦🏳️‍🌈Z̸̢͚a̵͙l̷̛g̵̨o̶"
)
HOSTILE = ("", "  \t\r\n \u00a0\x00", SIGNS, SIGNS * 40, "//evil.example/../../etc")


@dataclass(frozen=True)
class Filled:
    """A form as somebody would fill it in, and where it goes."""

    role: str
    to: str
    fields: dict[str, str]
    secret: frozenset[str] = frozenset({"password", "current"})
    chosen: frozenset[str] = frozenset()
    """Fields that are no text: what is chosen in them in vain need not be kept."""


def forms(world: World) -> list[Filled]:
    """Every form that there is."""
    idea, comment, desk = f"/c/{SLUG}/ideas", f"/c/{SLUG}/comments", f"/c/{SLUG}"
    remark = {"body": "A new comment.", "language": "en"}
    wording = {"statement": "A new idea.", "elaboration": "More.", "language": "en"}
    address = {"email": "new@example.org", "next": "/help"}
    password = "violet otter ladder rain"
    reason = {"reason": "Because."}
    hiding = {"rule": world.rule, **reason}
    written, signed = f"{desk}/synthesis/draft", f"{desk}/synthesis/versions/1"
    finding = {"kind": "remark", "claim": "We found this.", "text": "At length."}
    advice = {"what": "Do it.", "why": "It is right.", "who": "We.", "actions": "Begin.", "because": "1"}
    found = f"{desk}/surveys/results/results"
    source = {"origin": "Elsewhere", "thread": "1", "language": "en"}
    row = {
        "version": "1",
        "page": "1",
        "do": "import",
        "kind-1": "idea",
        "statement-1": "A row.",
        "thread-1": "1",
    }
    only_chosen = {
        "by",
        "choice",
        "next",
        "view",
        "language",
        "theme",
        "revision",
        "tag",
        "rule",
        "phase",
        "seen",
        "into",
        "item",
        "verdict",
        "shown",
        "thread",
        "outcome",
        "on",
        "kind",
        "do",
        "answers",
        "because",
        "ideas",
        "guests",
        "quorum",
        "replies_to_objections",
        "answer",
        "leave",
        "comment",
        "snapshot",
        "further",
        "is_translation",
        "way",
        "account",
        "role",
        "invitation",
        "category",
        "what",
        "key",
        "privacy",
        "placement",
        "showing",
        "q-role",
        "q-ease",
        "carried",
        "show_if-0-asked",
        "options-0-key",
    }
    rows: list[tuple[str, str, dict[str, str]]] = [
        (VISITOR, "/preferences", {"language": "sv", "theme": "dark", "next": "/help"}),
        (VISITOR, "/sign-up", {"name": "Ada", "password": password, **address}),
        (VISITOR, "/sign-up/sent", address),
        (VISITOR, "/sign-in", {"password": password, **address}),
        (VISITOR, "/reset", address),
        (VISITOR, "/confirm/no-such-token", {"password": password, "next": "/help"}),
        (VISITOR, "/reset/no-such-token", {"password": password, "next": "/help"}),
        (VISITOR, "/invitation/no-such-token", {"name": "Ada", "password": password, **address}),
        (STRANGER, "/account", {"name": "Ada", "language": "sv", "theme": "dark"}),
        (STRANGER, "/account/password", {"current": password, "password": password}),
        (STRANGER, f"/c/{SLUG}/threads/1", wording),
        (AUTHOR, f"{idea}/{world.editable}/edit", {**wording, "revision": "1"}),
        (STRANGER, f"{idea}/{world.open}/vote", {"choice": "agree", "next": "/help", "view": "card"}),
        (STRANGER, f"{idea}/{world.open}/tags", {"tag": "schools", "suggestion": "libraries"}),
        (STRANGER, f"{idea}/{world.open}/tags", {"tag": "schools"}),
        (AUTHOR, f"{idea}/{world.open}/tags/remove", {"tag": "schools"}),
        (STRANGER, f"{idea}/{world.open}/comments", {**remark, "next": "/help"}),
        (STRANGER, f"{comment}/{world.comment}", {**remark, "next": "/help"}),
        (AUTHOR, f"{comment}/{world.editable_comment}/edit", {**remark, "revision": "1"}),
        (FACILITATOR, f"{comment}/{world.comment}/hide", {"rule": world.rule, **reason}),
        (FACILITATOR, f"{comment}/{world.hidden_comment}/restore", reason),
        (FACILITATOR, f"{idea}/{world.open}/hide", {"rule": world.rule, **reason}),
        (FACILITATOR, f"{idea}/{world.hidden}/restore", reason),
        (STRANGER, f"{idea}/{world.open}/flag", {"rule": world.rule, "note": "Look."}),
        (STRANGER, f"{comment}/{world.comment}/flag", {"rule": world.rule, "note": "Look."}),
        (STRANGER, f"{desk}/tags/schools/flag", {"rule": world.rule, "note": "Look."}),
        (FACILITATOR, f"{desk}/desk/let-stand", {"item": world.flagged}),
        (FACILITATOR, f"{desk}/desk/preview", {"item": world.flagged, "verdict": "hide"}),
        (FACILITATOR, f"{desk}/desk/decide", {**hiding, "item": world.flagged, "verdict": "hide"}),
        (FACILITATOR, f"{desk}/desk/batches/b1", reason),
        (AUTHOR, f"{desk}/log/{world.decision}", {"text": "Not so."}),
        (FACILITATOR, f"{desk}/log/{world.appealed}/decide", {"outcome": "overturned", **reason}),
        (FACILITATOR, f"{desk}/log/{world.decision}/undo", reason),
        (FACILITATOR, f"{desk}/participants/1/block", {**hiding, "until": "2026-12-24"}),
        (FACILITATOR, f"{desk}/participants/{world.blocked}/lift", reason),
        (FACILITATOR, f"{desk}/desk/two-to-hide", {"on": "yes"}),
        (FACILITATOR, f"{desk}/desk/guests", {"guests": "votes"}),
        (VISITOR, f"{desk}/guest/forget", {}),
        (FACILITATOR, f"{desk}/threads/1/lock", reason),
        (FACILITATOR, f"{desk}/threads/2/unlock", reason),
        (FACILITATOR, f"{desk}/phase", {"phase": "voting", "seen": "x", **reason}),
        (FACILITATOR, f"{desk}/schedule", {"voting": "2031-01-01T09:00", "seen": "x", **reason}),
        (FACILITATOR, f"{desk}/tags/waiting/accept", {"seen": "suggested"}),
        (FACILITATOR, f"{desk}/tags/waiting/decline", reason),
        (FACILITATOR, f"{desk}/tags/schools/rename", {"language": "sv", "name": "skolor", "seen": "schools"}),
        (FACILITATOR, f"{desk}/tags/schools/merge", {"into": "museums", **reason}),
        (FACILITATOR, f"{desk}/tags/colleges/part", {"seen": "schools", **reason}),
        (STRANGER, f"{desk}/vote", {"shown": "x", "next": "/help"}),
        (STRANGER, f"{idea}/{world.open}/same", {"into": str(world.other), "note": "The same."}),
        (FACILITATOR, f"{idea}/{world.open}/merge", {"into": str(world.other), **reason}),
        (FACILITATOR, f"{idea}/{world.open}/merge/decline", {"into": str(world.other), **reason}),
        (FACILITATOR, f"{idea}/{world.merged}/part", reason),
        (FACILITATOR, f"{desk}/landscape/snapshots", reason),
        (WORKING_GROUP, written, {"snapshot": str(world.draft_from), "language": "en"}),
        (WORKING_GROUP, f"{written}/anchor", {"do": "all"}),
        (WORKING_GROUP, f"{written}/opening", {"heading": "All of it", "summary": "Short.", "revision": "1"}),
        (WORKING_GROUP, f"{written}/findings", {**finding, "thread": "1"}),
        (WORKING_GROUP, f"{written}/findings/1", {**finding, "q": "trees", "revision": "1", "do": "save"}),
        (WORKING_GROUP, f"{written}/findings/1", {**finding, "revision": "0", "do": f"cite-{world.open}"}),
        (WORKING_GROUP, f"{written}/findings/1/arrange", {"do": "down", "thread": "1"}),
        (WORKING_GROUP, f"{written}/findings/1/split", {"ideas": str(world.open), "claim": "Apart."}),
        (WORKING_GROUP, f"{written}/findings/1/join", {"into": "3"}),
        (WORKING_GROUP, f"{written}/findings/1/comments", {"body": "And this?", "answers": "1"}),
        (WORKING_GROUP, f"{written}/findings/1/settle", {"comment": "1", "do": "settle"}),
        (WORKING_GROUP, f"{written}/findings/1/restore", {"revision": "1"}),
        (WORKING_GROUP, f"{written}/recommendations", {**advice, "by_when": "2027-06-01"}),
        (WORKING_GROUP, f"{written}/recommendations/1", {**advice, "revision": "1", "do": "save"}),
        (WORKING_GROUP, f"{written}/recommendations/1/arrange", {"do": "down"}),
        (WORKING_GROUP, f"{found}/answers/story/{world.answer}", {"name": "A label"}),
        (WORKING_GROUP, f"{found}/answers/story/{world.answer}/unlabel", {"name": "A label"}),
        (FACILITATOR, f"{found}/settings", {"by": "role"}),
        (FACILITATOR, f"{found}/settings/role", {"share-volunteer": "40", "share-chapter": "60"}),
        (FACILITATOR, f"{desk}/synthesis/composed/xlsx", {}),
        (FACILITATOR, f"{signed}/files/xlsx", {}),
        (WORKING_GROUP, f"{desk}/synthesis/versions", {"note": "Shorter."}),
        (FACILITATOR, f"{desk}/synthesis/rule", {"quorum": "all", "replies_to_objections": "y"}),
        (WORKING_GROUP, f"{signed}/answer", {"answer": "reserves", "text": "Shorter, please."}),
        (WORKING_GROUP, f"{signed}/answers/{world.objection}/reply", {"text": "We say so."}),
        (WORKING_GROUP, f"{signed}/minority-reports", {"title": "Otherwise", "body": "We see it so."}),
        (WORKING_GROUP, f"{signed}/minority-reports/{world.minority}/name", {"leave": "1"}),
        (FACILITATOR, f"{desk}/import/talk-page", {"wikitext": "== Trees ==\nMore.", **source}),
        (FACILITATOR, f"{desk}/import/spreadsheet", source),
        (FACILITATOR, f"{desk}/import/{world.sheet}/columns", {"statement": "0", "tags": "-1"}),
        (FACILITATOR, f"{desk}/import/{world.pasted}", row),
        *_setting_up(world),
        *_survey_forms(f"{desk}/surveys"),
    ]  # fmt: skip
    return [
        Filled(
            role,
            to,
            fields,
            chosen=frozenset(fields if to.endswith("/columns") else only_chosen & set(fields)),
        )
        for role, to, fields in rows
    ]


def _setting_up(world: World) -> list[tuple[str, str, dict[str, str]]]:
    setup, links = f"/c/{SLUG}/setup", f"/c/{SLUG}/links"
    text = {"language": "en", "is_translation": "y"}
    own = {"title": "The park", "kicker": "A talk", "introduction": "*Welcome*", "organiser": "We ask"}
    asked = {"question": "What?", "lead": "Think first."}
    entry = {"title": "A heading", "body": "What it says."}
    rules, terms, notes = (f"{setup}/background/{kind}" for kind in ("rule", "glossary", "note"))
    link = {"title": "A charter", "address": "https://example.org/new"}
    role = {"role": "working_group"}
    return [
        (FACILITATOR, "/new", {"title": "A quay", "slug": "a-quay", "language": "sv", "further": "en"}),
        (FACILITATOR, f"{setup}/open", {"seen": "x"}),
        (FACILITATOR, f"{setup}/words", {**own, **text}),
        (FACILITATOR, f"{setup}/words", {**own, **text, "look": "yes"}),
        (FACILITATOR, f"{setup}/languages", {"language": "de"}),
        (FACILITATOR, f"{setup}/languages/remove", {"language": "fi"}),
        (FACILITATOR, f"{setup}/tags", {"name": "libraries"}),
        (FACILITATOR, f"{setup}/dates", {"voting": "2031-01-01T09:00", "seen": "x", "reason": "Because."}),
        (FACILITATOR, f"{setup}/settings", {"slug": "another-park"}),
        (FACILITATOR, f"{setup}/guests", {"guests": "votes"}),
        (FACILITATOR, f"{setup}/copy", {"slug": "park-again"}),
        (FACILITATOR, f"{setup}/questions/new", asked),
        (FACILITATOR, f"{setup}/questions/1", {**asked, **text}),
        (FACILITATOR, f"{setup}/questions/1/move", {"way": "down"}),
        (FACILITATOR, f"{setup}/questions/2/remove", {}),
        (FACILITATOR, f"{setup}/questions/1/lock", {"reason": "Because."}),
        (FACILITATOR, f"{terms}/new", {**entry, "forms": "word\nwords"}),
        (FACILITATOR, f"{rules}/{world.rule}", {**entry, **text}),
        (FACILITATOR, f"{rules}/{world.rule}/move", {"way": "up"}),
        (FACILITATOR, f"{notes}/{world.note}/remove", {}),
        (FACILITATOR, f"{setup}/people", {"email": "new@example.org", **role}),
        (FACILITATOR, f"{setup}/people/remove", {"account": "1", **role}),
        (FACILITATOR, f"{setup}/people/withdraw", {"invitation": "1"}),
        (STRANGER, links, {**link, "category": world.category}),
        (FACILITATOR, f"{links}/{world.link}/hide", {"rule": world.rule, "reason": "Because."}),
        (FACILITATOR, f"{links}/{world.hidden_link}/restore", {"reason": "Because."}),
    ]


def _survey_forms(surveys: str) -> list[tuple[str, str, dict[str, str]]]:
    survey, build = f"{surveys}/x", f"{surveys}/x/build"
    revision = {"revision": "1"}
    condition = {"show_if-0-asked": "role|is|reader", "show_if-0-value": "1"}
    other = {"shown": "role", "q-role": "--other--", "q-role-other": "A trainer"}
    figures = {"shown": "ease years since", "q-ease": "1", "q-years": "3", "q-since": "2014-05-01"}
    words = {"title_sv": "A title", "introduction_sv": "More.", "thanks_en": "Thanks."}
    settings = {"privacy": "linked", "placement": "beside", "showing": "live"}
    option = {"options-0-text_sv": "One", "options-0-place": "1", "options-0-key": "one"}
    number = {"text_sv": "How long?", "least": "0", "most": "9", "decimals": "1", "unit_sv": "km"}
    page = {"title_sv": "A page", "introduction_sv": "More."}
    question = {"text_sv": "A question?", "help_sv": "Help."}
    return [
        (AUTHOR, f"{survey}/1", {**other, "do": "next"}),
        (AUTHOR, f"{survey}/2", figures),
        (AUTHOR, f"{survey}/3", {"shown": "work story", "q-work": "Maps.", "q-story": "We met."}),
        (FACILITATOR, f"{surveys}/new", {"title": "Another survey"}),
        (FACILITATOR, f"{surveys}/load", {"definition": "format: survey/1"}),
        (FACILITATOR, f"{build}/words", {**words, **settings, **revision}),
        (FACILITATOR, f"{build}/pages/second", {**page, **condition, **revision}),
        (FACILITATOR, f"{build}/pages/second/single", {**question, **option, **condition, **revision}),
        (FACILITATOR, f"{build}/questions/years", {**number, **revision}),
        (FACILITATOR, f"{build}/preview/1", {**other, "carried": "{}"}),
        (FACILITATOR, f"{build}/arrange", {"what": "question", "key": "years", "do": "up", **revision}),
        (FACILITATOR, f"{build}/publish", revision),
        (FACILITATOR, f"{build}/open", {"do": "open", "closes": "2090-01-01"}),
    ]


def test_every_form_is_here(world: World) -> None:
    without_fields = {
        "accounts.sign_out",
        "accounts.sign_out_browser",
        "accounts.sign_out_others",
        "ideas.withdraw",
        "comments.withdraw",
        "links.withdraw",
        "surveys.hand_in",
        "signing.remind",
        "signing.take_back",
        "signing.publish",
    }
    urls = world.app.url_map.bind("localhost")
    here = {urls.match(form.to, method="POST")[0] for form in forms(world)}
    assert here | without_fields == {
        endpoint for endpoint, (_, methods, _) in ROUTES.items() if "POST" in methods
    }


def controls_of(page: str) -> list[str]:
    """Return what stands in the fields of the page's forms."""
    areas = re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    return [unescape(value) for value in (*areas, *re.findall(r"<input[^>]*?\bvalue=\"([^\"]*)\"", page))]


def is_kept(typed: str, page: str) -> bool:
    """Say whether what was typed stands in a field, as it was or cleaned."""
    accepted = {form(typed).strip() for form in (str, clean_line, clean_text, clean_name)}
    return "" in accepted or any(
        value.strip().replace("\r\n", "\n") in accepted for value in controls_of(page)
    )


def test_no_text_breaks_a_form_or_is_lost(world: World, session: Session) -> None:
    found = []
    for form in forms(world):
        for name, text in ((name, text) for name in form.fields for text in HOSTILE):
            with undone(session):
                before = rows_of_everything(session)
                answer = world.post(form.role, form.to, {**form.fields, name: text})
                db_rows = rows_of_everything(session)
            what = (form.to, name, text[:20], answer.status_code)
            if answer.status_code >= 500:
                found.append(("failed", *what))
            elif answer.status_code >= 400 and db_rows != before:
                found.append(("half saved", *what))
            elif answer.status_code in {409, 422} and name not in form.secret | form.chosen:
                if not is_kept(text, answer.get_data(as_text=True)):
                    found.append(("lost", *what))
            elif answer.status_code in {302, 303} and not answer.location.startswith("/"):
                found.append(("sent away", *what))
    assert found == [], "\n".join(map(str, found))


def test_a_lost_text_would_be_noticed() -> None:
    assert is_kept("abc", '<form><textarea name="x">abc</textarea></form>')
    assert not is_kept("abc", "<p>abc</p>")


FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"
STRANGE_BODIES = (
    (b"statement=%ff%fe%c3%28&reason=%ff&choice=%ff&tag=%ff&suggestion=%ff&name=%ff&email=%ff", FORM),
    (b"statement=\xff\xfe\xc3\x28&reason=\xff&choice=agree&into=\xff&rule=\xff", FORM),
    (b"statement[]=a&statement[0]=b&reason[x]=c&choice[]=agree&tag[]=x", FORM),
    (b"&&&==&=&%&%zz=%zz", FORM),
    (b"", FORM),
    (b"{\"statement\": [1, {}], \"choice\": null}", "application/json"),
    (b"{", "application/json"),
    (b"<?xml version='1.0'?><a/>", "text/xml"),
    (b"no boundary", "multipart/form-data"),
    (b"--b\r\nContent-Disposition: form-data; name=\"statement\"\r\n\r\nnever ends", PARTS),
    (b"--b\r\nContent-Disposition: form-data; name=\"reason\"; filename=a\r\n\r\nx\r\n--b--\r\n", PARTS),
    (b"statement=x", "application/x-www-form-urlencoded; charset=utf-7"),
    (b"a" * 1_100_000, FORM),
    (b"--b\r\nContent-Disposition: form-data; name=\"s\"\r\n\r\nx\r\n" * 1_200 + b"--b--\r\n", PARTS),
)  # fmt: skip

TAKES_MUCH = ("/sign-up", f"/c/{SLUG}/threads/1")


def test_no_body_breaks_a_form(world: World, session: Session) -> None:
    found = []
    for form in forms(world):
        twice = "&".join(f"{name}=one&{name}=two" for name in form.fields).encode()
        some = [row for row in STRANGE_BODIES if len(row[0]) < 1_000 or form.to in TAKES_MUCH]
        for body, kind in (*some, (twice, "application/x-www-form-urlencoded")):
            with undone(session):
                answer = world.post(form.role, form.to, body, content_type=kind)
            if answer.status_code >= 500 or (len(body) > 1_000_000 and answer.status_code < 400):
                found.append((form.to, body[:40], kind, answer.status_code))
    assert found == [], "\n".join(map(str, found))


def test_each_address_takes_its_own_methods_only(world: World, session: Session) -> None:
    methods = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "GARBAGE"}
    found = []
    at: dict[str, frozenset[str]] = {}
    for address, methods_there, _ in ROUTES.values():
        at[address] = at.get(address, frozenset()) | methods_there
    for endpoint, (address, _, _) in ROUTES.items():
        taken = at[address] | {"OPTIONS"} | ({"HEAD"} if "GET" in at[address] else set())
        for method in sorted(methods):
            with undone(session):
                answer = world.clients[FACILITATOR].open(address_of(endpoint), method=method)
            if (endpoint, method) == ("accounts.reset_sent", "POST"):
                continue  # it is then a link for choosing a password, with the secret "sent"
            is_refused = answer.status_code == 405 and "Allow" in answer.headers
            if answer.status_code >= 500 or is_refused == (method in taken):
                found.append((endpoint, method, answer.status_code))
    assert found == [], "\n".join(map(str, found))


STRANGE_ASKED = (
    "", "-1", "0", "1.5", "abc", "9" * 400, "9" * 5_000, "2147483648", "٣", "a\x00b", "\u202e", "<script>",
    "'\"%_*()&|!:~^\\ NEAR/2 OR NOT", "//evil.example", "😀" * 500,
)  # fmt: skip
ASKED = {
    "ideas.thread": ("page", "sort", "q", "tag", "lang"),
    "ideas.show": ("page",),
    "comments.show": ("page",),
    "votes.next_idea": ("thread", "skip", "again", "after"),
    "moderation.log": ("page",),
    "moderation.desk": ("page", "show", "queue"),
    "tags.index": ("sort",),
    "tags.show": ("page", "sort", "lang", "came_by"),
    "moderation.hide": ("rule",),
    "merging.merge": ("into",),
    "merging.propose": ("into",),
    "ideas.similar": ("statement",),
    "insights.show": ("thread",),
    "imports.show": ("page",),
    "setup.words": ("language",),
    "setup.preview": ("language",),
    "setup_threads.edit": ("language",),
    "links.add": ("category",),
    "changes.index": ("page",),
    "wikitalk.paste": ("thread",),
    "cases.batch": ("late",),
    "synthesis.show": ("thread",),
    "drafting.show": ("thread",),
    "drafting.changes": ("page", "before", "after"),
    "drafting.finding": ("q",),
    "drafting.finding_history": ("before", "after"),
    "drafting.add": ("thread",),
    "synthesis.download": ("thread", "language"),
    "results.show": ("only",),
    "results.table": ("by", "of"),
    "results.answers": ("q", "label", "page"),
    "accounts.sign_in": ("next",),
    "accounts.sign_up": ("next",),
    "accounts.sign_up_sent": ("next",),
    "accounts.request_reset": ("next",),
    "accounts.reset_sent": ("next",),
    "accounts.confirm": ("next",),
    "accounts.reset": ("next",),
    "web.preferences": ("next",),
}


def test_everything_an_address_can_ask_for_is_here() -> None:
    asked = re.compile(r"""request\.args\.get(?:list)?\(\s*"(\w+)"|number_asked\("(\w+)"\)""")
    sources = (path.read_text() for path in Path(ROOT / "deliberation").rglob("*.py"))
    named = {name or other for source in sources for name, other in asked.findall(source)}
    assert named <= {name for names in ASKED.values() for name in names}


def test_nothing_asked_for_breaks_a_page(world: World) -> None:
    found = []
    for endpoint, names in ASKED.items():
        role = {"public": VISITOR, "working group": WORKING_GROUP}.get(ROUTES[endpoint][2], FACILITATOR)
        for name, value in ((name, value) for name in names for value in STRANGE_ASKED):
            answer = world.get(role, query(address_of(endpoint), **{name: value}))
            if answer.status_code not in {200, 302, 303, 404, 410, 422}:
                found.append((endpoint, name, value[:20], answer.status_code))
        raw = world.clients[role].get(
            address_of(endpoint), query_string="&".join(f"{n}=%ff&{n}=%" for n in names)
        )
        if raw.status_code >= 500:
            found.append((endpoint, "bytes", "", raw.status_code))
    assert found == [], "\n".join(map(str, found))


STRANGE_PATHS = (
    "%00",
    "a%00b",
    "%ff%fe",
    "😀",
    "x" * 3_000,
    "..",
    "%2e%2e%2f",
    "-1",
    "1e5",
    "%0d%0aSet-Cookie:a",
    "%25s",
    "'--",
    "9" * 400,
)


def test_no_address_breaks_the_site(world: World, session: Session) -> None:
    found = []
    for endpoint, (address, declared, _) in ROUTES.items():
        for part in re.findall(r"<(?:int:)?(\w+)>", address):
            for strange in STRANGE_PATHS:
                with undone(session):
                    where = address_of(endpoint, **{part: strange})
                    for method in sorted(declared):
                        answer = world.clients[FACILITATOR].open(
                            where, method=method, data={"reason": "x", "choice": "agree"}
                        )
                        if answer.status_code >= 500 or answer.status_code == 200:
                            found.append((endpoint, part, strange[:20], method, answer.status_code))
    assert found == [], "\n".join(map(str, found))


def test_strange_headers_break_nothing(world: World) -> None:
    strange = ("", "\x01", "é" * 500, "x" * 8_000, "*;q=nan,en;q=-1,,;;", "../../x", 'W/""', "0")
    names = (
        "Accept-Language",
        "Accept",
        "Cookie",
        "If-None-Match",
        "If-Modified-Since",
        "Accept-Encoding",
        "Range",
        "Referer",
    )
    for name in names:
        for value in strange:
            answer = world.get(
                VISITOR, f"/c/{SLUG}/threads/1", headers={name: value.encode().decode("latin-1")}
            )
            assert answer.status_code in {200, 206, 304, 400, 416}, (name, value[:20], answer.status_code)


def test_votes_that_cannot_be_cast_are_refused_with_a_reason_and_leave_nothing(
    world: World, session: Session
) -> None:
    places = {
        "hidden": (world.hidden, 404, None, "is hidden"),
        "withdrawn": (world.withdrawn, 409, None, "is withdrawn"),
        "locked": (world.locked, 409, None, "is locked"),
        "of another consultation": (world.only_elsewhere, 404, None, "nothing at this address"),
        "draft": (world.open, 404, Phase.DRAFT, "nothing at this address"),
        "synthesis": (world.open, 409, Phase.SYNTHESIS, "closed"),
        "published": (world.open, 409, Phase.PUBLISHED, "closed"),
    }
    for name, (number, status, phase, reason) in places.items():
        for role in (STRANGER, AUTHOR):
            for choice in ("agree", "none"):
                with undone(session):
                    if phase:
                        session.execute(
                            update(PhaseStep).values(phase=phase, starts_at=now() - timedelta(hours=1))
                        )
                        session.commit()
                    before = rows_of_everything(session)
                    answer = world.post(role, f"/c/{SLUG}/ideas/{number}/vote", {"choice": choice})
                    after = rows_of_everything(session)
                assert answer.status_code == status, (name, role, choice)
                assert after == before, (name, role, choice)
                page = tree_of(answer.get_data(as_text=True))
                said = ["".join(part.itertext()) for part in page.iter() if part.get("role") == "alert"]
                assert reason in " ".join(said), (name, role)
    with undone(session):
        before = rows_of_everything(session)
        assert (
            world.post(STRANGER, f"/c/{SLUG}/ideas/{world.open}/vote", {"choice": "agree"}).status_code == 303
        )
        assert rows_of_everything(session)["votes"] == before["votes"] + 1


def test_what_is_elsewhere_hidden_or_unknown_is_not_here(world: World, session: Session) -> None:
    def statuses(role: str, endpoint: str, **values: str) -> set[int]:
        found = set()
        for method in ROUTES[endpoint][1]:
            with undone(session):
                data = {
                    "reason": "x",
                    "choice": "agree",
                    "rule": world.rule,
                    "tag": "schools",
                    "statement": "x",
                    "body": "x",
                    "language": "en",
                }
                found.add(
                    world.clients[role]
                    .open(address_of(endpoint, **values), method=method, data=data)
                    .status_code
                )
        return found

    of_ideas = [endpoint for endpoint, row in ROUTES.items() if "/ideas/<int" in row[0]]
    of_comments = [endpoint for endpoint, row in ROUTES.items() if "/comments/<int" in row[0]]
    of_threads = [endpoint for endpoint, row in ROUTES.items() if "/threads/<int" in row[0]]
    of_tags = [endpoint for endpoint, row in ROUTES.items() if "/tags/<key>" in row[0]]
    for endpoint in of_ideas:
        assert statuses(FACILITATOR, endpoint, number=str(world.only_elsewhere)) == {404}, endpoint
        assert statuses(FACILITATOR, endpoint, number="4040") == {404}, endpoint
        if ROUTES[endpoint][2] != "facilitator":
            assert statuses(STRANGER, endpoint, number=str(world.hidden)) == {404}, endpoint
    for endpoint in of_comments:
        assert statuses(FACILITATOR, endpoint, number=str(world.only_elsewhere)) == {404}, endpoint
    for endpoint in of_threads:
        assert statuses(FACILITATOR, endpoint, number="3") == {404}, endpoint
    for endpoint in of_tags:
        assert statuses(FACILITATOR, endpoint, key="boats") == {404}, endpoint
    # The facilitator of the park is nobody at the quay.
    for endpoint in (e for e, row in ROUTES.items() if row[2] == "facilitator"):
        values = {"slug": ELSEWHERE, "number": str(world.only_elsewhere), "key": "boats"}
        assert statuses(FACILITATOR, endpoint, **values) == {403}, endpoint


def test_what_a_form_names_must_be_of_the_same_consultation(world: World, session: Session) -> None:
    foreign_rule = next(key for key in rule_keys(session, ELSEWHERE))
    tries = [
        (STRANGER, f"ideas/{world.open}/tags", {"tag": "boats"}, 422),
        (STRANGER, f"ideas/{world.open}/tags", {"tag": "waiting"}, 422),
        (FACILITATOR, "tags/schools/merge", {"into": "boats"}, 422),
        (FACILITATOR, "tags/schools/merge", {"into": "waiting"}, 422),
        (FACILITATOR, "tags/schools/merge", {"into": "schools"}, 422),
        (FACILITATOR, "tags/schools/merge", {"into": "colleges"}, 409),
        (FACILITATOR, "tags/colleges/merge", {"into": "schools"}, 409),
        (FACILITATOR, "tags/schools/part", {"reason": "x"}, 409),
        (FACILITATOR, f"ideas/{world.open}/hide", {"rule": foreign_rule, "reason": "x"}, 422),
        (FACILITATOR, "vote?thread=3", None, 404),
        (FACILITATOR, "synthesis?thread=3", None, 404),
        (FACILITATOR, "synthesis.csv?thread=3", None, 404),
    ]  # fmt: skip
    for role, where, data, status in tries:
        before = rows_of_everything(session)
        address = f"/c/{SLUG}/{where}"
        answer = world.get(role, address) if data is None else world.post(role, address, data)
        assert answer.status_code == status, where
        assert rows_of_everything(session) == before


def rule_keys(session: Session, slug: str) -> list[str]:
    """Return the keys of the consultation's rules."""
    from deliberation.consultations.background import EntryKind
    from deliberation.consultations.queries import background_of, get_consultation

    return [entry.key for entry in background_of(session, get_consultation(session, slug), EntryKind.RULE)]
