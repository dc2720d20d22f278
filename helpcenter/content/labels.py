"""The few words that rendering itself puts into an article, in the article's language."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from helpcenter.language.messages import gettext


@dataclass(frozen=True)
class Labels:
    """Words beside what the editor wrote."""

    alerts: dict[str, str] = field(
        default_factory=lambda: {kind: kind.title() for kind in ("NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION")}
    )
    table: str = "Table %(n)s"
    task_open: str = "To do"
    task_done: str = "Done"
    footnotes: str = "Footnotes"
    footnote: str = "Footnote"
    back_to_text: str = "Back to the text"
    details: str = "Details"
    transcript: str = "Transcript"
    video: str = "Video"
    video_elsewhere: str = "Video on %(site)s. Playing it connects you to %(site)s."


ENGLISH = Labels()


@lru_cache(maxsize=64)
def labels_in(lang: str) -> Labels:
    """Return the labels in *lang*; English where the interface does not speak it."""
    return Labels(
        alerts={
            "NOTE": gettext(lang, "Note"),
            "TIP": gettext(lang, "Tip"),
            "IMPORTANT": gettext(lang, "Important"),
            "WARNING": gettext(lang, "Warning"),
            "CAUTION": gettext(lang, "Caution"),
        },
        table=gettext(lang, "Table %(n)s"),
        task_open=gettext(lang, "To do"),
        task_done=gettext(lang, "Done"),
        footnotes=gettext(lang, "Footnotes"),
        footnote=gettext(lang, "Footnote"),
        back_to_text=gettext(lang, "Back to the text"),
        details=gettext(lang, "Details"),
        transcript=gettext(lang, "Transcript"),
        video=gettext(lang, "Video"),
        video_elsewhere=gettext(lang, "Video on %(site)s. Playing it connects you to %(site)s."),
    )
