"""Every kind of channel, one line each. Adapters are imported when they are used: the libraries take their time."""

from collections.abc import Mapping

from channels.kinds import Addresses, Connected, Kind, Secrets, Surroundings
from channels.telegram import made_up
from channels.telegram.capabilities import CAPABILITIES as TELEGRAM
from channels.telegram.fields import TOKEN as TELEGRAM_TOKEN
from channels.telegram_business import made_up as made_up_business
from channels.telegram_business.capabilities import CAPABILITIES as TELEGRAM_BUSINESS
from channels.whatsapp_cloud import made_up as made_up_whatsapp
from channels.whatsapp_cloud.capabilities import CAPABILITIES as WHATSAPP
from channels.whatsapp_cloud.fields import FIELDS as WHATSAPP_FIELDS
from channels.whatsapp_linked import made_up as made_up_linked
from channels.whatsapp_linked.capabilities import CAPABILITIES as LINKED
from channels.whatsapp_linked.fields import FIELDS as LINKED_FIELDS
from sales.channels import Afterwards
from sales.ids import ChannelId
from sales.ports.channels import Account


def _telegram(channel_id: ChannelId, secrets: Secrets, surroundings: Surroundings) -> Connected:
    from channels.telegram.adapter import TelegramAdapter

    return TelegramAdapter(channel_id, secrets["token"], surroundings)


async def _identify_telegram(secrets: Secrets, addresses: Addresses) -> Account:
    from channels.telegram.identify import identify

    return await identify(secrets["token"], addresses.telegram_api_url)


def _telegram_business(channel_id: ChannelId, secrets: Secrets, surroundings: Surroundings) -> Connected:
    from channels.telegram_business.adapter import BusinessAdapter

    return BusinessAdapter(channel_id, secrets["token"], surroundings)


async def _identify_telegram_business(secrets: Secrets, addresses: Addresses) -> Account:
    from channels.telegram_business.identify import identify

    return await identify(secrets["token"], addresses.telegram_api_url)


def _whatsapp_cloud(channel_id: ChannelId, secrets: Secrets, surroundings: Surroundings) -> Connected:
    from channels.whatsapp_cloud.adapter import WhatsAppAdapter

    return WhatsAppAdapter(channel_id, secrets, surroundings)


async def _identify_whatsapp_cloud(secrets: Secrets, addresses: Addresses) -> Account:
    from channels.whatsapp_cloud.identify import identify

    return await identify(secrets, addresses.whatsapp_api_url)


def _whatsapp_linked(channel_id: ChannelId, secrets: Secrets, surroundings: Surroundings) -> Connected:
    from channels.whatsapp_linked.adapter import LinkedAdapter

    return LinkedAdapter(channel_id, secrets, surroundings)


async def _identify_whatsapp_linked(secrets: Secrets, addresses: Addresses) -> Account:
    from channels.whatsapp_linked.identify import identify

    return await identify(secrets)


KINDS: Mapping[str, Kind] = {
    "telegram": Kind(
        "Telegram bot",
        "telegram",
        ("token",),
        TELEGRAM,
        _telegram,
        _identify_telegram,
        made_up.made_up_update,
        made_up.link,
        (TELEGRAM_TOKEN,),
    ),
    "telegram_business": Kind(
        "Telegram account",
        "telegram",
        ("token",),
        TELEGRAM_BUSINESS,
        _telegram_business,
        _identify_telegram_business,
        made_up_business.made_up_update,
        made_up_business.link,
        (TELEGRAM_TOKEN,),
        Afterwards.AT_PLATFORM,
    ),
    "whatsapp_cloud": Kind(
        "WhatsApp Business API",
        "whatsapp",
        ("phone_number_id", "access_token", "app_secret", "verify_token"),
        WHATSAPP,
        _whatsapp_cloud,
        _identify_whatsapp_cloud,
        made_up_whatsapp.made_up_update,
        made_up_whatsapp.link,
        WHATSAPP_FIELDS,
        Afterwards.AT_PLATFORM,
    ),
    "whatsapp_linked": Kind(
        "WhatsApp, linked phone",
        "gateway",
        ("url", "api_key", "session", "hmac_key"),
        LINKED,
        _whatsapp_linked,
        _identify_whatsapp_linked,
        made_up_linked.made_up_event,
        made_up_linked.link,
        LINKED_FIELDS,
        Afterwards.LINK_PHONE,
        "whatsapp_cloud",
    ),
}
