"""What an editor's theme changes: a stylesheet of a few tokens, contrast kept, and the logo."""

import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from flask import current_app, g, url_for

from helpcenter.content.assets import asset_name, asset_url, find_asset
from helpcenter.content.colours import DARK, LIGHT, Scheme, contrast, mixed
from helpcenter.content.outline import SectionCount
from helpcenter.content.site import Site
from helpcenter.content.theme import SHIPPED
from helpcenter.web.services import services

ON_ACCENT = ("#ffffff", "#10151c")
# Yellow is seen beside any accent on a dark page.
DARK_RING = "#ffd54a"
NIGHT = "#06080f"


class Looks(NamedTuple):
    """What the tokens of a theme follow from: the accents of light and dark pages, the font and the radius; None is as shipped."""

    accents: tuple[str, str] | None
    font: str | None
    radius: int | None


def logo_url() -> str:
    """Return the address of the site's logo, or of the one that ships."""
    # A page names it several times; the file is looked for once.
    if "logo_url" not in g:
        g.logo_url = find_logo(g.get("site"))
    return g.logo_url


def find_logo(site: Site | None) -> str:
    """Return the address of the logo that *site* names, or of the one that ships."""
    name = site.theme.logo if site else None
    path = find_asset(services().content_folder, asset_name(name)) if name else None
    return asset_url(asset_name(name), path) if path else url_for("static", filename="img/logo.svg")


def looks_of(site: Site | None) -> Looks | None:
    """Return what *site* changes of the looks, None when that is nothing."""
    if site is None:
        return None
    accent = site.theme.accent
    looks = Looks(None if accent in (None, SHIPPED) else (accent.light, accent.dark), site.theme.font, site.theme.radius)
    return looks if any(value is not None for value in looks) else None


def version_of(looks: Looks) -> str:
    """Return what stands in the address of a stylesheet of *looks*: it changes with them and with the static files."""
    return hashlib.blake2s(repr((looks, current_app.config["STATIC_VERSION"])).encode(), digest_size=5).hexdigest()


def stylesheet_url() -> str:
    """Return the address of a page's one stylesheet: ours, or ours with the theme's tokens at its end."""
    looks = looks_of(g.get("site"))
    return url_for("assets.theme", version=version_of(looks), name="site") if looks else url_for("static", filename="css/site.css")


@lru_cache(maxsize=4)
def icon_names(static_folder: str) -> frozenset[str]:
    """Return the names of the icons in the sprite."""
    sprite = Path(static_folder, "img", "icons.svg").read_text(encoding="utf-8")
    return frozenset(re.findall(r'<symbol id="([^"]+)"', sprite))


def icon_of(name: str) -> str:
    """Return *name* when the sprite has such an icon, else the book."""
    return name if name in icon_names(current_app.config["STATIC_FOLDER"]) else "book"


def with_icons(sections: list[SectionCount]) -> list[SectionCount]:
    """Return *sections* with icons that the sprite has."""
    return [one._replace(icon=icon_of(one.icon)) for one in sections]


@lru_cache(maxsize=64)
def stylesheet(looks: Looks) -> str:
    """Return the tokens of *looks*, as a sheet that may stand after ours or at its end."""
    light, dark = looks.accents or (None, None)
    shape = night_tokens(light) if light else []
    if looks.font:
        shape.append(f"--font: {looks.font}, system-ui, sans-serif;")
    if looks.radius is not None:
        shape.append(f"--radius: {looks.radius}px; --radius-small: {round(looks.radius * 2 / 3)}px;")
    rules = [f"  :root {{ {' '.join([*shape, *accent_tokens(light, LIGHT)])} }}"]
    if dark:
        rules.append(f"  @media (prefers-color-scheme: dark) {{ :root {{ {' '.join(accent_tokens(dark, DARK))} --ring: {DARK_RING}; }} }}")
    return "\n".join(["@layer reset, tokens, base, layout, components, utilities;", "@layer tokens {", *rules, "}", ""])


def accent_tokens(accent: str | None, scheme: Scheme) -> list[str]:
    """Return the declarations that follow from an accent in *scheme*."""
    if accent is None:
        return []
    on_accent = max(ON_ACCENT, key=lambda text: contrast(text, accent))
    return [f"--accent: {accent}; --on-accent: {on_accent}; --ring: {accent}; --tint: {mixed(accent, scheme.page, scheme.tint_share)};"]


def night_tokens(accent: str) -> list[str]:
    """Return the declarations of the sky over the home page, by night in the colour of *accent*.

    White can be read on the accent of light pages, so also on what is darker.
    """
    night = [f"--{name}: {mixed(accent, NIGHT, share)};" for name, share in (("night", 0.12), ("dusk", 0.22), ("dawn", 0.45))]
    return [*night, *(f"--{name}: {accent};" for name in ("glow", "glow-cool", "glow-far"))]
