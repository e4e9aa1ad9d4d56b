"""A token that someone pastes: deleted from the chat at once, and kept nowhere but in its channel, encrypted.

Asked before everything that stores texts. The platform is asked between transactions, so nothing waits for it.
"""

import asyncio
import re
from collections.abc import Mapping

from aiogram import Bot, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.types import Message

from channels.kinds import Addresses, NotIdentified
from channels.registry import KINDS
from handlers.act import Act
from handlers.redacting import TOKEN
from sales import outbox
from sales.errors import Invalid
from sales.ids import PostId
from sales.ports import Work
from sales.ports.channels import Account
from sales.ports.people import Dialog
from sales.staff import Staff
from sales.use_cases.channel_setup import TOKEN_FORM, ConnectChannel, connect_channel, open_form

PATIENCE = 10.0
"""Seconds a platform has to say whose token it is."""

_ALONE = re.compile(r"\s*(\d{1,20}:[A-Za-z0-9_-]{1,128})\s*")
"""Where a token is asked for, this is one, however short. Elsewhere it may be the time of day."""


def pasted(message: Message) -> bool | dict[str, str]:
    """A filter: the token in a text, also in BotFather's whole message."""
    text = message.text or message.caption or ""
    found = TOKEN.search(text)
    if found is not None:
        return {"token": found[0]}
    alone = _ALONE.fullmatch(text)
    return {"token": alone[1]} if alone is not None else False


async def on_token(message: Message, token: str, act: Act, bot: Bot, addresses: Addresses) -> None:
    staff, form = await act.look(lambda work, staff: (staff, open_form(work, staff.id, TOKEN_FORM)))
    if form is None and not (staff.admin and TOKEN.fullmatch(token)):
        raise SkipHandler
    post_id = PostId(message.message_id)
    if form is None:
        await act.do(lambda work, staff: _only_erase(work, staff, post_id))
        return
    # Not with the update's identity yet: after a crash it is handled again, from the start.
    await act.transactions.write(lambda work: _erase(work, staff, post_id))
    secrets = {_secret_of(form): token}
    account = await identify(form.data["kind"], secrets, addresses)
    command = ConnectChannel(account, secrets, str(bot.id))
    await act.do(lambda work, staff: connect_channel(work, staff, command))


def _erase(work: Work, staff: Staff, post_id: PostId) -> None:
    work.outbox.put([outbox.in_front(outbox.erase(staff.id, post_id))])


def _only_erase(work: Work, staff: Staff, post_id: PostId) -> None:
    """Nobody asked for it, and it is no word for a client either."""
    _erase(work, staff, post_id)
    work.outbox.put([outbox.notice(staff.id, "token_erased", sound=True)])


def _secret_of(form: Dialog) -> str:
    """The first that the kind needs: kinds with several can't be added by one pasted token."""
    return KINDS[form.data["kind"]].secrets[0]


async def identify(kind: str, secrets: Mapping[str, str], addresses: Addresses) -> Account:
    """Raises ``Invalid`` with what is wrong."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await KINDS[kind].identify(secrets, addresses)
    except NotIdentified as error:
        raise Invalid(error.code) from None
    except TimeoutError:
        raise Invalid("unreachable") from None


def setup() -> Router:
    router = Router(name="tokens")
    router.message.register(on_token, pasted)
    return router
