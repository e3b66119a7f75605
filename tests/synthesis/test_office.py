"""LibreOffice opens the documents and finds in them what a reader looks for."""

import os
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from deliberation.synthesis.writers import Format
from tests.synthesis.reading import written
from tests.synthesis.report_samples import report

OFFICE = shutil.which("soffice")
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"

pytestmark = pytest.mark.skipif(
    OFFICE is None and not os.environ.get("TEST_REQUIRE_EVERYTHING"),
    reason="LibreOffice is not here: apt-get install --no-install-recommends libreoffice-writer-nogui",
)


@pytest.mark.parametrize("form", [Format.DOCX, Format.ODT])
def test_libreoffice_finds_headings_tables_language_and_the_picture(form: Format, tmp_path: Path) -> None:
    source = tmp_path / f"synthesis.{form}"
    source.write_bytes(written(report(language="sv"), form))
    subprocess.run(
        [str(OFFICE), f"-env:UserInstallation=file://{tmp_path}/office", "--headless", "--convert-to", "fodt",
         "--outdir", str(tmp_path / "read"), str(source)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    root = ET.parse(tmp_path / "read" / "synthesis.fodt").getroot()
    headings = {
        (heading.attrib[f"{TEXT}outline-level"], "".join(heading.itertext()))
        for heading in root.iter(f"{TEXT}h")
    }
    assert ("1", "In short") in headings
    assert ("1", "Question 4. Which kinds of partnerships are critical?") in headings
    assert ("2", "No partnership may give one donor a say over content.") in headings
    tables = list(root.iter(f"{TABLE}table"))
    assert len(tables) >= 6
    assert any(list(table.iter(f"{TABLE}table-header-rows")) for table in tables)
    assert "Two groups, A on the left and B on the right." in _alternatives(root)
    assert "sv" in {one.attrib[f"{FO}language"] for one in root.iter() if f"{FO}language" in one.attrib}


def _alternatives(root: ET.Element) -> set[str]:
    return {
        "".join(said.itertext())
        for frame in root.iter(f"{DRAW}frame")
        for said in (*frame.iter(f"{SVG}title"), *frame.iter(f"{SVG}desc"))
    }
