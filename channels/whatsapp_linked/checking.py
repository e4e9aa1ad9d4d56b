"""Is this session all right? Asked by ``dibs check``, the channel test and the wizard."""

from collections.abc import Sequence

from channels.whatsapp_linked.client import Answered, Gateway, GatewayError
from channels.whatsapp_linked.identify import phone_of
from channels.whatsapp_linked.session import Session, Webhook, read_session
from channels.whatsapp_linked.states import WORKING
from sales.ports.channels import Finding


async def check_session(gateway: Gateway, webhook: Webhook | None) -> Sequence[Finding]:
    """Codes: ``gateway_key``, ``gateway_reached``, ``gateway_session``, ``gateway_phone``, ``gateway_webhook``."""
    try:
        session = await read_session(gateway)
    except Answered as error:
        code = "gateway_key" if error.code in (401, 403) else "gateway_reached"
        return [Finding(False, code, {"reason": str(error)})]
    except GatewayError as error:
        return [Finding(False, "gateway_reached", {"reason": str(error)})]
    if session is None:
        return [Finding(False, "gateway_session", {"session": gateway.session})]
    return [_phone(session), _webhook(session, webhook)]


def _phone(session: Session) -> Finding:
    facts = {"state": session.status, "phone": phone_of(session) or session.name or ""}
    return Finding(session.status == WORKING, "gateway_phone", facts)


def _webhook(session: Session, webhook: Webhook | None) -> Finding:
    """Without a public address nothing can be delivered, and the chats are read every few seconds instead."""
    if webhook is None:
        return Finding(True, "gateway_polled", {})
    return Finding(webhook.is_set_in(session.config), "gateway_webhook", {"wanted": webhook.url})
