"""A Bot API server of our own, strict where Telegram is.

Owns: accounts, chats, messages, files, updates, limits and faults of a small Telegram, kept in memory.
Refuses: to know anything of the programs that talk to it. It imports the standard library, aiohttp and
`playground.kit` only (the client in `control.py` adds httpx).
"""
