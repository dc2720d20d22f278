"""Colours of a theme, and whether text in them can be read: contrast by WCAG 2.2."""

import colorsys
from collections.abc import Iterable
from typing import NamedTuple

LEAST_CONTRAST = 4.5
STEPS = 60


class Scheme(NamedTuple):
    """The surfaces of static/css/site.css on which an accent stands, the page first, and how much of it tints the page."""

    surfaces: tuple[str, ...]
    tint_share: float

    @property
    def page(self) -> str:
        """The surface of the page itself."""
        return self.surfaces[0]

    def backgrounds(self, accent: str) -> tuple[str, ...]:
        """Return everything that text in *accent* stands on: the surfaces, and the tint that follows from it."""
        return *self.surfaces, mixed(accent, self.page, self.tint_share)


LIGHT = Scheme(("#ffffff", "#f5f7fa"), 0.1)
DARK = Scheme(("#14181d", "#1a1f26", "#1d232b"), 0.16)


def worst_background(accent: str, scheme: Scheme) -> str:
    """Return the background of *scheme* on which text in *accent* is hardest to read."""
    return min(scheme.backgrounds(accent), key=lambda background: contrast(accent, background))


def is_readable(accent: str, scheme: Scheme) -> bool:
    """Return whether text in *accent* has a contrast of 4.5 on everything that it stands on in *scheme*."""
    return contrast(accent, worst_background(accent, scheme)) >= LEAST_CONTRAST


def readable(colour: str, scheme: Scheme) -> str:
    """Return *colour*, moved away from the surfaces of *scheme* until text in it can be read on all of them."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(value / 255 for value in channels_of(colour)))
    step = (-lightness if luminance(scheme.page) > 0.5 else 1 - lightness) / STEPS
    for _round in range(STEPS + 1):
        if is_readable(colour, scheme):
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


def hexadecimal(values: Iterable[float]) -> str:
    """Return red, green and blue as `#rrggbb`."""
    return "#" + "".join(f"{round(value):02x}" for value in values)
