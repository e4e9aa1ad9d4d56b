"""Is this number's account all right? Asked by ``dibs check``, the channel test and the wizard."""

from collections.abc import Sequence

from channels.reading import Anomalous, Node
from channels.whatsapp_cloud.account import BusinessAccount
from channels.whatsapp_cloud.client import Answered, GraphClient, WhatsAppError
from channels.whatsapp_cloud.identify import FIELDS
from channels.whatsapp_cloud.listening import where_delivered
from sales.errors import Unavailable
from sales.ports.channels import Finding


async def check_number(
    graph: GraphClient, account: BusinessAccount, number_id: str, webhook_url: str | None
) -> Sequence[Finding]:
    """``webhook_url``: where messages are to go; ``None`` when there is no public address.

    Codes: ``whatsapp_token``, ``whatsapp_reached``, ``whatsapp_number``, ``whatsapp_subscribed``, ``whatsapp_webhook``.
    """
    try:
        found = await graph.get(number_id, fields=FIELDS)
        return [_number(found), await _subscribed(account), await _webhook(graph, number_id, webhook_url)]
    except Answered as error:
        code = "whatsapp_token" if error.told and error.status < 500 else "whatsapp_reached"
        return [Finding(False, code, {"reason": error.words})]
    except (WhatsAppError, Anomalous) as error:
        return [Finding(False, "whatsapp_reached", {"reason": str(error)})]


def _number(found: Node) -> Finding:
    facts = {"phone": found.text("display_phone_number"), "name": found.maybe_text("verified_name") or ""}
    return Finding(True, "whatsapp_number", facts)


async def _subscribed(account: BusinessAccount) -> Finding:
    """Without it Meta delivers nothing, wherever the webhook points."""
    try:
        return Finding(await account.is_subscribed(), "whatsapp_subscribed", {"reason": "-"})
    except (Answered, Unavailable) as error:
        return Finding(False, "whatsapp_subscribed", {"reason": str(error)})


async def _webhook(graph: GraphClient, number_id: str, wanted: str | None) -> Finding:
    try:
        url = await where_delivered(graph, number_id) or ""
    except Answered as error:
        return Finding(False, "whatsapp_webhook", {"url": "?", "wanted": wanted or "", "reason": str(error)})
    return Finding(wanted is not None and url == wanted, "whatsapp_webhook", {"url": url, "wanted": wanted or ""})
