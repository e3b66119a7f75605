"""The map as PNG, for formats that show no SVG."""

from pathlib import Path
from typing import Final

import manimgx_fonts
import resvg_py

_ZOOM: Final = 3
_FONTS: Final = str(Path(str(manimgx_fonts.__file__)).parent)
_FAMILY: Final = "Noto Sans"


def picture_of(svg: str) -> bytes:
    """The drawing as PNG, three pixels for each of its own, with the fonts that come along."""
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            zoom=_ZOOM,
            skip_system_fonts=True,
            font_dirs=[_FONTS],
            font_family=_FAMILY,
            sans_serif_family=_FAMILY,
            serif_family=_FAMILY,
        )
    )
