"""The staff pages: sign in, see what was asked, answer it."""

from flask import Blueprint

bp = Blueprint("staff", __name__, url_prefix="/staff")
