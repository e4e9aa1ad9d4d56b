"""What Meta tells, as ``sales.incoming`` events. Pure; raw JSON ends here.

One POST may hold several entries, each several changes, each several messages and statuses: every one is an event of
its own, with an identity of its own, and one that can't be read spoils none of its neighbours. Of each only what
concerns it is kept as ``raw``, so that a replay repeats nothing else.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from channels.reading import Anomalous, Node
from channels.whatsapp_cloud.accounts import account_changed
from channels.whatsapp_cloud.calls import call_events, call_status
from channels.whatsapp_cloud.echoes import echo_events, history_events
from channels.whatsapp_cloud.made_up import MADE_UP_NUMBER, OBJECT
from channels.whatsapp_cloud.messages import Named, message_events, moved_user
from channels.whatsapp_cloud.statuses import read_status
from sales.ids import ChannelId
from sales.incoming import AccountChanged, Event, Ignored, Incoming, Malformed

TEMPLATES_CHANGED = "templates"

_UNUSED_FIELDS = (
    "smb_app_state_sync user_preferences phone_number_quality_update phone_number_name_update security "
    "account_review_update account_alerts account_settings_update business_capability_update flows "
    "business_status_update partner_solutions payment_configuration_update tracking_events "
    "message_template_components_update group_lifecycle_update group_participants_update group_settings_update "
    "group_status_update business_username_updates automatic_events messaging_handovers standby"
)
_UNUSED = frozenset(_UNUSED_FIELDS.split())
"""They tell of things that are nobody's conversation."""
_TEMPLATE_FIELDS = "message_template_status_update message_template_quality_update template_category_update"
_TEMPLATES = frozenset(_TEMPLATE_FIELDS.split())


@dataclass(frozen=True, slots=True)
class Account:
    """Whose events count: the number's id, and its business account's where that is known."""

    channel_id: ChannelId
    number_id: str
    business_id: str | None = None

    @property
    def held_by(self) -> str:
        return f"channel:{self.channel_id}"


@dataclass(frozen=True, slots=True)
class _Change:
    """One change, and what it takes to say it again with a part of it only."""

    account: Account
    posted: bytes
    entry: Node
    field: str
    value: Node

    def with_only(self, **lists: object) -> bytes:
        """The whole POST as it would be if only this had been told."""
        head = {key: self.value.fields[key] for key in ("messaging_product", "metadata") if key in self.value.fields}
        return self._post({**head, **lists})

    def whole(self) -> bytes:
        return self._post(self.value.fields)

    def _post(self, value: Mapping[str, object]) -> bytes:
        entry = {key: self.entry.fields[key] for key in ("id", "time") if key in self.entry.fields}
        return _one_entry({**entry, "changes": [{"field": self.field, "value": value}]}, self.posted)


def parse_webhook(account: Account, raw: bytes) -> list[Incoming | Malformed]:
    """Everything in one POST, in its order, whatever it is: never raises."""
    try:
        body = Node(json.loads(raw), "webhook")
        if body.fields.get("object") != OBJECT:
            raise Anomalous("webhook.object", "not WhatsApp's")
        entries = body.fields.get("entry")
        if not isinstance(entries, list):
            raise Anomalous("webhook.entry", "not an array")
    except Anomalous as error:
        return [_malformed(account, raw, str(error))]
    except (ValueError, RecursionError):
        return [_malformed(account, raw, "webhook: not JSON")]
    return [item for place, entry in enumerate(entries) for item in _entry(account, raw, entry, f"entry[{place}]")]


def _entry(account: Account, posted: bytes, raw: object, path: str) -> Iterator[Incoming | Malformed]:
    try:
        entry = Node(raw, path)
        changes = entry.fields.get("changes")
        if not isinstance(changes, list):
            raise Anomalous(f"{path}.changes", "not an array")
    except Anomalous as error:
        yield _malformed(account, _one_entry(raw, posted), str(error))
        return
    for place, change in enumerate(changes):
        yield from _change(account, posted, entry, change, f"{path}.changes[{place}]")


def _change(account: Account, posted: bytes, entry: Node, raw: object, path: str) -> Iterator[Incoming | Malformed]:
    try:
        node = Node(raw, path)
        change = _Change(account, posted, entry, node.text("field"), node.node("value"))
        why = _not_ours(change)
        if why is None:
            yield from _items(change)
            return
        yield _account_wide(change, Ignored(why))
    except Anomalous as error:
        kept = {**{key: entry.fields[key] for key in ("id", "time") if key in entry.fields}, "changes": [raw]}
        yield _malformed(account, _one_entry(kept, posted), str(error))


def _not_ours(change: _Change) -> str | None:
    """One app may serve many numbers, and one account too: what is another's is none of this channel's."""
    metadata = change.value.maybe_node("metadata")
    if metadata is not None:
        number_id = metadata.text("phone_number_id")
        return None if number_id in (change.account.number_id, MADE_UP_NUMBER) else "other_number"
    known, told = change.account.business_id, change.entry.fields.get("id")
    return "other_account" if known is not None and told != known else None


