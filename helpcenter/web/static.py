"""Static files under an address that changes with their content, so that browsers may keep them for ever.

`/static/<hash of the whole folder>/css/site.css`: relative imports between modules keep working, without a build.
"""

import hashlib
from pathlib import Path

from flask import Flask, Response, current_app, send_from_directory

LONGEST_SECONDS = 365 * 24 * 3600


def init_app(app: Flask, folder: Path) -> None:
    """Serve *folder* and make `url_for("static", filename=…)` name its present version."""
    version = tree_hash(folder)
    app.config["STATIC_VERSION"] = version
    app.config["STATIC_FOLDER"] = str(folder)
    app.add_url_rule("/static/<version>/<path:filename>", "static", serve)

    @app.url_defaults
    def name_version(endpoint: str, values: dict) -> None:
        if endpoint == "static":
            values.setdefault("version", version)


def tree_hash(folder: Path) -> str:
    """Return ten characters that change whenever a file in *folder* does."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            whole.update(path.relative_to(folder).as_posix().encode() + b"\x00" + path.read_bytes())
    return whole.hexdigest()[:10]


def serve(version: str, filename: str) -> Response:
    """Return a static file; one asked for by its present version may be kept for a year."""
    response = send_from_directory(current_app.config["STATIC_FOLDER"], filename, max_age=0)
    if version == current_app.config["STATIC_VERSION"]:
        # Written whole: what send_file put there says no-cache.
        response.headers["Cache-Control"] = f"public, max-age={LONGEST_SECONDS}, immutable"
    return response
