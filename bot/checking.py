"""What `dibs check` looks at, from the settings outwards. One thing that doesn't work never hides the others."""

import asyncio
import shutil
from collections.abc import Sequence
from urllib.parse import urlsplit

from bot.books import Books, open_books
from bot.findings import about
from bot.settings import Settings, SettingsError, load_settings, require_for_run
from sales.channels import Channel, ChannelState
from sales.errors import SalesError
from sales.ports.channels import Finding

LITTLE = 500 * 1024 * 1024
"""Bytes of free disk below which it is time to act."""
PORTS = (443, 80, 88, 8443)
"""Where Telegram delivers webhooks (PLATFORMS.md A3)."""

Findings = Sequence[Finding]


def bad(code: str, **facts: str) -> Finding:
    return Finding(False, code, facts)


def good(code: str, **facts: str) -> Finding:
    return Finding(True, code, facts)


def check_everything() -> Findings:
    """Settings first: without readable ones there is nothing else to look at."""
    try:
        settings = load_settings()
    except SettingsError as error:
        return [bad("settings", reason=str(problem)) for problem in error.problems]
    found = [*_settings(settings), *_webhooks(settings), *_disk(settings), *_staff_bot(settings)]
    return [*found, *_database(settings)] if settings.secret_key is not None else found


def _settings(settings: Settings) -> Findings:
    try:
        require_for_run(settings, token=True)
    except SettingsError as error:
        return [bad("settings", reason=str(problem)) for problem in error.problems]
    return [good("settings")]


def _webhooks(settings: Settings) -> Findings:
    if settings.public_url is None:
        return [good("polling")]
    parts = urlsplit(settings.public_url)
    if parts.scheme != "https":
        return [bad("webhooks", url=settings.public_url)]
    if (parts.port or 443) not in PORTS:
        return [bad("webhook_port", url=settings.public_url)]
    return [good("webhooks", url=settings.public_url)]


def _disk(settings: Settings) -> Findings:
    """Where media lie; the folder may not be there yet."""
    place = settings.media_dir.absolute()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    facts = {"free": _size(free), "path": str(place)}
    return [Finding(free >= LITTLE, "disk", facts)]


def _size(count: int) -> str:
    return f"{count / 1024**3:.1f} GB"


def _staff_bot(settings: Settings) -> Findings:
    if settings.staff_bot_token is None:
        return []
    from bot.staff_account import NotReached, TokenRefused, ask_me

    try:
        me = asyncio.run(ask_me(settings.telegram_api_url, settings.staff_bot_token))
    except TokenRefused as error:
        return [bad("staff_token", reason=str(error))]
    except NotReached as error:
        return [bad("staff_reached", reason=str(error))]
    found = [good("staff_token", username=me.username), Finding(me.topics, "staff_topics", {})]
    return [*found, Finding(not me.user_topics, "staff_user_topics", {})] if me.topics else found


def _database(settings: Settings) -> Findings:
    """A missing one is made, as every command does."""
    from storage.errors import StorageError

    try:
        with open_books(settings) as books:
            return [good("database", url=_without_login(settings.database_url)), *_inside(books)]
    except StorageError as error:
        return [bad("database", reason=str(error))]


def _without_login(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"


def _inside(books: Books) -> Findings:
    people = books.read(lambda work: list(work.staff.list()))
    admins = sum(person.admin for person in people)
    team = Finding(bool(admins), "team", {"people": str(len(people)), "admins": str(admins)})
    if not admins and books.settings.admin_ids:
        team = good("founding", count=str(len(books.settings.admin_ids)))
    return [team, *_crms(books), *_channels(books)]


def _crms(books: Books) -> Findings:
    from bot.connecting import ask_crm
    from bot.problems import Failed

    found: list[Finding] = []
    for crm in books.read(lambda work: list(work.crms.list())):
        try:
            found += about(ask_crm(books, crm.id, lambda adapter: adapter.check()), crm=f"«{crm.name}»")
        except (Failed, SalesError) as error:
            found.append(bad("crm", crm=f"«{crm.name}»", reason=str(error)))
    return found


def _channels(books: Books) -> Findings:
    channels = books.read(lambda work: list(work.channels.list()))
    return [one for channel in channels for one in _channel(books, channel)] or [bad("no_channel")]


def _channel(books: Books, channel: Channel) -> Findings:
    from bot.connecting import check_channel
    from bot.problems import Failed

    facts = {"channel": f"«{channel.name}»", "id": str(channel.id)}
    if channel.state is not ChannelState.ACTIVE:
        return [bad("channel_state", state=channel.state.value, problem=channel.problem or "-", **facts)]
    try:
        return about(check_channel(books, channel), **facts)
    except Failed as error:
        return [bad("channel", reason=str(error), **facts)]
