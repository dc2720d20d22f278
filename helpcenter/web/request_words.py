"""What the pages of requests call views, and what happened to a request in words."""

from collections.abc import Mapping

from helpcenter.language.messages import gettext
from helpcenter.web.staff_words import STATES, word


def _(message: str) -> str:
    """Mark *message* for the catalogues; it is translated where it is shown."""
    return message


VIEWS = {
    "open": _("To answer"),
    "mine": _("Mine"),
    "unassigned": _("Nobody's"),
    "due": _("Due within a day"),
    "waiting": _("Waiting for the customer"),
    "all": _("All"),
    "spam": _("Spam"),
}
PRIORITIES = {"normal": _("Ordinary"), "high": _("Urgent")}
EVENTS = {
    "created": _("The request came in"),
    "customer_replied": _("The customer wrote"),
    "agent_replied": _("A reply went out"),
    "noted": _("A note was added"),
    "solved": _("The request was solved"),
    "reopened": _("The request was opened again"),
    "assigned": _("Assigned to %(to)s"),
    "team_changed": _("Given to the team %(to)s"),
    "priority_changed": _("Priority: %(to)s"),
    "tagged": _("Tags: %(to)s"),
    "merged": _("Merged with %(other)s"),
    "split": _("A message became %(other)s"),
    "linked": _("Linked with %(other)s"),
    "drafted": _("A draft was made of an answer: %(to)s"),
    "due_soon": _("Due soon"),
    "breached": _("The promised time is over"),
    "mentioned": _("%(to)s was called"),
}
SPAM = {True: _("Set aside as spam"), False: _("Is no spam after all")}
REFUSED = {
    "filter": _("Give the filter a name; there can be 20"),
    "team": _("There is no such team"),
    "priority": _("There is no such priority"),
    "tags": _("A request has at most 10 tags of 40 characters"),
    "other": _("There is no other request with this reference that can be joined"),
    "email": _("These requests are of two customers, whose words must not reach each other. Link them instead."),
    "message": _("Only a message of the customer becomes a request"),
    "article": _("There is no published article with this address"),
    "draft": _("No draft was made: there is an article with this name, or the content folder cannot be written. You can download the text instead."),
    "text": _("Write your message first"),
    "state": _("This state does not exist"),
}


def event_text(lang: str, kind: str, details: Mapping, people: Mapping[int, str]) -> str:
    """Return what happened to a request as a sentence.

    >>> event_text("en", "assigned", {"to": 7}, {7: "Gus"}), event_text("en", "tagged", {"to": []}, {})
    ('Assigned to Gus', 'Tags: –')
    """
    if kind == "state_changed":
        return " → ".join(word(lang, STATES, details.get(end)) for end in ("from", "to"))
    if kind == "marked_spam":
        return gettext(lang, SPAM[bool(details.get("spam"))])
    to, other = details.get("to", details.get("staff")), details.get("other") or details.get("into") or details.get("from")
    if isinstance(to, list):
        to = ", ".join(to)
    elif kind in ("assigned", "mentioned"):
        to = people.get(to)
    elif kind == "priority_changed":
        to = word(lang, PRIORITIES, to)
    return gettext(lang, EVENTS.get(kind, kind), to=to or "–", other=other or "–")
