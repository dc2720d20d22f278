"""The steps of Rasa's rules and stories, as turns: what is said, and what the bot does then."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from helpcenter.chat.importers.bot import rows, strings

NO_LOOP = ""


@dataclass
class Turn:
    """One message of a visitor and the actions that answer it; the first turn of a sequence may have no message."""

    intents: list[str] = field(default_factory=list)
    said: str = ""
    actions: list[str] = field(default_factory=list)
    after_form: str = ""
    """The form that ended in this turn, if one did."""
    submitted: list[str] = field(default_factory=list)
    """What the bot did after that."""


@dataclass
class Sequence:
    """One rule or story."""

    name: str
    source: str
    line: int
    turns: list[Turn] = field(default_factory=list)
    lead: Turn = field(default_factory=Turn)
    """What happens before anybody says anything."""
    loop: str | None = None
    """The form that must be open, for a rule."""
    conditions: list[str] = field(default_factory=list)
    """What else it depends on, which has no likeness here."""
    is_test: bool = False
    """Whether it holds sentences, as test stories do."""


def read_sequence(given: dict[str, Any], source: str, line: int) -> Sequence:
    """Return a rule or story as turns."""
    found = Sequence(str(given.get("rule") or given.get("story") or "unnamed"), source, line)
    for one in rows(given.get("condition")):
        if isinstance(one.get("active_loop"), str) and found.loop is None:
            found.loop = one["active_loop"]
        else:
            found.conditions.append(next(iter(one), "condition"))
    if given.get("conversation_start") is True:
        found.conditions.append("conversation_start")
    turn = found.lead
    for step in rows(given.get("steps")):
        if "intent" in step or "or" in step:
            turn = Turn(intents_of(step), strings(step.get("user"))[0] if strings(step.get("user")) else "")
            found.is_test = found.is_test or bool(turn.said)
            found.turns.append(turn)
        else:
            take_step(found, turn, step)
    return found


def intents_of(step: dict[str, Any]) -> list[str]:
    """Return the intents of a step, each of which will do."""
    if isinstance(step.get("intent"), str):
        return [step["intent"].strip().removeprefix("/")]
    return [one["intent"] for one in rows(step.get("or")) if isinstance(one.get("intent"), str)]


def take_step(found: Sequence, turn: Turn, step: dict[str, Any]) -> None:
    """Add a step that is no message to the turn it belongs to."""
    if isinstance(step.get("action"), str):
        (turn.submitted if turn.after_form else turn.actions).append(step["action"])
    elif "active_loop" in step:
        if not isinstance(step["active_loop"], str):
            opened = [action for action in turn.actions if action == found.loop] or turn.actions[-1:]
            turn.after_form = opened[-1] if opened else found.loop or NO_LOOP
    elif "bot" not in step and not is_form_over(step):
        found.conditions.append(str(next(iter(step), "step")))


def is_form_over(step: dict[str, Any]) -> bool:
    """Tell whether a step only says that the form asks nothing more, as the documentation has it in rules that submit one."""
    given = rows(step.get("slot_was_set"))
    return bool(given) and all(one == {"requested_slot": None} for one in given)
