"""The rules for what a consultation pack may say."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, missing, validate, validates_schema

from deliberation.base.text import clean_line, clean_text, folded
from deliberation.consultations.background import EntryKind
from deliberation.consultations.models import LANGUAGE_LENGTH, SLUG_LENGTH, TITLE_LENGTH, Guests, Phase
from deliberation.consultations.pack_values import (
    ConsultationPack,
    ConsultationWords,
    EntryPack,
    EntryWords,
    Fault,
    PackRefused,
    TagPack,
    TagWords,
    ThreadPack,
    ThreadWords,
)

FORMAT: Final = "consultation-pack/1"
KEY_LENGTH: Final = 60
LINE_LENGTH: Final = 1_000
INTRODUCTION_LENGTH: Final = 10_000
BODY_LENGTH: Final = 20_000
TAG_NAME_LENGTH: Final = 40
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_KEY: Final = r"[a-z0-9]+(-[a-z0-9]+)*\Z"
_ORDER: Final = tuple(Phase)


_FREE_KEYS: Final = re.compile(r"(^|\.)(phases|forms)(\.[^.]+|\[\d+\])$")

Path = tuple[str | int, ...]


def parse_pack(document: object) -> ConsultationPack:
    """Return the pack that `document`, as read from YAML, describes. Raises PackRefused."""
    if not isinstance(document, dict):
        raise PackRefused([Fault("", "a pack is a mapping that begins with “format: " + FORMAT + "”")])
    try:
        said: dict[str, Any] = PackSchema().load(document)
    except ValidationError as error:
        raise PackRefused(list(flat_faults(error.messages))) from error
    return ConsultationPack(
        slug=said["slug"],
        languages=tuple(said["languages"]),
        words={
            language: ConsultationWords(
                words["title"], words["kicker"], words["introduction"], words["organiser"], is_translation
            )
            for language, words, is_translation in _by_language(
                said, "title", "kicker", "introduction", "organiser"
            )
        },
        starts=said["phases"],
        opens=said["opens"],
        guests=said["guests"],
        threads=tuple(_thread(thread) for thread in said["threads"]),
        background=tuple(_entry(entry) for entry in said["background"]),
        tags=tuple(_tag(tag) for tag in said["tags"]),
    )


class Words(fields.Field[dict[str, str]]):
    """A text in several languages: a mapping from language to words."""

    def __init__(self, limit: int, *, lines: bool = False, required: bool = False) -> None:
        """Each language takes at most `limit` characters, on one line unless `lines`."""
        super().__init__(required=required, load_default=missing if required else dict)
        self.limit, self.clean = limit, clean_text if lines else clean_line

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, str]:
        if not isinstance(value, dict) or not value:
            raise ValidationError("must say something in each language, as in “sv: …”")
        said, faults = {}, {}
        for language, words in value.items():
            try:
                said[_language(language)] = self._one(words)
            except ValidationError as error:
                faults[str(language)] = error.messages
        if faults:
            raise ValidationError(faults)
        return said

    def _one(self, words: object) -> str:
        if words is None:
            raise ValidationError("is empty")
        if not isinstance(words, str):
            raise ValidationError("must be words; put it in quotation marks")
        text = self.clean(words)
        if not text:
            raise ValidationError("is empty")
        if len(text) > self.limit:
            raise ValidationError(f"is {len(text)} characters long; at most {self.limit} fit")
        return text


class Moment(fields.Field[datetime]):
    """A date with a time and an offset from UTC."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        if isinstance(value, str):
            try:
                value = datetime.fromisoformat(value)
            except ValueError as error:
                raise ValidationError("is not a date such as 2026-11-01T09:00:00+01:00") from error
        if not isinstance(value, datetime):
            wrong = "needs a time of day and an offset" if isinstance(value, date) else "is not a date"
            raise ValidationError(f"{wrong}; write 2026-11-01T09:00:00+01:00")
        if value.tzinfo is None:
            raise ValidationError("needs an offset from UTC; write 2026-11-01T09:00:00+01:00")
        return value


_KINDS: Final = {
    fields.String: "must be words",
    fields.Integer: "must be a whole number",
    fields.List: "must be a list",
    fields.Dict: "must be a mapping",
}


