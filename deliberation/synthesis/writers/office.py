"""The synthesis as DOCX and ODT: made by pandoc, which may read only what it is handed, and then dressed.

Dressing is: A4, our typefaces and colours in the named styles, so that who edits the text edits our styles;
the picture's alternative text where pandoc leaves it out; and one fixed time in the archive.
"""

import io
import re
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape, quoteattr

import pypandoc

from deliberation.synthesis.writers.pandoc import pandoc_tree
from deliberation.synthesis.writers.pictures import picture_of
from deliberation.synthesis.writers.report import Report
from deliberation.synthesis.writers.text import showable

_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
_PATIENCE: Final = 60
"""Seconds that pandoc may take."""
_INK, _ACCENT, _RULE, _LINE = "211C17", "96203A", "DDD2C1", "211C17"
_SERIF: Final = "Palatino Linotype"

Edit = Callable[[str], str]


class CannotConvert(RuntimeError):
    """Pandoc refused the report. The message is its own."""


@dataclass(frozen=True, kw_only=True)
class _Style:
    """How a named style looks: points, a colour as RRGGBB, and what keeps it with the next paragraph."""

    size: float
    before: float = 0
    after: float = 6
    colour: str = _INK
    is_bold: bool = False
    is_italic: bool = False
    outline: int | None = None
    rule_above: bool = False


_TITLE: Final = _Style(size=34, before=36, after=6)
_SUBTITLE: Final = _Style(size=11, after=18, colour=_ACCENT, is_bold=True)
_HEADINGS: Final = (
    _Style(size=18, before=30, after=8, outline=0, rule_above=True),
    _Style(size=14, before=18, after=4, outline=1),
    _Style(size=12, before=12, after=4, outline=2, is_bold=True),
    _Style(size=11, before=10, after=3, outline=3, is_bold=True),
)
_BODY: Final = _Style(size=11, after=7)
_TIGHT: Final = _Style(size=10, after=2)
_TIGHT_HEADING: Final = _Style(size=10, after=2, is_bold=True)
_CAPTION: Final = _Style(size=10, before=6, after=4, is_bold=True)


def write_docx(report: Report) -> bytes:
    """The report as DOCX. Raises CannotConvert."""
    styles = {
        "Title": _TITLE, "Subtitle": _SUBTITLE, "BodyText": _BODY, "FirstParagraph": _BODY, "Compact": _TIGHT,
        "TableCaption": _CAPTION, "ImageCaption": _CAPTION,
    } | {f"Heading{level}": style for level, style in enumerate(_HEADINGS, start=1)}  # fmt: skip
    return _made(
        report, "docx", {"word/styles.xml": _docx_styles(styles), "word/document.xml": _docx_document(report)}
    )


def write_odt(report: Report) -> bytes:
    """The report as ODT. Raises CannotConvert."""
    styles = {
        "Text_20_body": _BODY, "First_20_paragraph": _BODY,
        "Table_20_Contents": _TIGHT, "Table_20_Heading": _TIGHT_HEADING, "TableCaption": _CAPTION,
        "FigureCaption": _CAPTION,
    } | {f"Heading_20_{level}": style for level, style in enumerate(_HEADINGS, start=1)}  # fmt: skip
    return _made(report, "odt", {"styles.xml": _odt_styles(styles), "content.xml": _odt_content(report)})


def _made(report: Report, form: str, edits: Mapping[str, Edit]) -> bytes:
    tree = pandoc_tree(report, picture_of(report.map.svg) if report.map else None)
    done = subprocess.run(  # noqa: S603 -- our own program, and nothing of what is written in its arguments
        [pypandoc.get_pandoc_path(), "--from=json", f"--to={form}", "--sandbox", "--output=-"],
        input=tree,
        capture_output=True,
        timeout=_PATIENCE,
        check=False,
        env={"LANG": "C.UTF-8", "SOURCE_DATE_EPOCH": "0"},
    )
    if done.returncode:
        raise CannotConvert(done.stderr.decode(errors="replace").strip())
    return _edited(done.stdout, edits)


