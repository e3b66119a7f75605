"""Full-text search over ideas: the one module that knows how SQLite and PostgreSQL do it.

Terms are made here, so that both databases find the same: words without capitals, their dictionary forms,
and pairs of characters for writing without spaces. Å, ä and ö are letters of their own.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from typing import Any, Final

from sqlalchemy import ColumnElement, cast, column, false, literal_column, select, table, text
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from deliberation.base.database import is_sqlite
from deliberation.ideas.models import Idea

LEMMATISED: Final = ("sv", "en")
"""Languages whose words are brought to their dictionary form. A dictionary is read when first needed."""
MOST_WORDS: Final = 20
LONGEST_WORD: Final = 100

_SPACE: Final = re.compile(r"\s+")
_UNSPACED: Final = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_INDEX: Final = table("idea_search", column("rowid"), column("terms"))
_FORGET: Final = text("DELETE FROM idea_search WHERE rowid = :idea")
_ADD_SQLITE: Final = text("INSERT INTO idea_search (rowid, terms) VALUES (:idea, :terms)")
_ADD_POSTGRESQL: Final = text(
    "INSERT INTO idea_search (rowid, terms) VALUES (:idea, array_to_tsvector(CAST(:terms AS text[])))"
)


def index_idea(session: Session, idea_id: int, statement: str, elaboration: str, language: str) -> None:
    """Let the idea be found by the words of this wording, and by no earlier one's."""
    index_many(session, [(idea_id, statement, elaboration, language)])


def index_many(session: Session, rows: Iterable[tuple[int, str, str, str]]) -> None:
    """Index many ideas: key, statement, elaboration and language of each."""
    is_file = is_sqlite(session)
    found: list[dict[str, Any]] = []
    for idea_id, statement, elaboration, language in rows:
        terms = sorted(terms_of(f"{statement}\n{elaboration}", language))
        found.append({"idea": idea_id, "terms": " ".join(terms) if is_file else terms})
    if not found:
        return
    connection = session.connection()
    connection.execute(_FORGET, [{"idea": row["idea"]} for row in found])
    connection.execute(_ADD_SQLITE if is_file else _ADD_POSTGRESQL, found)


def forget(session: Session, idea_id: int) -> None:
    """Let the idea be found no more."""
    session.execute(_FORGET, {"idea": idea_id})


def matching(session: Session, query: str, *, languages: Collection[str] = LEMMATISED) -> ColumnElement[bool]:
    """Return the condition under which an `Idea` holds every word of the query.

    A word is found by itself and by its dictionary form in one of `languages`; the last word is found by
    its beginning too, because it may still be being typed. Nothing in a query is an operator. A query
    without a word finds nothing.
    """
    wanted = _wanted(query, {primary(language) for language in languages})
    if not wanted:
        return false()
    if is_sqlite(session):
        found = select(_INDEX.c.rowid).where(literal_column("idea_search").op("MATCH")(_for_sqlite(wanted)))
    else:
        asked = cast(_for_postgresql(wanted), TSQUERY)
        found = select(_INDEX.c.rowid).where(_INDEX.c.terms.op("@@")(asked))
    return Idea.id.in_(found)


def terms_of(words: str, language: str) -> set[str]:
    """Return the terms under which a text in `language` is found."""
    terms: set[str] = set()
    language = primary(language)
    for word in _words(words):
        if _UNSPACED.fullmatch(word):
            # The last character stands alone too, so that a single one is found wherever it is.
            terms.update(word[start : start + 2] for start in range(len(word)))
        else:
            terms.add(word)
            terms.add(_lemma(word, language))
    return terms


def primary(language: str) -> str:
    """Return the language without script and country: `pt` of `pt-BR`."""
    return language.split("-", maxsplit=1)[0].lower()


def _words(words: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", words).casefold()
    # A mark belongs to its letter: Hindi and Tamil would otherwise fall apart.
    spaced = "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in plain)
    found: list[str] = []
    for run in _SPACE.split(unicodedata.normalize("NFC", spaced).strip()):
        start = 0
        for piece in _UNSPACED.finditer(run):
            found += [run[start : piece.start()], piece[0]]
            start = piece.end()
        found.append(run[start:])
    return [word[:LONGEST_WORD] if not _UNSPACED.match(word) else word for word in found if word]


def _lemma(word: str, language: str) -> str:
    if language not in LEMMATISED or not word.isalpha():
        return word
    import simplemma  # slow to load, and most pages search nothing

    lemma = simplemma.lemmatize(word, lang=language).casefold()
    return lemma if lemma.isalnum() else word


def _wanted(query: str, languages: set[str]) -> list[tuple[list[str], bool]]:
    """Return, for each thing every idea must hold, its spellings and whether a beginning will do."""
    wanted: list[tuple[list[str], bool]] = []
    words = _words(query)[:MOST_WORDS]
    for position, word in enumerate(words):
        if _UNSPACED.fullmatch(word):
            pairs = [word[start : start + 2] for start in range(len(word) - 1)] or [word]
            wanted += [([pair], len(pair) == 1) for pair in pairs[:MOST_WORDS]]
        else:
            spellings = {word} | {_lemma(word, language) for language in languages}
            wanted.append((sorted(spellings), position == len(words) - 1))
    return wanted


def _for_sqlite(wanted: list[tuple[list[str], bool]]) -> str:
    return " AND ".join(
        "(" + " OR ".join(f'"{word}"{" *" if is_beginning else ""}' for word in words) + ")"
        for words, is_beginning in wanted
    )


def _for_postgresql(wanted: list[tuple[list[str], bool]]) -> str:
    return " & ".join(
        "(" + " | ".join(f"'{word}'{':*' if is_beginning else ''}" for word in words) + ")"
        for words, is_beginning in wanted
    )
