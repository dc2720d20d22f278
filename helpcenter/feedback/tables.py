"""Tables as CSV that a spreadsheet opens without running what strangers wrote."""

import csv
import io
from collections.abc import Iterable, Sequence

# What makes a spreadsheet take a cell for a formula (OWASP, "CSV Injection"), also in the wide forms of East Asian keyboards.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def safe_cell(value: object) -> object:
    """Return *value* as it may stand in a cell: text that would be a formula begins with an apostrophe.

    >>> safe_cell("=HYPERLINK(1)"), safe_cell(-1), safe_cell(None)
    ("'=HYPERLINK(1)", -1, '')
    """
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA_STARTS) else value


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return *rows* below *header* as CSV (RFC 4180) with the byte order mark by which spreadsheets know UTF-8."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(header)
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return "\ufeff" + written.getvalue()
