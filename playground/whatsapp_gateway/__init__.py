"""A stand-in of WAHA, the HTTP gateway to a linked WhatsApp phone, strict where WAHA is.

Owns: sessions with their QR codes, a small WhatsApp behind them (accounts, contacts, chats, files), webhooks with
signature and retries, faults, kept in memory. Facts: WAHA's swagger and documentation (2026.7.1, engine GOWS).
Refuses: to know anything of the programs that talk to it. It imports the standard library, aiohttp, segno
and `playground.kit` only (the client in `control.py` adds httpx).
"""
