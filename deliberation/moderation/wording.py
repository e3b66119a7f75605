"""The log in whole sentences, in the reader's language. For pages only."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

from babel.lists import format_list
from flask import url_for
from flask_babel import format_date, format_time, format_timedelta, get_locale, ngettext, to_user_timezone
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from deliberation.base.errors import marked
from deliberation.consultations.models import Guests, Phase
from deliberation.consultations.people import RoleName
from deliberation.consultations.wording import language_name
from deliberation.moderation.models import ActKind
from deliberation.moderation.queries import LogRow
from deliberation.moderation.setup_wording import sentence_of_change, sentence_of_link

PHASES: Final = {
    Phase.DRAFT: _l("Draft"),
    Phase.GATHERING: _l("Gathering"),
    Phase.VOTING: _l("Voting"),
    Phase.SYNTHESIS: _l("Synthesis"),
    Phase.PUBLISHED: _l("Published"),
}
MEANINGS: Final = {
    Phase.GATHERING: _l("People write ideas, vote and tag."),
    Phase.VOTING: _l("People vote. No new ideas, and no changes to ideas."),
    Phase.SYNTHESIS: _l(
        "Everything can be read and nothing changed. The working group drafts the synthesis."
    ),
    Phase.PUBLISHED: _l("The result is out. Everything can be read."),
}
"""What each phase after the draft lets people do."""
GUESTS: Final = {
    Guests.NONE: _l("From now on one needs <b>an account</b> to take part."),
    Guests.VOTES: _l("From now on one can <b>vote without an account</b>."),
    Guests.IDEAS: _l(
        "From now on one can <b>vote without an account</b>, and write ideas that a facilitator reads first."
    ),
}
KINDS: Final = {
    ActKind.HIDE_IDEA: _l("Ideas hidden"),
    ActKind.RESTORE_IDEA: _l("Ideas restored"),
    ActKind.MERGE_IDEA: _l("Ideas merged"),
    ActKind.PART_IDEA: _l("Ideas parted again"),
    ActKind.DECLINE_MERGE: _l("Ideas found different"),
    ActKind.HIDE_COMMENT: _l("Comments hidden"),
    ActKind.RESTORE_COMMENT: _l("Comments restored"),
    ActKind.LOCK_THREAD: _l("Questions locked"),
    ActKind.UNLOCK_THREAD: _l("Questions unlocked"),
    ActKind.CHANGE_PHASE: _l("Phases changed by hand"),
    ActKind.SCHEDULE_PHASE: _l("Changes of dates"),
    ActKind.ACCEPT_TAG: _l("Tags added"),
    ActKind.DECLINE_TAG: _l("Tags declined"),
    ActKind.RENAME_TAG: _l("Tags renamed"),
    ActKind.MERGE_TAG: _l("Tags merged"),
    ActKind.PART_TAG: _l("Tags parted again"),
    ActKind.GRANT_ROLE: _l("Roles given"),
    ActKind.REMOVE_ROLE: _l("Roles taken back"),
    ActKind.IMPORT_DATA: _l("Imports"),
    ActKind.LET_STAND: _l("Flags that were answered: it stays"),
    ActKind.PROPOSE_HIDING: _l("Proposals to hide"),
    ActKind.UPHOLD: _l("Appeals: the decision stands"),
    ActKind.OVERTURN: _l("Appeals: the decision is overturned"),
    ActKind.REOPEN: _l("Decisions undone"),
    ActKind.BLOCK: _l("Participants kept from posting"),
    ActKind.LIFT_BLOCK: _l("Participants who can post again"),
    ActKind.CHANGE_SETTING: _l("Changes of settings"),
    ActKind.ACCEPT_IDEA: _l("Guests’ ideas accepted"),
    ActKind.CHANGE_SETUP: _l("Changes of what the consultation says"),
    ActKind.HIDE_LINK: _l("Links hidden"),
    ActKind.RESTORE_LINK: _l("Links restored"),
    ActKind.TAKE_SNAPSHOT: _l("Snapshots taken"),
    ActKind.PUBLISH_SYNTHESIS: _l("Syntheses published"),
    ActKind.ERASE_TEXT: _l("Words erased from a synthesis"),
}


def days_of(rows: Iterable[LogRow]) -> list[tuple[datetime, list[LogRow]]]:
    """Return the rows by the day on which they happened where the reader is; keeps their order."""
    days = groupby(rows, key=lambda row: to_user_timezone(row.happened_at).date())
    return [(members[0].happened_at, members) for members in (list(group) for _day, group in days)]


def day_heading(moment: datetime) -> str:
    """Return the day as a heading, with its weekday."""
    return str(format_date(moment, "full"))


def time_of_day(moment: datetime) -> Markup:
    """Return the time of day inside <time>."""
    return _timed(moment, format_time(moment, "short"))


def date_of(moment: datetime) -> Markup:
    """Return the date inside <time>."""
    return _timed(moment, format_date(moment, "medium"))


def date_and_time(moment: datetime) -> Markup:
    """Return the date and the time of day, to the minute, inside <time>."""
    return _timed(moment, _to_the_minute(moment))


def actor_of(row: LogRow) -> str:
    """Return who did it, by role and never by name."""
    if row.role is None:
        return _("The operator of this site")
    return {
        RoleName.FACILITATOR: _("A facilitator"),
        RoleName.WORKING_GROUP: _("A member of the working group"),
    }[row.role]


def waited(span: timedelta) -> str:
    """Return a span of time in words, such as `2 days`."""
    return str(format_timedelta(span, threshold=1.2))


def sentence_of(row: LogRow, *, slug: str) -> Markup:
    """Return what was done as one sentence, with links to what everybody can see.

    What a hidden idea or a declined tag said is not repeated.
    """
    return _SENTENCES[row.kind](row, slug)


def _timed(moment: datetime, words: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(timespec="seconds"), words)


def _to_the_minute(moment: datetime) -> str:
    return f"{format_date(moment, 'long')}, {format_time(moment, 'short')}"


def _filled(sentence: str, **values: object) -> Markup:
    # The sentence is ours and may hold markup; the values are people's words and are escaped.
    return Markup(sentence) % values  # noqa: S704


def _idea(row: LogRow, slug: str) -> str | Markup:
    words = _("Idea %(number)s", number=row.idea)
    if not row.idea_is_open:
        return words
    return _link(url_for("ideas.show", slug=slug, number=row.idea), words)


def _thread(row: LogRow, slug: str, words: str) -> str | Markup:
    return _link(url_for("ideas.thread", slug=slug, number=row.thread), words) if row.thread else words


def _link(address: str, words: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(address, words)


def _about_idea(sentence: str) -> Callable[[LogRow, str], Markup]:
    def say(row: LogRow, slug: str) -> Markup:
        thread = _thread(row, slug, _("question %(number)s", number=row.thread))
        return _filled(_(sentence), idea=_idea(row, slug), thread=thread, other=row.details.get("other", ""))

    return say


def _about_comment(sentence: str) -> Callable[[LogRow, str], Markup]:
    def say(row: LogRow, slug: str) -> Markup:
        words: str | Markup = _("Comment %(number)s", number=row.comment)
        if row.comment and row.idea_is_open:  # its page is there, though perhaps without its words
            words = _link(url_for("comments.show", slug=slug, number=row.comment), words)
        under: str | Markup = _("idea %(number)s", number=row.idea)
        if row.idea_is_open:
            under = _link(url_for("ideas.show", slug=slug, number=row.idea), under)
        return _filled(_(sentence), comment=words, idea=under)

    return say


def _thing(row: LogRow, slug: str) -> str | Markup:
    """Return what the act is about: a comment, an idea, a participant or a tag."""
    if row.comment:
        words = _("Comment %(number)s", number=row.comment)
        return (
            _link(url_for("comments.show", slug=slug, number=row.comment), words)
            if row.idea_is_open
            else words
        )
    if row.idea is not None:
        return _idea(row, slug)
    if "participant" in row.details:
        return _("Participant %(number)s", number=row.details["participant"])
    return _("A tag")


def _about_thing(sentence: str) -> Callable[[LogRow, str], Markup]:
    def say(row: LogRow, slug: str) -> Markup:
        return _filled(_(sentence), thing=_thing(row, slug))

    return say


def _blocked(row: LogRow, slug: str) -> Markup:
    until = str(row.details.get("until", ""))
    when = format_date(to_user_timezone(datetime.fromisoformat(until)), "long") if until else ""
    return _filled(_("%(thing)s <b>cannot post</b> until %(until)s."), thing=_thing(row, slug), until=when)


def _setting(row: LogRow, _slug: str) -> Markup:
    if row.details.get("setting") == "sign_off":
        return _filled(_("The rule for signing the synthesis <b>was changed</b>."))
    if row.details.get("setting") == "guests":
        return _filled(str(GUESTS[Guests(row.details["guests"])]))
    if row.details.get("on"):
        return _filled(_("From now on it <b>takes two facilitators</b> to hide something."))
    return _filled(_("From now on <b>one facilitator</b> can hide something alone."))


def _about_thread(sentence: str) -> Callable[[LogRow, str], Markup]:
    def say(row: LogRow, slug: str) -> Markup:
        return _filled(_(sentence), thread=_thread(row, slug, _("Question %(number)s", number=row.thread)))

    return say


def _phase(value: Any) -> str:
    return str(PHASES[Phase(value)]) if value in set(Phase) else str(value)


def _phase_change(row: LogRow, _slug: str) -> Markup:
    said = _filled(
        _("The phase <b>was changed</b> by hand, from “%(before)s” to “%(after)s”."),
        before=_phase(row.details.get("from")),
        after=_phase(row.details.get("to")),
    )
    dropped = [_phase(phase) for phase in row.details.get("dropped", ())]
    if not dropped:
        return said
    return said + " " + _filled(_("Dates that no longer apply: %(phases)s."), phases=_listed(dropped))


def _schedule(row: LogRow, _slug: str) -> Markup:
    changes = []
    for phase, start in row.details.get("starts", {}).items():
        if start is None:
            changes.append(_("“%(phase)s” has no date", phase=_phase(phase)))
        else:
            when = _to_the_minute(datetime.fromisoformat(start))
            changes.append(_("“%(phase)s” starts %(when)s", phase=_phase(phase), when=when))
    return _filled(_("The dates <b>were changed</b>: %(changes)s."), changes=_listed(changes))


def _renamed(row: LogRow, _slug: str) -> Markup:
    old, new = row.details.get("from"), row.details.get("to")
    language = language_name(str(row.details.get("language", "")))
    if not new:
        sentence = _("The tag “%(name)s” <b>no longer has a name</b> in %(language)s.")
        return _filled(sentence, name=row.details.get("name", ""), language=language)
    if not old:
        sentence = _("The tag “%(name)s” <b>got a name</b> in %(language)s: “%(new)s”.")
        return _filled(sentence, name=row.details.get("name", ""), language=language, new=new)
    return _filled(
        _("The tag “%(old)s” <b>was renamed</b> “%(new)s” (%(language)s)."),
        old=old,
        new=new,
        language=language,
    )


def _tag(sentence: str) -> Callable[[LogRow, str], Markup]:
    def say(row: LogRow, _slug: str) -> Markup:
        return _filled(_(sentence), name=row.details.get("name", ""), into=row.details.get("into", ""))

    return say


def _role(facilitator: str, working_group: str) -> Callable[[LogRow, str], Markup]:
    def say(row: LogRow, _slug: str) -> Markup:
        is_facilitator = row.details.get("role") == RoleName.FACILITATOR
        return _filled(_(facilitator if is_facilitator else working_group))

    return say


def _imported(row: LogRow, _slug: str) -> Markup:
    ideas, people = int(row.details.get("ideas", 0)), int(row.details.get("participants", 0))
    if "from" in row.details:
        return _brought_in(row, ideas)
    return _filled(
        _("This consultation <b>was imported</b>: %(ideas)s from %(people)s."),
        ideas=ngettext("%(num)s idea", "%(num)s ideas", ideas),
        people=ngettext("%(num)s person", "%(num)s people", people),
    )


def _brought_in(row: LogRow, ideas: int) -> Markup:
    comments = int(row.details.get("comments", 0))
    sentence = (
        _("%(ideas)s and %(comments)s <b>were imported</b> from a talk page.")
        if row.details["from"] == "talk_page"
        else _("%(ideas)s and %(comments)s <b>were imported</b> from a spreadsheet.")
    )
    return _filled(
        sentence,
        ideas=ngettext("%(num)s idea", "%(num)s ideas", ideas),
        comments=ngettext("%(num)s comment", "%(num)s comments", comments),
    )


def _snapshot(row: LogRow, _slug: str) -> Markup:
    return _filled(
        _("Snapshot %(number)s <b>was taken</b>: the votes and the landscapes, frozen as they are shown."),
        number=row.details.get("number", ""),
    )


def _published(row: LogRow, slug: str) -> Markup:
    number = row.details.get("version", 0)
    address = url_for("signing.show", slug=slug, number=number)
    link = Markup('<a href="{}">{}</a>').format(address, _("version %(number)s", number=number))
    return _filled(_("The synthesis <b>was published</b>: %(version)s."), version=link)


def _erased(row: LogRow, _slug: str) -> Markup:
    texts = int(row.details.get("texts", 0))
    return _filled(
        ngettext(
            "What idea %(idea)s says <b>was erased</b> from the synthesis: %(num)s text. The numbers stay.",
            "What idea %(idea)s says <b>was erased</b> from the synthesis: %(num)s texts. The numbers stay.",
            texts,
            idea=int(row.details.get("idea", 0)),
        )
    )


def _listed(words: list[str]) -> str:
    return str(format_list(words, locale=get_locale())) if words else ""


_SENTENCES: Final[dict[ActKind, Callable[[LogRow, str], Markup]]] = {
    ActKind.HIDE_IDEA: _about_idea(marked("%(idea)s, %(thread)s, <b>was hidden</b>.")),
    ActKind.RESTORE_IDEA: _about_idea(marked("%(idea)s, %(thread)s, <b>can be seen again</b>.")),
    ActKind.MERGE_IDEA: _about_idea(marked("%(idea)s, %(thread)s, <b>was merged</b> into idea %(other)s.")),
    ActKind.PART_IDEA: _about_idea(
        marked(
            "%(idea)s, %(thread)s, <b>stands on its own again</b>. It had been merged into idea %(other)s."
        )
    ),
    ActKind.DECLINE_MERGE: _about_idea(
        marked("%(idea)s and idea %(other)s, %(thread)s, <b>stay two ideas</b>.")
    ),
    ActKind.HIDE_COMMENT: _about_comment(marked("%(comment)s, under %(idea)s, <b>was hidden</b>.")),
    ActKind.RESTORE_COMMENT: _about_comment(marked("%(comment)s, under %(idea)s, <b>can be read again</b>.")),
    ActKind.LOCK_THREAD: _about_thread(marked("%(thread)s <b>was locked</b>.")),
    ActKind.UNLOCK_THREAD: _about_thread(marked("%(thread)s <b>was unlocked</b>.")),
    ActKind.CHANGE_PHASE: _phase_change,
    ActKind.SCHEDULE_PHASE: _schedule,
    ActKind.ACCEPT_TAG: _tag(marked("The tag “%(name)s” <b>was added</b> to the vocabulary.")),
    ActKind.DECLINE_TAG: _tag(marked("A suggested tag <b>was declined</b>.")),
    ActKind.RENAME_TAG: _renamed,
    ActKind.MERGE_TAG: _tag(marked("The tag “%(name)s” <b>was merged</b> into “%(into)s”.")),
    ActKind.PART_TAG: _tag(
        marked("The tag “%(name)s” <b>stands on its own again</b>. It had been merged into “%(into)s”.")
    ),
    ActKind.GRANT_ROLE: _role(
        marked("Somebody <b>became</b> a facilitator."),
        marked("Somebody <b>joined</b> the working group."),
    ),
    ActKind.REMOVE_ROLE: _role(
        marked("Somebody <b>is no longer</b> a facilitator."),
        marked("Somebody <b>left</b> the working group."),
    ),
    ActKind.IMPORT_DATA: _imported,
    ActKind.LET_STAND: _about_thing(marked("%(thing)s was flagged and <b>stays</b>.")),
    ActKind.PROPOSE_HIDING: _about_thing(
        marked("%(thing)s: a facilitator <b>proposed to hide it</b>. Another one has to agree.")
    ),
    ActKind.UPHOLD: _about_thing(marked("%(thing)s: an appeal was heard, and the decision <b>stands</b>.")),
    ActKind.OVERTURN: _about_thing(
        marked("%(thing)s: an appeal succeeded, and the decision <b>was overturned</b>.")
    ),
    ActKind.REOPEN: _about_thing(marked("%(thing)s: the decision <b>was undone</b>. It waits again.")),
    ActKind.BLOCK: _blocked,
    ActKind.LIFT_BLOCK: _about_thing(marked("%(thing)s <b>can post again</b>.")),
    ActKind.CHANGE_SETTING: _setting,
    ActKind.ACCEPT_IDEA: _about_idea(marked("%(idea)s, %(thread)s, by a guest, <b>was accepted</b>.")),
    ActKind.CHANGE_SETUP: sentence_of_change,
    ActKind.HIDE_LINK: sentence_of_link,
    ActKind.RESTORE_LINK: sentence_of_link,
    ActKind.TAKE_SNAPSHOT: _snapshot,
    ActKind.PUBLISH_SYNTHESIS: _published,
    ActKind.ERASE_TEXT: _erased,
}
