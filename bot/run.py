"""`dibs run`: start everything in order, run, and stop it in order.

Stopping: nothing new is taken in, what has been taken in is finished, what is on its way out gets a few seconds, and
then all is closed. A process that is killed instead loses nothing either; it only repeats a little.
"""

import asyncio
import gc
import logging
import secrets
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial

import click
from aiohttp import web

from bot.logs import start_logging
from bot.nursery import Nursery, VitalPartCrashed
from bot.problems import Failed
from bot.settings import Settings, require_for_run
from bot.staff_account import Me, TokenRefused
from bot.staff_side import StaffSide
from bot.wiring import Grounds, House, lay_grounds, staff_side
from sales.ids import TelegramId
from sales.use_cases.founding import found_admins, renew_admin_code
from storage.crypto import Vault
from storage.database import open_database
from web.app import build_app

log = logging.getLogger(__name__)

PARTS = ("web", "staff", "delivery", "clock")
CODE_BYTES = 24
"""192 random bits, 32 characters: fits into a link (64 at most)."""
STOPPING = 20
"""Seconds a webhook that is being handled may take to finish."""
ELSEWHERE = 0.5
"""Seconds between looks whether a command has written beside us."""


GARBAGE = (50_000, 20, 50)
"""Allocations before each generation of garbage is looked for. What a message makes is freed by counting references."""
SWITCH = 0.0005
"""Seconds after which a thread lets another one run. The writer thread gives way at each statement, and with Python's
5 ms it would wait that long for its turn again."""


async def run(settings: Settings, parts: Collection[str] = PARTS) -> None:
    """Until SIGTERM or SIGINT. Raises SettingsError, StorageError, Failed."""
    require_for_run(settings, token=bool({"web", "staff", "delivery"} & set(parts)))
    start_logging(settings.log_level, settings.log_format, settings.secrets)
    vault = Vault(settings.need_key())
    database = await asyncio.to_thread(open_database, settings.database_url, vault)
    try:
        with database.mark_running(), _stop_signal() as stop:
            await _run_on(lay_grounds(settings, vault, database), frozenset(parts), stop)
    finally:
        await database.aclose()
    log.info("Dibs has stopped")


