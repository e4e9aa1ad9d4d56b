"""What a bot can do in accounts that it is connected to (PLATFORMS.md A8)."""

from dataclasses import replace

from channels.telegram.capabilities import CAPABILITIES as BOT

WINDOW = 24 * 3600
"""Seconds after a client's message in which the bot may write and edit (BusinessBotRights.can_reply)."""

CAPABILITIES = replace(BOT, title="Telegram account", reactions=frozenset(), window=WINDOW)
"""As a bot in its own chats, but for reactions: setMessageReaction takes no connection."""
