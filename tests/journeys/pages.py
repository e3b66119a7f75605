"""Every page there is to look at, in the states that people meet it in."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from playwright.sync_api import Page

from tests.exchange.discussions import SWEDISH
from tests.journeys.people import Guest, People, Person
from tests.journeys.signed import signed_consultation
from tests.journeys.site import SLUG


class Role(StrEnum):
    """Who looks."""

    VISITOR = "visitor"
    GUEST = "guest"
    PARTICIPANT = "participant"
    FACILITATOR = "facilitator"


@dataclass(frozen=True)
class Sight:
    """A page in one state: its name, its address, and what to do there before looking."""

    name: str
    path: str
    prepare: Callable[[Page], None] | None = None

    def open(self, page: Page) -> None:
        """Bring the browser's page there."""
        page.goto(self.path)
        if self.prepare:
            self.prepare(page)


@dataclass(frozen=True)
class Scene:
    """The demonstration's guest, a facilitator of everything, and places in different states."""

    participant: Person
    facilitator: Person
    guest: Guest
    guest_number: int
    guest_comment: int
    talk: dict[str, int]
    pair: dict[str, int]
    old_tag: str
    busy: str
    empty: str
    closed: str
    draft: str
    used_up: str
    signed: str

    def person(self, role: Role) -> Person | Guest | None:
        """Return who looks in this role."""
        if role is Role.GUEST:
            return self.guest
        return {Role.PARTICIPANT: self.participant, Role.FACILITATOR: self.facilitator}.get(role)


def set_scene(people: People) -> Scene:
    """Make what the sights show beside the demonstration."""
    people.draw_landscapes()
    empty = people.consultation("Bare ground")
    closed = people.consultation("Last year", ideas=3, is_closed=True)
    facilitator = people.facilitator(SLUG)
    people.give_role(facilitator, empty)
    busy = people.busy_consultation()
    people.give_role(facilitator, busy)
    draft = people.draft_by(facilitator)
    participant = people.known_person("participant@example.org")
    return Scene(
        participant=participant,
        facilitator=facilitator,
        guest=people.guest(people.consultation("Open doors", ideas=3, takes_guests=True)),
        guest_comment=people.comment_as(
            participant, "Start with the *towns*.\n\n> Land räcker.\n\nNot for us."
        ),
        talk=people.discussion(),
        pair=people.merged_ideas(),
        old_tag=people.merged_tag(),
        busy=busy,
        guest_number=people.post_idea_as(participant, "Print a map of everybody we already work with."),
        empty=empty,
        closed=closed,
        draft=draft,
        used_up=people.reset_link(),
        signed=signed_consultation(people, facilitator),
    )


def sights(people: People, scene: Scene, role: Role) -> list[Sight]:
    """Return the pages that this role can see."""
    if role is Role.GUEST:
        return _for_guests(scene.guest)
    here = f"/c/{SLUG}"
    numbers = people.telling_ideas()
    everybody = [
        Sight("home", "/"),
        Sight("consultation", here),
        Sight("thread", f"{here}/threads/1"),
        Sight("thread-languages", f"{here}/threads/3?sort=newest"),
        Sight("idea", f"{here}/ideas/{numbers['elaborated']}"),
        Sight("discussion", f"{here}/ideas/{scene.talk['idea']}"),
        Sight("comment", f"{here}/comments/{scene.talk['branch']}"),
        Sight("vote", f"{here}/vote?thread=3"),
        Sight("landscape", f"{here}/landscape", _open_all),
        Sight("tags", f"{here}/tags"),
        Sight("tag", f"{here}/tags/museums"),
        Sight("tag-came-by", f"{here}/tags/{scene.old_tag}"),
        Sight("empty-tags", f"/c/{scene.empty}/tags"),
        Sight("empty-thread", f"/c/{scene.empty}/threads/1"),
        Sight("closed-thread", f"/c/{scene.closed}/threads/1"),
        Sight("version", f"/c/{scene.signed}/synthesis/versions/1", _open_all),
        Sight("versions", f"/c/{scene.signed}/synthesis/versions"),
        Sight("versions-none", f"/c/{scene.empty}/synthesis/versions"),
    ]
    own = {
        Role.VISITOR: _for_visitors,
        Role.PARTICIPANT: _for_participants,
        Role.FACILITATOR: _for_facilitators,
    }
    return everybody + own[role](here, numbers, scene)


