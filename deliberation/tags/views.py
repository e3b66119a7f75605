"""What people do with tags. The pages that show them are the ideas'."""

from typing import Final

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from deliberation.base.errors import Refused
from deliberation.consultations.scope import PARTICIPANT, current_place
from deliberation.ideas.views import idea_page, seen_idea
from deliberation.tags.forms import TagForm
from deliberation.tags.models import TagStatus
from deliberation.tags.service import apply_tag, remove_tag, suggest_tag
from deliberation.web.access import access
from deliberation.web.extensions import account_key, db, limiter
from deliberation.web.locale import current_language

blueprint = Blueprint("tags", __name__)

NUMBER: Final = "<int(max=2147483647):number>"


@blueprint.post(f"/c/<slug>/ideas/{NUMBER}/tags")
@access(PARTICIPANT)
@limiter.limit("120 per hour", key_func=account_key)
def apply(slug: str, number: int) -> ResponseReturnValue:
    """Put a tag on an idea, from the vocabulary or of the person's own."""
    idea, form, consultation = seen_idea(number), TagForm(), current_place().consultation
    keys = {"consultation": consultation, "idea": idea, "account_id": current_user.account_id}
    try:
        if form.suggestion.data:
            spoken = {text.language for text in consultation.texts}
            language = current_language() if current_language() in spoken else consultation.source_language
            tag = suggest_tag(db.session(), name=form.suggestion.data, language=language, **keys)
        else:
            tag = apply_tag(db.session(), key=form.tag.data or "", **keys)
    except Refused as error:
        form.validate()
        form.refuse(error)
        return idea_page(idea, form)
    is_new = tag.status is TagStatus.SUGGESTED
    db.session.commit()
    flash(_("Your tag waits for a facilitator.") if is_new else _("The tag is on the idea."), "done")
    return redirect(f"{url_for('ideas.show', slug=slug, number=number)}#tags", 303)


@blueprint.post(f"/c/<slug>/ideas/{NUMBER}/tags/remove")
@access(PARTICIPANT)
def remove(slug: str, number: int) -> ResponseReturnValue:
    """Take the person's own tag off an idea."""
    place, idea = current_place(), seen_idea(number)
    key = request.form.get("tag", "")
    remove_tag(db.session(), consultation=place.consultation, idea=idea, by=place.participant, key=key)
    db.session.commit()
    flash(_("Your tag is taken off the idea."), "done")
    return redirect(f"{url_for('ideas.show', slug=slug, number=number)}#tags", 303)
