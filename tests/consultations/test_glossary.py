import pytest

from deliberation.base.markup import markdown_to_html
from deliberation.consultations.glossary import Term, mark_terms, mark_terms_in_text, plain_text

ALLIANCE = Term("alliance", "Alliance", 'Lasting <b> & "open".', ("alliance", "alliances", "Möte"))
PACT = Term("pact", "Pact", "Short.", ("pact",))
OPENED = '<a class="term" href="/b#term-alliance" title="Lasting &lt;b&gt; &amp; &#34;open&#34;.">'


def marked(html: str) -> str:
    return str(mark_terms(html, [ALLIANCE, PACT], page="/b"))


def test_only_the_first_occurrence_is_marked() -> None:
    assert marked("<p>Alliances and an alliance.</p>") == f"<p>{OPENED}Alliances</a> and an alliance.</p>"


def test_each_term_is_marked_once() -> None:
    html = marked("<p>A pact, an alliance, a pact.</p>")
    assert html.count('class="term"') == 2


@pytest.mark.parametrize("text", ["misalliance", "alliancesque", "alliance_x", "mötet"])
def test_a_part_of_a_word_is_not_the_word(text: str) -> None:
    assert marked(text) == text


def test_letters_beyond_ascii_and_case_do_not_matter() -> None:
    assert "#term-alliance" in marked("<p>MÖTE</p>")


@pytest.mark.parametrize(
    "html",
    [
        '<a href="/x">an alliance</a>',
        '<a href="/x">an <strong>alliance</strong></a>',
        "<h3>Alliance</h3>",
        "<pre><code>alliance</code></pre>",
        '<p title="alliance">x</p>',
        "&amp;alliance;"[:5] + "x",
    ],
)
def test_links_headings_code_and_attributes_are_left_alone(html: str) -> None:
    assert marked(html) == html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script> pact",
        '"><img src=x onerror=alert(1)> pact',
        "&lt;pact&gt; &#60;b&#62; &nbsp; &notin pact",
        "<a href='javascript:x'>pact",
        "a < b pact > c && <!-- pact --> <![CDATA[pact]]> <?pact?>",
        "pact\x00pact",
    ],
)
def test_hostile_text_stays_as_harmless_as_it_was(hostile: str) -> None:
    safe = markdown_to_html(hostile)
    result = marked(safe)
    assert result.replace('<a class="term" href="/b#term-pact" title="Short.">pact</a>', "pact", 1) == safe
    text = str(mark_terms_in_text(hostile, [PACT], page="/b"))
    assert "<script" not in text
    assert "<img" not in text


def test_without_terms_nothing_changes() -> None:
    assert mark_terms("<p>alliance</p>", [], page="/b") == "<p>alliance</p>"
    assert mark_terms("<p>alliance</p>", [Term("a", "A", "", (" ",))], page="/b") == "<p>alliance</p>"


def test_a_definition_is_plain_and_short() -> None:
    assert plain_text("<p>One &amp; <em>two</em>.</p>\n<p>Three.</p>") == "One & two. Three."
    assert len(plain_text("<p>" + "word " * 200 + "</p>")) <= 300
