"""What an editor's theme changes: a stylesheet of a few tokens, contrast kept, and the logo."""

import colorsys
import re
from functools import lru_cache
from pathlib import Path

from flask import g, url_for

from helpcenter.content.assets import asset_name, asset_url, find_asset
from helpcenter.content.site import Site
from helpcenter.web.services import services

# The accent of static/css/site.css; a theme that keeps it needs no stylesheet of its own.
SHIPPED_ACCENT = "#0b57d0"
LIGHT_SURFACE, DARK_SURFACE = "#ffffff", "#1d232b"
LEAST_CONTRAST = 4.5
STEPS = 60


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


def theme_url() -> str | None:
    """Return the address of the theme's stylesheet, None when the shipped colours hold."""
    site: Site | None = g.get("site")
    accent = site.theme.accent if site else None
    if accent is None or accent.lower() == SHIPPED_ACCENT:
        return None
    return url_for("assets.theme", colour=accent.lower().removeprefix("#"))


@lru_cache(maxsize=4)
def icon_names(static_folder: str) -> frozenset[str]:
    """Return the names of the icons in the sprite."""
    sprite = Path(static_folder, "img", "icons.svg").read_text(encoding="utf-8")
    return frozenset(re.findall(r'<symbol id="([^"]+)"', sprite))


@lru_cache(maxsize=64)
def stylesheet(accent: str) -> str:
    """Return the tokens for *accent* (`#rrggbb`): made darker or lighter until text in it can be read on the page."""
    light = readable(accent, LIGHT_SURFACE)
    dark = readable(accent, DARK_SURFACE)
    return (
        "@layer reset, tokens, base, layout, components, utilities;\n"
        "@layer tokens {\n"
        f"  :root {{ {tokens(light, '#ffffff')} }}\n"
        f"  @media (prefers-color-scheme: dark) {{ :root {{ {tokens(dark, '#14181d')} --ring: #ffd54a; }} }}\n"
        "}\n"
    )


def tokens(accent: str, surface: str) -> str:
    """Return the declarations that follow from an accent on a surface."""
    on_accent = max(("#ffffff", "#10151c"), key=lambda text: contrast(text, accent))
    tint = mixed(accent, surface, 0.1 if surface == "#ffffff" else 0.16)
    return f"--accent: {accent}; --on-accent: {on_accent}; --ring: {accent}; --tint: {tint};"


def readable(colour: str, surface: str) -> str:
    """Return *colour*, moved away from *surface* until text in it has a contrast of 4.5 there."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(value / 255 for value in channels_of(colour)))
    step = (-lightness if luminance(surface) > 0.5 else 1 - lightness) / STEPS
    for _round in range(STEPS + 1):
        if contrast(colour, surface) >= LEAST_CONTRAST:
            break
        lightness = min(1.0, max(0.0, lightness + step))
        colour = hexadecimal(value * 255 for value in colorsys.hls_to_rgb(hue, lightness, saturation))
    return colour


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours by WCAG 2.2.

    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour by WCAG 2.2."""
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in channels_of(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def mixed(colour: str, surface: str, share: float) -> str:
    """Return *share* of a colour over a surface."""
    pairs = zip(channels_of(colour), channels_of(surface), strict=True)
    return hexadecimal(over * share + under * (1 - share) for over, under in pairs)


def channels_of(colour: str) -> tuple[int, ...]:
    """Return red, green and blue of `#rgb` or `#rrggbb`.

    >>> channels_of("#0af")
    (0, 170, 255)
    """
    digits = colour.removeprefix("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    return tuple(int(digits[place : place + 2], 16) for place in (0, 2, 4))


def hexadecimal(values) -> str:
    """Return red, green and blue as `#rrggbb`."""
    return "#" + "".join(f"{round(value):02x}" for value in values)
