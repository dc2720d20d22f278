"""In CI a skipped test is a failed one: a missing browser or database must not look like success.

Hooks of pytest; `tests/conftest.py` imports them.
"""

import os
import re

import pytest

# Reasons for which a test may be skipped even in CI, as regular expressions. Each says why.
ALLOWED_REASONS: tuple[str, ...] = (
    # Declared versions of Python that this machine may not have; CI proves the one it runs on.
    r"no Python 3\.\d+ on this machine",
)


def _reason(longrepr: object) -> str:
    return longrepr[2].removeprefix("Skipped: ") if isinstance(longrepr, tuple) else str(longrepr)


def _fail_if_skipped(report):
    """Return *report*, failed when it is a skip that CI does not allow."""
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        reason = _reason(report.longrepr)
        if not any(re.search(allowed, reason) for allowed in ALLOWED_REASONS):
            report.outcome = "failed"
            report.longrepr = f"Skipped in CI, which tests/skips.py does not allow: {reason}"
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item, call):
    """Look at the report of each test."""
    return _fail_if_skipped((yield))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report(collector):
    """Look at the report of each module, which may skip itself as a whole."""
    return _fail_if_skipped((yield))
