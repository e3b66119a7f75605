"""The rules for what consultation.json may say."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from deliberation.base.text import folded
from deliberation.consultations.background import EntryKind
from deliberation.consultations.models import LANGUAGE_LENGTH, TITLE_LENGTH, Phase
from deliberation.consultations.pack_values import (
    ConsultationWords,
    EntryPack,
    EntryWords,
    TagWords,
    ThreadWords,
)
from deliberation.consultations.people import RoleName
from deliberation.exchange.companion import names
from deliberation.exchange.dossier import ActRecord, ProposalRecord, TagRecord, ThreadRecord
from deliberation.exchange.errors import FaultList
from deliberation.exchange.polis.cells import GREATEST_NUMBER, BadCell, exact_moment
from deliberation.exchange.polis.files import read_text
from deliberation.moderation.models import REASON_LENGTH, ActKind, ProposalOutcome
from deliberation.tags.models import TAG_LENGTH, TagStatus

KEY_LENGTH = 60
LANGUAGE = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*\Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What consultation.json says."""

    language: str
    created_at: datetime
    words: dict[str, ConsultationWords]
    starts: dict[Phase, datetime]
    threads: tuple[ThreadRecord, ...]
    background: tuple[EntryPack, ...]
    tags: tuple[TagRecord, ...]
    proposals: tuple[ProposalRecord, ...]
    log: tuple[ActRecord, ...]


def read_document(path: Path, faults: FaultList) -> Document | None:
    """Return what the file says; None, with every fault noted, where it cannot be used."""
    text = read_text(path, faults, names.CONSULTATION)
    if text is None:
        return None
    try:
        said = json.loads(text)
    except json.JSONDecodeError as error:
        faults.add(names.CONSULTATION, error.lineno, f"the file cannot be read as JSON: {error.msg}")
        return None
    except RecursionError:
        faults.add(names.CONSULTATION, 0, "the file is nested too deep")
        return None
    if not isinstance(said, dict) or said.get("format") != names.FORMAT:
        faults.add(names.CONSULTATION, 0, f"the file does not say that its format is {names.FORMAT}")
        return None
    try:
        for words in _strings(said):
            _refuse_unstorable(words)
        document: Document = _DocumentSchema().load(said)
    except ValidationError as error:
        for place, reason in _flat(error.messages):
            faults.add(names.CONSULTATION, 0, f"{place}: {reason}" if place else reason)
        return None
    return document


class _Moment(fields.Field[datetime]):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            return exact_moment(str(value), str(attr))
        except BadCell as bad:
            raise ValidationError(str(bad)) from None


class _Strict(Schema):
    error_messages = {"unknown": "is not a key that belongs here"}  # noqa: RUF012


def _text(most: int | None = None, *, least: int = 0) -> fields.String:
    return fields.String(required=True, validate=validate.Length(least, most))


def _moment(*, or_none: bool = False) -> _Moment:
    return _Moment(required=True, allow_none=or_none)


def _number(*, least: int = 0) -> fields.Integer:
    reach = validate.Range(least, GREATEST_NUMBER)
    return fields.Integer(required=True, strict=True, allow_none=not least, validate=reach)


def _by_language(schema: type[Schema]) -> fields.Dict:
    language = fields.String(validate=[validate.Length(max=LANGUAGE_LENGTH), validate.Regexp(LANGUAGE)])
    return fields.Dict(language, fields.Nested(schema), required=True, validate=validate.Length(1))


class _Words(_Strict):
    """Words in one language, which become a value of `kind`."""

    kind: Callable[..., Any]
    is_translation = fields.Boolean(required=True)

    @post_load
    def _value(self, said: dict[str, Any], **_: Any) -> Any:
        return type(self).kind(**said)


class _ConsultationWordsSchema(_Words):
    kind = ConsultationWords
    title = _text(TITLE_LENGTH, least=1)
    kicker = _text()
    introduction = _text()
    organiser = _text()


class _ThreadWordsSchema(_Words):
    kind = ThreadWords
    question = _text()
    lead = _text()


class _EntryWordsSchema(_Words):
    kind = EntryWords
    title = _text(TITLE_LENGTH)
    body = _text()
    forms = fields.List(fields.String(), required=True)


class _TagWordsSchema(_Words):
    kind = TagWords
    name = _text(TAG_LENGTH, least=1)


class _ThreadSchema(_Strict):
    number = _number(least=1)
    locked_at = _moment(or_none=True)
    texts = _by_language(_ThreadWordsSchema)

    @post_load
    def _value(self, said: dict[str, Any], **_: Any) -> ThreadRecord:
        return ThreadRecord(words=said.pop("texts"), **said)


class _EntrySchema(_Strict):
    key = _text(KEY_LENGTH, least=1)
    kind = fields.Enum(EntryKind, by_value=True, required=True)
    texts = _by_language(_EntryWordsSchema)

    @post_load
    def _value(self, said: dict[str, Any], **_: Any) -> EntryPack:
        return EntryPack(words=said.pop("texts"), **said)