def _for_visitors(here: str, numbers: dict[str, int], scene: Scene) -> list[Sight]:
    return [
        Sight("background", f"{here}/background"),
        Sight("nothing-found", f"{here}/threads/1?q=hjul%C3%A5ngare"),
        Sight("idea-arabic", f"{here}/ideas/{numbers['arabic']}"),
        Sight("idea-long", f"{here}/ideas/{numbers['long']}"),
        Sight("history", f"{here}/ideas/{numbers['edited']}/history"),
        Sight("withdrawn-comment", f"{here}/comments/{scene.talk['gone']}"),
        Sight("comment-history", f"{here}/comments/{scene.talk['branch']}/history"),
        Sight("merged-idea", f"{here}/ideas/{scene.pair['merged']}"),
        Sight("idea-with-merged", f"{here}/ideas/{scene.pair['kept']}"),
        Sight("log", f"{here}/log"),
        Sight("survey-to-read", f"{here}/surveys/you-and-partnerships"),
        Sight("surveys", f"{here}/surveys"),
        Sight("synthesis", f"{here}/synthesis"),
        Sight("synthesis-thread", f"{here}/synthesis?thread=1"),
        *(Sight(f"landscape-{n}", f"{here}/landscape?thread={n}") for n in range(1, 8)),
        Sight("empty-landscape", f"/c/{scene.empty}/landscape"),
        Sight("help", "/help"),
        Sight("preferences", "/preferences"),
        Sight("sign-in", f"/sign-in?next={here}"),
        Sight("sign-in-refused", "/sign-in", _send),
        Sight("sign-up", "/sign-up"),
        Sight("sign-up-refused", "/sign-up", _send),
        Sight("sign-up-sent", "/sign-up/sent"),
        Sight("reset", "/reset"),
        Sight("reset-sent", "/reset/sent"),
        Sight("new-password", scene.used_up),
        Sight("dead-link", "/reset/nonsense"),
        Sight("missing", f"{here}/ideas/99999"),
        Sight("empty-consultation", f"/c/{scene.empty}"),
        Sight("empty-log", f"/c/{scene.empty}/log"),
        Sight("empty-synthesis", f"/c/{scene.empty}/synthesis"),
        Sight("empty-background", f"/c/{scene.empty}/background"),
        Sight("empty-vote", f"/c/{scene.empty}/vote"),
        Sight("closed-consultation", f"/c/{scene.closed}"),
        Sight("closed-vote", f"/c/{scene.closed}/vote"),
    ]


def _for_guests(guest: Guest) -> list[Sight]:
    here = f"/c/{guest.slug}"
    return [
        Sight("thread", f"{here}/threads/1"),
        Sight("thread-refused", f"{here}/threads/1", _send_too_much),
        Sight("idea", f"{here}/ideas/2"),
        Sight("voted-idea", f"{here}/ideas/{guest.voted}"),
        Sight("waiting-idea", f"{here}/ideas/{guest.waiting}"),
        Sight("vote", f"{here}/vote"),
        Sight("guest", f"{here}/guest", _open_all),
    ]


def _for_participants(here: str, numbers: dict[str, int], scene: Scene) -> list[Sight]:
    return [
        *_surveys(f"{here}/surveys/you-and-partnerships"),
        Sight("thread-refused", f"{here}/threads/5", _send),
        Sight("thread-similar", f"{here}/threads/4", _write_what_is_there),
        Sight("vote-why", f"{here}/vote?thread=5", _open_all),
        Sight("own-idea", f"{here}/ideas/{scene.guest_number}"),
        Sight("edit", f"{here}/ideas/{scene.guest_number}/edit"),
        Sight("edit-refused", f"{here}/ideas/{scene.guest_number}/edit", _send_too_much),
        Sight("own-comment", f"{here}/comments/{scene.guest_comment}"),
        Sight("comment-refused", f"{here}/ideas/{scene.talk['idea']}", _send_no_comment),
        Sight("edit-comment", f"{here}/comments/{scene.guest_comment}/edit"),
        Sight("edit-comment-refused", f"{here}/comments/{scene.guest_comment}/edit", _send_long_comment),
        Sight("tag-refused", f"{here}/ideas/{numbers['edited']}", _send_tag),
        Sight("propose-merge", f"{here}/ideas/{scene.pair['kept']}/same?q=att"),
        Sight("propose-merge-refused", f"{here}/ideas/{scene.pair['kept']}/same", _propose_itself),
        Sight("vote-done", f"{here}/vote?thread=2"),
        Sight("voted-idea", f"{here}/ideas/3"),
        Sight("closed-idea", f"/c/{scene.closed}/ideas/1"),
        Sight("synthesis", f"{here}/synthesis?thread=2"),
        Sight("profile", "/account"),
        Sight("add-link", f"{here}/links"),
        Sight("add-link-refused", f"{here}/links", _send),
        Sight("password-refused", "/account/password", _send),
        Sight("not-allowed", f"{here}/desk"),
    ]


