"""WhatsApp's official Business API in Meta's cloud (WABA), over httpx.

Owns the Graph API as one phone number needs it: webhooks, messages, media, templates. Refuses to follow addresses that
come in webhooks: a file is asked for by its id, and fetched from Meta's own hosts only. Facts: PLATFORMS.md part B.
"""
