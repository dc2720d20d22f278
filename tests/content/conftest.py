"""A small content folder, and a database that knows nothing but storage and content."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from helpcenter import storage
from tests.content.folders import write

SITE = """\
name: Testia
languages: [en, lv, pl]
fallbacks: {lv: [en], pl: [lv, en]}
sections:
  - {key: pay, title: {en: Paying, lv: Maksāšana}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a content folder with two articles in two languages."""
    return write(
        tmp_path / "content",
        {
            "site.yaml": SITE,
            "en/pay/card.md": "---\ntitle: Pay by card\norder: 2\n---\n# Pay by card\n\nSee [invoices](invoice.md).\n",
            "en/pay/invoice.md": "---\ntitle: Find an invoice\norder: 1\n---\nOpen *My pages*.\n\n## On paper\n\nAsk us.\n",
            "lv/pay/invoice.md": "---\ntitle: Atrodi rēķinu\nslug: rekins\n---\nAtver portālu.\n",
        },
    )


@pytest.fixture
def library_app(tmp_path: Path) -> Iterator[Flask]:
    """Return an application that has a migrated SQLite database and nothing else."""
    app = Flask("library")
    storage.init_app(app, f"sqlite:///{tmp_path / 'library.db'}")
    storage.migrate(app)
    with app.app_context():
        yield app
    storage.close(app)
