"""An index that is damaged, missing or left behind is built again, and readers follow."""

import shutil
import time
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from helpcenter.content.models import Publication
from helpcenter.search.following import Keeper
from helpcenter.search.whoosh_engine import WhooshEngine
from helpcenter.storage import db, writing
from helpcenter.web.services import services


@pytest.fixture
def folder(published_app: Flask) -> Path:
    """Return the folder of the index."""
    with published_app.app_context():
        return services().data_folder / "index"


@pytest.fixture
def keeper(published_app: Flask, folder: Path) -> Keeper:
    """Return what looks after the index, as another process has it."""
    return Keeper(WhooshEngine(folder))


def look(app: Flask, keeper: Keeper) -> bool:
    """Look after the index once."""
    with app.app_context():
        return keeper.look(db.session)


def current(folder: Path) -> Path:
    """Return the folder of the index in use."""
    return folder / (folder / "CURRENT").read_text()


def remove_all(folder: Path) -> None:
    """Delete the whole folder."""
    shutil.rmtree(folder)


def remove_current(folder: Path) -> None:
    """Delete the index in use, but not what names it."""
    shutil.rmtree(current(folder))


def remove_name(folder: Path) -> None:
    """Delete what names the index in use."""
    (folder / "CURRENT").unlink()


def cut_segment(folder: Path) -> None:
    """Cut the largest file in half."""
    path = max(current(folder).iterdir(), key=lambda path: path.stat().st_size)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip_byte(folder: Path) -> None:
    """Change one byte of the largest file."""
    path = max(current(folder).glob("*.seg"), key=lambda path: path.stat().st_size)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [remove_all, remove_current, remove_name, cut_segment, flip_byte])
def test_damage_is_mended_and_readers_follow(published_app: Flask, folder: Path, keeper: Keeper, damage) -> None:
    reader = WhooshEngine(folder)
    assert reader.search("invoices", "en").hits
    assert look(published_app, keeper) is False

    damage(folder)

    assert look(published_app, keeper) is True
    assert look(published_app, keeper) is False
    ends = time.monotonic() + 90
    while not reader.is_healthy or reader.name != current(folder):
        assert time.monotonic() < ends
        time.sleep(0.05)
    found = reader.search("invoices", "en")
    assert found.hits[0].slug == "find-an-invoice"
    assert not found.degraded


def test_without_an_index_titles_are_searched_at_once(published_app: Flask, folder: Path) -> None:
    shutil.rmtree(folder)

    answer = published_app.test_client().get("/en/search?q=invoices")

    assert answer.status_code == 200
    assert "looks at titles only" in answer.get_data(as_text=True)
    assert "/en/articles/find-an-invoice" in answer.get_data(as_text=True)


def test_an_index_left_behind_is_helped_at_the_second_look(published_app: Flask, keeper: Keeper) -> None:
    with published_app.app_context(), writing() as session:
        session.execute(update(Publication).values(revision=Publication.revision + 1))

    assert [look(published_app, keeper) for _ in range(3)] == [False, True, False]


def test_an_index_that_is_being_written_is_left_alone(published_app: Flask, folder: Path, keeper: Keeper) -> None:
    writer = WhooshEngine(folder)
    with writer.files.writing():
        remove_name(folder)
        assert look(published_app, keeper) is False

    assert look(published_app, keeper) is True


def test_before_the_first_publish_nothing_is_built(app: Flask, settings) -> None:
    assert look(app, Keeper(WhooshEngine(settings.data / "index"))) is False
    assert not (settings.data / "index").exists()
