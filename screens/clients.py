"""How clients and channels are called."""

from sales.channels import Channel
from sales.clients import Client
from screens.desk import Desk
from screens.language import Language

TEST = "🧪 TEST"


def name_of(language: Language, client: Client) -> str:
    return client.name.strip() or language.t("Client")


def plain_name(language: Language, client: Client) -> str:
    """With a test plainly marked."""
    return f"{TEST} {name_of(language, client)}" if client.test_for is not None else name_of(language, client)


def channel_of(desk: Desk, channel: Channel) -> str:
    """``Telegram «Shop»``."""
    return f"{desk.titles.get(channel.kind, channel.kind)} «{channel.name}»"
