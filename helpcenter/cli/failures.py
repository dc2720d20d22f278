"""Failures that a person can mend: one line on standard error, exit code 2."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def explained() -> Iterator[None]:
    """Turn an expected failure into its one line; anything else keeps its traceback."""
    try:
        yield
    except Exception as error:
        if not isinstance(error, expected_failures()):
            raise
        for line in str(error).splitlines():
            print(f"helpcenter: {line}", file=sys.stderr)
        sys.exit(2)


def expected_failures() -> tuple[type[Exception], ...]:
    """Return the failures whose message says what to do; imported late, so that `--help` is quick."""
    from helpcenter.content.problems import FolderRefused
    from helpcenter.search.engine import SearchError
    from helpcenter.settings import SettingsError
    from helpcenter.storage import StorageError

    return SettingsError, StorageError, FolderRefused, SearchError
