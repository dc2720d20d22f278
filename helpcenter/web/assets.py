"""The content folder's images, and the stylesheet of the theme. Nothing else of that folder is ever served."""

import gzip

from flask import Blueprint, Response, abort, current_app, request, send_file
from flask.typing import ResponseReturnValue

from helpcenter.content.assets import DOWNLOAD_TYPES, TYPES, asset_version, find_asset
from helpcenter.web.locale import current_site
from helpcenter.web.services import services
from helpcenter.web.static import EXTENSION as STATIC_FILES
from helpcenter.web.static import LONGEST_SECONDS, takes_gzip
from helpcenter.web.theme import looks_of, stylesheet, version_of

bp = Blueprint("assets", __name__)

# An SVG opened by itself is a document: it may draw, and nothing more. As <img> it is not affected.
IMAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"


@bp.get("/assets/<path:path>")
def asset(path: str) -> ResponseReturnValue:
    """Return an image, video or download of the content folder; one asked for by its present version may be kept for a year."""
    found = find_asset(services().content_folder, path)
    if found is None:
        abort(404)
    suffix = found.suffix.lower()
    answer = send_file(found, mimetype=TYPES[suffix], max_age=0, conditional=True, as_attachment=suffix in DOWNLOAD_TYPES)
    answer.headers["Content-Security-Policy"] = IMAGE_POLICY
    if request.args.get("v") == asset_version(found):
        keep_for_ever(answer)
    return answer


@bp.get("/theme/<version>/<any(site, tokens, widget):name>.css")
def theme(version: str, name: str) -> ResponseReturnValue:
    """Return the looks of the site: our stylesheet with the theme's tokens at its end; its present version may be kept for a year."""
    looks = looks_of(current_site())
    if looks is None:
        abort(404)
    whole = b"" if name == "tokens" else current_app.extensions[STATIC_FILES][f"css/{name}.css"].body
    body = whole + stylesheet(looks).encode()
    answer = Response(gzip.compress(body, mtime=0) if takes_gzip() else body, mimetype="text/css")
    answer.vary.add("Accept-Encoding")
    if takes_gzip():
        answer.headers["Content-Encoding"] = "gzip"
    if version == version_of(looks):
        keep_for_ever(answer)
    else:
        answer.headers["Cache-Control"] = "no-cache"
    return answer


def keep_for_ever(answer: Response) -> None:
    """Let anyone keep *answer* for a year without asking again."""
    answer.headers["Cache-Control"] = f"public, max-age={LONGEST_SECONDS}, immutable"
