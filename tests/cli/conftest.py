"""What the tests of the command line share."""

import os
import shutil
from pathlib import Path

import pytest

LIBRARY = Path(__file__).parent.parent / "library"
SECRET = "a secret that only the tests know, long enough"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which everything is as it should be."""
    shutil.copytree(LIBRARY, tmp_path / "articles")
    return {
        "PATH": os.environ["PATH"],
        "HELPCENTER_ARTICLES": str(tmp_path / "articles"),
        "HELPCENTER_DATA": str(tmp_path / "data"),
        "HELPCENTER_SECRET_KEY": SECRET,
    }
