"""The index keeps up with the library, whatever has become of its files."""

import shutil
from pathlib import Path

import pytest

from helpcenter.publishing import publish
from helpcenter.search.whoosh_engine import WhooshEngine


def gone(folder: Path) -> None:
    shutil.rmtree(folder)


def garbage(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            path.write_bytes(b"garbage")


@pytest.mark.parametrize("harm", [gone, garbage])
def test_a_publish_after_damage_finds_what_changed_and_everything_else(app, settings, tmp_path, harm):
    engine = WhooshEngine(tmp_path / "index")
    with app.app_context():
        publish(settings.articles, engine)
        assert engine.search("invoice", "en").total
        harm(engine.files.folder)
        with open(settings.articles / "en" / "payments" / "payment-methods.md", "a", encoding="utf-8") as file:
            file.write("\nPeriwinkle.\n")

        publish(settings.articles, engine)

    assert engine.search("periwinkle", "en").total == 1
    assert "find-an-invoice" in [hit.slug for hit in engine.search("invoice", "en").hits]
    assert engine.is_healthy
