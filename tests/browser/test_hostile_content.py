"""Every row of the shared attack corpus in every place an editor or a visitor can write to: nothing runs in Chromium.

Rows share pages, but for those that would hide the others; `HELPCENTER_TEST_ROWS_A_PAGE=1` gives each row pages of its own.
"""

import os
import re
from urllib.parse import quote

import pytest
from sqlalchemy import select, update

from helpcenter.accounts.staff import add_staff
from helpcenter.content.markup import render
from helpcenter.content.models import Article
from helpcenter.content.sanitising import clean
from helpcenter.content.weight import TooHeavy, refuse_heavy
from helpcenter.storage import db, writing
from tests.browser.hostile import Watcher, batches, payloads, quoted
from tests.browser.sites import published, serving
from tests.content.folders import shared, write

# Two hundred pages take half a minute; on a busy machine several.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(1800)]

ROWS_A_PAGE = int(os.environ.get("HELPCENTER_TEST_ROWS_A_PAGE", "16"))
ARTICLES_A_SECTION = 30
WORDS = 40
# Ends what payloads open, as far as the weighing of an article counts it; browsers ignore ends of nothing.
CLOSED = f"\n\n{'</i>' * 8}\n\n"
STAFF = ("ed@example.org", "correct horse battery staple")


def hides_others(payload: str) -> bool:
    """Return whether what follows *payload* on a page would be part of it."""
    html = render(f"{payload}\n\nPLAIN WORDS", resolve_link=lambda href: href, resolve_image=lambda src: None).html
    return "<p>PLAIN WORDS</p>" not in html


