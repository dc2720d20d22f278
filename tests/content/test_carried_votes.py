"""`imported-votes.tsv`: read with care, since it is a file like any other."""

import pytest

from helpcenter.content.carried_votes import HEAD, load_carried_votes, read_carried_votes


def test_counts_of_several_tools_are_added_up():
    found = read_carried_votes(f"{HEAD}\nzendesk\ten\ta/b\t10\t2\nintercom\ten\ta/b\t1\t1\n")

    assert found.problems == []
    assert found.sums() == {("en", "a/b"): (11, 3)}


@pytest.mark.parametrize(
    "line",
    ["x", "zendesk\ten\ta\t-1\t2", "zendesk\ten\ta\t1.5\t2", "zendesk\tEN\ta\t1\t2", "zendesk\t\ta\t1\t2", "zendesk\ten\t\t1\t2", "z\ten\ta\t1\t" + "9" * 30],
)
def test_a_row_that_cannot_be_used_is_named_and_left_out(line):
    found = read_carried_votes(f"{HEAD}\n{line}\nzendesk\ten\ta/b\t10\t2\n")

    assert [(problem.line, problem.code) for problem in found.problems] == [(2, "imported-votes")]
    assert len(found.rows) == 1


def test_a_row_twice_counts_once():
    found = read_carried_votes("zendesk\ten\ta/b\t10\t2\nzendesk\ten\ta/b\t1\t2\n")

    assert found.sums() == {("en", "a/b"): (10, 2)}
    assert len(found.problems) == 1


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_a_file_that_cannot_be_read_leaves_what_is_published(tmp_path, content):
    if content is None:
        (tmp_path / "imported-votes.tsv").mkdir()
    else:
        (tmp_path / "imported-votes.tsv").write_bytes(content)

    found = load_carried_votes(tmp_path)

    assert found.rows is None
    assert len(found.problems) == 1


def test_without_the_file_there_are_none(tmp_path):
    assert load_carried_votes(tmp_path).sums() == {}


def test_a_key_that_no_article_has_any_more_is_told_with_the_one_it_may_have():
    found = read_carried_votes(f"{HEAD}\nzendesk\ten\tmoney/pay\t10\t2\nzendesk\ten\tmoney/gone\t1\t2\nzendesk\ten\tmoney/card\t1\t2\n")
    said = found.unknown({("en", "billing/pay"), ("lv", "billing/gone"), ("en", "money/card")})

    assert [(problem.line, problem.severity) for problem in said] == [(2, "warning"), (3, "warning")]
    assert "It may be billing/pay now" in said[0].message
    assert "take the line out" in said[1].message
