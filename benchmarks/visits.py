"""Three months of made-up visits with known gaps, and how well the gap list finds them.

    python benchmarks/visits.py DATA [--seed 9] [--most 20] [--database FILE]

DATA is a folder with `intents-*/dev.jsonl`, `retrieval-gnome` and `helpcenter-projectops`, as docs/insights.md says. The library is that of
retrieval-gnome (en, sv) and helpcenter-projectops (lv, pl, kk). Visitors search for what it holds and open a hit two times in three; they type
things of many kinds that nobody else asks; and in twenty topics that have no article, planted from the intents, they search, open nothing,
ask the bot, vote No and write to a person. With --database the visits stay in FILE for a look at the pages.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from helpcenter import storage
from helpcenter.chat.models import ChatMessage, Conversation
from helpcenter.feedback.models import Vote
from helpcenter.insights import gaps
from helpcenter.insights.grouping import people_of
from helpcenter.insights.models import Gap
from helpcenter.journeys.models import Event, Journey
from helpcenter.search.engine import Document
from helpcenter.search.records import SearchRecord, mask
from helpcenter.search.whoosh_engine import WhooshEngine
from helpcenter.storage import db, writing
from helpcenter.support.models import Message, SupportRequest

DAYS, TODAY = 91, date(2026, 11, 22)
# Topics without an article: language, set, intent, people in three months.
PLANTED = (
    ("en", "banking77", "card_arrival", 60), ("en", "banking77", "lost_or_stolen_phone", 45), ("en", "banking77", "exchange_rate", 40),
    ("en", "banking77", "verify_my_identity", 34), ("en", "banking77", "top_up_limits", 28), ("en", "banking77", "atm_support", 24),
    ("en", "banking77", "terminate_account", 20), ("en", "banking77", "passcode_forgotten", 16),
    ("lv", "tilde-baltic", "FindConnection", 40), ("lv", "tilde-baltic", "DepartureTime", 30), ("lv", "tilde-baltic", "Setup Printer", 16),
    ("lv", "tilde-baltic", "Shutdown Computer", 14),
    ("sv", "homeassistant", "HassTurnOff", 24), ("sv", "homeassistant", "HassShoppingListAddItem", 16),
    ("pl", "homeassistant", "HassGetWeather", 36), ("pl", "homeassistant", "HassSetVolume", 20), ("pl", "homeassistant", "HassDecreaseTimer", 16),
    ("kk", "xsid", "weather/find", 36), ("kk", "xsid", "BookRestaurant", 24), ("kk", "xsid", "alarm/set_alarm", 18),
)  # fmt: skip
VISITS = {"en": 4000, "sv": 1500, "lv": 1500, "pl": 1500, "kk": 800}
# Of the searches for what the library holds, and for what it does not.
OPENED, OPENED_IN_VAIN = 0.65, 0.06
ODD_QUERIES = 0.05
REPEATED, SLIPS = 0.25, 0.06
HELD_FAST = 0.6


@dataclass
class Planted:
    """A topic without an article."""

    lang: str
    intent: str
    people: int
    texts: list[str]

    @property
    def name(self) -> str:
        """Return its name."""
        return f"{self.lang} {self.intent}"


@dataclass
class Rows:
    """What is written to the database, and which text belongs to which topic."""

    searches: list[SearchRecord] = field(default_factory=list)
    talks: list[tuple[str, str, datetime]] = field(default_factory=list)
    votes: list[tuple[str, str, str | None, str, datetime]] = field(default_factory=list)
    requests: list[tuple[str, str, datetime]] = field(default_factory=list)
    visits: int = 0
    lost: set[tuple[str, str]] = field(default_factory=set)
    """What the library holds and the search does not show among the first five: gaps that nobody planted."""


def read_jsonl(path: Path) -> list[dict]:
    """Return the rows of a file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def planted_topics(data: Path) -> list[Planted]:
    """Return the topics without an article, with all texts about each."""
    found = []
    for lang, folder, intent, people in PLANTED:
        rows = read_jsonl(data / f"intents-{folder}" / "dev.jsonl")
        texts = sorted({row["text"] for row in rows if row["intent"] == intent and row["lang"] == lang})
        found.append(Planted(lang, intent, people, texts))
    return found


