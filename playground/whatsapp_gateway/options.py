"""What can be tuned."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(slots=True)
class Options:
    """Everything in one place. Defaults are WAHA's where it documents them.

    `qr_times` codes are shown before a session FAILED. `media_base_url` is WAHA_BASE_URL: what URLs of media begin
    with, when it isn't the address that the server listens on. `auto_ack` is how far ticks of sent messages come by
    themselves. `offline_events` delivers what came while the session was not working, once it works again.
    `ordered` keeps first attempts of one chat in order; without it all go at once, as WAHA sends them.
    """

    api_key: str = "waha-key"
    strict_parameters: bool = True
    version: str = "2026.7.1"
    engine: str = "GOWS"
    start_seconds: float = 0.0
    qr_seconds: float = 20.0
    qr_times: int = 6
    file_seconds: float = 180.0
    media_base_url: str = ""
    body_bytes: int = 50 * MEGABYTE
    edit_seconds: float = 15 * 60
    revoke_seconds: float = 60 * 3600
    auto_ack: int = 2
    offline_events: bool = False
    ordered: bool = True
    webhook_timeout: float = 30.0
    call_log: int = 20_000
    webhook_log: int = 5_000
