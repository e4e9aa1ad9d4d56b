"""Every kind of channel, one line each. Adapters are imported when they are used: the libraries take their time."""

from collections.abc import Mapping

from channels.kinds import Addresses, Connected, Kind, Secrets, Surroundings
from channels.telegram import made_up
from channels.telegram.capabilities import CAPABILITIES as TELEGRAM
from sales.ids import ChannelId
from sales.ports.channels import Account


def _telegram(channel_id: ChannelId, secrets: Secrets, surroundings: Surroundings) -> Connected:
    from channels.telegram.adapter import TelegramAdapter

    return TelegramAdapter(channel_id, secrets["token"], surroundings)


async def _identify_telegram(secrets: Secrets, addresses: Addresses) -> Account:
    from channels.telegram.identify import identify

    return await identify(secrets["token"], addresses.telegram_api_url)


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
    ),
}
