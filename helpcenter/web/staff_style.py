"""The style page of the staff: every component in every state, light and dark beside each other."""

import re

from flask import Blueprint, Response, current_app, render_template
from flask.typing import ResponseReturnValue

from helpcenter.storage.columns import utcnow
from helpcenter.web.locale import current_site
from helpcenter.web.staff import template_values
from helpcenter.web.staff_access import check_access
from helpcenter.web.static import EXTENSION as STATIC_FILES
from helpcenter.web.theme import icon_names, looks_of, stylesheet

bp = Blueprint("staff_style", __name__, url_prefix="/staff/style")
bp.before_request(check_access)
bp.context_processor(template_values)

# The blocks of tokens in a stylesheet: the first is light, one in a dark media query is dark.
TOKENS = re.compile(r"(@media \(prefers-color-scheme: dark\) \{\s*)?:root \{([^}]*)\}")
SWATCH = re.compile(r"--([a-z-]+): #")
ALERTS = ("note", "tip", "important", "warning", "caution")


@bp.get("")
def page() -> ResponseReturnValue:
    """Show every component and state, in light and in dark."""
    icons = sorted(icon_names(current_app.config["STATIC_FOLDER"]))
    return render_template("staff/style.html", icons=icons, alerts=ALERTS, colours=colours(), today=utcnow().date())


@bp.get("/schemes.css")
def schemes() -> ResponseReturnValue:
    """Return the tokens of both schemes as classes, so that a page can show them beside each other."""
    swatches = (f".swatch-{name} {{ background: var(--{name}); }}" for name in colours())
    return Response("\n".join([*scheme_rules(sheets()), *swatches]), mimetype="text/css")


def sheets() -> str:
    """Return the stylesheet of the pages, the theme's tokens at its end."""
    looks = looks_of(current_site())
    return current_app.extensions[STATIC_FILES]["css/site.css"].body.decode() + (stylesheet(looks) if looks else "")


def scheme_rules(css: str) -> list[str]:
    """Return the rules that give a part of a page the tokens of light, and of dark."""
    light, dark = [], []
    for in_dark, declarations in TOKENS.findall(css):
        if not in_dark:
            light.append(declarations)
        dark.append(declarations)
    return [
        f".scheme-light {{ {' '.join(light)} color-scheme: light; }}",
        f".scheme-dark {{ {' '.join(dark)} color-scheme: dark; }}",
    ]


def colours() -> list[str]:
    """Return the names of the tokens that are colours, as they stand in the stylesheet."""
    return list(dict.fromkeys(SWATCH.findall(current_app.extensions[STATIC_FILES]["css/site.css"].body.decode())))
