"""QR codes as SVG that stands in a page."""

import segno

QUIET_ZONE = 4
SCALE = 5


def picture_of(text: str) -> str:
    """Return the QR code of *text* as an `<svg>`: black on white in every colour scheme, because cameras want it so."""
    return segno.make(text, error="m", micro=False).svg_inline(scale=SCALE, border=QUIET_ZONE, light="#fff", svgclass="qr", lineclass=None)