def _edited(archive: bytes, edits: Mapping[str, Edit]) -> bytes:
    """The archive with its parts edited, everything else as it is, and no times in it."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(target, "w") as written:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename in edits:
                content = edits[entry.filename](content.decode()).encode()
            # The first part of an ODT says what it is, and has to stand uncompressed.
            stored = zipfile.ZipInfo(entry.filename, _NO_TIME)
            stored.compress_type = entry.compress_type
            written.writestr(stored, content)
    return target.getvalue()


# DOCX


def _docx_styles(styles: Mapping[str, _Style]) -> Edit:
    def edit(text: str) -> str:
        text = _substitute(r"<w:rFonts w:asciiTheme=[^>]*/>", _docx_fonts(), text)
        for name, style in styles.items():
            text = _within(text, rf'<w:style [^>]*w:styleId="{name}".*?</w:style>', _docx_style(style))
        text = _within(text, r'<w:style [^>]*w:styleId="Table".*?</w:style>', _docx_table)
        return _within(text, r'<w:style [^>]*w:styleId="Hyperlink".*?</w:style>', _docx_link)

    return edit


def _docx_fonts() -> str:
    return f'<w:rFonts w:ascii="{_SERIF}" w:hAnsi="{_SERIF}" w:cs="Times New Roman" w:eastAsia="SimSun" />'


def _docx_style(style: _Style) -> Edit:
    rule = f'<w:pBdr><w:top w:val="single" w:sz="8" w:space="6" w:color="{_LINE}" /></w:pBdr>'
    keeps = style.outline is not None
    outline = f'<w:outlineLvl w:val="{style.outline}" />' if keeps else ""
    paragraph = (
        f"<w:pPr>{'<w:keepNext /><w:keepLines />' * keeps}{rule * style.rule_above}"
        f'<w:spacing w:before="{style.before * 20:.0f}" w:after="{style.after * 20:.0f}" />'
        f'<w:jc w:val="left" />{outline}</w:pPr>'
    )
    letters = (
        f"<w:rPr>{_docx_fonts()}{'<w:b />' * style.is_bold}{'<w:i />' * style.is_italic}"
        f'<w:color w:val="{style.colour}" /><w:sz w:val="{style.size * 2:.0f}" />'
        f'<w:szCs w:val="{style.size * 2:.0f}" /></w:rPr>'
    )

    def edit(block: str) -> str:
        bare = re.sub(r"<w:(pPr|rPr)>.*?</w:\1>|<w:(?:pPr|rPr) />", "", block, flags=re.DOTALL)
        return bare.replace("</w:style>", f"{paragraph}{letters}</w:style>")

    return edit


def _docx_table(block: str) -> str:
    line = f'w:val="single" w:sz="4" w:space="0" w:color="{_RULE}"'
    borders = f"<w:tblBorders><w:bottom {line} /><w:insideH {line} /></w:tblBorders>"
    block = block.replace("<w:tblCellMar>", f"{borders}<w:tblCellMar>", 1)
    return re.sub(r'<w:(top|bottom) w:type="dxa" w:w="0" />', r'<w:\1 w:type="dxa" w:w="70" />', block)


def _docx_link(block: str) -> str:
    letters = f'<w:rPr><w:color w:val="{_ACCENT}" /></w:rPr>'
    return re.sub(r"<w:rPr>.*?</w:rPr>", letters, block, flags=re.DOTALL)


def _docx_document(report: Report) -> Edit:
    page = (
        '<w:pgSz w:w="11906" w:h="16838" /><w:pgMar w:top="1304" w:right="1361" w:bottom="1304" '
        'w:left="1361" w:header="708" w:footer="708" w:gutter="0" />'
    )

    def edit(text: str) -> str:
        # Where the picture came from is no description of it.
        alternative = quoteattr(showable(report.map.alternative) if report.map else "")
        text = re.sub(r'descr="data:[^"]*"', lambda _: f"descr={alternative}", text)
        # A row stays on one page.
        text = text.replace("<w:tr>", "<w:tr><w:trPr><w:cantSplit /></w:trPr>")
        text = text.replace("<w:trPr><w:cantSplit /></w:trPr><w:trPr>", "<w:trPr><w:cantSplit />")
        return text.replace("</w:sectPr>", f"{page}</w:sectPr>")

    return edit


# ODT


def _odt_styles(styles: Mapping[str, _Style]) -> Edit:
    def edit(text: str) -> str:
        for name, style in styles.items():
            pattern = rf'<style:style(?= )(?=[^>]* style:name="{name}")[^>]*?(?:/>|>.*?</style:style>)'
            text = _within(text, pattern, _odt_style(style))
        text = _substitute(
            r'fo:page-height="11in" fo:page-width="8.5in"',
            'fo:page-height="297mm" fo:page-width="210mm"',
            text,
        )
        for name, style in (("Title", _TITLE), ("Subtitle", _SUBTITLE)):
            empty = f'<style:style style:name="{name}" style:family="paragraph">'
            text = text.replace("</office:styles>", f"{_odt_style(style)(empty)}</office:styles>")
        text = _substitute('fo:keep-together="auto"', 'fo:keep-together="always"', text)
        text = _substitute(r'style:font-name="Times New Roman"', f'style:font-name="{_SERIF}"', text)
        text = _substitute(r'(fo:margin-(?:left|right)=)"1in"', r'\1"24mm"', text)
        face = (
            f'<style:font-face style:name="{_SERIF}" svg:font-family="&apos;{_SERIF}&apos;" '
            'style:font-family-generic="roman" />'
        )
        return text.replace("</office:font-face-decls>", f"{face}</office:font-face-decls>")

    return edit


def _odt_style(style: _Style) -> Edit:
    rule = f' fo:border-top="0.8pt solid #{_LINE}" fo:padding-top="2mm"' if style.rule_above else ""
    keeps = ' fo:keep-with-next="always"' if style.outline is not None else ""
    inside = (
        f'<style:paragraph-properties fo:margin-top="{style.before}pt" fo:margin-bottom="{style.after}pt" '
        f'fo:text-align="start"{keeps}{rule} />'
        f'<style:text-properties style:font-name="{_SERIF}" fo:color="#{style.colour}" '
        f'fo:font-size="{style.size}pt" style:font-size-complex="{style.size}pt" '
        f'style:font-size-asian="{style.size}pt" '
        f'fo:font-weight="{"bold" if style.is_bold else "normal"}" '
        f'fo:font-style="{"italic" if style.is_italic else "normal"}" />'
    )

    def edit(block: str) -> str:
        opening = re.match(r"<style:style[^>]*?(?=/?>)", block)
        assert opening is not None
        return f"{opening[0].rstrip()}>{inside}</style:style>"

    return edit


def _odt_content(report: Report) -> Edit:
    def edit(text: str) -> str:
        line = (
            f'<style:table-cell-properties fo:border="none" fo:border-bottom="0.4pt solid #{_RULE}" '
            'fo:padding="1mm" />'
        )
        text = _substitute(r'<style:table-cell-properties fo:border="none" />', line, text)
        alternative = escape(showable(report.map.alternative)) if report.map else ""
        return text.replace("</draw:frame>", f"<svg:title>{alternative}</svg:title></draw:frame>")

    return edit


def _within(text: str, pattern: str, edit: Edit) -> str:
    """The text with what the pattern finds edited; it has to be there."""
    return _substitute(pattern, lambda found: edit(found[0]), text)


def _substitute(pattern: str, replacement: str | Callable[[re.Match[str]], str], text: str) -> str:
    edited, count = re.subn(pattern, replacement, text, flags=re.DOTALL)
    if not count:
        raise CannotConvert(f"this version of pandoc writes no {pattern}")
    return edited
