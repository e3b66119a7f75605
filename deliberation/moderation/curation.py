"""What facilitators do to the tag vocabulary. Each act that succeeds is one row in the public log.

One at a time: each waits for the vocabulary, and then finds out whether the tag is still what the person saw.
"""

from sqlalchemy import select
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
    session: Session,
    *,
    tag: Tag,
    language: str,
    name: str,
    by: Actor,
    reason: str = "",
    seen: str | None = None,
) -> ModerationAct:
    """Give the tag this name in this language. `seen` is the name that the person saw, empty for none.

    Raises NotAFacilitator, Refused at `name` or `reason`, TagMoved, Conflict for the name that it has.
    """
    require_facilitator(session, tag.consultation_id, by)
    reason = optional_reason(reason)
    _require(session, tag, TagStatus.SUGGESTED, TagStatus.ACCEPTED)
    _refuse_unspoken(session, tag.consultation_id, language)
    before, known_as = _name_in(session, tag, language), _name_of(session, tag)
    if seen is not None and seen != (before or ""):
        raise _named_meanwhile(before)
    was_translation = _is_translation(session, tag, language)
    tags.rename_tag(session, tag=tag, language=language, name=name)
    after = _name_in(session, tag, language)
    if after == before:
        raise Conflict(marked("That is the tag's name already. Nothing has changed."))
    details = {"name": known_as, "from": before, "to": after, "language": language}
    if was_translation:
        details["was_translation"] = "yes"
    return _recorded(session, ActKind.RENAME_TAG, tag, by=by, reason=reason, **details)


def name_again(session: Session, *, act: ModerationAct, tag: Tag, by: Actor, reason: str) -> ModerationAct:
    """Give the tag back the name that the act took from it, or let it have none in that language again.

    Raises NotAFacilitator, TagMoved where it has another name since or the old one is taken.
    """
    require_facilitator(session, tag.consultation_id, by)
    language, before, after = (act.details[name] for name in ("language", "from", "to"))
    _require(session, tag, TagStatus.SUGGESTED, TagStatus.ACCEPTED)
    if _name_in(session, tag, language) != after:
        raise TagMoved
    known_as = _name_of(session, tag)
    try:
        if before is None:
            tags.remove_name(session, tag=tag, language=language)
        else:
            tags.rename_tag(session, tag=tag, language=language, name=before)
            is_translation = "was_translation" in act.details
            session.get_one(TagName, (tag.id, language)).is_translation = is_translation
    except Refused as taken:
        raise TagMoved(marked("Another tag has the old name now. Nothing has changed.")) from taken
    details = {"name": known_as, "from": after, "to": before, "language": language}
    return _recorded(session, ActKind.RENAME_TAG, tag, by=by, reason=reason, **details)


def merge_tag(session: Session, *, tag: Tag, into: str, by: Actor, reason: str = "") -> ModerationAct:
    """Let the tag live on as the one whose key is `into`, on every idea that it was on.

    Raises NotAFacilitator, Refused at `into` or `reason`, TagMoved.
    """
    require_facilitator(session, tag.consultation_id, by)
    reason = optional_reason(reason)
    was = _require(session, tag, TagStatus.SUGGESTED, TagStatus.ACCEPTED)
    target = session.scalars(
        select(Tag).where(Tag.consultation_id == tag.consultation_id, Tag.key == into)
    ).one_or_none()
    if target is not None and target.status in {TagStatus.MERGED, TagStatus.DECLINED}:
        raise TagMoved
    if target is None or target.id == tag.id or target.status is not TagStatus.ACCEPTED:
        raise Refused(marked("Choose another tag of the vocabulary. Nothing has changed yet."), field="into")
    details = {"name": _name_of(session, tag), "into": _name_of(session, target), "was": was.value}
    tags.merge_tags(session, tag=tag, into=target)
    return _recorded(session, ActKind.MERGE_TAG, tag, by=by, reason=reason, **details)


def part_tag(session: Session, *, tag: Tag, by: Actor, reason: str, seen: str | None = None) -> ModerationAct:
    """Let a merged tag stand on its own again, as what it was before it was merged.

    `seen` is the key of the tag that the person saw it merged into. Raises NotAFacilitator, Refused at
    `reason`, TagMoved where it is not merged into that one any more.
    """
    require_facilitator(session, tag.consultation_id, by)
    reason = stated_reason(reason)
    _require(session, tag, TagStatus.MERGED)
    session.refresh(tag)
    other = tag.merged_into
    if other is None or (seen is not None and other.key != seen):
        raise TagMoved
    details = {"name": _name_of(session, tag), "into": _name_of(session, other)}
    tags.part_tag(session, tag=tag, status=_status_before_merging(session, tag))
    return _recorded(session, ActKind.PART_TAG, tag, by=by, reason=reason, **details)


def _named_meanwhile(name: str | None) -> TagMoved:
    if not name:
        return TagMoved(marked("Another facilitator has just taken that name away. Yours is not saved."))
    sentence = marked("Another facilitator has just changed it to “%(name)s”. Yours is not saved.")
    return TagMoved(sentence, name=name)


def _status_before_merging(session: Session, tag: Tag) -> TagStatus:
    """What the log says it was; what was merged before the log said so was mostly in the vocabulary."""
    merging = select(ModerationAct.details).where(
        ModerationAct.tag_id == tag.id, ModerationAct.kind == ActKind.MERGE_TAG
    )
    details = session.scalars(merging.order_by(ModerationAct.id.desc()).limit(1)).one_or_none() or {}
    return TagStatus.SUGGESTED if details.get("was") == TagStatus.SUGGESTED else TagStatus.ACCEPTED


def _unless_suggested(was: TagStatus) -> dict[str, str]:
    """Return what the log has to keep so that the decision can be undone."""
    return {} if was is TagStatus.SUGGESTED else {"was": was.value}


def _require(session: Session, tag: Tag, *statuses: TagStatus) -> TagStatus:
    # Whoever comes second waits here, and then finds it decided.
    tags.lock_vocabulary(session, tag.consultation_id)
    session.refresh(tag)
    if tag.status not in statuses:
        raise TagMoved
    return tag.status


def _refuse_unspoken(session: Session, consultation_id: int, language: str) -> None:
    spoken = {text.language for text in session.get_one(Consultation, consultation_id).texts}
    if language not in spoken:
        raise Refused(marked("The consultation has no texts in that language."), field="name")


def _name_in(session: Session, tag: Tag, language: str) -> str | None:
    return session.scalar(select(TagName.name).where(TagName.tag_id == tag.id, TagName.language == language))


def _is_translation(session: Session, tag: Tag, language: str) -> bool:
    row = session.get(TagName, (tag.id, language))
    return row is not None and row.is_translation


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
