"""A session: WAHA's side of one linked phone, from STOPPED to WORKING and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playground.kit.errors import ControlError
from playground.kit.timers import Timer, Timers

from .chats import Account
from .options import Options
from .qr import new_code, new_pairing_code

Json = dict[str, Any]

STOPPED, STARTING, SCAN, WORKING, FAILED = "STOPPED", "STARTING", "SCAN_QR_CODE", "WORKING", "FAILED"
STATUSES_KEPT = 10
IGNORABLE = {"status": "status@broadcast", "groups": "@g.us", "channels": "@newsletter", "broadcast": "@broadcast"}


@dataclass(slots=True, eq=False)
class Session:
    """`changed` is called with each new status, and again with each new QR code."""

    name: str
    config: Json
    options: Options
    timers: Timers
    changed: Callable[[Session], None]
    status: str = STOPPED
    data: Json | None = None
    statuses: list[Json] = field(default_factory=list)
    account: Account | None = None
    qr: str = ""
    pairing: str = ""
    pairing_phone: str = ""
    activity: float = 0.0
    missed: list[tuple[str, Callable[[], Json], str]] = field(default_factory=list)
    _codes: int = 0
    _timer: Timer | None = None

    def ignores(self, chat_id: str) -> bool:
        """Whether `config.ignore` names this kind of chat; of those nothing is told."""
        ignored = self.config.get("ignore") or {}
        return any(ignored.get(name) for name, ending in IGNORABLE.items() if chat_id.endswith(ending))

    @property
    def running(self) -> bool:
        """Whether it was started and not stopped."""
        return self.status != STOPPED

    def start(self) -> None:
        """Connect: to WORKING when a phone is linked, else to showing codes."""
        self._to(STARTING)
        if self.options.start_seconds:
            self._timer = self.timers.after(self.options.start_seconds, self._started)
        else:
            self._started()

    def stop(self) -> None:
        """Disconnect; the phone stays linked."""
        if self.running:
            self._to(STOPPED)

    def forget_phone(self) -> None:
        """Without credentials the next start shows a code."""
        self.account = None

    def link(self, account: Account) -> None:
        """The owner has scanned the code, or typed the pairing code."""
        if self.status != SCAN:
            raise ControlError(f"session {self.name} shows no code, it is {self.status}")
        if account.banned:
            raise ControlError("WhatsApp has banned this account; it cannot be linked")
        self.account = account
        self._to(STARTING)
        self._started()

    def lose_phone(self) -> None:
        """The owner has removed the linked device on the phone."""
        self.account = None
        if self.running:
            self._to(FAILED)

    def fail(self, data: Json | None = None) -> None:
        """Something broke; a restart may help."""
        self._to(FAILED, data)

    def request_code(self, phone: str) -> str:
        """A code to type on the phone instead of scanning."""
        self.pairing, self.pairing_phone = new_pairing_code(), phone
        return self.pairing

    def close(self) -> None:
        """No more codes."""
        self._quiet()

    def _started(self) -> None:
        if self.account is None:
            self._codes = 0
            self._next_code()
        else:
            self._to(FAILED if self.account.banned else WORKING)

    def _next_code(self) -> None:
        if self._codes >= self.options.qr_times:
            self._to(FAILED)
            return
        self._codes += 1
        self._to(SCAN)
        self.qr = new_code()
        self._timer = self.timers.after(self.options.qr_seconds, self._next_code)

    def _to(self, status: str, data: Json | None = None) -> None:
        self._quiet()
        now = self.timers.clock.now()
        self.status, self.data, self.activity = status, data, now
        self.statuses = [*self.statuses, {"status": status, "timestamp": int(now * 1000)}][-STATUSES_KEPT:]
        if status != SCAN:
            self.qr = self.pairing = self.pairing_phone = ""
        self.changed(self)

    def _quiet(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def status_payload(self) -> Json:
        """The payload of `session.status`."""
        return {"name": self.name, "status": self.status, "statuses": list(self.statuses), "data": self.data}

    def info(self) -> Json:
        """`SessionInfo`."""
        return {
            "name": self.name,
            "status": self.status,
            "config": self.config,
            "me": self.account.me() if self.account is not None and self.status == WORKING else None,
            "presence": "offline",
            "timestamps": {"activity": int(self.activity * 1000) or None},
            "assignedWorker": "",
            "apps": None,
        }
