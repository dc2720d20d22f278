"""Measure how the bot grows with its rules: `python benchmarks/chat_size.py FOLDER [--rules 250,500,1000]`.

FOLDER holds `intents-*/dev.jsonl` files of `{"text", "intent", "lang"}`; of every English intent each run of twenty texts becomes one rule.
One line a size: seconds of CPU to learn (once, when rules are published), seconds to load the published copy (every web process, after
a publish), megabytes of the process with it, p50 and p95 of CPU milliseconds for one message. Each size runs in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from helpcenter.chat.rules import LanguageRules, Rules, from_payload
from helpcenter.chat.schema import Rule

EXAMPLES = 20
MESSAGES = 400


def examples(folder: Path) -> dict[str, list[str]]:
    """Return the examples of as many rules as the folder gives, the first twenty of every intent first."""
    texts: dict[str, list[str]] = {}
    for path in sorted(folder.glob("intents-*/dev.jsonl")):
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            if row.get("lang") == "en" and row["intent"] not in (None, "oos"):
                texts.setdefault(f"{path.parent.name}.{row['intent']}", []).append(row["text"])
    longest = max(map(len, texts.values()), default=0)
    runs = ((start, name) for start in range(0, longest, EXAMPLES) for name in sorted(texts))
    return {
        f"{name}.{start}": texts[name][start : start + EXAMPLES]
        for start, name in runs
        if len(texts[name]) >= start + EXAMPLES
    }


def megabytes() -> float:
    """Return the memory of this process that is in use now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def load_and_answer(payload: Path, folder: Path) -> dict[str, float]:
    """Return what the published rules cost a web process."""
    begun = time.process_time()
    rules = from_payload(json.loads(payload.read_text()))
    loaded = time.process_time() - begun
    used = megabytes()
    matcher = rules.of("en").matcher
    lines = (folder / "intents-banking77" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    spent = []
    for line in islice(lines, MESSAGES):
        begun = time.process_time()
        matcher.rank(json.loads(line)["text"])
        spent.append(time.process_time() - begun)
    spent.sort()
    return {"load_s": loaded, "mb": used, "p50_ms": spent[len(spent) // 2] * 1e3, "p95_ms": spent[len(spent) * 95 // 100] * 1e3}


def measure(number: int, every: dict[str, list[str]], folder: Path) -> dict[str, float]:
    """Return the figures of *number* rules."""
    rules = {name: Rule(intent=name, examples=texts, answer=["x"]) for name, texts in islice(every.items(), number)}
    language = LanguageRules("en", rules=rules)
    begun = time.process_time()
    language.prepare()
    learned = time.process_time() - begun
    with TemporaryDirectory() as place:
        payload = Path(place, "rules.json")
        payload.write_text(json.dumps(Rules({"en": language}).to_payload()))
        command = [sys.executable, __file__, str(folder), "--payload", str(payload)]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {"rules": len(rules), "learn_s": learned, **json.loads(printed)}


def main() -> None:
    """Print one line for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rules", default="250,500,1000")
    parser.add_argument("--payload", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.payload:
        print(json.dumps(load_and_answer(given.payload, given.folder)))
        return
    every = examples(given.folder)
    for number in map(int, given.rules.split(",")):
        figures = measure(number, every, given.folder)
        print("  ".join(f"{name} {value:.4g}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