def pages_of(rows: list[str]) -> list[list[str]]:
    """Return *rows* split until none of their pages has more open tags than an article may have."""
    try:
        refuse_heavy(article(0, rows) + " ".join(rows) + "<b>" * 40)  # its snippet, and a variable
    except TooHeavy:
        return [*pages_of(rows[: len(rows) // 2]), *pages_of(rows[len(rows) // 2 :])] if len(rows) > 1 else [rows]
    return [rows]


def article(number: int, rows: list[str]) -> str:
    """Return an article with *rows* in every place."""
    lines = [" ".join(row.split()) for row in rows]
    places = []
    for line in lines:
        places += [
            f"## {line}",
            f"![{line}](../../_assets/a.svg)",
            f'![a](../../_assets/a.svg "{line}")',
            f"![x](<{line}>)",
            f"[{line}](../../_assets/a.svg)",
            f"[x](<{line}>) [x]({line}) [x](https://example.com/{line}) <{line}>",
            f"[{line}](https://youtu.be/dQw4w9WgXcQ)",
            f"[x](https://youtu.be/dQw4w9WgXcQ?{line})",
            f"[{line}](../../_assets/film.mp4)",
            f":::details {line}\nx\n:::",
            f":::tabs\n:::tab {line}\nx\n:::tab B\ny\n:::",
            f":::note {line}\nx\n:::",
            f'~~~x title="{line}"\nx\n~~~',
            f"~~~{line}\nx\n~~~",
            f"- {line}\n\n| {line} | b |\n|---|---|\n| {line} | c |",
            f"x[^{number}]\n\n[^{number}]: {line}",
        ]
    front = {
        "title": quoted(" ".join(lines)[:280]),
        "description": quoted(" ".join(lines)[:280]),
        "short_title": quoted(lines[0][:80]),
        "tags": f"[{', '.join(quoted(line[:200]) for line in lines)}]",
        "keywords": quoted(lines[0][:200]),
        "related": f"[{quoted(lines[0][:200])}]",
        "redirect_from": f"[{quoted(lines[0][:200])}]",
        "featured": "true",
    }
    head = "\n".join(f"{key}: {value}" for key, value in front.items())
    body = CLOSED.join([*places, *rows])
    return f"---\n{head}\n---\n{{{{ var.word{number % WORDS} }}}} {{{{ include snippets/s{number}.md }}}}\n\n{body}\n"


@pytest.fixture(scope="module")
def rows():
    """Return all payloads."""
    return payloads(shared("nasty-xss/dev.jsonl"))


@pytest.fixture(scope="module")
def hostile_site(rows, tmp_path_factory):
    """Return a help center in which every text is hostile: the application, its address and its articles' slugs."""
    folder = tmp_path_factory.mktemp("hostile")
    alone = [row for row in rows if hides_others(row)]
    shared_pages = batches([row for row in rows if row not in alone], ROWS_A_PAGE)
    pages = [*([row] for row in alone), *(page for some in shared_pages for page in pages_of(some))]
    files, sections, variables = {"_assets/a.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', "_assets/film.mp4": b"x"}, {}, {}
    for number, some in enumerate(pages):
        line = " ".join(" ".join(some).split())
        section = f"s{number // ARTICLES_A_SECTION}"
        sections[section] = f"{sections.get(section, '')} {line}".strip()
        # site.yaml has room for the corpus once, not twice.
        variables[f"word{number % WORDS}"] = line[:200]
        files[f"snippets/s{number}.md"] = line
        files[f"en/{section}/a{number}.md"] = article(number, some)
    site = ["name: 'x'", "variables:", *(f"  {name}: {quoted(text)}" for name, text in variables.items()), "sections:"]
    site += [f"  - {{key: {key}, title: {{en: {quoted(text)}}}}}" for key, text in sections.items()]
    content = write(folder / "articles", {**files, "site.yaml": "\n".join(site).replace("name: 'x'", f"name: {quoted(rows[1])}")})
    with published(content, folder / "data") as (app, said), serving(app) as url:
        yield app, url, said


@pytest.fixture
def watcher(chromium, hostile_site):
    """Return a browser that notes what runs."""
    context = chromium.new_context()
    context.set_default_timeout(60_000)
    yield Watcher(context, hostile_site[1])
    context.close()


def slugs(app) -> list[str]:
    """Return the slugs of all published articles."""
    with app.app_context():
        return list(db.session.scalars(select(Article.slug).order_by(Article.id)))


def test_every_row_is_published_and_what_is_published_is_clean(hostile_site, rows):
    app, _url, said = hostile_site
    with app.app_context():
        found = db.session.execute(select(Article.html, Article.title)).all()

    assert [problem for problem in said.changes.broken if problem.path == "site.yaml"] == []
    assert said.changes.broken == []
    assert len(rows) == 2375
    for html, _title in found:
        assert clean(html) == html


def test_nothing_runs_on_articles_in_the_widget_and_in_lists(hostile_site, watcher):
    app, _url, _said = hostile_site
    articles = slugs(app)
    with app.app_context():
        sections = sorted(set(db.session.scalars(select(Article.section))))
    watcher.look_at(f"/en/articles/{slug}" for slug in articles)
    watcher.look_at(f"/widget/v1/panel/articles/{slug}?lang=en" for slug in articles[:: 12 if ROWS_A_PAGE > 1 else 1])
    watcher.look_at(["/en/", "/widget/v1/panel?lang=en", *(f"/en/sections/{key}" for key in sections)])

    assert watcher.noted == []
    assert watcher.looked_at > len(articles)


def test_nothing_runs_where_tags_are_listed(hostile_site, watcher):
    app, url, _said = hostile_site
    page = app.test_client().get(f"/en/articles/{slugs(app)[0]}").text
    tags = re.findall(r'href="(/en/tags/[^"#]+)"', page)
    watcher.look_at(tags)

    assert watcher.noted == []
    assert tags


def test_nothing_runs_where_a_query_is_repeated(hostile_site, watcher, rows):
    step = 60 if ROWS_A_PAGE > 1 else 1
    watcher.look_at(f"/en/search?q={quote(row[:250], safe='')}" for row in rows[::step] if row.strip())
    watcher.look_at(["/en/search?q=alert", "/en/search?q=script", "/widget/v1/panel?lang=en&q=alert"])

    assert watcher.noted == []


def test_nothing_runs_where_people_read_what_visitors_wrote(hostile_site, watcher, rows):
    app, url, _said = hostile_site
    add_editor(app)
    asked = []
    for number, some in enumerate(batches(rows, 80 if ROWS_A_PAGE > 1 else 5)):
        answer = app.test_client().post(
            "/api/v1/requests",
            json={"lang": "en", "subject": some[0][:150], "body": "\n".join(some)[:9000] or "x", "email": "eve@example.org", "name": some[-1][:80]},
            headers={"Idempotency-Key": f"row-{number}-of-the-corpus"},
        )
        assert answer.status_code == 201, answer.text
        asked.append(answer.json)
    watcher.look_here(one["status_url"].partition("//")[2].partition("/")[1] + one["status_url"].partition("//")[2].partition("/")[2] for one in asked)
    watcher.page.goto(f"{url}/staff/sign-in")
    watcher.page.fill("[name=email]", STAFF[0])
    watcher.page.fill("[name=password]", STAFF[1])
    watcher.page.click("main button")
    watcher.page.wait_for_url("**/staff/**")
    watcher.look_here(["/staff/library", "/staff/requests", *(f"/staff/requests/{one['reference']}" for one in asked)])

    assert watcher.noted == []


def add_editor(app) -> None:
    """Let Ed sign in."""
    with app.app_context(), writing() as session:
        add_staff(session, email=STAFF[0], name="Ed", role="admin", password=STAFF[1])


@pytest.mark.parametrize("policy", ["kept", "switched off"])
def test_without_sanitising_it_is_seen(hostile_site, chromium, policy):
    app, url, _said = hostile_site
    slug = slugs(app)[-1]
    with app.app_context():
        html = db.session.scalar(select(Article.html).where(Article.slug == slug))
        put(slug, '<img src="/x" onerror="alert(1)"><a href="javascript:alert(1)">x</a>')
    context = chromium.new_context(bypass_csp=policy == "switched off")
    watcher = Watcher(context, url)
    watcher.look_at([f"/en/articles/{slug}"])
    watcher.page.wait_for_timeout(300)
    context.close()
    with app.app_context():
        put(slug, html)

    noted = "\n".join(watcher.noted)
    assert "onerror <img" in noted
    assert "address <a" in noted
    assert ("HOSTILE ran alert" if policy == "switched off" else "HOSTILE policy script-src") in noted


def put(slug: str, html: str) -> None:
    """Put *html* into the article as it is."""
    with writing() as session:
        session.execute(update(Article).where(Article.slug == slug).values(html=html, version=Article.version + 1))
