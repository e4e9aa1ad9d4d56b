"""Commands that ask a platform or a CRM something: adapters for a moment, outside the running bot."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

import click

from bot.books import Books
from bot.problems import Failed
from bot.settings import Settings
from sales.channels import Channel
from sales.errors import NotFound
from sales.ids import CrmId
from sales.incoming import Incoming, Malformed
from sales.leads import Crm, Pipeline
from sales.ports.channels import Account, Finding
from sales.ports.crm import CrmAdapter, CrmError
from sales.use_cases.team import KEEP, Keep

if TYPE_CHECKING:
    from channels.kinds import Addresses, Connected

T = TypeVar("T")
Place = str | Keep | None

_NOT_IDENTIFIED = {
    "bad_token": "Telegram does not know this token: copy it whole from @BotFather",
    "no_business_mode": "this bot can't be connected to accounts yet: "
    "switch on Business Mode in @BotFather (Bot Settings)",
    "unreachable": "Telegram can't be reached: check the network and TELEGRAM_API_URL, then try again",
    "no_phone_number_id": "Meta knows no such phone number ID, or the token may not see it: compare it with WhatsApp, "
    "API Setup, and assign the WhatsApp account to the token's system user",
}
_OF_KIND = {
    ("whatsapp_cloud", "bad_token"): "Meta refuses the access token: copy it whole, or generate a new one",
    ("whatsapp_cloud", "unreachable"): "Meta can't be reached: check the network and WHATSAPP_API_URL, then try again",
    ("whatsapp_linked", "bad_token"): "the gateway refuses the API key: it is what WAHA_API_KEY says there",
    ("whatsapp_linked", "unreachable"): "no gateway answers at this address: is it started? Can it be reached?",
}
"""Where the general words do not fit."""


def identify(settings: Settings, kind: str, secrets: Mapping[str, str]) -> Account:
    """Who is this account? Raises Failed with what to do."""
    from channels.kinds import NotIdentified
    from channels.registry import KINDS

    if secrets.get("token") and secrets["token"] == settings.staff_bot_token:
        raise Failed("this is the staff bot's token: customers need a bot of their own, from @BotFather")

    async def ask() -> Account:
        return await KINDS[kind].identify(secrets, _addresses(settings))

    try:
        return asyncio.run(ask())
    except NotIdentified as error:
        words = _OF_KIND.get((kind, error.code)) or _NOT_IDENTIFIED.get(error.code, error.code)
        raise Failed(words) from error


def _addresses(settings: Settings) -> "Addresses":
    from channels.kinds import Addresses

    return Addresses(settings.telegram_api_url, settings.public_url, settings.whatsapp_api_url)


def check_channel(books: Books, channel: Channel) -> Sequence[Finding]:
    """What its platform says. Raises Failed for a kind that this program does not know."""
    return asyncio.run(_check_channel(books, channel))


async def _check_channel(books: Books, channel: Channel) -> Sequence[Finding]:
    adapter = _connect(books, channel)
    try:
        return await adapter.check()
    finally:
        await adapter.close()


def rehearse(books: Books, channel: Channel, as_json: bool) -> bool:
    """The whole way of a made-up client, printed step by step. Whether every step worked."""
    return asyncio.run(_rehearse(books, channel, as_json))


async def _rehearse(books: Books, channel: Channel, as_json: bool) -> bool:
    from bot.rehearsal import Rehearsal

    adapter = _connect(books, channel)
    steps = []
    try:
        async for step in Rehearsal(books, channel, adapter).run():
            steps.append(step)
            if not as_json:
                click.echo(f"{'✓' if step.ok else '✗'} {step.words}")
    finally:
        await adapter.close()
    if as_json:
        lines = [{"ok": step.ok, "code": step.code, "words": step.words} for step in steps]
        click.echo(json.dumps(lines, ensure_ascii=False, indent=2))
    else:
        _print_link(channel)
    return all(step.ok for step in steps)


def _print_link(channel: Channel) -> None:
    from channels.registry import KINDS

    link = KINDS[channel.kind].link(channel.account or "")
    if link is not None:
        click.echo(f"– received from the platform itself: not tried here; write to {link} from a phone")


def parse_again(books: Books, channel: Channel, raw: bytes) -> Sequence[Incoming | Malformed]:
    """An event as this program reads it now."""
    return asyncio.run(_parse_again(books, channel, raw))


async def _parse_again(books: Books, channel: Channel, raw: bytes) -> Sequence[Incoming | Malformed]:
    from channels.kinds import Prepares

    adapter = _connect(books, channel)
    try:
        if isinstance(adapter, Prepares):
            await adapter.prepare(raw)
        return adapter.parse(raw)
    finally:
        await adapter.close()


def _connect(books: Books, channel: Channel) -> "Connected":
    from channels.kinds import Surroundings
    from channels.registry import KINDS
    from storage.media_files import MediaFiles

    if channel.kind not in KINDS:
        raise Failed(f"channels of the kind {channel.kind} are unknown to this program: a newer Dibs may know them")
    secrets = books.read(lambda work: dict(work.channels.secrets(channel.id)))
    surroundings = Surroundings(books.transactions, MediaFiles(books.settings.media_dir), _addresses(books.settings))
    return KINDS[channel.kind].connect(channel.id, secrets, surroundings)


def ask_crm(books: Books, crm_id: CrmId, question: Callable[[CrmAdapter], Awaitable[T]]) -> T:
    """One question to one CRM. Raises NotFound, and Failed with the CRM's words."""
    crm, secrets = books.read(lambda work: _crm_with_secrets(work.crms.get(crm_id), lambda: work.crms.secrets(crm_id)))
    return asyncio.run(_ask_crm(books, crm, secrets, question))