def _for_facilitators(here: str, numbers: dict[str, int], scene: Scene) -> list[Sight]:
    return [
        Sight("desk", f"{here}/desk"),
        Sight("desk-outlook", f"/c/{scene.busy}/desk"),
        *_building(f"{here}/surveys"),
        Sight("draft-to-begin", f"/c/{scene.empty}/synthesis/draft"),
        Sight("draft", f"{here}/synthesis/draft?thread=4"),
        Sight("draft-finding", f"{here}/synthesis/draft/findings/1"),
        Sight("draft-history", f"{here}/synthesis/draft/findings/1/history"),
        Sight("draft-changes", f"{here}/synthesis/draft/changes?before=1&after=4"),
        Sight("version-open", f"/c/{scene.signed}/synthesis/versions/2", _open_all),
        Sight("version-refused", f"/c/{scene.signed}/synthesis/versions/2", _object_without_a_word),
        Sight("versions-compared", f"/c/{scene.signed}/synthesis/versions/1/compare/2"),
        Sight("import", f"{here}/import"),
        Sight("import-talk", f"{here}/import/talk-page"),
        Sight("import-talk-refused", f"{here}/import/talk-page", _send),
        Sight("import-sheet", f"{here}/import/spreadsheet"),
        Sight("import-columns", f"/c/{scene.empty}/import/spreadsheet", _send_sheet),
        Sight("import-columns-refused", f"/c/{scene.empty}/import/spreadsheet", _send_faulty_sheet),
        Sight("import-preview", f"/c/{scene.empty}/import/talk-page", _send_talk),
        Sight("desk-open", f"{here}/desk", _open_all),
        Sight("setup", f"{here}/setup"),
        Sight("setup-words", f"{here}/setup/words?language=en"),
        Sight("setup-words-refused", f"{here}/setup/words", _send_no_title),
        Sight("setup-questions", f"{here}/setup/questions"),
        Sight("setup-question-new", f"/c/{scene.empty}/setup/questions/new", _send),
        Sight("setup-question-missing", f"/c/{scene.empty}/setup/questions/1?language=fi"),
        Sight("setup-rules", f"{here}/setup/background/rule", _open_all),
        Sight("setup-term", f"{here}/setup/background/glossary/new", _send),
        Sight("setup-languages", f"/c/{scene.empty}/setup/languages", _send),
        Sight("setup-tags", f"{here}/setup/tags", _send),
        Sight("setup-people", f"{here}/setup/people", _open_all),
        Sight("setup-people-refused", f"{here}/setup/people", _send_last_form),
        Sight("setup-dates", f"{here}/setup/dates"),
        Sight("setup-settings", f"{here}/setup/settings"),
        Sight("setup-changes", f"/c/{scene.empty}/setup/changes"),
        Sight("setup-preview", f"{here}/setup/preview?language=sv"),
        Sight("setup-new", "/new"),
        Sight("setup-new-refused", "/new", _send),
        Sight("draft-setup", f"/c/{scene.draft}/setup"),
        Sight("draft-questions", f"/c/{scene.draft}/setup/questions"),
        Sight("curate-tag", f"{here}/tags/museums/edit"),
        Sight("curate-tag-refused", f"{here}/tags/museums/edit", _send_long_name),
        Sight("curate-merged-tag", f"{here}/tags/{scene.old_tag}/edit"),
        Sight("snapshot-refused", f"{here}/landscape", _send_long_reason),
        Sight("block", f"{here}/participants/5/block"),
        Sight("block-refused", f"{here}/participants/5/block", _send),
        Sight("flag", f"{here}/ideas/{numbers['edited']}/flag"),
        Sight("flag-refused", f"{here}/ideas/{numbers['edited']}/flag", _send),
        Sight("decision", f"{here}/log/1"),
        Sight("empty-desk", f"/c/{scene.empty}/desk"),
        Sight("hide", f"{here}/ideas/{numbers['edited']}/hide"),
        Sight("hide-refused", f"{here}/ideas/{numbers['edited']}/hide", _send),
        Sight("hide-comment", f"{here}/comments/{scene.talk['branch']}/hide"),
        Sight("hide-comment-refused", f"{here}/comments/{scene.talk['branch']}/hide", _send),
        Sight("restore", f"{here}/ideas/{numbers['hidden']}/restore"),
        Sight("restore-refused", f"{here}/ideas/{numbers['hidden']}/restore", _send),
        Sight("choose-merge", f"{here}/ideas/{scene.pair['one']}/merge?q=att"),
        Sight("choose-merge-refused", f"{here}/ideas/{scene.pair['one']}/merge?into=nonsense"),
        Sight("merge", f"{here}/ideas/{scene.pair['one']}/merge?into={scene.pair['other']}"),
        Sight("merge-refused", f"{here}/ideas/{scene.pair['one']}/merge?into={scene.pair['kept']}", _send),
        Sight("merge-obstacle", f"{here}/ideas/{scene.pair['one']}/merge?into={scene.pair['merged']}"),
        Sight("part", f"{here}/ideas/{scene.pair['merged']}/part"),
        Sight("part-refused", f"{here}/ideas/{scene.pair['merged']}/part", _send),
        Sight("part-nothing", f"{here}/ideas/{scene.pair['kept']}/part"),
        Sight("facilitator-merged-idea", f"{here}/ideas/{scene.pair['merged']}"),
        Sight("facilitator-kept-idea", f"{here}/ideas/{scene.pair['kept']}"),
        Sight("hidden-idea", f"{here}/ideas/{numbers['hidden']}"),
    ]


