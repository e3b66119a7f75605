import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliberation.base.markup import markdown_to_html


def test_markdown_becomes_html() -> None:
    html = markdown_to_html("Ett *ord* och\n\n- en\n- lista\n\n[länk](https://example.org/a)")
    assert "<em>ord</em>" in html
    assert "<li>en</li>" in html
    assert '<a href="https://example.org/a" rel="nofollow noopener noreferrer">länk</a>' in html


def test_headings_stay_below_those_of_the_page() -> None:
    assert markdown_to_html("# Stor\n\n###### Liten") == "<h3>Stor</h3>\n<h4>Liten</h4>"


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![bild](https://example.org/spår.png)",
        "[x](javascript:alert(1))",
        "[x](data:text/html,hej)",
        "[x](//example.org)",
        "[x](/\\example.org)",
        "<a href='https://example.org' onclick='x()'>y</a>",
        "<svg/onload=alert(1)>",
        '[x](https://example.org "t" onmouseover=alert(1))',
    ],
)
def test_nothing_runs_and_nothing_is_fetched(hostile: str) -> None:
    assert _dangers(markdown_to_html(hostile)) == []


def test_the_check_above_notices_danger() -> None:
    assert _dangers("<p><img src=x><a href='//example.org' onclick='x()'>y</a></p>")


@given(st.text())
def test_any_text_can_be_rendered(text: str) -> None:
    assert "<script" not in markdown_to_html(text)


def _dangers(html: str) -> list[str]:
    tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
    found = []
    for element in tree.iter():
        if element.tag not in {"DOCUMENT_FRAGMENT", "p", "a", "em", "h3", "ul", "li"}:
            found.append(str(element.tag))
        for name, value in element.attrib.items():
            web = value.startswith(("https://", "http://", "mailto:"))
            local = value.startswith("/") and value[1:2] not in {"/", "\\"}
            if not (name == "href" and (web or local)) and name not in {"rel", "title"}:
                found.append(f"{name}={value}")
    return found
