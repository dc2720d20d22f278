"""The JSON API, version 1. Errors are problem+json; `/api/v1/openapi.json` describes all of it."""

from flask import Blueprint

bp = Blueprint("api", __name__, url_prefix="/api/v1")

# The modules put their routes on `bp` when they are imported.
from helpcenter.web.api import answering, chat, description, requests, search, votes  # noqa: E402, F401
