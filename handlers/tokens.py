"""A secret that someone pastes: deleted from the chat at once, and kept nowhere but in its channel, encrypted.

Asked before everything that stores texts, so that it is found also in BotFather's whole message, and in any topic.
"""

import re

from aiogram import Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.types import Message

from handlers.act import Act
from handlers.connecting import Connecting, fields_of
from handlers.redacting import TOKEN
from sales import outbox
from sales.ids import PostId
from sales.ports import Work
from sales.staff import Staff
from sales.use_cases.channel_form import ACCOUNT_FORM, open_form, take_answer

_ALONE = re.compile(r"\s*(\d{1,20}:[A-Za-z0-9_-]{1,128})\s*")
"""Where a token is asked for, this is one, however short. Elsewhere it may be the time of day."""
_ONE_LONG_WORD = re.compile(r"\s*[A-Za-z0-9_.|+=~-]{20,}\s*")
"""No sentence, and no link: while a secret is asked for, it is the answer, wherever it was written."""


def pasted(message: Message) -> bool | dict[str, str]:
    """A filter: the token in a text, also in BotFather's whole message."""
    text = message.text or message.caption or ""
    found = TOKEN.search(text)
    if found is not None:
        return {"token": found[0]}
    alone = _ALONE.fullmatch(text)
    return {"token": alone[1]} if alone is not None else False


def one_long_word(message: Message) -> bool:
    """A filter: asked before the books are, so that what is written to clients costs nothing more."""
    return _ONE_LONG_WORD.fullmatch(message.text or "") is not None


async def on_secret(message: Message, act: Act, connecting: Connecting) -> None:
    """A key pasted into a client's topic by mistake must not go to the client."""
    form = await act.look(lambda work, staff: open_form(work, staff.id, ACCOUNT_FORM))
    fields = fields_of(form) if form is not None else ()
    if form is None or not any(one.hidden and one.name == form.data.get("asked") for one in fields):
        raise SkipHandler
    post_id, text = PostId(message.message_id), message.text or ""
    await act.do(lambda work, staff: take_answer(work, staff, fields, post_id, text))
    await connecting.go_on(act)


async def on_token(message: Message, token: str, act: Act, connecting: Connecting) -> None:
    staff, form = await act.look(lambda work, staff: (staff, open_form(work, staff.id, ACCOUNT_FORM)))
    if form is None and not (staff.admin and TOKEN.fullmatch(token)):
        raise SkipHandler
    post_id = PostId(message.message_id)
    if form is None:
        await act.do(lambda work, staff: _only_erase(work, staff, post_id))
        return
    fields = fields_of(form)
    await act.do(lambda work, staff: take_answer(work, staff, fields, post_id, token))
    await connecting.go_on(act)


def _only_erase(work: Work, staff: Staff, post_id: PostId) -> None:
    """Nobody asked for it, and it is no word for a client either."""
    work.outbox.put([outbox.in_front(outbox.erase(staff.id, post_id))])
    work.outbox.put([outbox.notice(staff.id, "token_erased", sound=True)])


def setup() -> Router:
    router = Router(name="tokens")
    router.message.register(on_token, pasted)
    router.message.register(on_secret, one_long_word)
    return router