class _TagSchema(_Strict):
    key = _text(KEY_LENGTH, least=1)
    group = fields.String(required=True, allow_none=True, validate=validate.Length(max=KEY_LENGTH))
    status = fields.Enum(TagStatus, by_value=True, required=True)
    merged_into = fields.String(required=True, allow_none=True)
    suggested_by = _number()
    created_at = _moment()
    names = _by_language(_TagWordsSchema)

    @post_load
    def _value(self, said: dict[str, Any], **_: Any) -> TagRecord:
        return TagRecord(**said)


class _ActSchema(_Strict):
    kind = fields.Enum(ActKind, by_value=True, required=True)
    role = fields.Enum(RoleName, by_value=True, required=True, allow_none=True)
    idea = _number()
    thread = _number()
    tag = fields.String(required=True, allow_none=True)
    rule = fields.String(required=True, allow_none=True)
    remark = _number()
    reason = _text()
    details = fields.Dict(fields.String(), required=True)
    happened_at = _moment()

    @post_load
    def _value(self, said: dict[str, Any], **_: Any) -> ActRecord:
        return ActRecord(**said)


class _ProposalSchema(_Strict):
    ideas = fields.List(_number(least=0), required=True, validate=validate.Length(equal=2))
    proposed_by = fields.Integer(required=True, strict=True, validate=validate.Range(0, GREATEST_NUMBER))
    note = _text(REASON_LENGTH)
    created_at = _moment()
    outcome = fields.Enum(ProposalOutcome, by_value=True, required=True, allow_none=True)
    settled_at = _moment(or_none=True)

    @post_load
    def _value(self, said: dict[str, Any], **_: Any) -> ProposalRecord:
        one, other = said.pop("ideas")
        if one is None or other is None or one == other:
            raise ValidationError("are not two", "ideas")
        if (said["outcome"] is None) != (said["settled_at"] is None):
            raise ValidationError("is there without its time, or the time without it", "outcome")
        return ProposalRecord(ideas=(one, other), **said)


class _DocumentSchema(_Strict):
    format = _text()
    slug = _text()
    source_language = _text(LANGUAGE_LENGTH, least=2)
    created_at = _moment()
    texts = _by_language(_ConsultationWordsSchema)
    phases = fields.Dict(fields.Enum(Phase, by_value=True), _moment(), required=True)
    threads = fields.List(fields.Nested(_ThreadSchema), required=True, validate=validate.Length(1))
    background = fields.List(fields.Nested(_EntrySchema), required=True)
    tags = fields.List(fields.Nested(_TagSchema), required=True)
    merge_proposals = fields.List(fields.Nested(_ProposalSchema), required=True)
    log = fields.List(fields.Nested(_ActSchema), required=True)

    @post_load
    def _value(self, said: dict[str, Any], **_: Any) -> Document:
        if said["source_language"] not in said["texts"]:
            raise ValidationError("says nothing in the source language", "texts")
        _refuse_twice("threads", [thread.number for thread in said["threads"]])
        _refuse_twice("background", [entry.key for entry in said["background"]])
        _refuse_twice("tags", [tag.key for tag in said["tags"]])
        tag_names = [
            (language, folded(words.name)) for tag in said["tags"] for language, words in tag.names.items()
        ]
        _refuse_twice("tags", tag_names)
        made = [(frozenset(one.ideas), one.proposed_by) for one in said["merge_proposals"]]
        _refuse_twice("merge_proposals", made)
        return Document(
            language=said["source_language"],
            created_at=said["created_at"],
            words=said["texts"],
            starts=said["phases"],
            threads=tuple(said["threads"]),
            background=tuple(said["background"]),
            tags=tuple(said["tags"]),
            proposals=tuple(said["merge_proposals"]),
            log=tuple(said["log"]),
        )


def _refuse_twice(place: str, values: list[Any]) -> None:
    seen = set()
    for value in values:
        if value in seen:
            raise ValidationError(f"{value} is there twice", place)
        seen.add(value)


def _strings(said: Any) -> Iterator[str]:
    if isinstance(said, str):
        yield said
    elif isinstance(said, dict):
        for key, value in said.items():
            yield key
            yield from _strings(value)
    elif isinstance(said, list):
        for value in said:
            yield from _strings(value)


def _refuse_unstorable(words: str) -> None:
    if "\0" in words or (not words.isascii() and any("\ud800" <= sign <= "\udfff" for sign in words)):
        raise ValidationError("a text has a character that no database keeps")


def _flat(messages: Any, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from _flat(inner, place if key == "_schema" else f"{place}.{key}".strip("."))
    elif isinstance(messages, list):
        for inner in messages:
            yield from _flat(inner, place)
    else:
        yield place, str(messages)
