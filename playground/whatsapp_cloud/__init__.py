"""Meta's Graph API for WhatsApp of our own, strict where Meta is.

Owns: business accounts and their numbers, people with WhatsApp, chats, media, templates, signed webhooks with
retries, the 24-hour window, limits and faults; kept in memory.
Refuses: to know anything of the programs that talk to it. It imports the standard library, aiohttp and
`playground.kit` only (the client in `control.py` adds httpx).
"""
