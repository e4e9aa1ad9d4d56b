"""A phone that is linked to WAHA, a gateway that speaks WhatsApp Web: unofficial, so sent at a human pace.

Owns WAHA's HTTP API and webhooks (its swagger and documentation, 2026.7.1; PLATFORMS.md C1). Refuses groups,
newsletters and status: they are never clients. Every file comes from the configured gateway, whatever a URL says.
"""
