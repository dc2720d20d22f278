"""Pictures are drawn anew: in a process of their own with little memory, so that a bomb harms nobody but itself."""

import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).with_name("image_process.py")
TIMEOUT_SECONDS = 20


class ImageRefused(ValueError):
    """The picture cannot be read, is too large, or is not what it says."""


def redraw(data: bytes) -> tuple[bytes, str]:
    """Return the picture of *data* as new bytes without anything but its pixels, and its form: "JPEG" or "PNG".

    Raises ImageRefused. What a camera wrote beside the pixels (place, time, owner) is gone; of a moving picture the
    first one stays.
    """
    try:
        done = subprocess.run(  # noqa: S603 - our own program, by its full path.
            [sys.executable, "-I", str(PROGRAM)], input=data, capture_output=True, timeout=TIMEOUT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise ImageRefused("The picture takes too long to read.") from None
    form, _, pixels = done.stdout.partition(b"\n")
    if done.returncode or form not in (b"JPEG", b"PNG") or not pixels:
        raise ImageRefused("The picture cannot be read or is larger than 25 megapixels.")
    return pixels, form.decode()
