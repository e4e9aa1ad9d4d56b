"""Linking a phone: a code to scan, or one to type."""

import re

from channels.whatsapp_linked.client import Answered, Gateway, GatewayError, in_path
from channels.whatsapp_linked.identify import phone_of
from channels.whatsapp_linked.names import is_phone, to_chat
from channels.whatsapp_linked.session import Session, Webhook, ensure_session, restart
from channels.whatsapp_linked.states import FAILED, SCAN, STARTING, STOPPED, WORKING
from sales.errors import Invalid, Unavailable
from sales.ports.channels import Link, LinkState

_STATES = {
    STARTING: LinkState.STARTING,
    SCAN: LinkState.SCAN,
    WORKING: LinkState.WORKING,
    STOPPED: LinkState.STOPPED,
    FAILED: LinkState.FAILED,
}
_PNG = b"\x89PNG\r\n\x1a\n"
_CODE = re.compile(r"[0-9A-Za-z]{4}-?[0-9A-Za-z]{4}")


async def link(gateway: Gateway, webhook: Webhook | None) -> Link:
    """Raises ``Unavailable``. A session whose codes have all run out has failed: it is begun anew."""
    try:
        session = await restart(gateway, await ensure_session(gateway, webhook))
        picture = await _picture(gateway) if session.status == SCAN else None
    except GatewayError as error:
        raise Unavailable(str(error)) from error
    return _link(session, picture)


async def pairing_code(gateway: Gateway, webhook: Webhook | None, phone: str) -> str:
    """Raises ``Unavailable``; ``Invalid`` for what is no number."""
    digits = _digits(phone)
    try:
        await restart(gateway, await ensure_session(gateway, webhook))
        answer = await gateway.call("POST", gateway.path("auth/request-code"), {"phoneNumber": digits})
    except Answered as error:
        raise (Invalid("phone") if error.code == 400 else Unavailable(str(error))) from error
    except GatewayError as error:
        raise Unavailable(str(error)) from error
    code = answer.get("code") if isinstance(answer, dict) else None
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise Unavailable("the gateway named no code")
    return code


async def address_of(gateway: Gateway, phone: str) -> str | None:
    """The chat of a number, which may have other digits (Brazil); ``None``: it is not on WhatsApp. Raises
    ``Unavailable``.
    """
    question = {"phone": _digits(phone), "session": gateway.session}
    try:
        answer = await gateway.get("api/contacts/check-exists", question)
    except GatewayError as error:
        raise Unavailable(str(error)) from error
    if not isinstance(answer, dict) or not isinstance(answer.get("numberExists"), bool):
        raise Unavailable("the gateway's answer can't be read")
    chat = answer.get("chatId")
    if not answer["numberExists"] or not isinstance(chat, str):
        return None
    return await _phone_chat(gateway, to_chat(chat))


async def _phone_chat(gateway: Gateway, chat: str) -> str:
    """By phone where it can be had: that is how conversations are filed."""
    return chat if is_phone(chat) else await phone_behind(gateway, chat) or chat


async def phone_behind(gateway: Gateway, lid: str) -> str | None:
    """The phone's chat of a LID, if the gateway knows it. Raises ``Unavailable``."""
    try:
        answer = await gateway.get(gateway.path(f"lids/{in_path(lid)}"))
    except Answered as error:
        if error.code in (400, 404):
            return None
        raise Unavailable(str(error)) from error
    except GatewayError as error:
        raise Unavailable(str(error)) from error
    found = answer.get("pn") if isinstance(answer, dict) else None
    return to_chat(found) if isinstance(found, str) and is_phone(to_chat(found)) else None


async def _picture(gateway: Gateway) -> bytes | None:
    """The code may have been scanned, or run out, since we looked."""
    try:
        found = await gateway.picture(gateway.path("auth/qr"))
    except Answered as error:
        if error.code in (404, 422):
            return None
        raise
    return found if found.startswith(_PNG) else None


def _link(session: Session, picture: bytes | None) -> Link:
    state = _STATES.get(session.status, LinkState.FAILED)
    return Link(state, picture, phone_of(session) or session.name)


def _digits(phone: str) -> str:
    found = "".join(filter(str.isdecimal, phone))
    if not found.isascii() or not 7 <= len(found) <= 15:
        raise Invalid("phone")
    return found
