"""What can be tuned."""

from __future__ import annotations

from dataclasses import dataclass

DAY = 86_400


@dataclass(slots=True)
class Options:
    """Every limit in one place. Defaults are Meta's; times in seconds.

    `statuses`: how far a sent message gets by itself: `delivered` (told as sent, then delivered), `sent`, or ``
    (the test tells); `status_delay`: real seconds between the answer and the first status, 0 tells before the answer.
    `links`: whether what arrives has a `url` beside its media id. `account_field`: whether a phone number has the
    undocumented field `whatsapp_business_account` (apps were seen with it and without).
    `strict_files`: bytes must be what the type says, not only ogg.
    """

    limits: bool = True
    strict_parameters: bool = True
    statuses: str = "delivered"
    links: bool = True
    account_field: bool = True
    strict_files: bool = False
    status_delay: float = 0.02
    messages_per_second: float = 80.0
    coexistence_per_second: float = 20.0
    pair_seconds: float = 6.0
    pair_burst: int = 45
    window_seconds: int = DAY
    link_seconds: int = 300
    uploaded_seconds: int = 30 * DAY
    received_seconds: int = 7 * DAY
    typing_seconds: int = 25
    retry_first: float = 1.0
    retry_longest: float = 6 * 3600.0
    retry_seconds: int = 7 * DAY
    webhook_timeout: float = 10.0
    webhook_connections: int = 100
    history: int = 100_000
    call_log: int = 20_000
    webhook_log: int = 5_000
