"""The stylesheet, the scripts and the marks, as a browser gets them."""

import gzip
import re
from hashlib import sha256

import brotli  # type: ignore[import-untyped]
import pytest
from flask import Flask

from deliberation.web.assets import FOREVER, LAYERS, MARKS, SCRIPTS, STATIC, STYLES, all_assets, stylesheet
from tests.strict_client import StrictClient

OUR_STYLES = {path.name: path.read_text("utf-8") for path in sorted((STATIC / "css").glob("*.css"))}


def address(name: str) -> str:
    """Return where the file lies now."""
    return f"/assets/{all_assets()[name].digest}/{name}"


def test_a_template_names_the_stylesheet_by_its_content(app: Flask) -> None:
    with app.test_request_context():
        written = app.jinja_env.from_string("{{ asset_url('site.css') }}").render()
    assert written == f"/assets/{sha256_of_one('site.css', stylesheet().encode())}/site.css"


def sha256_of_one(name: str, content: bytes) -> str:
    """Return the digest of a file that stands alone."""
    return sha256(f"{name} {len(content)}\n".encode() + content).hexdigest()[:12]


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("site.css", "text/css; charset=utf-8"),
        ("site.js", "text/javascript; charset=utf-8"),
        ("votes.js", "text/javascript; charset=utf-8"),
        ("compose.js", "text/javascript; charset=utf-8"),
        ("favicon.svg", "image/svg+xml"),
        ("site.webmanifest", "application/manifest+json"),
    ],
)
def test_a_file_says_what_it_is_and_may_be_kept_for_good(
    client: StrictClient, name: str, content_type: str
) -> None:
    answer = client.get(address(name))
    assert answer.status_code == 200
    assert answer.content_type == content_type
    assert answer.headers["Cache-Control"] == FOREVER
    assert "immutable" in FOREVER
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("identity", None),
        (None, None),
    ],
)
def test_a_browser_gets_the_coding_that_it_reads(
    client: StrictClient, accepted: str | None, coding: str | None
) -> None:
    answer = client.get(address("site.css"), headers={"Accept-Encoding": accepted} if accepted else {})
    assert answer.headers.get("Content-Encoding") == coding
    decode = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[coding]
    assert decode(answer.data) == stylesheet().encode()


def test_each_coding_has_its_own_tag_and_is_not_sent_twice(client: StrictClient) -> None:
    tags = {}
    for coding in ("br", "gzip", "identity"):
        tags[coding] = client.get(address("site.css"), headers={"Accept-Encoding": coding}).headers["ETag"]
        again = client.get(
            address("site.css"), headers={"Accept-Encoding": coding, "If-None-Match": tags[coding]}
        )
        assert (again.status_code, again.data) == (304, b"")
    assert len(set(tags.values())) == 3


@pytest.mark.parametrize("path", ["/assets/000000000000/site.css", "/assets/000000000000/config.py"])
def test_another_version_is_not_found_and_not_kept(client: StrictClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "immutable" not in answer.headers["Cache-Control"]


def test_a_name_that_is_no_asset_is_not_found_beside_one(client: StrictClient) -> None:
    assert client.get(address("site.css").replace("site.css", "tokens.css")).status_code == 404


def test_scripts_lie_beside_the_scripts_they_import() -> None:
    assert len({all_assets()[name].digest for name in SCRIPTS}) == 1
    assert len({all_assets()[name].digest for name in MARKS}) == 1
    for name in SCRIPTS:
        imported = re.findall(r'from "\./([^"]+)"', all_assets()[name].content.decode())
        assert set(imported) <= set(SCRIPTS)


def test_every_style_and_script_is_served() -> None:
    assert {f"{name}.css" for name in STYLES} == set(OUR_STYLES)
    assert set(SCRIPTS) == {path.name for path in (STATIC / "js").iterdir()}


def test_the_stylesheet_is_at_most_45_kilobytes_on_the_way() -> None:
    assert len(all_assets()["site.css"].brotli) <= 45_000


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_small(name: str) -> None:
    assert len(all_assets()[name].content) < 6_000


@pytest.mark.parametrize("name", OUR_STYLES)
def test_a_style_file_is_short_and_asks_nobody_for_anything(name: str) -> None:
    assert len(OUR_STYLES[name].splitlines()) <= 400
    css = re.sub(r"/\*.*?\*/", "", OUR_STYLES[name], flags=re.DOTALL)
    assert not re.search(r"url\(|@import|data:|https?:", css)
    assert "!important" not in css


@pytest.mark.parametrize("name", OUR_STYLES)
def test_every_rule_lies_in_a_layer_and_every_block_is_closed(name: str) -> None:
    css = re.sub(r"/\*.*?\*/|\"[^\"]*\"", "", OUR_STYLES[name], flags=re.DOTALL).strip()
    assert css.count("{") == css.count("}")
    depth, outer = 0, ""
    for character in css:
        depth -= character == "}"
        if depth == 0:
            outer += character
        depth += character == "{"
    assert re.fullmatch(rf"(\s*@layer ({'|'.join(LAYERS)}) \{{\}})+", outer)


def test_bootstrap_lies_in_the_lowest_layer_and_asks_nobody_for_anything() -> None:
    css = stylesheet()
    assert css.startswith(f"@layer {', '.join(LAYERS)};\n@layer bootstrap {{")
    assert "sourceMappingURL" not in css
    assert "@charset" not in css
    assert not re.search(r"url\((?!#)", css)


def test_dark_by_choice_and_dark_by_the_system_are_equal() -> None:
    tokens = OUR_STYLES["tokens.css"]
    chosen = re.search(r'\[data-bs-theme="dark"\] \{(.*?)\}', tokens, re.DOTALL)
    system = re.search(r":root:not\(\[data-bs-theme\]\) \{(.*?)\}", tokens, re.DOTALL)
    assert chosen
    assert system
    assert declarations(chosen[1]) == declarations(system[1])
    assert len(declarations(chosen[1])) > 15


def declarations(block: str) -> dict[str, str]:
    """Return the declarations of a block by name."""
    pairs = (part.split(":", 1) for part in block.split(";") if part.strip())
    return {name.strip(): value.strip() for name, value in pairs}


def test_every_token_that_is_used_is_set() -> None:
    joined = "".join(OUR_STYLES.values())
    used = {name for name in re.findall(r"var\((--[\w-]+)", joined) if not name.startswith("--bs-")}
    assert used <= set(re.findall(r"(--[\w-]+):", joined))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("colour", "least"),
    [
        ("ink", 7),
        ("muted", 4.5),
        ("accent", 4.5),
        ("agree", 4.5),
        ("disagree", 4.5),
        ("pass", 4.5),
        ("line", 3),
    ],
)
def test_text_and_borders_stand_out_from_paper_and_wash(theme: str, colour: str, least: float) -> None:
    tokens = OUR_STYLES["tokens.css"]
    start = ":root {" if theme == "light" else '[data-bs-theme="dark"] {'
    block = tokens.split(start, 1)[1].split("}", 1)[0]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", block))
    for ground in ("paper", "wash"):
        assert contrast(colours[colour], colours[ground]) >= least


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours by WCAG 2.2."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb` by WCAG 2.2."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