def library(data: Path) -> tuple[list[Document], dict[str, list[tuple[str, str]]]]:
    """Return the articles, and queries that they answer: language -> (query, key of the article)."""
    documents, queries = [], {}
    for lang in ("en", "sv"):
        folder = data / "retrieval-gnome" / lang
        documents += [Document(f"{lang}/{row['id']}", lang, row["id"], row["id"], row["title"], row["body"]) for row in read_jsonl(folder / "docs.jsonl")]
        texts = {row["id"]: row["text"] for row in read_jsonl(folder / "dev" / "queries.jsonl")}
        pairs = [line.split("\t")[:2] for line in (folder / "dev" / "qrels.tsv").read_text("utf-8").splitlines()[1:]]
        queries[lang] = [(texts[query], key) for query, key in pairs if query in texts]
    for lang in ("lv", "pl", "kk"):
        queries[lang] = []
        for path in sorted((data / "helpcenter-projectops" / lang).rglob("*.md")):
            text = path.read_text("utf-8")
            title = re.search(r"^title: *(.+)$", text, re.MULTILINE)
            if title and "includes" not in path.parts:
                key = path.relative_to(data).as_posix()
                documents.append(Document(key, lang, key, path.stem, title[1].strip("'\" "), re.sub(r"\A---.*?^---", "", text, count=1, flags=re.S | re.M)))
                queries[lang].append((title[1].strip("'\" "), key))
    return documents, queries


def slipped(text: str, rng: random.Random) -> str:
    """Return *text*, now and then with two letters of a long word exchanged."""
    words = text.split()
    long = [place for place, word in enumerate(words) if len(word) > 5]
    if long and rng.random() < SLIPS:
        place = rng.choice(long)
        at = rng.randrange(1, len(words[place]) - 2)
        word = words[place]
        words[place] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return " ".join(words)


def a_day(rng: random.Random) -> date:
    """Return a day of the period."""
    return TODAY - timedelta(days=rng.randrange(DAYS))


def at(day: date, rng: random.Random) -> datetime:
    """Return a moment of *day*."""
    return datetime.combine(day, clock(rng.randrange(6, 22), rng.randrange(60)), UTC)


def search(rows: Rows, engine: WhooshEngine, text: str, lang: str, day: date, opened: int | None, *, hits: int | None = None) -> int:
    """Add a search, and return how much it found."""
    found = engine.search(text, lang, limit=5).total if hits is None else hits
    rows.searches.append(SearchRecord(day=day, lang=lang, query=mask(text), hits=found, corrected=False, clicked=opened if found else None))
    return found


def ordinary_visits(rows: Rows, engine: WhooshEngine, queries: dict, odd: dict[str, list[str]], rng: random.Random) -> None:
    """Add the visits of those who look for what the library holds, and of those who type something else once."""
    totals: dict[tuple[str, str], tuple[int, bool]] = {}
    for lang, number in VISITS.items():
        # A few questions are asked by many.
        weights = [1 / (place + 3) for place in range(len(queries[lang]))]
        for _ in range(number):
            rows.visits += 1
            if rng.random() < ODD_QUERIES and odd[lang]:
                search(rows, engine, rng.choice(odd[lang]), lang, a_day(rng), None)
                continue
            text, key = rng.choices(queries[lang], weights)[0]
            typed = slipped(text, rng)
            if (typed, lang) not in totals:
                found = engine.search(typed, lang, limit=5)
                totals[typed, lang] = found.total, key in [hit.key for hit in found.hits]
            total, is_there = totals[typed, lang]
            if not is_there:
                rows.lost.add((lang, key_of(typed)))
            opened = 1 if rng.random() < (OPENED if is_there else OPENED_IN_VAIN) else None
            search(rows, engine, typed, lang, a_day(rng), opened, hits=total)
            if rng.random() < 0.01:
                rows.votes.append((lang, key, typed, rng.choice(("ok", "thanks but it is long", "?", "no")), at(a_day(rng), rng)))