class StrictSchema(Schema):
    """A mapping that takes no key it does not know, and says what is wrong in plain words."""

    error_messages = {"unknown": "is not a key that belongs here", "type": "must be a mapping"}  # noqa: RUF012

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Say what is missing or misplaced in the same words everywhere."""
        field_obj.error_messages = {
            **field_obj.error_messages,
            "required": "is missing",
            "null": "is empty",
            "invalid": next(
                (words for kind, words in _KINDS.items() if isinstance(field_obj, kind)), "is not valid"
            ),
        }


def key_field() -> fields.String:
    """Return a field for a name in small letters, digits and hyphens."""
    return fields.String(
        required=True,
        validate=[
            validate.Length(max=KEY_LENGTH, error=f"may have at most {KEY_LENGTH} characters"),
            validate.Regexp(_KEY, error="takes small letters, digits and single hyphens only"),
        ],
    )


def _translated() -> fields.List[Any]:
    return fields.List(fields.String(), load_default=list)


class ThreadSchema(StrictSchema):
    """One of `threads`."""

    number = fields.Integer(
        required=True, strict=True, validate=validate.Range(1, 999, error="counts from 1 to 999")
    )
    question = Words(LINE_LENGTH, required=True)
    lead = Words(LINE_LENGTH)
    translated = _translated()


class EntrySchema(StrictSchema):
    """One of `background`."""

    key = key_field()
    kind = fields.Enum(
        EntryKind, by_value=True, required=True, error_messages={"unknown": "must be one of: {choices}"}
    )
    title = Words(TITLE_LENGTH, required=True)
    body = Words(BODY_LENGTH, lines=True, required=True)
    forms = fields.Dict(
        fields.String(error_messages={"invalid": "is not a language"}),
        fields.List(
            fields.String(error_messages={"invalid": "must be words"}, validate=validate.Length(1, 80))
        ),
        load_default=dict,
    )
    translated = _translated()


class TagSchema(StrictSchema):
    """One of `tags`."""

    key = key_field()
    group = fields.String(
        load_default=None,
        validate=validate.Regexp(r"[a-z][a-z0-9_]{0,59}\Z", error="takes small letters, digits and _ only"),
    )
    name = Words(TAG_NAME_LENGTH, required=True)
    translated = _translated()


class PackSchema(StrictSchema):
    """A whole pack."""

    format = fields.String(required=True, validate=validate.Equal(FORMAT, error="must be " + FORMAT))
    slug = fields.String(
        required=True,
        validate=[
            validate.Length(max=SLUG_LENGTH, error=f"may have at most {SLUG_LENGTH} characters"),
            validate.Regexp(_KEY, error="takes small letters, digits and single hyphens only"),
        ],
    )
    languages = fields.List(
        fields.String(), required=True, validate=validate.Length(min=1, error="names at least one language")
    )
    title = Words(TITLE_LENGTH, required=True)
    kicker = Words(TITLE_LENGTH)
    introduction = Words(INTRODUCTION_LENGTH, lines=True)
    organiser = Words(LINE_LENGTH)
    translated = _translated()
    phases = fields.Dict(
        fields.Enum(Phase, by_value=True, error_messages={"unknown": "must be one of: {choices}"}),
        Moment(),
        load_default=dict,
    )
    opens = fields.Enum(
        Phase,
        by_value=True,
        load_default=Phase.DRAFT,
        error_messages={"unknown": "must be one of: {choices}"},
    )
    guests = fields.Enum(
        Guests,
        by_value=True,
        load_default=Guests.NONE,
        error_messages={"unknown": "must be one of: {choices}"},
    )
    threads = fields.List(
        fields.Nested(ThreadSchema), required=True, validate=validate.Length(1, 999, error="needs a thread")
    )
    background = fields.List(fields.Nested(EntrySchema), load_default=list)
    tags = fields.List(fields.Nested(TagSchema), load_default=list)

    @validates_schema
    def agrees_with_itself(self, data: dict[str, Any], **kwargs: Any) -> None:
        """Check what no single field can know."""
        faults: dict[Any, Any] = {}
        for path, reason in _contradictions(data):
            place: dict[Any, Any] = faults
            for step in path[:-1]:
                place = place.setdefault(step, {})
            place.setdefault(path[-1], [reason])
        if faults:
            raise ValidationError(faults)


def _contradictions(data: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    languages = data["languages"]
    for position, language in enumerate(languages):
        try:
            _language(language)
        except ValidationError as error:
            yield ("languages", position), str(error.messages[0])
        if language in languages[:position]:
            yield ("languages", position), "is named twice"
    yield from _language_faults((), data, ("title", "kicker", "introduction", "organiser"), languages)
    for name, texts in (
        ("threads", ("question", "lead")),
        ("background", ("title", "body")),
        ("tags", ("name",)),
    ):
        for position, part in enumerate(data[name]):
            yield from _language_faults((name, position), part, texts, languages)
    yield from _doubles("threads", "number", [thread["number"] for thread in data["threads"]])
    yield from _doubles("background", "key", [entry["key"] for entry in data["background"]])
    yield from _doubles("tags", "key", [tag["key"] for tag in data["tags"]])
    for language in languages:
        names = [folded(tag["name"].get(language, "")) or None for tag in data["tags"]]
        for position, key in enumerate(names):
            if key is not None and len(key) > TAG_NAME_LENGTH:
                yield ("tags", position, "name", language), "is too long to be compared with other names"
        for path, reason in _doubles("tags", "name", names):
            yield (*path, language), reason
    yield from _phase_faults(data)


def _language_faults(
    path: Path, said: dict[str, Any], names: tuple[str, ...], languages: list[str]
) -> Iterator[tuple[Path, str]]:
    main = names[0]
    if languages[0] not in said[main]:
        yield (*path, main, languages[0]), "is missing; every text needs the source language"
    for name in names:
        for language in said[name]:
            if language not in languages:
                yield (*path, name, language), "is not one of the languages at the top"
            elif language not in said[main]:
                yield (*path, name, language), f"stands alone: there is no {main} in this language"
    for position, language in enumerate(said["translated"]):
        if language not in said[main]:
            yield (*path, "translated", position), f"there is no {main} in {language}"
    if "kind" in said:
        for language in said["title"].keys() - said["body"].keys():
            yield (*path, "body", language), "is missing"
        if said["forms"] and said["kind"] is not EntryKind.GLOSSARY:
            yield (*path, "forms"), "belongs to entries of the kind glossary only"


def _doubles(part: str, name: str, values: list[Any]) -> Iterator[tuple[Path, str]]:
    for position, value in enumerate(values):
        if value is not None and value in values[:position]:
            yield (part, position, name), f"is the same as in {part}[{values.index(value)}]"


def _phase_faults(data: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    starts = data["phases"]
    dated = [phase for phase in _ORDER if phase in starts]
    for earlier, later in pairwise(dated):
        if starts[later] <= starts[earlier]:
            yield ("phases", later.value), f"must come after {earlier.value}"
    if data["opens"] in starts:
        yield ("opens",), "has a date under phases; give one or the other"


def is_language(code: str) -> bool:
    """Say whether the code is written as languages are here, such as sv, en or zh-Hant."""
    return len(code) <= LANGUAGE_LENGTH and _LANGUAGE.fullmatch(code) is not None


def is_key(key: str) -> bool:
    """Say whether the key is written as slugs and keys are here: small letters, digits, single hyphens."""
    return len(key) <= KEY_LENGTH and re.match(_KEY, key) is not None


def _language(code: object) -> str:
    if isinstance(code, bool):
        raise ValidationError("is read by YAML as yes or no; put the language in quotation marks")
    if not isinstance(code, str) or not is_language(code):
        raise ValidationError("is not a language code such as sv, en or zh-Hant")
    return code


def _by_language(said: dict[str, Any], *names: str) -> Iterator[tuple[str, dict[str, str], bool]]:
    for language in said[names[0]]:
        words = {name: said[name].get(language, "") for name in names}
        yield language, words, language in said["translated"]


def _thread(said: dict[str, Any]) -> ThreadPack:
    words = {
        language: ThreadWords(words["question"], words["lead"], is_translation)
        for language, words, is_translation in _by_language(said, "question", "lead")
    }
    return ThreadPack(said["number"], words)


def _entry(said: dict[str, Any]) -> EntryPack:
    words = {
        language: EntryWords(
            words["title"],
            words["body"],
            tuple(clean_line(form) for form in said["forms"].get(language, ())),
            is_translation,
        )
        for language, words, is_translation in _by_language(said, "title", "body")
    }
    return EntryPack(said["key"], said["kind"], words)


def _tag(said: dict[str, Any]) -> TagPack:
    words = {
        language: TagWords(words["name"], is_translation)
        for language, words, is_translation in _by_language(said, "name")
    }
    return TagPack(said["key"], said["group"], words)


def flat_faults(messages: Any, path: str = "") -> Iterator[Fault]:
    """Return what marshmallow found wrong, each with its path."""
    if not isinstance(messages, dict):
        for message in messages if isinstance(messages, list) else [messages]:
            yield Fault(path, str(message).rstrip("."))
        return
    for step, below in messages.items():
        # Of a mapping with free keys marshmallow says whether the key or the value is wrong; people see that.
        is_aside = step == "_schema" or (step in {"key", "value"} and bool(_FREE_KEYS.search(path)))
        if is_aside:
            yield from flat_faults(below, path)
        elif isinstance(step, int):
            yield from flat_faults(below, f"{path}[{step}]")
        else:
            yield from flat_faults(below, f"{path}.{step}" if path else str(step))