@contextmanager
def _stop_signal() -> Iterator[asyncio.Event]:
    """Set by the first SIGTERM or SIGINT. A second one ends the process at once, which is safe as well."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    signals = (signal.SIGTERM, signal.SIGINT)

    def on_signal(number: signal.Signals) -> None:
        log.info("%s: stopping", number.name)
        stop.set()
        for one in signals:
            loop.remove_signal_handler(one)

    for one in signals:
        loop.add_signal_handler(one, on_signal, one)
    try:
        yield stop
    finally:
        for one in signals:
            loop.remove_signal_handler(one)


async def _run_on(grounds: Grounds, parts: frozenset[str], stop: asyncio.Event) -> None:
    staff = None
    if parts - {"clock"}:
        staff = staff_side(grounds.settings, grounds.transactions, grounds.vault, grounds.media)
    async with Nursery() as nursery:
        house = House(grounds, nursery, staff=staff, listens="web" in parts)
        try:
            await _found(house)
            async with _web(house, "web" in parts):
                await _start(house, parts)
                await _until_stopped(nursery, stop)
                house.watch.stopping = True
                await _stop_intake(house, parts)
            await _stop_rest(house)
        finally:
            await _end_all(nursery)
            await house.close()


async def _end_all(nursery: Nursery) -> None:
    for name in sorted(nursery.names):
        await nursery.end(name)


# --- starting ---


async def _found(house: House) -> None:
    """Who we are, and who may tell us what to do."""
    settings, transactions = house.grounds.settings, house.grounds.transactions
    me = await _introduce(house.staff)
    wanted = [TelegramId(one) for one in settings.admin_ids]
    made = await transactions.write(lambda work: found_admins(work, wanted))
    if made:
        log.info("%d admins made from ADMIN_IDS; they can be reached once they press /start", made)
    if house.staff is not None:
        await _print_code(house, me)


async def _introduce(staff: StaffSide | None) -> Me | None:
    """Raises Failed: with a token that Telegram refuses there is nothing to start for."""
    try:
        return await staff.introduce() if staff is not None else None
    except TokenRefused as error:
        raise Failed(f"Telegram refuses STAFF_BOT_TOKEN ({error}): copy it again from @BotFather") from error


async def _print_code(house: House, me: Me | None) -> None:
    """Only its hash is kept, so each start prints a new one until somebody has become admin."""
    code = secrets.token_urlsafe(CODE_BYTES)
    digest = house.grounds.vault.digest(code)
    if not await house.grounds.transactions.write(lambda work: renew_admin_code(work, digest)):
        return
    link = f"\nor open https://t.me/{me.username}?start={code}" if me is not None and me.username else ""
    click.echo(f"There is no admin yet. Send this to the staff bot: /start {code}{link}")


@asynccontextmanager
async def _web(house: House, wanted: bool) -> AsyncIterator[None]:
    """Listens before anything else starts, so that a port that is taken is said at once. Raises Failed."""
    if not wanted:
        yield
        return
    runner = web.AppRunner(build_app(house.doors()), access_log=None, shutdown_timeout=STOPPING)
    await runner.setup()
    settings = house.grounds.settings
    try:
        site = web.TCPSite(runner, settings.http_host, settings.http_port)
        try:
            await site.start()
        except OSError as error:
            where = f"{settings.http_host}:{settings.http_port}"
            raise Failed(f"nothing can listen on {where} ({error.strerror}): set HTTP_HOST or HTTP_PORT") from error
        for host, port, *_ in runner.addresses:
            log.info("listening on http://%s:%d", host, port)
        yield
    finally:
        await runner.cleanup()


async def _start(house: House, parts: frozenset[str]) -> None:
    nursery, delivery = house.nursery, house.delivery
    house.grounds.transactions.subscribe(delivery.wake)
    await house.hub.reread()
    nursery.start("channels", house.hub.run)
    nursery.start("changes from outside", partial(_follow_outside, house))
    if "delivery" in parts:
        nursery.start("delivery", lambda: house.hold("delivery", house.deliver))
    if "clock" in parts:
        nursery.start("clock", lambda: house.hold("clock", lambda lane: house.clock.run()))
        nursery.start("channel tests", lambda: house.hold("channel tests", lambda lane: house.tests.run()))
        nursery.start("phones", lambda: house.hold("phones", lambda lane: house.linker.run()))
    if "staff" in parts and house.staff is not None:
        nursery.start("staff bot", _staff_intake(house, house.staff))
    _settle_down()
    house.watch.started = True
    log.info("Dibs runs: %s, on %s", ", ".join(part for part in PARTS if part in parts), house.grounds.database.kind)


def _settle_down() -> None:
    """What was imported stays for good: the garbage collector, off until now, need not look through it ever again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)
    gc.enable()
    sys.setswitchinterval(SWITCH)


def _staff_intake(house: House, staff: StaffSide) -> Callable[[], Awaitable[None]]:
    public_url = house.grounds.settings.public_url
    if public_url is not None:
        return lambda: staff.deliver_to(f"{public_url}/webhooks/staff")
    return lambda: house.hold("updates staff", lambda lane: staff.poll())


async def _follow_outside(house: House) -> None:
    """Commands write beside a running bot: what they put into the outbox leaves, a channel they add is listened to."""
    async for _ in house.grounds.database.watch_elsewhere(ELSEWHERE):
        house.hub.refresh()
        await house.delivery.look_around()


# --- stopping ---


async def _until_stopped(nursery: Nursery, stop: asyncio.Event) -> None:
    """Raises Failed when a part crashed that nothing works without."""
    try:
        await nursery.until(stop)
    except VitalPartCrashed as crashed:
        raise Failed(str(crashed)) from crashed


async def _stop_intake(house: House, parts: frozenset[str]) -> None:
    """What is being handled is finished; what comes later is fetched after the next start."""
    if house.staff is not None and "staff" in parts:
        await house.staff.finish()
    for name in sorted(house.nursery.names - {"delivery", "clock"}):
        await house.nursery.end(name)


async def _stop_rest(house: House) -> None:
    await house.nursery.end("clock")
    await house.delivery.stop()
