"""The areas of the staff pages, as the navigation shows them."""

from dataclasses import dataclass


def _(message: str) -> str:
    """Mark *message* for the catalogues; it is translated where it is shown."""
    return message


@dataclass(frozen=True)
class Area:
    """A link of the navigation: the first page of an area, its name, and which other endpoints belong to it.

    *pages* are endpoints, or blueprints as `name.`. Who may use the first page sees the link.
    """

    endpoint: str
    label: str
    pages: tuple[str, ...] = ()

    def holds(self, endpoint: str | None) -> bool:
        """Return whether the page of *endpoint* stands in this area."""
        return endpoint is not None and any(
            endpoint.startswith(page) if page.endswith(".") else endpoint == page for page in (self.endpoint, *self.pages)
        )


AREAS = (
    Area("staff.requests", _("Requests"), ("staff.show_request", "staff_inbox.", "staff_requests.")),
    Area("staff_mail.overview", _("Mail"), ("staff_mail.",)),
    Area("staff_articles.articles", _("Articles"), ("staff_articles.", "staff_editor.", "staff_writing.", "staff_translating.", "staff_reviews.")),
    Area("staff.library", _("Library")),
    Area("staff_bot.trial", _("Bot"), ("staff_bot.", "staff_rules.")),
    Area("staff_style.page", _("Style")),
    Area("staff_demo.home", _("Demo"), ("staff_demo.",)),
    Area("staff_feedback.inbox", _("Feedback"), ("staff_feedback.", "staff_surveys.")),
    Area("staff_insights.overview", _("Insights"), ("staff_insights.", "staff_gaps.", "staff_replay.")),
    Area("staff_people.home", _("People"), ("staff_people.",)),
)
