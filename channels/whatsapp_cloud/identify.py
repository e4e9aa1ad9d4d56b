"""Whose number is this, and does the token know it?"""

import re

from channels.kinds import NotIdentified, Secrets
from channels.reading import Anomalous, Node
from channels.text import clean_name
from channels.whatsapp_cloud.client import Answered, GraphClient, WhatsAppError
from sales.ports.channels import Account

FIELDS = "id,display_phone_number,verified_name"
_NUMBER_ID = re.compile(r"[0-9]{5,32}")
_NOT_DIGIT = re.compile(r"[^0-9]")


async def identify(secrets: Secrets, api_url: str) -> Account:
    """``facts``: ``phone`` and ``link``. Raises ``NotIdentified``."""
    number_id = secrets["phone_number_id"].strip()
    if not _NUMBER_ID.fullmatch(number_id):
        raise NotIdentified("no_phone_number_id")
    try:
        graph = GraphClient(api_url, secrets["access_token"].strip())
    except ValueError as error:
        raise NotIdentified("bad_token") from error
    try:
        return _account(number_id, await graph.get(number_id, fields=FIELDS))
    except Answered as error:
        raise NotIdentified(_why(error)) from error
    except (WhatsAppError, Anomalous) as error:
        raise NotIdentified("unreachable") from error
    finally:
        await graph.close()


def _why(error: Answered) -> str:
    """A number that is not there and one that the token may not see are answered alike."""
    if error.is_about_token:
        return "bad_token"
    return "no_phone_number_id" if error.told and error.status < 500 else "unreachable"


def _account(number_id: str, answer: Node) -> Account:
    phone = answer.text("display_phone_number")
    facts = {"phone": phone, "link": f"https://wa.me/{_NOT_DIGIT.sub('', phone)}"}
    return Account(number_id, clean_name(answer.maybe_text("verified_name"), phone), facts)
