"""Languages that nobody speaks: each text marked and longer, one from left to right and one from right to left."""

import re
from gettext import NullTranslations

# Two real codes without a catalogue lend their names, dates and direction.
PSEUDO, PSEUDO_RIGHT_TO_LEFT = "eo", "ar"
PLACEHOLDER = re.compile(r"(%\(\w+\)s|\{\w*\}|%%)")
ACCENTED = str.maketrans("aceinosuyzACEINOSUYZ", "åçéîñøšûýžÅÇÉÎÑØŠÛÝŽ")
# Translations are about so much longer than English.
LONGER = 0.4


class PseudoTranslations(NullTranslations):
    """Gives each text back accented, longer, and between marks."""

    def gettext(self, message: str) -> str:
        """Return *message* as the pseudo-language says it; what is filled in stays.

        >>> PseudoTranslations().gettext("See %(name)s")
        '⟦Šéé %(name)s ~~~⟧'
        """
        parts = PLACEHOLDER.split(message)
        said = "".join(part if number % 2 else part.translate(ACCENTED) for number, part in enumerate(parts))
        return f"⟦{said}{' ~~~' * max(1, int(len(message) * LONGER / 4))}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the plural of the pseudo-language, which is as English has it."""
        return self.gettext(msgid1 if n == 1 else msgid2)