def visits_in_vain(rows: Rows, engine: WhooshEngine, topic: Planted, rng: random.Random) -> None:
    """Add the visits of those who look for *topic*."""
    usual = topic.texts[:3]
    for _ in range(topic.people):
        rows.visits += 1
        day = a_day(rng)
        text = slipped(rng.choice(usual if rng.random() < REPEATED else topic.texts), rng)
        way = rng.random()
        if way < HELD_FAST:
            search(rows, engine, text, topic.lang, day, 3 if rng.random() < OPENED_IN_VAIN else None)
        if way > HELD_FAST or rng.random() < 0.2:
            rows.talks.append((topic.lang, text, at(day, rng)))
        if rng.random() < 0.08:
            rows.votes.append((topic.lang, "some/article", None, text, at(day, rng)))
        if rng.random() < 0.1:
            rows.requests.append((topic.lang, text, at(day, rng)))


def write(rows: Rows) -> None:
    """Write everything to the database."""
    with writing() as session:
        session.add_all(rows.searches)
        for number, (lang, text, moment) in enumerate(rows.talks):
            journey = Journey(public_id=f"talk-{number}", lang=lang, outcome="left", started_at=moment, last_at=moment, ended_at=moment)
            session.add(journey)
            session.flush()
            session.add(Event(journey_id=journey.id, kind="chat", at=moment))
            session.add(talk_of(number, lang, text, moment, journey.id))
        for number, (lang, key, query, text, moment) in enumerate(rows.votes):
            vote = Vote(lang=lang, key=key, version=1, visitor=f"v{number}", helpful=False, comment=text, query=query)
            vote.created_at = vote.changed_at = moment
            session.add(vote)
        for number, (lang, text, moment) in enumerate(rows.requests):
            request = SupportRequest(public_id=f"r{number}", reference=f"HC-{number:04}-GAPS", subject=text[:200], lang=lang, email="ann@example.org")
            request.created_at = request.changed_at = moment
            request.messages = [Message(author="customer", via="form", text=text, created_at=moment)]
            session.add(request)


def talk_of(number: int, lang: str, text: str, moment: datetime, journey_id: int) -> Conversation:
    """Return a conversation in which the bot did not understand."""
    talk = Conversation(public_id=f"talk-{number}", token_hash=f"talk-{number}", lang=lang, journey_id=journey_id, created_at=moment, last_at=moment)
    talk.messages = [
        ChatMessage(author="visitor", text=text, created_at=moment),
        ChatMessage(author="bot", text="Could you say it in other words?", rule="fallback.rephrase", created_at=moment),
    ]
    return talk


def odd_queries(data: Path, planted: Sequence[Planted]) -> dict[str, list[str]]:
    """Return texts of other intents, by language: what hardly two people ask."""
    taken = {(topic.lang, topic.intent) for topic in planted}
    found: dict[str, list[str]] = {lang: [] for lang in VISITS}
    for folder in ("clinc150", "tilde-baltic", "homeassistant", "xsid"):
        for row in read_jsonl(data / f"intents-{folder}" / "dev.jsonl"):
            if row["lang"] in found and (row["lang"], row["intent"]) not in taken and (row["lang"] != "en" or folder == "clinc150"):
                found[row["lang"]].append(row["text"])
    return found


