"""The database: one handle for reading, one way to write."""

from helpcenter.storage.database import StorageError, db, init_app, migrate, writing

__all__ = ["StorageError", "db", "init_app", "migrate", "writing"]
