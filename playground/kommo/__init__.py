"""A stand-in of Kommo (amoCRM): its API v4, its webhooks and its Chats API, strict where Kommo is.

Owns: one account with users, pipelines, leads, contacts, incoming leads, notes and tasks; OAuth and long-lived tokens;
limits; form-encoded webhooks with their retries; chat channels (amojo); faults; all kept in memory.
Facts: Kommo's and amoCRM's developer pages and the official PHP client. Where they are silent, a docstring says so.
Refuses: to know anything of the programs that talk to it. It imports the standard library, aiohttp and
`playground.kit` only (the client in `control.py` adds httpx).
"""
