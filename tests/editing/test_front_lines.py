"""Keys of front matter change line by line; what nobody touched keeps its bytes."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from helpcenter.content.front_matter import read_front_matter
from helpcenter.content.hardened_yaml import load
from helpcenter.editing import fields
from helpcenter.editing.composing import with_line_ends
from helpcenter.editing.front_lines import with_keys

RIGA = ZoneInfo("Europe/Riga")


@pytest.mark.parametrize(
    ("front", "changes", "expected"),
    [
        ("", {"title": "A"}, "title: A\n"),
        ("title: A", {"draft": True}, "title: A\ndraft: true\n"),
        ("a: |\n  title: no\ntitle: x\n", {"title": "y"}, "a: |\n  title: no\ntitle: y\n"),
        ("tags: [a,\n  b]\n# end\n", {"tags": ["c"]}, "tags:\n- c\n# end\n"),
        ("tags:\n- a\n\n- b\nx: 1\n", {"tags": None}, "x: '1'\n"),
        ("intro: a\ndescription: b\n", {"description": "c"}, "description: c\n"),
        ("published: false\n", {"draft": None}, ""),
        ("{title: A, x: [1, 2]}\n", {"title": "B"}, "title: B\nx:\n- '1'\n- '2'\n"),
        ("x: 1\n", {"review_by": datetime.date(2031, 2, 3), "order": 7}, "x: 1\norder: 7\nreview_by: 2031-02-03\n"),
    ],
)
def test_only_what_changes_is_written(front, changes, expected):
    made = with_keys(front, changes)

    assert sorted(made.splitlines()) == sorted(expected.splitlines())


def test_fields_show_what_the_file_says_and_change_nothing_by_themselves():
    front = read_front_matter(load("title: A\npublish_at: 2031-05-01T06:00Z\ntags: [a, b]\ntoc: false\nreview_by: 2031-02-03\n"), "en/a.md")
    shown = fields.shown(front, RIGA)

    assert (shown["publish_at"], shown["tags"], shown["toc"], shown["draft"]) == ("2031-05-01T09:00", "a, b", "", "")
    assert fields.changes(front, shown, RIGA) == {}
    assert fields.changes(front, shown | {"publish_at": "2031-12-01T09:00"}, RIGA) == {"publish_at": "2031-12-01T09:00+02:00"}
    assert fields.changes(front, shown | {"toc": "1", "tags": "", "order": "5"}, RIGA) == {"toc": None, "tags": None, "order": 5}
    with pytest.raises(fields.FieldRefused, match="takes a date"):
        fields.changes(front, shown | {"review_by": "tomorrow"}, RIGA)


@pytest.mark.parametrize(
    ("old", "text", "expected"),
    [
        ("a\r\nb\r\n", "a\nb\n", "a\r\nb\r\n"),
        ("a\r\nb\nc\r\n", "a\nb\nc\n", "a\r\nb\nc\r\n"),
        ("a\r\nb\nc\r\n", "a\nx\ny\nc\n", "a\r\nx\r\ny\r\nc\r\n"),
        ("a\r\nb", "a\nb\n", "a\r\nb\r\n"),
        ("a\n", "a\nb\n", "a\nb\n"),
        ("a\r\n", "", ""),
    ],
)
def test_line_ends_of_lines_that_stay_stay(old, text, expected):
    assert with_line_ends(old, text) == expected
