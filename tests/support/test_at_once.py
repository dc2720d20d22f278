"""Several workers and agents at once: each thing is done once, and nobody answers past the other. On both databases."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from helpcenter.mail.models import OutboxMail
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.support import handling, service_levels
from helpcenter.support import requests as support
from helpcenter.support.models import Message, SupportEvent, SupportRequest

WORKERS = 4


@pytest.fixture
def context(storage_app):
    """Run inside an application, on both databases."""
    with storage_app.app_context():
        yield storage_app


@pytest.fixture
def held(context, terms, gus, question) -> list[int]:
    """Return the ids of replies that wait to be released, each to a request of its own."""
    until = utcnow() + timedelta(seconds=1)
    with writing() as session:
        requests = [support.open_request(session, terms, **question) for _ in range(5)]
        return [support.reply(session, terms, request, "Hold the button.", staff=gus, held_until=until).id for request in requests]


def at_once(app, *acts: Callable[[], object]) -> list:
    """Do *acts* at once, each in a thread and a context of its own, and return what they gave or raised."""
    results, together = [None] * len(acts), threading.Barrier(len(acts))

    def run(number: int, act: Callable[[], object]) -> None:
        with app.app_context():
            together.wait()
            try:
                results[number] = act()
            except Exception as error:
                results[number] = error

    threads = [threading.Thread(target=run, args=numbered) for numbered in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [result for result in results if isinstance(result, Exception)] == []
    return results


def test_several_workers_release_a_held_reply_once(context, terms, held):
    def release() -> int:
        with writing() as session:
            return len(handling.release_held(session, terms, now=utcnow() + timedelta(minutes=1)))

    before = db.session.scalar(select(func.count()).select_from(OutboxMail))
    db.session.rollback()
    released = at_once(context, *[release] * WORKERS)

    assert sum(released) == len(held)
    assert db.session.scalar(select(func.count()).select_from(OutboxMail)) == before + len(held)


def test_a_reply_is_either_released_or_taken_back(context, terms, gus, held):
    moment = utcnow() + timedelta(seconds=1)

    def release() -> set[int]:
        with writing() as session:
            return {message.id for _request, message in handling.release_held(session, terms, now=moment + timedelta(seconds=1))}

    def take_back(message_id: int) -> Callable[[], int | None]:
        def act() -> int | None:
            with writing() as session:
                request = session.get(SupportRequest, session.get(Message, message_id).request_id)
                return message_id if handling.take_back(session, request, message_id, staff=gus, now=moment - timedelta(seconds=2)) else None

        return act

    released, *taken = at_once(context, release, *map(take_back, held))

    assert released | {one for one in taken if one} == set(held)
    assert released.isdisjoint(taken)


def test_a_worker_that_dies_while_it_releases_loses_and_doubles_nothing(context, terms, held):
    class Killed(BaseException):
        """As if the process ended."""

    with pytest.raises(Killed), writing() as session:
        handling.release_held(session, terms, now=utcnow() + timedelta(minutes=1))
        raise Killed
    with writing() as session:
        released = handling.release_held(session, terms, now=utcnow() + timedelta(minutes=1))

    assert [message.id for _request, message in released] == held
    answered = select(func.count()).where(SupportEvent.kind == "agent_replied")
    assert db.session.scalar(answered) == len(held)


def test_a_breach_is_told_once_by_however_many_workers(context, terms, question):
    with writing() as session:
        support.open_request(session, terms, **question)

    def note_due() -> int:
        with writing() as session:
            return service_levels.note_due(session, now=utcnow() + timedelta(days=30))

    assert sum(at_once(context, *[note_due] * WORKERS)) == 1
