"""Redraw the picture on standard input: run by `images.py` as a program of its own, never imported by others."""

import io
import resource
import sys
import warnings

MEMORY_BYTES = 768 * 1024 * 1024
SECONDS = 15
MOST_PIXELS = 25_000_000
# The readers that may look at a stranger's bytes.
FORMATS = ("JPEG", "PNG", "GIF", "WEBP")


def main() -> int:
    """Write the form and the new picture to standard output; any other ending than 0 means that it was refused."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    with Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=FORMATS) as given:
        form = "JPEG" if given.format == "JPEG" else "PNG"
        picture = ImageOps.exif_transpose(given)
        # Pasted onto an empty picture, so that nothing but pixels comes along.
        picture = picture.convert("RGB" if form == "JPEG" else "RGBA")
        clean = Image.new(picture.mode, picture.size)
        clean.paste(picture)
    drawn = io.BytesIO()
    clean.save(drawn, form, **({"quality": 88} if form == "JPEG" else {}))
    sys.stdout.buffer.write(form.encode() + b"\n" + drawn.getvalue())
    return 0


if __name__ == "__main__":
    sys.exit(main())
