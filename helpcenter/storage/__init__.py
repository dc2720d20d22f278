"""The database: one handle for reading, one way to write."""

from helpcenter.storage.database import StorageError, close, db, init_app, migrate, read_row, writing

__all__ = ["StorageError", "close", "db", "init_app", "migrate", "read_row", "writing"]
