"""Static files under an address that changes with their content, so that browsers may keep them for ever.

`/static/<hash of the whole folder>/css/site.css`: relative imports between modules keep working, without a build. All of
them together are smaller than one photograph, so they are read and compressed once, at the start. Those that every page
loads together are joined, so that a page asks for one script and one stylesheet; what stands in the folder stays apart.
"""

import gzip
import hashlib
import mimetypes
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from flask import Flask, Response, abort, current_app, request

from helpcenter.content.sanitising import CLASSES
from helpcenter.web.trimming import plain_script, trimmed, words_in

LONGEST_SECONDS = 365 * 24 * 3600
EXTENSION = "static_files"
# What Python says of these depends on the machine.
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
# Smaller ones fit the first packet as they are.
LEAST_BYTES = 256
JOINED = {
    "js/site.js": ("js/combobox.js", "js/vote.js", "js/copy.js", "js/tabs.js", "js/video.js"),
    "js/panel.js": ("js/widget/panel.js", "js/combobox.js", "js/chat.js", "js/suggest.js", "js/fields.js"),
    "css/widget.css": ("css/site.css", "css/panel.css"),
}
# Stylesheets that keep only the rules for what these templates and scripts can show, and what articles hold.
TRIMMED = {
    "css/widget.css": (
        "templates/widget", "templates/chatting/_*", "templates/pages/_vote.html", "templates/_search.html", "templates/_body.html",
        "templates/_article_links.html", "templates/_outdated.html", "templates/contact/_parts.html", "static/js/widget", "static/js/chat.js",
        "static/js/combobox.js", "static/js/tabs.js", "static/js/copy.js", "static/js/video.js",
    ),
}  # fmt: skip


class StaticFile(NamedTuple):
    """A file as it is sent: plain and compressed, its type, and the tag of what it holds."""

    body: bytes
    compressed: bytes | None
    mimetype: str
    tag: str


def init_app(app: Flask, folder: Path) -> None:
    """Serve *folder* and make `url_for("static", filename=…)` name its present version."""
    version = tree_hash(folder)
    app.config["STATIC_VERSION"] = version
    app.config["STATIC_FOLDER"] = str(folder)
    app.extensions[EXTENSION] = read_files(folder)
    app.add_url_rule("/static/<version>/<path:filename>", "static", serve)

    @app.url_defaults
    def name_version(endpoint: str, values: dict) -> None:
        if endpoint == "static":
            values.setdefault("version", version)


def tree_hash(folder: Path) -> str:
    """Return ten characters that change whenever a file in *folder* does, or how they are joined."""
    whole = hashlib.sha256(repr((JOINED, [sorted(shown_words(name, folder)) for name in TRIMMED])).encode())
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            whole.update(path.relative_to(folder).as_posix().encode() + b"\x00" + path.read_bytes())
    return whole.hexdigest()[:10]


def read_files(folder: Path) -> dict[str, StaticFile]:
    """Return every file of *folder*, and those that are joined, by name."""
    bodies = {path.relative_to(folder).as_posix(): plain(path.read_bytes(), path) for path in sorted(folder.rglob("*")) if path.is_file()}
    joined = {name: join(name, [bodies[part] for part in parts]) for name, parts in JOINED.items() if bodies.keys() >= {*parts}}
    for name in TRIMMED.keys() & joined.keys():
        joined[name] = trimmed(joined[name].decode(), shown_words(name, folder)).encode()
    return {name: static_file(name, body) for name, body in {**bodies, **joined}.items()}


def plain(body: bytes, path: Path) -> bytes:
    """Return *body* of the file at *path* as it is sent: of a script, what only people read is left out."""
    return plain_script(body.decode()).encode() if path.suffix == ".js" else body


def join(name: str, parts: list[bytes]) -> bytes:
    """Return *parts* as one file. Each script gets braces, which keep its names to itself."""
    if not name.endswith(".js"):
        return b"".join(parts)
    return "".join(f"{{\n{part.decode()}}}\n" for part in parts).encode()


@lru_cache(maxsize=4)
def shown_words(name: str, folder: Path) -> frozenset[str]:
    """Return the words that may be classes on the pages of the stylesheet *name*."""
    # Both lie beside each other, in a checkout and in an installed wheel.
    bases = {"templates": folder.parent / "templates", "static": folder}
    texts = []
    for pattern in TRIMMED[name]:
        base, _, rest = pattern.partition("/")
        for path in sorted(bases[base].glob(rest)):
            texts += [each.read_text(encoding="utf-8") for each in (sorted(path.iterdir()) if path.is_dir() else [path])]
    return words_in(texts) | CLASSES


def static_file(name: str, body: bytes) -> StaticFile:
    """Return *body* as the file *name*, ready to be sent."""
    compressed = gzip.compress(body, 9, mtime=0)
    is_worth_it = len(body) >= LEAST_BYTES and len(compressed) < 0.9 * len(body)
    mimetype = TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return StaticFile(body, compressed if is_worth_it else None, mimetype, hashlib.sha256(body).hexdigest()[:16])


def serve(version: str, filename: str) -> Response:
    """Return a static file, compressed for who takes it; one asked for by its present version may be kept for a year."""
    found: StaticFile | None = current_app.extensions[EXTENSION].get(filename)
    if found is None:
        abort(404)
    # A part of a file is a part of the plain one.
    compressed = found.compressed if takes_gzip() and "Range" not in request.headers else None
    response = Response(compressed or found.body, mimetype=found.mimetype)
    response.set_etag(f"{found.tag}-gzip" if compressed else found.tag)
    if found.compressed:
        response.vary.add("Accept-Encoding")
    if compressed:
        response.headers["Content-Encoding"] = "gzip"
    present = version == current_app.config["STATIC_VERSION"]
    response.headers["Cache-Control"] = f"public, max-age={LONGEST_SECONDS}, immutable" if present else "no-cache"
    return response.make_conditional(request, accept_ranges=True, complete_length=len(compressed or found.body))


def takes_gzip() -> bool:
    """Return whether who asks can read gzip."""
    return request.accept_encodings.quality("gzip") > 0
