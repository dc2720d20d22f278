"""Where the bundled folders are, in a checkout and in an installed wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def bundled(name: str) -> Path:
    """Return the folder *name* (`articles`, `templates` or `static`) that came with this installation.

    A checkout keeps it beside the package; a wheel carries it inside, under `bundle/`.
    """
    inside = PACKAGE / "bundle" / name
    return inside if inside.is_dir() else PACKAGE.parent / name
