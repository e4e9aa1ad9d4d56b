"""What can be tuned."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(slots=True)
class Options:
    """Every limit in one place. Defaults are Telegram's where Telegram publishes them."""

    limits: bool = True
    strict_parameters: bool = True
    chat_rate: float = 1.0
    chat_burst: int = 5
    group_per_minute: int = 20
    bot_rate: float = 30.0
    bot_burst: int = 30
    update_seconds: int = 86_400
    callback_seconds: int = 150
    delete_seconds: int = 48 * 3600
    link_seconds: int = 3600
    upload_bytes: int = 50 * MEGABYTE
    photo_bytes: int = 10 * MEGABYTE
    download_bytes: int = 20 * MEGABYTE
    slow_repeated_polls: bool = True
    business_echo: bool = True
    webhook_interval: float = 1.0
    webhook_timeout: float = 60.0
    history: int = 100_000
    call_log: int = 20_000
    webhook_log: int = 5_000
