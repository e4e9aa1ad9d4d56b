"""Whose token is this, and can its bot be connected to accounts?"""

from channels.kinds import NotIdentified
from channels.telegram import identify as bots
from sales.ports.channels import Account


async def identify(token: str, api_url: str) -> Account:
    """The bot, not an account: those are connected by their owners. ``facts``: ``username``, ``business``.

    Raises ``NotIdentified``, also with ``no_business_mode``: it is switched on in @BotFather, before anything else.
    """
    account = await bots.identify(token, api_url)
    if account.facts["business"] != "1":
        raise NotIdentified("no_business_mode")
    facts = {name: fact for name, fact in account.facts.items() if name != "link"}
    return Account(account.key, account.name, facts)
