"""Pages on which facilitators curate the vocabulary: accept and decline, name, merge and part tags."""

from functools import partial
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from deliberation.base.errors import NotFound
from deliberation.consultations.models import Consultation
from deliberation.consultations.scope import FACILITATOR, current_place
from deliberation.moderation import curation, wording
from deliberation.moderation.desk import tags_of
from deliberation.moderation.doing import done
from deliberation.moderation.forms import AcceptForm, MergeForm, PartForm, ReasonForm, RenameForm
from deliberation.moderation.queries import acts_on_tags, get_tag, rules_of
from deliberation.moderation.views import desk_page
from deliberation.tags.models import TagStatus
from deliberation.web.access import access
from deliberation.web.extensions import db
from deliberation.web.locale import current_language

blueprint = Blueprint("curation", __name__)

HISTORY: Final = 20


@blueprint.get("/c/<slug>/tags/<key>/edit")
@access(FACILITATOR)
def show(slug: str, key: str) -> ResponseReturnValue:
    """Show a facilitator a tag: its names, what it is merged with, and what was done with it."""
    return _tag_page(key)


@blueprint.post("/c/<slug>/tags/<key>/accept")
@access(FACILITATOR)
def accept(slug: str, key: str) -> ResponseReturnValue:
    """Take a suggested tag into the vocabulary."""
    form, tag = AcceptForm(), get_tag(db.session(), _consultation(), key)
    if done(form, partial(curation.accept_tag, tag=tag, seen=form.seen.data)):
        flash(_("The tag is in the vocabulary."), "done")
        return _to_desk("waiting")
    return desk_page((f"accept-{key}", form))


@blueprint.post("/c/<slug>/tags/<key>/decline")
@access(FACILITATOR)
def decline(slug: str, key: str) -> ResponseReturnValue:
    """Say no to a suggested tag."""
    form, tag = ReasonForm(), get_tag(db.session(), _consultation(), key)
    if done(form, partial(curation.decline_tag, tag=tag)):
        flash(_("The tag is declined."), "done")
        return _to_desk("waiting")
    return desk_page((f"decline-{key}", form))


@blueprint.post("/c/<slug>/tags/<key>/rename")
@access(FACILITATOR)
def rename(slug: str, key: str) -> ResponseReturnValue:
    """Give a tag another name in one language, or its first."""
    form, tag = RenameForm(), get_tag(db.session(), _consultation(), key)
    language = form.language.data or ""
    act = partial(
        curation.rename_tag, tag=tag, language=language, name=form.name.data or "", seen=form.seen.data
    )
    if done(form, act):
        flash(_("The tag has its new name."), "done")
        return _to_tag(key, "names")
    return _tag_page(key, (f"rename-{language}", form))


@blueprint.post("/c/<slug>/tags/<key>/merge")
@access(FACILITATOR)
def merge(slug: str, key: str) -> ResponseReturnValue:
    """Let a tag live on as another one."""
    form, tag = MergeForm(), get_tag(db.session(), _consultation(), key)
    was_suggested, into = tag.status is TagStatus.SUGGESTED, form.into.data or ""
    if done(form, partial(curation.merge_tag, tag=tag, into=into)):
        flash(_("The tags are merged. You can part them again from the tag’s page."), "done")
        return _to_desk("waiting") if was_suggested else _to_tag(into, "merged")
    return _tag_page(key, (f"merge-{key}", form))


@blueprint.post("/c/<slug>/tags/<key>/part")
@access(FACILITATOR)
def part(slug: str, key: str) -> ResponseReturnValue:
    """Let a merged tag stand on its own again."""
    form, tag = PartForm(), get_tag(db.session(), _consultation(), key)
    seen = form.seen.data or None
    if done(form, partial(curation.part_tag, tag=tag, seen=seen)):
        flash(_("The tag stands on its own again."), "done")
        return _to_tag(key, "names")
    return _tag_page(seen if seen and not form.is_late else key, (f"part-{key}", form))


def _tag_page(key: str, attempt: tuple[str, Any] | None = None) -> ResponseReturnValue:
    """Return the tag's page; `attempt` is the name of the form that was refused, and that form."""
    session, consultation = db.session(), _consultation()
    tags = {tag.key: tag for tag in tags_of(session, consultation, language=current_language())}
    if key not in tags:
        raise NotFound
    tag = tags[key]
    children = [one for one in tags.values() if one.merged_into == key]
    rules = rules_of(session, consultation, language=current_language())
    page = render_template(
        "moderation/tag.html",
        tag=tag,
        parent=tags.get(tag.merged_into or ""),
        children=children,
        vocabulary=[one for one in tags.values() if one.status is TagStatus.ACCEPTED and one is not tag],
        history=acts_on_tags(
            session, consultation.id, [one.id for one in (tag, *children)], rules=rules, limit=HISTORY
        ),
        attempt=attempt[0] if attempt else "",
        form=attempt[1] if attempt else None,
        wording=wording,
    )
    return page, attempt[1].status if attempt else 200


def _to_desk(section: str) -> ResponseReturnValue:
    return redirect(url_for("moderation.desk", slug=current_place().slug, _anchor=section), 303)


def _to_tag(key: str, section: str) -> ResponseReturnValue:
    return redirect(url_for(".show", slug=current_place().slug, key=key, _anchor=section), 303)


def _consultation() -> Consultation:
    return current_place().consultation