def _crm_with_secrets(crm: Crm | None, secrets: Callable[[], Mapping[str, str]]) -> tuple[Crm, Mapping[str, str]]:
    if crm is None:
        raise NotFound("crm")
    return crm, {} if crm.inside else dict(secrets())


async def _ask_crm(
    books: Books, crm: Crm, secrets: Mapping[str, str], question: Callable[[CrmAdapter], Awaitable[T]]
) -> T:
    from crm.registry import KINDS

    adapter = KINDS[crm.kind].connect(crm, secrets, books.transactions)
    try:
        return await question(adapter)
    except CrmError as error:
        raise Failed(f"the CRM says: {error.reason}") from error
    finally:
        await adapter.close()


def identify_crm(kind: str, entered: Mapping[str, str]) -> Mapping[str, str]:
    """The secrets of a CRM that was tried. Raises Failed with what to do."""
    from crm.registry import KINDS

    identify = KINDS[kind].identify
    if identify is None:
        return {}

    async def ask() -> Mapping[str, str]:
        return await identify(entered)

    try:
        return asyncio.run(ask())
    except CrmError as error:
        raise Failed(error.reason) from error


def find_place(
    books: Books, crm_id: CrmId, held: str | None, pipeline: str | None, stage: str | None
) -> tuple[Place, Place]:
    """Ids for a pipeline and a stage given by id or by name; ``held`` is the pipeline there is. Raises NotFound."""
    if pipeline is None and stage is None:
        return KEEP, KEEP
    pipelines = ask_crm(books, crm_id, lambda adapter: adapter.pipelines())
    wanted = pipeline if pipeline is not None else held
    found = _named(pipelines, wanted) if wanted is not None else next(iter(pipelines), None)
    if found is None:
        raise NotFound("pipeline")
    return found.id, None if stage is None else _stage(found, stage)


def _named(pipelines: Sequence[Pipeline], wanted: str) -> Pipeline | None:
    by_id = next((one for one in pipelines if one.id == wanted), None)
    return by_id or next((one for one in pipelines if one.name.casefold() == wanted.casefold()), None)


def _stage(pipeline: Pipeline, wanted: str) -> str:
    for stage in pipeline.stages:
        if wanted == stage.id or wanted.casefold() == stage.name.casefold():
            return stage.id
    raise NotFound("stage")
