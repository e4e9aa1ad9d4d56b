"""Whose key is this? The gateway is asked for the session; that none is there yet, or no phone in it, is all right."""

import re

import httpx

from channels.kinds import NotIdentified, Secrets
from channels.phones import from_wa_id
from channels.text import clean_name
from channels.whatsapp_linked.client import Answered, Gateway, GatewayError, Login
from channels.whatsapp_linked.names import number_of
from channels.whatsapp_linked.session import Session, read_session
from sales.ports.channels import Account

_URL = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?")
_SESSION = re.compile(r"[A-Za-z0-9_-]{1,54}")


def login(secrets: Secrets) -> Login:
    """Raises ``ValueError`` for what can't be right."""
    url, session = secrets["url"].strip().rstrip("/"), secrets.get("session") or "default"
    key = secrets["api_key"].strip()
    if not _URL.fullmatch(url) or not _SESSION.fullmatch(session) or not key.isascii() or not key.isprintable():
        raise ValueError("not a gateway's address, session or key")
    return Login(url, key, session)


async def identify(secrets: Secrets) -> Account:
    """The gateway's address and the session make the key. ``facts``: ``session`` and, with a linked phone, ``phone``
    and ``link``. Raises ``NotIdentified``.
    """
    try:
        gateway = Gateway(login(secrets))
    except (ValueError, httpx.InvalidURL) as error:
        raise NotIdentified("bad_token") from error
    try:
        return _account(gateway, await read_session(gateway))
    except Answered as error:
        raise NotIdentified("bad_token" if error.code in (401, 403) else "unreachable") from error
    except GatewayError as error:
        raise NotIdentified("unreachable") from error
    finally:
        await gateway.close()


def _account(gateway: Gateway, session: Session | None) -> Account:
    facts = {"session": gateway.session}
    phone = phone_of(session) if session is not None else None
    if phone is not None:
        facts |= {"phone": phone, "link": f"https://wa.me/{phone.removeprefix('+')}"}
    name = clean_name(session.name if session is not None else None, phone, gateway.session)
    return Account(f"{gateway.login.url}|{gateway.session}", name, facts)


def phone_of(session: Session) -> str | None:
    """Of the linked account, as E.164."""
    return from_wa_id(number_of(session.phone)) if session.phone is not None else None
