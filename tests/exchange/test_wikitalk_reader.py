"""What a talk page says: who wrote what, when, in answer to what."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deliberation.base.markup import markdown_to_html
from deliberation.exchange.drafts.rows import Row, RowKind, split_statement
from deliberation.exchange.wikitalk.namespaces import user_of
from deliberation.exchange.wikitalk.plain import MOST_MARKS, as_markdown, plain_text
from deliberation.exchange.wikitalk.reader import DEEPEST, LONGEST, MOST_POSTS, read_talk
from deliberation.exchange.wikitalk.rows import rows_of
from deliberation.exchange.wikitalk.signatures import find_signature
from deliberation.ideas.models import STATEMENT_LENGTH
from tests.exchange.discussions import ENGLISH, SWEDISH

SEED = Path(__file__).parents[3] / "shared" / "seed"
PIECES = ["==", "=", "\n", ":", "*", "#", "{{", "}}", "[[", "]]", "|", "<b>", "</ref>", "<!--", "-->", "''",
          "[[User:A]]", "12:00, 1 May 2011 (UTC)", "{{unsigned|", "\u202e", "\0", "{|", "|}", "a ", "--",
          "&amp;", "<nowiki>", "Re: "]  # fmt: skip


def rows(wikitext: str) -> list[Row]:
    return rows_of(read_talk(wikitext).posts, thread=1, language="sv")


def test_a_swedish_discussion_becomes_an_idea_and_what_was_answered() -> None:
    found = [(row.kind.value, row.answers, row.author, row.statement or row.text) for row in rows(SWEDISH)]
    whole = "Vi borde låta alla översätta sidan. "
    whole += "Det går fort, och verktyget (https://example.org/v) finns redan."
    assert found == [
        ("idea", None, "Siv Ek", whole),
        ("comment", 1, "Bo", "Bra, men vem granskar?\nNågon måste göra det."),
        ("comment", 2, "Eva", "Jag kan."),
        ("comment", 2, "Li", "Nej."),
        ("comment", 1, "Nils", "Jag håller med Siv."),
    ]


def test_times_are_those_of_the_signatures_zone() -> None:
    assert [row.written_at for row in rows(SWEDISH)][:3] == [
        datetime(2010, 3, 5, 11, 34, tzinfo=UTC),
        datetime(2010, 3, 6, 7, 1, tzinfo=UTC),
        datetime(2010, 7, 7, 7, 0, tzinfo=UTC),
    ]


def test_bullets_under_an_unsigned_introduction_are_ideas_and_a_list_in_a_post_is_not() -> None:
    found = [(row.kind.value, row.section, row.author, row.statement or row.text) for row in rows(ENGLISH)]
    assert found == [
        ("out", "Partners", "", "Some proposals, add yours:"),
        ("idea", "Partners", "Ann", "Print a map of everybody."),
        ("comment", "Partners", "127.0.0.1", "Where would it hang?"),
        ("idea", "Partners", "", "Ask the museums"),
        ("idea", "Libraries first", "Zoe", "We need:"),
    ]
    assert rows(ENGLISH)[-1].text == "- a list\n- a letter\n\nRegards"


@pytest.mark.parametrize(
    ("text", "author", "moment"),
    [
        ("Ja. --[[User:A B|x]] 12:34, 5 March 2010 (UTC)", "A B", "2010-03-05T12:34"),
        ("Ja. [[Benutzer:Uwe]] ([[BD:Uwe|D]]) 12:34, 5. Mär. 2010 (CET)", "Uwe", "2010-03-05T11:34"),
        ("Oui. [[Utilisateur:Léa|Léa]] 5 mars 2010 à 12:34 (CET)", "Léa", "2010-03-05T11:34"),
        ("Ja. [[Bruker:Ola]] 5. mars 2010 kl. 12:34 (CET)", "Ola", "2010-03-05T11:34"),
        ("Kyllä. [[Käyttäjä:Aki]] 5. maaliskuuta 2010 kello 12.34 (EET)", "Aki", "2010-03-05T10:34"),
        ("Sim. [[Usuário:Rui]] 12h34min de 5 de março de 2010 (UTC)", "Rui", "2010-03-05T12:34"),
        ("Tak. [[Wikipedysta:Jan]] 12:34, 5 mar 2010 (CET)", "Jan", "2010-03-05T11:34"),
        ("Yes. [[:sv:Användare:Siv_Ek]] March 5, 2010, at 12:34 (UTC)", "Siv Ek", "2010-03-05T12:34"),
        ("Yes. {{unsigned|Eva|12:34, 5 March 2010 (UTC)}}", "Eva", "2010-03-05T12:34"),
        ("Yes. {{subst:unsigned|1=Eva}}", "Eva", None),
        ("Yes. – [[User:Eva|Eva]]", "Eva", None),
        ("Yes. 12:34, 5 March 2010 (UTC)", "", "2010-03-05T12:34"),
        ("Yes. <small>--[[User:Eva]] 12:34, 5 March 2010 (UTC)</small>", "Eva", "2010-03-05T12:34"),
    ],
)  # fmt: skip
def test_signatures_are_known_in_the_languages_of_many_wikis(
    text: str, author: str, moment: str | None
) -> None:
    found = find_signature(text)
    assert found
    assert found.author == author
    assert moment == (found.written_at and found.written_at.isoformat()[:16])
    assert plain_text(text[: found.start]).split(".")[0] in {"Ja", "Oui", "Kyllä", "Sim", "Tak", "Yes"}


@pytest.mark.parametrize(
    "text",
    [
        "I agree with [[User:Eva|Eva]]",
        "It was on 12:34, 5 March 2010 (UTC) that we met and talked about maps",
        "31 February 2010",
        "See 25:61, 5 March 2010 (UTC) [[User:A]] and all the words that come after it here",
        "",
    ],
)
def test_what_is_no_signature_is_not_taken_for_one(text: str) -> None:
    found = find_signature(text)
    assert not (found and found.author)
    assert not (found and found.written_at)


@pytest.mark.parametrize(
    ("target", "user"),
    [
        ("User:A/sub#x", "A"),
        ("Special:Bidrag/A", "A"),
        ("Project:A", ""),
        ("User", ""),
        ("Special:Log/A", ""),
    ],
)
def test_a_link_leads_to_a_user_or_to_nobody(target: str, user: str) -> None:
    assert user_of(target) == user


def test_templates_pictures_and_html_go_and_words_stay() -> None:
    wikitext = "A '''b''' {{x|y}}<ref>z</ref>[[File:F.jpg|thumb|t]] [[Map|the map]] &amp; "
    wikitext += "<u>c</u><nowiki>[[d]]</nowiki>"
    assert plain_text(wikitext) == "A b the map & c[[d]]"


@pytest.mark.parametrize("text", ["2 * 3 * 4 _a_ `x` <b>", "# no heading", "1. no list", "[a](b) \\"])
def test_plain_text_as_markdown_is_shown_as_it_is(text: str) -> None:
    import html

    assert html.unescape(markdown_to_html(as_markdown(text))) == f"<p>{text}</p>"


@given(st.text(max_size=600))
def test_no_statement_is_too_long_and_nothing_of_a_text_is_lost(text: str) -> None:
    statement, rest = split_statement(text)
    assert len(statement) <= STATEMENT_LENGTH
    kept = "".join(f"{statement} {rest}".split())
    assert "".join(text.split()) in kept or statement.endswith("…")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=60).map("".join))
def test_the_reader_never_raises_and_answers_come_after_what_they_answer(wikitext: str) -> None:
    page = read_talk(wikitext)
    for post in page.posts:
        assert post.answers is None or post.answers < post.number
        assert post.text
        assert not set(post.text + post.author) & set("\0\u202e")
    for row in rows_of(page.posts, thread=1, language="en"):
        assert Row.from_json(row.as_json()) == row
        for kind in RowKind:
            assert row.turned(kind).kind is kind


@pytest.mark.parametrize(
    "wikitext",
    [
        ":" * 10_000 + "deep",
        "<b>" * 100_000,
        "[[" * 150_000,
        ("* " + "{{a|" * MOST_MARKS + "\n") * (MOST_POSTS - 20),
        "<!--" * 90_000,
        "abc <b> [[ \n" * 30_000,
        ":x\n*y\n" * 60_000,
        "12:00 1 " * 50_000,
        "\u202e== bidi ==\u2066\n" * 1_000,
    ],
    ids=["indentation", "tags", "links", "templates", "comments", "lines", "posts", "dates", "directions"],
)
def test_hostile_pages_are_read_in_bounded_time(wikitext: str) -> None:
    begun = time.process_time()
    page = read_talk(wikitext)
    assert time.process_time() - begun < 20
    assert all(post.depth <= DEEPEST for post in page.posts)
    assert len(page.posts) <= MOST_POSTS


def test_too_long_a_page_is_refused_before_it_is_read() -> None:
    page = read_talk("a" * (LONGEST + 1))
    assert page.posts == ()
    assert page.faults[0].values == {"most": LONGEST}
    assert read_talk("a" * LONGEST).posts


def test_markup_that_cannot_be_understood_is_cut_away_and_told() -> None:
    page = read_talk("<b>" * (MOST_MARKS + 1) + "words\n:fine")
    assert [post.text for post in page.posts] == ["words", "fine"]
    assert [fault.line for fault in page.faults] == [1]


def test_the_seeded_page_is_read_sensibly() -> None:
    pages = sorted(SEED.glob("*.txt"))
    if not pages:
        pytest.skip("the seeded page is not in ../shared/seed")
    page = read_talk(pages[0].read_text(encoding="utf-8"))
    assert page.faults == ()
    assert len(page.posts) > 0
    assert not any(post.author for post in page.posts)
    found = rows_of(page.posts, thread=1, language="sv")
    assert {row.kind for row in found} == {RowKind.IDEA, RowKind.OUT}
    assert sum(row.kind is RowKind.IDEA for row in found) > 10