def _items(change: _Change) -> Iterator[Incoming | Malformed]:
    """By its field. Raises ``Anomalous`` for what is wrong with the change as a whole."""
    value, held_by = change.value, change.account.held_by
    match change.field:
        case "messages":
            yield from _each(change, "messages", lambda item: message_events(value, item, held_by))
            yield from _each(change, "statuses", lambda item: [read_status(value, item)])
            yield from _errors(change)
        case "smb_message_echoes":
            yield from _each(change, "message_echoes", lambda item: echo_events(value, item, held_by))
        case "history":
            yield from _history(change)
        case "calls":
            yield from _each(change, "calls", lambda item: call_events(value, item))
            yield from _each(change, "statuses", lambda item: [call_status(item)])
        case "user_id_update":
            yield from _each(change, "user_id_update", lambda item: [moved_user(item)])
        case "account_update":
            yield _account_wide(change, account_changed(value))
        case _ if change.field in _TEMPLATES:
            yield _account_wide(change, Ignored(TEMPLATES_CHANGED))
        case _:
            yield _account_wide(change, Ignored(change.field if change.field in _UNUSED else "unknown_field"))


def _each(change: _Change, name: str, read: Callable[[Node], list[Named]]) -> Iterator[Incoming | Malformed]:
    """Every item of a list by itself."""
    found = change.value.fields.get(name)
    if found is None:
        return
    if not isinstance(found, list):
        raise Anomalous(f"{change.value.path}.{name}", "not an array")
    for place, item in enumerate(found):
        raw = change.with_only(**_near(change.value), **{name: [item]})
        yield from _read(change, raw, item, f"{change.value.path}.{name}[{place}]", read)


def _near(value: Node) -> dict[str, object]:
    """What a message is told with; a crowd of people is left out rather than kept once per message."""
    contacts = value.fields.get("contacts")
    return {"contacts": contacts} if isinstance(contacts, list) and len(contacts) <= 20 else {}


def _read(
    change: _Change, raw: bytes, item: object, path: str, read: Callable[[Node], list[Named]]
) -> Iterator[Incoming | Malformed]:
    channel_id = change.account.channel_id
    try:
        for named in read(Node(item, path)):
            yield Incoming(channel_id, named.update_id, named.event, raw)
    except Anomalous as error:
        yield _malformed(change.account, raw, str(error))


def _errors(change: _Change) -> Iterator[Incoming]:
    """Errors that are about no message. (Those beside messages are those of the messages.)"""
    if change.value.fields.get("errors") and not change.value.fields.get("messages"):
        yield _account_wide(change, Ignored("errors"))


def _history(change: _Change) -> Iterator[Incoming | Malformed]:
    """What was said before the connection, in threads; files of it come afterwards, as messages."""
    value, held_by = change.value, change.account.held_by
    yield from _each(change, "messages", lambda item: history_events(value, item, None, held_by, late=True))
    chunks = value.fields.get("history")
    for place, chunk in enumerate(chunks if isinstance(chunks, list) else ()):
        yield from _chunk(change, chunk, f"{value.path}.history[{place}]")


def _chunk(change: _Change, raw: object, path: str) -> Iterator[Incoming | Malformed]:
    threads = raw.get("threads") if isinstance(raw, dict) else None
    if not isinstance(threads, list):
        yield _account_wide(change, Ignored("history_refused"))
        return
    for place, thread in enumerate(threads):
        messages = thread.get("messages") if isinstance(thread, dict) else None
        with_whom = thread.get("id") if isinstance(thread, dict) else None
        if not isinstance(messages, list) or not isinstance(with_whom, str):
            raw_thread = change.with_only(history=[{"threads": [thread]}])
            yield _malformed(change.account, raw_thread, f"{path}.threads[{place}]: not a thread")
            continue
        yield from _thread(change, with_whom, messages, f"{path}.threads[{place}]")


def _thread(change: _Change, with_whom: str, messages: list[object], path: str) -> Iterator[Incoming | Malformed]:
    """The oldest first, as they were said."""

    def read(item: Node) -> list[Named]:
        return history_events(change.value, item, with_whom, change.account.held_by)

    for place, item in sorted(enumerate(messages), key=lambda entry: _said_at(entry[1])):
        raw = change.with_only(**_near(change.value), history=[{"threads": [{"id": with_whom, "messages": [item]}]}])
        yield from _read(change, raw, item, f"{path}.messages[{place}]", read)


def _said_at(item: object) -> int:
    told = item.get("timestamp") if isinstance(item, dict) else None
    return int(told) if isinstance(told, str) and told.isascii() and told.isdecimal() and len(told) < 12 else 0


def _account_wide(change: _Change, event: Event | AccountChanged) -> Incoming:
    """About the account or the number: it has no identity but its words and the time of its telling."""
    raw = change.whole()
    return Incoming(change.account.channel_id, f"{change.field[:60]}:{_hash(raw)}", event, raw)


def _malformed(account: Account, raw: bytes, problem: str) -> Malformed:
    return Malformed(account.channel_id, f"raw:{_hash(raw)}", raw, problem)


def _one_entry(entry: object, posted: bytes) -> bytes:
    """A POST with this entry alone; the whole one where it is nested too deeply to be written again."""
    try:
        return json.dumps({"object": OBJECT, "entry": [entry]}).encode()
    except RecursionError:
        return posted


def _hash(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:32]
