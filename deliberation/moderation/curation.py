"""What facilitators do to the tag vocabulary. Each act that succeeds is one row in the public log."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import Conflict, Refused, marked
from deliberation.consultations.models import Consultation
from deliberation.moderation.acts import (
    Actor,
    optional_reason,
    record,
    require_facilitator,
    rule_named,
    stated_reason,
)
from deliberation.moderation.flags import settle
from deliberation.moderation.models import ActKind, ModerationAct
from deliberation.tags import service as tags
from deliberation.tags.models import Tag, TagName, TagStatus


class TagMoved(Conflict):
    """The tag is no longer what the person saw."""

    default = marked("Another facilitator has already decided about that tag. Nothing has changed.")


def accept_tag(
    session: Session,
    *,
    tag: Tag,
    by: Actor,
    reason: str = "",
    seen: TagStatus = TagStatus.SUGGESTED,
    batch: str | None = None,
) -> ModerationAct:
    """Take the tag into the vocabulary. `seen` is what it was to the person: suggested, or declined before.

    Raises NotAFacilitator, Refused at `reason`, TagMoved.
    """
    require_facilitator(session, tag.consultation_id, by)
    reason = optional_reason(reason)
    _require(session, tag, TagStatus.DECLINED if seen is TagStatus.DECLINED else TagStatus.SUGGESTED)
    tags.accept_tag(session, tag=tag)
    details = {"name": _name_of(session, tag), **_unless_suggested(seen)}
    return record(
        session, ActKind.ACCEPT_TAG, consultation_id=tag.consultation_id, by=by, reason=reason, batch=batch,
        tag_id=tag.id, details=details,
    )  # fmt: skip


def decline_tag(
    session: Session,
    *,
    tag: Tag,
    by: Actor,
    reason: str,
    seen: TagStatus = TagStatus.SUGGESTED,
    rule: str | None = None,
    batch: str | None = None,
) -> ModerationAct:
    """Say no to the tag: a suggested one, or one of the vocabulary that was flagged, under a rule.

    `seen` is what it was to the person. The log does not repeat its name. Raises NotAFacilitator, Refused at
    `reason` or `rule`, TagMoved.
    """
    require_facilitator(session, tag.consultation_id, by)
    rule_id = rule_named(session, tag.consultation_id, rule) if rule is not None else None
    reason = stated_reason(reason)
    _require(session, tag, TagStatus.ACCEPTED if seen is TagStatus.ACCEPTED else TagStatus.SUGGESTED)
    tags.decline_tag(session, tag=tag)
    settled = settle(session, tag, at=now())
    act = record(
        session, ActKind.DECLINE_TAG, consultation_id=tag.consultation_id, by=by, reason=reason,
        batch=batch, tag_id=tag.id, rule_id=rule_id, details=_unless_suggested(seen),
    )  # fmt: skip
    settled.by(session, act)
    return act


def rename_tag(
    session: Session, *, tag: Tag, language: str, name: str, by: Actor, reason: str = ""
) -> ModerationAct:
    """Give the tag this name in this language.

    Raises NotAFacilitator, Refused at `name` or `reason`, TagMoved, Conflict for the name that it has.
    """
    require_facilitator(session, tag.consultation_id, by)
    reason = optional_reason(reason)
    _require(session, tag, TagStatus.SUGGESTED, TagStatus.ACCEPTED)
    _refuse_unspoken(session, tag.consultation_id, language)
    before, known_as = _name_in(session, tag, language), _name_of(session, tag)
    try:
        with session.begin_nested():
            tags.rename_tag(session, tag=tag, language=language, name=name)
    except IntegrityError as clash:
        raise TagMoved(marked("Another tag has just got that name. Nothing has changed.")) from clash
    after = _name_in(session, tag, language)
    if after == before:
        raise Conflict(marked("That is the tag's name already. Nothing has changed."))
    return _recorded(
        session, ActKind.RENAME_TAG, tag, by=by, reason=reason,
        **{"name": known_as, "from": before, "to": after, "language": language},
    )  # fmt: skip


def merge_tag(session: Session, *, tag: Tag, into: str, by: Actor, reason: str = "") -> ModerationAct:
    """Let the tag live on as the one whose key is `into`, on every idea that it was on.

    Raises NotAFacilitator, Refused at `into` or `reason`, TagMoved.
    """
    require_facilitator(session, tag.consultation_id, by)
    reason = optional_reason(reason)
    _require(session, tag, TagStatus.SUGGESTED, TagStatus.ACCEPTED)
    target = session.scalars(
        select(Tag)
        .where(Tag.consultation_id == tag.consultation_id, Tag.key == into, Tag.status == TagStatus.ACCEPTED)
        .with_for_update()
    ).one_or_none()
    if target is None or target.id == tag.id:
        raise Refused(marked("Choose another tag of the vocabulary. Nothing has changed yet."), field="into")
    names = {"name": _name_of(session, tag), "into": _name_of(session, target)}
    tags.merge_tags(session, tag=tag, into=target)
    return _recorded(session, ActKind.MERGE_TAG, tag, by=by, reason=reason, **names)


def _unless_suggested(was: TagStatus) -> dict[str, str]:
    """Return what the log has to keep so that the decision can be undone."""
    return {} if was is TagStatus.SUGGESTED else {"was": was.value}


def _require(session: Session, tag: Tag, *statuses: TagStatus) -> None:
    # Whoever comes second waits for the row here, and then finds it decided.
    status = session.scalar(select(Tag.status).where(Tag.id == tag.id).with_for_update())
    if status not in statuses:
        raise TagMoved


def _refuse_unspoken(session: Session, consultation_id: int, language: str) -> None:
    spoken = {text.language for text in session.get_one(Consultation, consultation_id).texts}
    if language not in spoken:
        raise Refused(marked("The consultation has no texts in that language."), field="name")


def _name_in(session: Session, tag: Tag, language: str) -> str | None:
    return session.scalar(select(TagName.name).where(TagName.tag_id == tag.id, TagName.language == language))


def _name_of(session: Session, tag: Tag) -> str:
    """What the log calls it: its name in the consultation's own language, else any."""
    source = select(Consultation.source_language).where(Consultation.id == tag.consultation_id)
    own_language_first = (TagName.language == source.scalar_subquery()).desc()
    return session.scalars(
        select(TagName.name)
        .where(TagName.tag_id == tag.id)
        .order_by(own_language_first, TagName.language)
        .limit(1)
    ).one()


def _recorded(
    session: Session, kind: ActKind, tag: Tag, *, by: Actor, reason: str, **details: str | None
) -> ModerationAct:
    return record(
        session, kind, consultation_id=tag.consultation_id, by=by, reason=reason, tag_id=tag.id,
        details=details,
    )  # fmt: skip
