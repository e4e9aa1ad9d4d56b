"""The Chats API: signatures, messages both ways, statuses, and what they make of leads."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

import httpx
import pytest

from playground.kommo.control import Channel

from .kommo_stage import Stage, staged

NOW = 1639604903


@dataclass
class Amojo:
    """A chat integration: signs as Kommo's documentation says."""

    stage: Stage
    channel: Channel

    async def call(self, method: str, rest: str, body: Any = None, status: int = 200, **changes: str) -> Any:
        """`rest` stands after `/v2/origin/custom/`; `changes` are headers that are wrong on purpose."""
        path, _mark, query = f"/v2/origin/custom/{rest}".partition("?")
        content = b"" if body is None else json.dumps(body).encode()
        headers = {
            "Date": formatdate(usegmt=True),
            "Content-Type": "application/json",
            "Content-MD5": hashlib.md5(content).hexdigest(),
        } | changes
        order = [method, headers["Content-MD5"], headers["Content-Type"], headers["Date"], path]
        key = self.channel.secret.encode()
        headers.setdefault("X-Signature", hmac.new(key, "\n".join(order).encode(), hashlib.sha1).hexdigest())
        async with httpx.AsyncClient(base_url=self.stage.server.url) as http:
            answer = await http.request(method, f"{path}?{query}", content=content, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def connect(self, status: int = 200, **changes: str) -> Any:
        account = await self.stage.kommo.amojo_id()
        body = {"account_id": account, "title": "WhatsApp", "hook_api_version": "v2"}
        return await self.call("POST", f"{self.channel.channel_id}/connect", body, status, **changes)

    async def send(self, text: str, msgid: str = "wamid.1", status: int = 200, **more: Any) -> Any:
        """The customer writes, unless `more` says otherwise."""
        payload = {
            "timestamp": NOW,
            "msec_timestamp": NOW * 1000,
            "msgid": msgid,
            "conversation_id": "wa-123",
            "silent": False,
            "sender": {"id": "wa:7900", "name": "Ann", "profile": {"phone": "+79001112233"}},
            "message": {"type": "text", "text": text},
        } | more
        body = {"event_type": "new_message", "payload": payload}
        made = await self.call("POST", self.channel.scope_id, body, status)
        return made.get("new_message")


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as ready:
        await ready.subscribe()
        yield ready


@pytest.fixture
async def amojo(stage: Stage) -> Amojo:
    """Connected; messages from Kommo go to the hook."""
    amojo = Amojo(stage, await stage.kommo.channel("WhatsApp", stage.hook.url))
    await amojo.connect()
    return amojo


async def test_connecting_gives_the_scope(stage: Stage) -> None:
    amojo = Amojo(stage, await stage.kommo.channel())
    await amojo.send("too early", status=403)
    answer = await amojo.connect()
    account = await stage.kommo.amojo_id()
    assert answer["scope_id"] == f"{amojo.channel.channel_id}_{account}" == amojo.channel.scope_id
    await amojo.call("DELETE", f"{amojo.channel.channel_id}/disconnect", {"account_id": account})
    await amojo.send("too late", status=403)


@pytest.mark.parametrize(
    "wrong",
    [
        {"X-Signature": "0" * 40},
        {"Content-MD5": "0" * 32},
        {"Date": "Tue, 22 Nov 2016 10:00:00 GMT"},
        {"Date": "yesterday"},
    ],
)
async def test_a_wrong_signature_hash_or_date_is_403(stage: Stage, wrong: dict[str, str]) -> None:
    await Amojo(stage, await stage.kommo.channel()).connect(403, **wrong)


async def test_the_first_message_makes_an_incoming_lead_and_a_contact(stage: Stage, amojo: Amojo) -> None:
    made = await amojo.send("Hello")
    assert made["ref_id"] == "wamid.1"
    lead = (await stage.kommo.leads())[0]
    assert (lead.is_incoming, lead.contacts[0].name) == (True, "Ann")
    assert lead.contacts[0].fields["PHONE"] == ["+79001112233"]
    assert [message["text"] for message in lead.chats[0]["messages"]] == ["Hello"]
    item = (await stage.get("leads/unsorted"))["_embedded"]["unsorted"][0]
    assert item["category"] == "chats"
    message = (await stage.told("message", "add"))[0]
    assert (message["text"], message["type"], message["entity_id"]) == ("Hello", "incoming", str(lead.id))
    assert message["author"]["type"] == "external"


async def test_further_messages_belong_to_the_same_lead(stage: Stage, amojo: Amojo) -> None:
    first = await amojo.send("one")
    second = await amojo.send("two", "wamid.2")
    assert first["conversation_id"] == second["conversation_id"]
    assert len(await stage.kommo.leads()) == 1
    await stage.kommo.win((await stage.kommo.leads())[0].id)
    await amojo.send("three", "wamid.3")
    leads = await stage.kommo.leads()
    assert [lead.is_incoming for lead in leads] == [False, True]
    assert leads[0].contacts[0].id == leads[1].contacts[0].id


async def test_a_chat_is_made_first_to_belong_to_a_contact_with_a_lead(stage: Stage, amojo: Amojo) -> None:
    contact_id = await stage.contact()
    lead_id = await stage.lead(_embedded={"contacts": [{"id": contact_id}]})
    user = {"id": "wa:7900", "name": "Ann"}
    chat = await amojo.call("POST", f"{amojo.channel.scope_id}/chats", {"conversation_id": "wa-123", "user": user})
    await stage.call("POST", "contacts/chats", [{"contact_id": contact_id, "chat_id": chat["id"]}])
    await amojo.send("Hello")
    assert [lead.id for lead in await stage.kommo.leads()] == [lead_id]
    linked = await stage.get("contacts/chats", contact_id=contact_id)
    assert linked["_embedded"]["chats"][0]["chat_id"] == chat["id"]


async def test_a_source_names_the_pipeline(stage: Stage, amojo: Amojo) -> None:
    await stage.call("POST", "sources", [{"name": "W", "external_id": "wa-1", "pipeline_id": stage.sales.id}])
    await amojo.send("Hello", source={"external_id": "wa-1"})
    assert (await stage.kommo.leads())[0].pipeline == "Sales"


async def test_messages_of_managers_and_history_make_no_lead(stage: Stage, amojo: Amojo) -> None:
    receiver = {"id": "wa:7900", "name": "Ann"}
    sender = {"id": "sales:1", "name": "Anna", "ref_id": stage.anna.amojo_id}
    await amojo.send("old", "wamid.0", silent=True)
    await amojo.send("from Anna", sender=sender, receiver=receiver)
    await amojo.send("from a stranger", "wamid.2", 400, sender=sender | {"ref_id": "x"}, receiver=receiver)
    assert await stage.kommo.leads() == []
    chat = await stage.kommo.chat("wa-123")
    assert [message["author"] for message in chat["messages"]] == ["client", str(stage.anna.id)]


async def test_what_a_user_writes_in_kommo_goes_to_the_hook_once_signed(stage: Stage, amojo: Amojo) -> None:
    await amojo.send("Hello")
    await stage.kommo.settled()
    stage.hook.bodies.clear()
    stage.hook.headers.clear()
    stage.hook.always = 500
    message_id = await stage.kommo.write("wa-123", "Hi", by=stage.anna.id)
    await stage.kommo.advance(7200)
    (body,), headers = stage.hook.bodies, stage.hook.headers[0]
    assert headers["X-Signature"] == hmac.new(amojo.channel.secret.encode(), body, hashlib.sha1).hexdigest()
    told = json.loads(body)["message"]
    assert (told["message"]["id"], told["message"]["text"]) == (message_id, "Hi")
    assert told["sender"] == {"id": stage.anna.amojo_id, "name": "Anna"}
    assert told["receiver"]["client_id"] == "wa:7900"
    assert told["conversation"]["client_id"] == "wa-123"


async def test_a_salesbot_has_no_sender(stage: Stage, amojo: Amojo) -> None:
    await amojo.send("Hello")
    await stage.kommo.settled()
    await stage.kommo.write("wa-123", "Beep", bot=True)
    await stage.kommo.settled()
    assert "sender" not in json.loads(stage.hook.bodies[-1])["message"]


async def test_statuses_history_edits_reactions_and_typing(stage: Stage, amojo: Amojo) -> None:
    scope = amojo.channel.scope_id
    await amojo.send("Helo")
    edit = {"conversation_id": "wa-123", "msgid": "wamid.1", "message": {"type": "text", "text": "Hello"}}
    await amojo.call("POST", scope, {"event_type": "edit_message", "payload": edit})
    message_id = await stage.kommo.write("wa-123", "Hi")
    failed = {"msgid": message_id, "delivery_status": -1, "error_code": 905, "error": "blocked"}
    await amojo.call("POST", f"{scope}/{message_id}/delivery_status", failed)
    await amojo.call("POST", f"{scope}/{message_id}/delivery_status", failed | {"error_code": 1}, 400)
    await amojo.call("POST", f"{scope}/typing", {"conversation_id": "wa-123", "sender": {"id": "wa:7900"}})
    thumb = {"conversation_id": "wa-123", "id": message_id, "user": {"id": "wa:7900"}, "type": "react", "emoji": "👍"}
    await amojo.call("POST", f"{scope}/react", thumb)
    chat = await stage.kommo.chat("wa-123")
    first, second = chat["messages"]
    assert (first["text"], first["versions"]) == ("Hello", ["Helo"])
    assert (second["status"], second["error"], second["reactions"]) == (-1, "blocked", {"wa:7900": "👍"})
    assert chat["typing"] == 1
    history = (await amojo.call("GET", f"{scope}/chats/wa-123/history?limit=1"))["messages"]
    assert [item["message"]["text"] for item in history] == ["Hi"]


async def test_what_is_missing_is_400_and_what_is_not_there_404(amojo: Amojo) -> None:
    await amojo.send("", status=400)
    await amojo.send("x", status=400, message={"type": "letter", "text": "x"})
    await amojo.send("x", status=400, conversation_id="")
    await amojo.call("GET", f"{amojo.channel.scope_id}/chats/none/history", status=404)


async def test_a_chat_is_linked_to_a_lead_that_is_there(stage: Stage, amojo: Amojo) -> None:
    await amojo.send("Hello")
    lead_id = await stage.lead()
    item = (await stage.get("leads/unsorted"))["_embedded"]["unsorted"][0]
    body = {"link": {"entity_id": lead_id, "entity_type": "leads"}, "user_id": stage.anna.id}
    await stage.call("POST", f"leads/unsorted/{item['uid']}/link", body)
    seen = await stage.kommo.lead(lead_id)
    assert [contact.name for contact in seen.contacts] == ["Ann"]
    assert [lead.id for lead in await stage.kommo.leads()] == [lead_id]
