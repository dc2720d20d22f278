"""Measure the matcher on collections of real questions: `python benchmarks/chat.py FOLDER [--cap N] [--draws N] [--nlpjs FOLDER]`.

FOLDER holds `intents-*/dev.jsonl` files of `{"text", "intent", "lang"}`. For each set and number of examples an intent gets that many by a
seeded draw, the rest is the test. One line a set: accuracy, top 3, out-of-scope AUROC, accuracy lost to one typo, answered rightly (of what
is in scope), answered wrongly (of everything, half of it out of scope), p50 and p95 in milliseconds, seconds to learn. With `--nlpjs` a folder in
which `npm install node-nlp` was run: a second line a set has what NLP.js makes of the same examples and questions.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import ascii_lowercase

from helpcenter.chat.evaluation import Prediction, Utterance, measure, predict_all
from helpcenter.chat.rules import LanguageRules, Rules
from helpcenter.chat.schema import Rule

OUTSIDE = (None, "oos")


@dataclass(frozen=True)
class Task:
    """One set: examples to learn, questions to answer, questions that belong to none."""

    name: str
    lang: str
    examples: dict[str, list[str]]
    inside: list[Utterance]
    outside: list[Utterance]


def read(folder: Path, name: str) -> list[dict]:
    """Return the rows of a set."""
    path = folder / f"intents-{name}" / "dev.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def draw(rows: list[dict], name: str, number: float, seed: int, cap: int, foreign: list[str]) -> Task:
    """Return a task: *number* examples an intent (a share below 1), at most *cap* questions, as many foreign ones."""
    chance = random.Random(seed)
    by_intent: dict[str, list[str]] = {}
    for row in rows:
        if row["intent"] not in OUTSIDE:
            by_intent.setdefault(row["intent"], []).append(row["text"])
    lang = rows[0]["lang"]
    examples, inside = {}, []
    for intent in sorted(by_intent):
        texts = chance.sample(by_intent[intent], len(by_intent[intent]))
        count = int(number) if number >= 1 else max(1, round(len(texts) * number))
        examples[intent] = texts[:count]
        inside += [Utterance(text, intent, lang) for text in texts[count:]]
    chance.shuffle(inside)
    own = [row["text"] for row in rows if row["intent"] in OUTSIDE]
    outside = own if len(own) >= 100 else chance.sample(foreign, min(len(foreign), cap))
    inside = inside[:cap]
    return Task(name, lang, examples, inside, [Utterance(text, None, lang) for text in outside[: len(inside)]])


def tasks(folder: Path, seed: int, cap: int) -> Iterator[Task]:
    """Yield every task of a draw."""
    foreign = [row["text"] for row in read(folder, "hwu64")]
    for name in ("banking77", "clinc150", "bitext"):
        for number in (5, 10):
            yield draw(read(folder, name), f"{name} {number}", number, seed, cap, foreign)
    rows = read(folder, "hint3")
    for bot in ("curekart", "sofmattress", "powerplay11"):
        others = [row["text"] for row in rows if row["bot"] != bot]
        yield draw([row for row in rows if row["bot"] == bot], f"hint3 {bot}", 0.6, seed, cap, others)
    for lang in ("lv", "ru"):
        rows = [row for row in read(folder, "tilde-baltic") if row["lang"] == lang]
        for corpus in ("askubuntu", "webapps", "chatbot"):
            others = [row["text"] for row in rows if row["corpus"] != corpus]
            for number in (5, 10):
                yield draw([row for row in rows if row["corpus"] == corpus], f"tilde {lang} {corpus} {number}", number, seed, cap, others)
    for name, lang in (("xsid", "kk"), ("homeassistant", "pl"), ("homeassistant", "sv")):
        rows = [row for row in read(folder, name) if row["lang"] == lang]
        for number in (5, 10):
            yield draw(rows, f"{name} {lang} {number}", number, seed, cap, [])


def with_typo(utterance: Utterance, chance: random.Random) -> Utterance:
    """Return the utterance with one slip in one word of four letters or more."""
    words = utterance.text.split()
    places = [place for place, word in enumerate(words) if len(word) >= 4 and word.isalpha()]
    if not places:
        return utterance
    place = chance.choice(places)
    word, at = words[place], chance.randrange(1, len(words[place]))
    slips = (
        word[:at] + word[at + 1 :],
        word[:at] + chance.choice(ascii_lowercase) + word[at:],
        word[:at] + chance.choice(ascii_lowercase) + word[at + 1 :],
        word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
    )
    words[place] = chance.choice(slips)
    return Utterance(" ".join(words), utterance.intent, utterance.lang)


def run(task: Task) -> dict[str, float | None]:
    """Return the figures of one task."""
    rules = {name: Rule(intent=name, examples=texts, answer=["x"]) for name, texts in task.examples.items()}
    language = LanguageRules(task.lang, rules=rules)
    begun = time.perf_counter()
    language.prepare()
    learned_s = time.perf_counter() - begun
    loaded = Rules({task.lang: language})
    figures = measure(predict_all(loaded, [*task.inside, *task.outside]))
    chance = random.Random(7)
    slips = measure(predict_all(loaded, [with_typo(one, chance) for one in task.inside]))
    lost = figures["accuracy"] - slips["accuracy"] if figures["accuracy"] is not None else None
    return {**figures, "typo_lost": lost, "learned_s": learned_s}


def run_nlpjs(task: Task, folder: Path) -> dict[str, float | None]:
    """Return the figures of NLP.js on a task; its own threshold decides what it answers."""
    asked = [*task.inside, *task.outside]
    given = {"lang": task.lang, "examples": task.examples, "questions": [one.text for one in asked]}
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(given, file)
        file.flush()
        command = ["node", str(Path(__file__).with_name("chat_nlpjs.mjs")), file.name, str(folder)]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    learned, *answers = [json.loads(line) for line in printed if line.startswith("{")]
    return {**measure([prediction_of(one, answer) for one, answer in zip(asked, answers, strict=True)]), **learned, "typo_lost": None}


def prediction_of(utterance: Utterance, answer: dict) -> Prediction:
    """Return what NLP.js made of an utterance."""
    ranked = tuple((intent, score) for intent, score in answer["ranked"])
    intent, confidence = ranked[0] if ranked else (None, 0.0)
    return Prediction(utterance, intent, confidence, ranked, "decline" if answer["none"] else "answer", answer["ms"])


SHOWN = ("accuracy", "top_3", "out_of_scope_auroc", "typo_lost", "answered_rightly", "answered_wrongly", "p50_ms", "p95_ms", "learned_s")


def main() -> None:
    """Print one line for each set: the mean over the draws."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cap", type=int, default=1000)
    parser.add_argument("--draws", type=int, default=2)
    parser.add_argument("--nlpjs", type=Path)
    parser.add_argument("--only", default="", help="sets whose name begins so")
    given = parser.parse_args()
    collected: dict[str, list[dict]] = {}
    for seed in range(1, given.draws + 1):
        for task in tasks(given.folder, seed, given.cap):
            if not task.name.startswith(given.only):
                continue
            collected.setdefault(task.name, []).append(run(task))
            if given.nlpjs:
                collected.setdefault(f"  {task.name}, NLP.js", []).append(run_nlpjs(task, given.nlpjs))
    print(f"{'set':34}" + "".join(f"{name:>20}" for name in SHOWN))
    for name, runs in collected.items():
        means = [[one[key] for one in runs if one[key] is not None] for key in SHOWN]
        print(f"{name:34}" + "".join(f"{sum(values) / len(values):20.3f}" if values else f"{'–':>20}" for values in means))


if __name__ == "__main__":
    main()
