"""A process that writes as often as it is told: `python busy_writer.py URL TIMES`. It reads before it writes, as most of ours do."""

import sys

from flask import Flask
from sqlalchemy import select

from helpcenter import storage
from helpcenter.storage.counters import Counter, count_up


def write(url: str, times: int) -> None:
    """Count up *times*, each in a transaction of its own."""
    app = Flask("busy")
    storage.init_app(app, url)
    with app.app_context():
        for _ in range(times):
            storage.db.session.scalars(select(Counter)).all()
            with storage.writing() as session:
                count_up(session, "busy", window_seconds=3600)
    storage.close(app)


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]))
