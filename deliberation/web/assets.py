"""One stylesheet, our scripts and our marks, at addresses that change when they do.

A file lies at `/assets/<digest>/<name>`. Files that name each other share a digest, so that a script finds
the module it imports, and the manifest its icon, beside itself.
"""

import gzip
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Final

import brotli  # type: ignore[import-untyped]
from flask import Blueprint, Flask, Response, request

from deliberation.base.errors import NotFound
from deliberation.web.access import PUBLIC, access
from deliberation.web.extensions import limiter

STATIC: Final = Path(__file__).parents[1] / "static"
LAYERS: Final = ("bootstrap", "tokens", "base", "layout", "components", "modes")
STYLES: Final = (
    "tokens", "base", "layout", "masthead", "openings", "controls", "questions", "background", "ideas",
    "votes", "results", "landscape", "comments", "findings", "drafting", "history", "forms", "surveys",
    "answers",
    "messages", "desk", "setup", "modes",
)  # fmt: skip
"""Our style files in the order in which they are joined."""
SCRIPTS: Final = ("site.js", "votes.js", "compose.js", "similar.js", "desk.js")
MARKS: Final = ("favicon.svg", "site.webmanifest")
FOREVER: Final = "public, max-age=31536000, immutable"
DIGEST_LENGTH: Final = 12
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
_COMMENT: Final = re.compile(r"/\*(?!!).*?\*/", re.DOTALL)
_MARGIN: Final = re.compile(r"\n\s*")
_DATA_IMAGE: Final = re.compile(r'url\("data:[^"]*"\)')

blueprint = Blueprint("assets", __name__)


@dataclass(frozen=True)
class Asset:
    """A file as it is sent; compressed when somebody first asks for it, then kept."""

    name: str
    digest: str
    content: bytes

    @cached_property
    def brotli(self) -> bytes:
        """The content for those who read brotli."""
        return bytes(brotli.compress(self.content, quality=11))

    @cached_property
    def gzip(self) -> bytes:
        """The content for those who read gzip; the same bytes every time."""
        return gzip.compress(self.content, 9, mtime=0)

    @property
    def content_type(self) -> str:
        """What the file is."""
        return _TYPES[Path(self.name).suffix]


def register_assets(app: Flask) -> None:
    """Serve the files, and let templates call `asset_url('site.css')`."""
    app.register_blueprint(blueprint)
    app.add_template_global(asset_url)


def asset_url(name: str) -> str:
    """Return the address of this version of the file."""
    return f"{request.script_root}/assets/{all_assets()[name].digest}/{name}"


@blueprint.get("/assets/<digest>/<name>")
@access(PUBLIC)
@limiter.exempt
def file(digest: str, name: str) -> Response:
    """Send a file that a browser may keep for good. Raises NotFound for a version that is not this one."""
    asset = all_assets().get(name)
    if asset is None or asset.digest != digest:
        raise NotFound
    coding = request.accept_encodings.best_match(("br", "gzip", "identity"), default="identity")
    bodies: dict[str, Callable[[], bytes]] = {"br": lambda: asset.brotli, "gzip": lambda: asset.gzip}
    body = bodies.get(coding, lambda: asset.content)()
    answer = Response(body, content_type=asset.content_type)
    if coding in bodies:
        answer.content_encoding = coding
    answer.headers["Cache-Control"] = FOREVER
    answer.vary.add("Accept-Encoding")
    answer.set_etag(f"{digest}-{coding}")
    return answer.make_conditional(request)  # type: ignore[return-value]


@cache
def all_assets() -> dict[str, Asset]:
    """Return every file we serve, by name."""
    groups = (
        {"site.css": stylesheet().encode()},
        {name: (STATIC / "js" / name).read_bytes() for name in SCRIPTS},
        {name: (STATIC / name).read_bytes() for name in MARKS},
    )
    return {asset.name: asset for group in groups for asset in _with_digest(group)}


def stylesheet() -> str:
    """Return Bootstrap in the lowest layer, so that it never wins over our files, then our files."""
    ours = (_tightened((STATIC / "css" / f"{name}.css").read_text("utf-8")) for name in STYLES)
    return "\n".join((f"@layer {', '.join(LAYERS)};", f"@layer bootstrap {{{_bootstrap()}}}", *ours))


def _bootstrap() -> str:
    path = files("flask_bootstrap") / "static" / "bootstrap5" / "css" / "bootstrap.min.css"
    css = path.read_text("utf-8").removeprefix('@charset "UTF-8";')
    css = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css)
    # Its icons are data: images, which the content policy refuses; the theme draws its own.
    return _DATA_IMAGE.sub("none", css).strip()


def _tightened(css: str) -> str:
    return _MARGIN.sub("\n", _COMMENT.sub("", css)).strip()


def _with_digest(group: dict[str, bytes]) -> list[Asset]:
    seal = sha256()
    for name, content in group.items():
        seal.update(f"{name} {len(content)}\n".encode() + content)
    digest = seal.hexdigest()[:DIGEST_LENGTH]
    return [Asset(name, digest, content) for name, content in group.items()]
