"""The content folder's images, and the stylesheet of the theme. Nothing else of that folder is ever served."""

import re

from flask import Blueprint, Response, abort, request, send_file
from flask.typing import ResponseReturnValue

from helpcenter.content.assets import DOWNLOAD_TYPES, TYPES, asset_version, find_asset
from helpcenter.web.services import services
from helpcenter.web.static import LONGEST_SECONDS
from helpcenter.web.theme import stylesheet

bp = Blueprint("assets", __name__)

# An SVG opened by itself is a document: it may draw, and nothing more. As <img> it is not affected.
IMAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"
COLOUR = re.compile(r"[0-9a-f]{3}(?:[0-9a-f]{3})?\Z")


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


@bp.get("/theme/<colour>.css")
def theme(colour: str) -> ResponseReturnValue:
    """Return the tokens of a theme with this accent; the address names the colour, so it never changes."""
    if not COLOUR.match(colour):
        abort(404)
    answer = Response(stylesheet(f"#{colour}"), mimetype="text/css")
    keep_for_ever(answer)
    return answer


def keep_for_ever(answer: Response) -> None:
    """Let anyone keep *answer* for a year without asking again."""
    answer.headers["Cache-Control"] = f"public, max-age={LONGEST_SECONDS}, immutable"
