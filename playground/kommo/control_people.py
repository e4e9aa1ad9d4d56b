"""The part of the control client that plays the account's people, and looks through their eyes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from playground.kommo.control_types import (
    Channel,
    ContactSeen,
    Json,
    LeadSeen,
    Pipeline,
    User,
    contact_seen,
    lead_seen,
    pipeline_seen,
    user_seen,
)

WON, LOST = 142, 143


class People(ABC):
    """`by` is the id of whoever acts; the administrator without it."""

    @abstractmethod
    async def do(self, action: str, /, **values: Any) -> Any:
        """Any control action by name."""

    async def user(self, name: str, email: str, admin: bool = False, phone: str = "") -> User:
        """A new person of the account."""
        return user_seen(await self.do("user", name=name, email=email, is_admin=admin, phone=phone))

    async def change_user(self, user: int, **changes: Any) -> User:
        """`name`, `email`, `is_admin`, `is_active` or `phone`."""
        return user_seen(await self.do("user", id=user, **changes))

    async def users(self) -> list[User]:
        """All of them; the administrator is the first."""
        return [user_seen(view) for view in (await self.do("account"))["users"]]

    async def admin_id(self) -> int:
        """Whose tokens are made by default."""
        return int((await self.do("account"))["admin_id"])

    async def amojo_id(self) -> str:
        """What the Chats API calls the account."""
        return str((await self.do("account"))["amojo_id"])

    async def pipeline(self, name: str, stages: Sequence[str]) -> Pipeline:
        """A new pipeline."""
        return pipeline_seen(await self.do("pipeline", name=name, stages=list(stages)))

    async def pipelines(self) -> list[Pipeline]:
        """All of them; the main one is the first."""
        return [pipeline_seen(view) for view in (await self.do("account"))["pipelines"]]

    async def field(self, kind: str, name: str, type: str = "text", **about: Any) -> int:
        """A custom field, with `code` and `enums` if wanted."""
        return int((await self.do("field", kind=kind, name=name, type=type, **about))["id"])

    async def channel(self, title: str = "Chats", hook: str = "") -> Channel:
        """Support registers a chat channel."""
        return Channel(**await self.do("channel", title=title, hook=hook))

    async def add_lead(self, by: int | None = None, **fields: Any) -> int:
        """A lead made by hand; `fields` are the API's."""
        return int(await self.do("add", kind="leads", by=by, fields=fields))

    async def add_contact(
        self, name: str, phone: str = "", responsible: int | None = None, by: int | None = None
    ) -> int:
        """A contact made by hand."""
        fields: Json = {"name": name}
        if phone:
            fields["custom_fields_values"] = [{"field_code": "PHONE", "values": [{"value": phone}]}]
        if responsible:
            fields["responsible_user_id"] = responsible
        return int(await self.do("add", kind="contacts", by=by, fields=fields))

    async def set_responsible(self, card: int, user: int, by: int | None = None, kind: str = "leads") -> None:
        """Somebody else is responsible from now on."""
        await self.do("responsible", kind=kind, id=card, user=user, by=by)

    async def move(self, lead: int, status: int, pipeline: int | None = None, by: int | None = None) -> None:
        """Drag a lead to a stage; out of Incoming leads this accepts it."""
        where = {"status_id": status} | ({"pipeline_id": pipeline} if pipeline else {})
        await self.do("edit", id=lead, by=by, fields=where)

    async def win(self, lead: int, by: int | None = None) -> None:
        """Close as won."""
        await self.do("close", id=lead, status=WON, by=by)

    async def lose(self, lead: int, by: int | None = None) -> None:
        """Close as lost."""
        await self.do("close", id=lead, status=LOST, by=by)

    async def edit(self, kind: str, card: int, by: int | None = None, **fields: Any) -> None:
        """Change a card; `fields` are the API's."""
        await self.do("edit", kind=kind, id=card, by=by, fields=fields)

    async def delete(self, card: int, kind: str = "leads", by: int | None = None) -> None:
        """Into the trash."""
        await self.do("delete", kind=kind, id=card, by=by)

    async def restore(self, card: int, kind: str = "leads", by: int | None = None) -> None:
        """Out of the trash."""
        await self.do("restore", kind=kind, id=card, by=by)

    async def note(self, card: int, text: str, by: int | None = None, kind: str = "leads") -> int:
        """Write a note."""
        return int(await self.do("note", kind=kind, id=card, text=text, by=by))

    async def accept(self, **which: Any) -> int:
        """Accept an incoming lead by `uid` or `lead`; `user` becomes responsible (`by` otherwise), in `status`."""
        return int(await self.do("accept", **which))

    async def decline(self, **which: Any) -> None:
        """Decline an incoming lead by `uid` or `lead`."""
        await self.do("decline", **which)

    async def write(self, chat: str, text: str, by: int | None = None, bot: bool = False, **about: Any) -> str:
        """Write to the customer inside Kommo: by a user, or by a Salesbot."""
        return str(await self.do("write", chat=chat, text=text, by=by, bot=bot, **about))

    async def react(self, chat: str, message: str, emoji: str, by: int | None = None) -> None:
        """React to a message; an empty emoji takes it back."""
        await self.do("react", chat=chat, message=message, emoji=emoji, by=by)

    async def types(self, chat: str, by: int | None = None) -> None:
        """Type."""
        await self.do("types", chat=chat, by=by)

    async def chat(self, chat: str) -> Json:
        """A conversation with its messages, by Kommo's id or the channel's."""
        found: Json = await self.do("chat", chat=chat)
        return found

    async def chats(self) -> list[Json]:
        """All conversations."""
        return list(await self.do("chats"))

    async def lead(self, lead: int) -> LeadSeen:
        """A lead's card."""
        return lead_seen(await self.do("lead", id=lead))

    async def leads(self, deleted: bool = False) -> list[LeadSeen]:
        """All leads, oldest first."""
        return [lead_seen(view) for view in await self.do("leads", deleted=deleted)]

    async def contact(self, contact: int) -> ContactSeen:
        """A contact's card."""
        return contact_seen(await self.do("contact", id=contact))

    async def contacts(self, deleted: bool = False) -> list[ContactSeen]:
        """All contacts, those that wait in incoming leads too."""
        return [contact_seen(view) for view in await self.do("contacts", deleted=deleted)]

    async def board(self) -> list[Json]:
        """Pipelines as columns of leads."""
        return list(await self.do("board"))
