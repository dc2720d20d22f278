"""Greetings, thanks and good-byes in languages whose bot files have no rules for them."""

from __future__ import annotations

from helpcenter.chat import words
from helpcenter.chat.talk import Talk
from helpcenter.chat.turns import Leave
from helpcenter.language.messages import gettext

HELLO = (
    "hello|hi|hey|good morning|good afternoon|good evening|sveiki|labdien|labrit|labvakar|cau|czesc|dzien dobry|dobry wieczor|hej|"
    "hejsan|god morgon|god kvall|salem|салем|саламатсыз ба|саламатсыздар ма|каирлы кун|здравствуите"
)
THANKS = "thanks|thank you|many thanks|paldies|liels paldies|dziekuje|dzieki|tack|tack sa mycket|рахмет|коп рахмет|спасибо"
BYE = "bye|goodbye|good bye|see you|uz redzesanos|ata|visu labu|do widzenia|na razie|hej da|adjo|сау болыныз|кош болыныз|до свидания"


def answer(talk: Talk) -> bool:
    """Answer a greeting, thanks or good-bye; tell whether it was one."""
    if words.is_exactly(talk.text, HELLO):
        talk.say(gettext(talk.lang, "Hello! What can I do for you?"), "builtin.hello")
    elif words.is_exactly(talk.text, THANKS) or all(word in words.POLITE for word in words.plain_words(talk.text) or "?"):
        talk.say(gettext(talk.lang, "You are welcome. Is there anything else?"), "builtin.thanks")
    elif words.is_exactly(talk.text, BYE):
        talk.say(gettext(talk.lang, "Thank you for writing. I am here whenever you need me."), "builtin.bye")
        talk.actions.append(Leave())
    else:
        return False
    talk.note("a greeting, thanks or a good-bye, answered by words of our own")
    return True
