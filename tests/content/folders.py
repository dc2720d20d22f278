"""Makes content folders for tests, and says where the shared evaluation data lies."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("HELPCENTER_TEST_DATA", ROOT.parent / "shared" / "data"))


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Write *files*, by path, into *folder*, and return it."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def shared(name: str) -> Path:
    """Return a set of the shared evaluation data; the test is skipped, by name, where it is not there."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the shared evaluation data is not beside this checkout: {name}")
    return path
