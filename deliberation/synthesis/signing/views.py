"""Pages of versions: to read, to compare, to sign and to publish."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from flask import Blueprint, Response, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_login import current_user
from markupsafe import Markup

from deliberation.base.errors import NotFound
from deliberation.base.markup import markdown_to_html
from deliberation.consultations.scope import VISITOR, current_place
from deliberation.synthesis.signing.comparing import PartName, differences
from deliberation.synthesis.signing.feed import feed_of
from deliberation.synthesis.signing.forms import (
    AnswerForm,
    MinorityForm,
    ProposeForm,
    PublishForm,
    ReplyForm,
    RuleForm,
)
from deliberation.synthesis.signing.keeping import is_intact, report_of
from deliberation.synthesis.signing.models import Quorum, SignatureRow, SynthesisVersion
from deliberation.synthesis.signing.policies import may_read, may_sign
from deliberation.synthesis.signing.publishing import with_sign_off
from deliberation.synthesis.signing.queries import (
    find_open,
    find_package,
    get_version,
    rule_of,
    tally_of,
    versions_of,
)
from deliberation.synthesis.signing.wording import (
    ANSWERS,
    change_words,
    part_words,
    rule_words,
    tally_words,
)
from deliberation.synthesis.words import words_in
from deliberation.synthesis.writers import Format
from deliberation.synthesis.writers.numbers import format_day
from deliberation.synthesis.writers.report import Report
from deliberation.web.access import access
from deliberation.web.extensions import db
from deliberation.web.forms import Form

blueprint = Blueprint("signing", __name__)
blueprint.app_template_filter("part_words")(part_words)
blueprint.app_template_filter("change_words")(change_words)

NUMBER: Final = "<int:number>"


@blueprint.app_template_filter()
def prose(text: str) -> Markup:
    """Return Markdown as HTML."""
    return Markup(markdown_to_html(text))  # noqa: S704 - cleaned by the one function that may make HTML


@blueprint.app_template_filter()
def whole_day(value: date, language: str) -> str:
    """Return a day in full, in the language of the text it stands in."""
    return format_day(value, language)


@blueprint.get("/c/<slug>/synthesis/versions")
@access(VISITOR)
def versions(slug: str) -> ResponseReturnValue:
    """List the versions: what was published, and to the people of the consultation what is being signed."""
    return versions_page()


@blueprint.get(f"/c/<slug>/synthesis/versions/{NUMBER}")
@access(VISITOR)
def show(slug: str, number: int) -> ResponseReturnValue:
    """Show a version as it reads, and to its people how far it is signed."""
    return version_page(seen_version(number))


@blueprint.get(f"/c/<slug>/synthesis/versions/{NUMBER}/map.svg")
@access(VISITOR)
def map_picture(slug: str, number: int) -> ResponseReturnValue:
    """Hand out the map of a version as a picture."""
    report = _report(seen_version(number))
    if report.map is None:
        raise NotFound
    response = Response(report.map.svg, content_type="image/svg+xml")
    response.set_etag(report.evidence.digest[:32])
    return response


@blueprint.get(f"/c/<slug>/synthesis/versions/{NUMBER}/evidence.zip")
@access(VISITOR)
def evidence(slug: str, number: int) -> ResponseReturnValue:
    """Hand out the evidence package of a published version."""
    version = seen_version(number)
    package = find_package(db.session(), version.id) if version.is_published else None
    if package is None:
        raise NotFound
    response = Response(package.content, content_type="application/zip")
    name = f"{slug}-synthesis-{number}-evidence.zip"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.set_etag(package.digest[:32])
    return response


@blueprint.get(f"/c/<slug>/synthesis/versions/{NUMBER}/compare/<int:other>")
@access(VISITOR)
def compare(slug: str, number: int, other: int) -> ResponseReturnValue:
    """Show what has changed from one version to another."""
    before, after = seen_version(min(number, other)), seen_version(max(number, other))
    if before.id == after.id:
        raise NotFound
    return render_template(
        "synthesis/signing/compare.html",
        before=before,
        after=after,
        found=list(differences(_report(before), _report(after))),
    )


@blueprint.get("/c/<slug>/synthesis/versions.atom")
@access(VISITOR)
def feed(slug: str) -> ResponseReturnValue:
    """Hand out the published versions as an Atom feed."""
    place = current_place()
    published = [one for one in versions_of(db.session(), place.consultation.id) if one.is_published]
    content = feed_of(place, published, base_url=current_app.config["BASE_URL"])
    return Response(content, content_type="application/atom+xml; charset=utf-8")


def seen_version(number: int) -> SynthesisVersion:
    """Return the version, if the visitor may read it. Raises NotFound."""
    place = current_place()
    version = get_version(db.session(), place.consultation.id, number)
    if not may_read(place.roles, is_published=version.is_published):
        raise NotFound
    return version


def _report(version: SynthesisVersion) -> Report:
    return report_of(version, words_in(version.language))


def version_page(version: SynthesisVersion, **forms: Any) -> str:
    """Return the page of the version; `forms` are those that were refused, by the names it gives them.

    Where the version is closed meanwhile, what was written in them stands on the page to be taken along.
    """
    session, place = db.session(), current_place()
    report = _report(version)
    mine = _mine(version)
    if not version.is_published:
        with force_locale(version.language):
            rule = rule_words(version.quorum, version.replies_to_objections)
        report = with_sign_off(report, version, rule=rule)
    tally = tally_of(session, version) if version.is_open else None
    all_versions = versions_of(session, place.consultation.id)
    return render_template(
        "synthesis/signing/show.html",
        version=version,
        report=report,
        versions=[one for one in all_versions if may_read(place.roles, is_published=one.is_published)],
        tally=tally,
        tally_sentences=list(tally_words(tally)) if tally else [],
        is_member=may_sign(place.roles),
        formats=list(Format) if version.is_published else [],
        mine=mine,
        changed_for_me=_changed_for(mine),
        answer_words=ANSWERS,
        package=find_package(session, version.id) if version.is_published else None,
        is_intact=not version.is_published or is_intact(version),
        newer=next((one for one in all_versions if one.is_published and one.number > version.number), None),
        too_late=[] if version.is_open else _refused(forms.values()),
        **(_forms(mine, forms) if version.is_open and may_sign(place.roles) else {}),
    )  # fmt: skip


def versions_page(propose_form: ProposeForm | None = None, rule_form: RuleForm | None = None) -> str:
    """Return the list of versions, with the forms that were refused."""
    session, place = db.session(), current_place()
    quorum, replies = rule_of(session, place.consultation.id)
    found = versions_of(session, place.consultation.id)
    return render_template(
        "synthesis/signing/versions.html",
        versions=[one for one in found if may_read(place.roles, is_published=one.is_published)],
        is_member=may_sign(place.roles),
        open_version=find_open(session, place.consultation.id) if place.roles else None,
        rule=rule_words(quorum, replies),
        propose_form=propose_form or (ProposeForm(formdata=None) if may_sign(place.roles) else None),
        rule_form=rule_form or (_rule_form(quorum, replies) if place.is_facilitator else None),
    )


def _rule_form(quorum: Quorum, replies: bool) -> RuleForm:
    return RuleForm(formdata=None, quorum=quorum.value, replies_to_objections=replies)


def _mine(version: SynthesisVersion) -> SignatureRow | None:
    if not current_user.is_authenticated:
        return None
    return next((row for row in version.signatures if row.account_id == current_user.account_id), None)


def _forms(mine: SignatureRow | None, refused: Mapping[str, Any]) -> dict[str, Any]:
    """Return a member's forms; those that were refused as they were sent. Visitors' pages carry no token."""
    return {
        "answer_form": refused.get("answer_form") or _answer_form(mine),
        "reply_form": refused.get("reply_form", (None, ReplyForm(formdata=None))),
        "minority_form": refused.get("minority_form") or MinorityForm(formdata=None),
        "publish_form": refused.get("publish_form") or PublishForm(formdata=None),
    }


def _refused(forms: Iterable[Any]) -> list[Form]:
    """Return the forms that were sent for a version that is closed."""
    return [form[1] if isinstance(form, tuple) else form for form in forms]


def _changed_for(mine: SignatureRow | None) -> list[PartName]:
    """Return what has changed since the member's earlier answer."""
    earlier = (mine.earlier if mine else None) or {}
    return [PartName.read(name) for name in earlier.get("changed", [])]


def _answer_form(mine: SignatureRow | None) -> AnswerForm:
    if mine is None:
        return AnswerForm(formdata=None)
    if mine.answer is not None:
        return AnswerForm(formdata=None, answer=mine.answer.value, text=mine.text)
    earlier = mine.earlier or {}
    return AnswerForm(formdata=None, answer=earlier.get("answer"), text=earlier.get("text", ""))
