"""Votes of readers decide between articles that answer alike, on the page, in the API and on the command line."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from helpcenter.cli import program
from helpcenter.feedback import votes
from helpcenter.feedback.carried import save_carried
from helpcenter.feedback.models import Vote
from helpcenter.storage import db, writing
from helpcenter.support.handling import solved_counts
from helpcenter.support.models import SolvedBy
from helpcenter.web.services import services
from helpcenter.web.votes_of_readers import VotesOfReaders, evidence
from tests.web.test_metrics import a_request

TWIN = "---\ntitle: Borrow a ladder\nslug: {slug}\n---\nWe lend ladders to everybody who asks.\n"


def run(settings, *arguments: str):
    """Run the program over the same settings."""
    environ = {
        "HELPCENTER_ARTICLES": str(settings.articles),
        "HELPCENTER_DATA": str(settings.data),
        "HELPCENTER_SECRET_KEY": settings.secret_key.get_secret_value(),
    }
    return CliRunner().invoke(program, list(arguments), env=environ)


@pytest.fixture
def twins(publish_files):
    """Return a browser on a site with two articles that say the same."""
    return publish_files({"en/account/ladder-one.md": TWIN.format(slug="ladder-one"), "en/account/ladder-two.md": TWIN.format(slug="ladder-two")})


def cast(key: str, helpful: int, not_helpful: int) -> None:
    """Let so many visitors vote on an article."""
    with writing() as session:
        for number in range(helpful + not_helpful):
            session.add(Vote(lang="en", key=key, version=1, visitor=f"{key}-{number}", helpful=number < helpful))


def first(browser) -> str:
    """Return which twin the API finds first."""
    return browser.get("/api/v1/search?q=borrow+ladder&lang=en").get_json()["hits"][0]["slug"]


@pytest.mark.parametrize(("good", "bad"), [("one", "two"), ("two", "one")])
def test_sixty_of_sixty_two_stand_above_five_of_sixty(app, settings, twins, good, bad):
    with app.app_context():
        cast(f"account/ladder-{good}", 60, 2)
        cast(f"account/ladder-{bad}", 5, 55)

    assert first(twins) == f"ladder-{good}"
    hits = json.loads(run(settings, "search", "borrow ladder", "--explain", "--json").stdout)["hits"]
    assert [hit["slug"] for hit in hits[:2]] == [f"ladder-{good}", f"ladder-{bad}"]
    assert hits[0]["parts"]["prior.votes"] > 0 > hits[1]["parts"]["prior.votes"]


def test_votes_of_an_earlier_help_center_count_and_two_votes_do_not(app, twins):
    with app.app_context():
        cast("account/ladder-one", 2, 0)
        with writing() as session:
            save_carried(session, {("en", "account/ladder-two"): (60, 2)})

    assert first(twins) == "ladder-two"


def test_votes_are_read_again_when_their_time_is_over(app, twins):
    now = [0.0]
    with app.app_context():
        services().votes = VotesOfReaders(kept_seconds=300, clock=lambda: now[0])
        before = first(twins)
        other = "ladder-two" if before == "ladder-one" else "ladder-one"
        cast(f"account/{other}", 60, 2)
        now[0] = 299.0
        assert first(twins) == before
        now[0] = 301.0
        first(twins)
        services().votes.finish()
        assert first(twins) == other


def test_search_goes_on_when_votes_cannot_be_read(app, twins):
    with app.app_context():
        with writing() as session:
            session.execute(text("ALTER TABLE vote RENAME TO gone"))
        assert first(twins).startswith("ladder-")


def test_all_counts_are_the_counts_of_each_article(published_app):
    with published_app.app_context():
        cast("account/one", 3, 1)
        cast("account/two", 0, 2)
        with writing() as session:
            save_carried(session, {("en", "account/one"): (10, 5), ("lv", "account/three"): (1, 0)})
        every = votes.all_counts(db.session)

        assert every == {"en": {"account/one": (13, 6), "account/two": (0, 2)}, "lv": {"account/three": (1, 0)}}
        assert all(votes.counts(db.session, lang, key) == counts for lang, found in every.items() for key, counts in found.items())


def test_an_article_that_solved_requests_is_found_before_its_twin(app, twins):
    with app.app_context():
        before = first(twins)
        other = "ladder-two" if before == "ladder-one" else "ladder-one"
        services().votes = VotesOfReaders()
        with writing() as session:
            for number in range(60):
                state = "solved" if number % 2 else "closed"
                row = a_request(number, state)
                session.add(row)
                session.flush()
                session.add(SolvedBy(request_id=row.id, article=f"account/{other}", lang="en"))

        assert first(twins) == other


def test_only_requests_that_are_solved_speak_for_an_article(app, twins):
    with app.app_context(), writing() as session:
        for number, (state, spam) in enumerate([("solved", False), ("solved", True), ("open", False)]):
            row = a_request(number, state)
            row.spam = spam
            session.add(row)
            session.flush()
            session.add(SolvedBy(request_id=row.id, article="account/ladder-one", lang="en"))
        session.flush()

        assert solved_counts(session) == [("en", "account/ladder-one", 1)]
        assert evidence({"en": {"account/ladder-one": votes.Counts(2, 1)}}, [("en", "account/ladder-one", 1), ("lv", "other", 2)]) == {
            "en": {"account/ladder-one": (3, 1)},
            "lv": {"other": (2, 0)},
        }
