"""The ways to reach a person, as every page shows them: the same order, the hours, and whether somebody is there now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from babel.dates import format_time, get_day_names
from flask import current_app, g, url_for

from helpcenter.content.opening_hours import OpeningHours, Span
from helpcenter.content.site import Channel, Site
from helpcenter.language.messages import gettext, locale
from helpcenter.storage.columns import utcnow

MINUTES_A_DAY = 24 * 60
KNOWN_KINDS = frozenset({"chat", "email", "phone", "office"})
EN_DASH = "–"
KEPT_CHANNELS = "kept_channels"


@dataclass(frozen=True)
class ChannelView:
    """A channel in one language; *open* is None when it has no hours, *opens* says when the next person comes."""

    kind: str
    icon: str
    label: str
    value: str
    url: str | None
    hours: tuple[tuple[str, str], ...]
    open: bool | None
    opens: str | None


def channels() -> list[ChannelView]:
    """Return the channels of the site for this request; none when the site could not be read."""
    site: Site | None = g.get("site")
    if site is None:
        return []
    if "channels" not in g:
        g.channels = kept_channels(site, g.lang, utcnow())
    return g.channels


def kept_channels(site: Site, lang: str, now: datetime) -> list[ChannelView]:
    """Return the channels of *site*, found once a minute: hours begin and end with a minute, and so does a day."""
    kept = current_app.extensions.setdefault(KEPT_CHANNELS, {})
    minute = now.replace(second=0, microsecond=0)
    found = kept.get(lang)
    if found is None or found[0] is not site or found[1] != minute:
        found = kept[lang] = (site, minute, [view_of(channel, site, lang, now) for channel in site.channels] or [form_only(lang)])
    return found[2]


def openness() -> list[tuple[bool | None, str | None]]:
    """Return what changes of the channels while the site's settings stay the same."""
    return [(one.open, one.opens) for one in channels()]


def form_only(lang: str) -> ChannelView:
    """Return the one channel that every help center has: our own form."""
    return ChannelView("form", "form", gettext(lang, "Contact us"), "", url_for("contact.form", lang=lang), (), None, None)


def view_of(channel: Channel, site: Site, lang: str, now: datetime) -> ChannelView:
    """Return *channel* as a page in *lang* shows it at the moment *now*."""
    hours = site.opening_hours.get(channel.hours) if channel.hours else None
    is_open = hours.is_open(now, site.zone) if hours else None
    next_opening = hours.next_opening(now, site.zone) if hours and not is_open else None
    return ChannelView(
        kind=channel.kind,
        icon=channel.kind if channel.kind in KNOWN_KINDS else "info",
        label=site.text(channel.label, lang, channel.kind),
        value=site.text(channel.values, lang, channel.value) if channel.kind != "chat" else "",
        url=address(channel, lang),
        hours=tuple(week_lines(hours, lang)) if hours else (),
        open=is_open,
        opens=moment_in_words(next_opening, now.astimezone(site.zone), lang) if next_opening else None,
    )


def address(channel: Channel, lang: str) -> str | None:
    """Return where the channel's link leads; an e-mail channel leads to our form, which loses nothing."""
    if channel.kind == "chat":
        return url_for("chatting.page", lang=lang)
    if channel.kind == "email":
        return url_for("contact.form", lang=lang)
    if channel.kind == "phone":
        return "tel:" + "".join(character for character in channel.value if character.isdigit() or character == "+")
    return channel.value if channel.value.startswith("https://") else None


def week_lines(hours: OpeningHours, lang: str) -> list[tuple[str, str]]:
    """Return the week as (days, hours); days with the same hours stand together."""
    names = get_day_names("abbreviated", "stand-alone", locale(lang))
    lines, day = [], 0
    while day < 7:
        last = day
        while last < 6 and hours.week[last + 1] == hours.week[day]:
            last += 1
        if hours.week[day]:
            days = names[day] if last == day else f"{names[day]}{EN_DASH}{names[last]}"
            lines.append((days[:1].upper() + days[1:], ", ".join(map(span_in_words, hours.week[day]))))
        day = last + 1
    return lines


def span_in_words(span: Span) -> str:
    """Return a span of minutes as hours.

    >>> span_in_words((480, 1200))
    '08:00–20:00'
    """
    start, end = (minute if minute <= MINUTES_A_DAY else minute - MINUTES_A_DAY for minute in span)
    return f"{start // 60:02}:{start % 60:02}{EN_DASH}{end // 60:02}:{end % 60:02}"


def moment_in_words(moment: datetime, now: datetime, lang: str) -> str:
    """Return when somebody comes next: the hour today, the weekday and hour within a week, else the date."""
    clock = format_time(moment.time(), "short" if lang != "en" else "HH:mm", locale=locale(lang))
    days = (moment.date() - now.date()) // timedelta(days=1)
    if days == 0:
        return gettext(lang, "today at %(clock)s", clock=clock)
    if days == 1:
        return gettext(lang, "tomorrow at %(clock)s", clock=clock)
    if days < 7:
        return f"{get_day_names('wide', 'format', locale(lang))[moment.weekday()]} {clock}"
    return f"{moment.date().isoformat()} {clock}"