def measure(planted: Sequence[Planted], lost: set[tuple[str, str]], most: int = 20) -> None:
    """Print the gap list beside what was planted."""
    began = time.process_time()
    found = gaps.find_gaps(db.session, TODAY)
    grouping = time.process_time() - began
    with writing() as session:
        gaps.store_gaps(session, found, datetime.combine(TODAY, clock(23), UTC))
    db.session.expire_all()
    storing = time.process_time() - began - grouping
    owner = {(topic.lang, key_of(text)): topic.name for topic in planted for text in topic.texts}
    texts = {gap.known: gap for gap in gaps.find_gaps(db.session, TODAY).groups if gap.known}
    listed = db.session.scalars(select(Gap).order_by((Gap.visits + Gap.searches).desc(), Gap.id)).all()
    right, unplanted, seen = 0, 0, Counter()
    print(f"{found.texts} texts without an answer, {len(listed)} gaps; grouped in {grouping:.1f} s, stored in {storing:.1f} s of CPU time\n")
    for place, gap in enumerate(listed[:most], 1):
        topic, share = judged(texts[gap.id], owner)
        good = topic is not None and share >= 0.5
        right += good
        is_lost = not good and lost_share(texts[gap.id], lost) >= 0.5
        unplanted += is_lost
        if good:
            seen[topic] += 1
        mark = "+" if good else "o" if is_lost else "-"
        words = " ".join(word for _, word, _ in gap.words[:4])
        print(f"{place:3}. {gap.people:4} {gap.lang} {mark} {share:4.0%} {topic or '':34} {gap.name[:50]} ({words})")
    missing = sorted({topic.name for topic in planted} - set(seen))
    print(f"\nprecision at {most}: {right / most:.2f} planted (+), {(right + unplanted) / most:.2f} with what the search does not find (o)")
    print(f"recall at {most}: {len(seen) / len(planted):.2f}; planted topics that are in it more than once: {sum(seen.values()) - len(seen)}")
    print("not in it:", ", ".join(missing) or "none")


def key_of(text: str) -> str:
    """Return the letters of *text*, whatever the order of them: slips exchange letters."""
    return "".join(sorted(mask(text).replace(" ", "")))


def judged(group, owner: dict[tuple[str, str], str]) -> tuple[str | None, float]:
    """Return the planted topic that most people of *group* meant, and their share."""
    by_topic: dict[str | None, list] = {}
    for signal in group.signals:
        by_topic.setdefault(owner.get((group.lang, key_of(signal.text))), []).append(signal)
    people = {topic: sum(people_of(signals)) for topic, signals in by_topic.items()}
    best = max((topic for topic in people if topic), key=lambda topic: people[topic], default=None)
    return best, people.get(best, 0) / sum(people.values())


def lost_share(group, lost: set[tuple[str, str]]) -> float:
    """Return the share of the people of *group* who searched for what the search does not find."""
    mine = [signal for signal in group.signals if (group.lang, key_of(signal.text)) in lost]
    return sum(people_of(mine)) / sum(people_of(group.signals))


def main() -> None:
    """Make the visits, find the gaps, print the figures."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("data", type=Path)
    asked.add_argument("--seed", type=int, default=9)
    asked.add_argument("--most", type=int, default=20)
    asked.add_argument("--database", type=Path)
    given = asked.parse_args()
    rng = random.Random(given.seed)
    with tempfile.TemporaryDirectory(prefix="helpcenter-benchmark-") as place:
        app = Flask("visits")
        storage.init_app(app, f"sqlite:///{given.database or Path(place) / 'visits.sqlite3'}")
        storage.migrate(app)
        engine = WhooshEngine(Path(place) / "index")
        documents, queries = library(given.data)
        engine.rebuild(documents, 1)
        planted, rows = planted_topics(given.data), Rows()
        ordinary_visits(rows, engine, queries, odd_queries(given.data, planted), rng)
        for topic in planted:
            visits_in_vain(rows, engine, topic, rng)
        with app.app_context():
            write(rows)
            print(f"seed {given.seed}: {rows.visits} visits, {len(rows.searches)} searches, {len(rows.talks)} conversations, "
                  f"{len(rows.votes)} votes, {len(rows.requests)} requests; {len(documents)} articles")
            measure(planted, rows.lost, given.most)
        storage.close(app)


if __name__ == "__main__":
    main()
