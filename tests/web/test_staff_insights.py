"""The page of figures: what it shows is what is counted, in tables, charts and CSV alike."""

import csv
import io
import re
from datetime import timedelta

import pytest

from helpcenter.accounts.staff import add_staff
from helpcenter.insights import figures
from helpcenter.insights.periods import Period
from helpcenter.storage import db, writing
from helpcenter.web.charts import HEIGHT, stacked
from helpcenter.web.staff_insights import TABLES
from tests.insights.rows import TODAY, a_request, a_search, a_talk, a_vote

PASSWORD = "four quiet otters dancing"
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
PAGE = f"/staff/insights/?since={TODAY - timedelta(days=20)}&until={TODAY}"


@pytest.fixture
def browser(published_app):
    """Return a reviewer's browser on a site with some visits."""
    with published_app.app_context(), writing() as session:
        add_staff(session, email="rita@example.org", name="Rita", role="reviewer", password=PASSWORD)
        for number in range(30):
            day = TODAY - timedelta(days=number)
            session.add(a_search("=cmd|zeppelin" if number % 2 else "late invoice", day=day, hits=number % 3, clicked=1 if number % 6 == 1 else None))
        session.add_all([a_talk("t1", ("zeppelin", "fallback.rephrase")), a_vote("ann", "", day=TODAY), a_request(1, "Help", section="payments")])
    browser = published_app.test_client()
    browser.post("/staff/sign-in", data={"email": "rita@example.org", "password": PASSWORD}, headers=SAME_SITE)
    return browser


def table_of(browser, name: str) -> list[list[str]]:
    """Return the rows of a table as CSV has them."""
    address = PAGE.replace("/?", f"/{name}.csv?")
    return list(csv.reader(io.StringIO(browser.get(address).text.lstrip("\ufeff"))))


def test_every_table_is_shown_and_saved(browser):
    page = browser.get(PAGE)

    assert page.status_code == 200
    assert "style=" not in page.text and "<script>" not in page.text
    for table in TABLES:
        assert f'id="{table.name}"' in page.text
        assert table_of(browser, table.name)[0] == list(table.columns)
    assert browser.get("/staff/insights/secrets.csv").status_code == 404


def test_the_chart_the_table_and_the_file_have_the_same_numbers(published_app, browser):
    with published_app.app_context():
        rows = figures.searches(db.session, Period(TODAY - timedelta(days=20), TODAY))
    section = re.search(r'<h2[^>]* id="searches".*?</section>', browser.get(PAGE).text, re.DOTALL)[0]
    cells = [re.findall(r'<td class="number">(\d+)</td>', row) for row in re.findall(r"<tr><th scope=\"row\">.*?</tr>", section)]

    assert cells == [[str(number) for number in row[1:]] for row in reversed(rows)]
    assert [row[1:] for row in table_of(browser, "searches")[1:]] == [[str(number) for number in row[1:]] for row in rows]
    drawn = sum(float(height) for height in re.findall(r'<rect [^>]*height="([\d.]+)"', section))
    top = max(int(number) for number in re.findall(r'text-anchor="end">(\d+)<', section))
    assert round(drawn / HEIGHT * top) == sum(row.searches for row in rows)


def test_a_cell_is_no_formula_and_a_rare_query_is_not_shown(browser):
    queries = [row[0] for row in table_of(browser, "queries")[1:]]

    assert "'=cmd|zeppelin" in queries
    assert all(int(row[2]) >= figures.FEWEST for row in table_of(browser, "queries")[1:])


@pytest.mark.parametrize("query", ["since=9999-99-99", "since=2026-11-22&until=2020-01-01", "since=1999-01-01&until=2999-01-01", "lang=xx&section=%00", "lang=lv&section=payments"])
def test_any_period_and_filter_gives_a_page(browser, query):
    assert browser.get(f"/staff/insights/?{query}").status_code == 200


def test_columns_stand_on_each_other_and_never_above_the_chart():
    chart = stacked([("1.", {"a": 3, "b": 5}), ("2.", {"a": 0, "b": 1}), ("3.", {})], ["a", "b"])
    first, second, third = chart.parts

    assert (second.y + second.height, third.x > first.x, len(chart.labels)) == (first.y, True, 3)
    assert min(part.y for part in chart.parts) >= 0 and chart.lines[-1][1] == 8
    assert stacked([], ["a"]).is_empty