def _surveys(survey: str) -> list[Sight]:
    return [
        Sight("survey", survey),
        *(Sight(f"survey-page-{number}", f"{survey}/{number}") for number in (1, 2, 3)),
        Sight("survey-page-refused", f"{survey}/1", _answer_wrongly),
        Sight("survey-hand-in", f"{survey}/hand-in"),
    ]


def _building(surveys: str) -> list[Sight]:
    build = f"{surveys}/you-and-partnerships/build"
    return [
        Sight("surveys-to-build", surveys),
        Sight("survey-new-refused", f"{surveys}/new", _send),
        Sight("survey-load-refused", f"{surveys}/load", _send),
        Sight("survey-build", build, _open_all),
        Sight("survey-words", f"{build}/words"),
        Sight("survey-edit-page", f"{build}/pages/experience"),
        Sight("survey-add-refused", f"{build}/pages/you/matrix", _send),
        *(Sight(f"survey-edit-{key}", f"{build}/questions/{key}") for key in ("types", "years", "story")),
        Sight("survey-preview", f"{build}/preview/2"),
    ]


def _answer_wrongly(page: Page) -> None:
    page.locator("#q-years-field").fill("many")
    page.locator("#q-role-0").check()
    _send(page)


def _propose_itself(page: Page) -> None:
    page.locator("#into").fill("0")
    page.locator("#note").fill("x" * 1_001)
    page.locator("main form[method=post] button[type=submit]").click()


def _send(page: Page) -> None:
    """Send the page's first form as it is, past what the browser would hold back."""
    with page.expect_navigation():
        page.locator("main form[method=post]").first.evaluate("form => form.submit()")


def _send_last_form(page: Page) -> None:
    """Send the page's last form as it is."""
    with page.expect_navigation():
        page.locator("main form[method=post]").last.evaluate("form => form.submit()")


def _send_no_title(page: Page) -> None:
    page.locator("#title").fill("")
    page.locator("#introduction").fill("word " * 2_100)
    _send(page)


def _write_what_is_there(page: Page) -> None:
    """Send the words of the first idea in the list, a little changed."""
    statement = page.locator("article.idea h3").first.inner_text()
    page.locator("textarea[name=statement]").fill(f"{statement.rstrip('.')}, perhaps"[:280])
    _send(page)


def _send_talk(page: Page) -> None:
    page.locator("textarea[name=wikitext]").fill(SWEDISH + f"== Long ==\n{'word ' * 500}\n:{'word ' * 500}\n")
    page.locator("input[name=origin]").fill("Diskussion:Parken")
    _send(page)


def _send_sheet(page: Page) -> None:
    content = "Idea;Author\nAsk the museums.;Bo\n;Eva\n"
    sheet = {"name": "ideas.csv", "mimeType": "text/csv", "buffer": content.encode()}
    page.locator("input[name=file]").set_input_files(sheet)  # type: ignore[arg-type]
    _send(page)


def _send_faulty_sheet(page: Page) -> None:
    _send_sheet(page)
    _send(page)


def _send_too_much(page: Page) -> None:
    page.locator("textarea[name=statement]").fill("x" * 300)
    _send(page)


def _send_long_reason(page: Page) -> None:
    form = page.locator("form[action$='/snapshots']")
    form.locator("textarea").fill("x" * 1_001)
    with page.expect_navigation():
        form.locator("button").click()


def _send_tag(page: Page) -> None:
    with page.expect_navigation():
        page.locator("#tags form").last.evaluate("form => form.submit()")


def _send_long_name(page: Page) -> None:
    page.locator("form[action$='/rename'] input[name=name]").first.fill("x" * 40)
    page.locator("form[action$='/rename'] input[name=name]").first.evaluate("field => field.value += 'x'")
    _send(page)


def _send_no_comment(page: Page) -> None:
    with page.expect_navigation():
        page.locator("#comments form").last.evaluate("form => form.submit()")


def _send_long_comment(page: Page) -> None:
    page.locator("textarea[name=body]").fill("x" * 2_100)
    _send(page)


def _open_all(page: Page) -> None:
    page.locator("main details").evaluate_all("all => all.forEach(one => one.open = true)")


def _object_without_a_word(page: Page) -> None:
    page.get_by_label("I object", exact=True).check()
    page.get_by_role("button", name="Save my answer").click()
