"""The `amocrm-api` package works with us as it does with amoCRM."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, TypeVar

import pytest
import requests
from amocrm.v2 import Contact, Lead, Pipeline, Tag, User, exceptions, tokens
from amocrm.v2.account import AccountInteraction
from amocrm.v2.filters import SingleFilter

from playground.kommo.control import Integration

from .kommo_stage import Stage, staged

T = TypeVar("T")

HOST = "https://example.amocrm.ru"


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as ready:
        yield ready


@pytest.fixture
async def integration(stage: Stage) -> Integration:
    return await stage.kommo.integration()


@pytest.fixture
def client(stage: Stage, integration: Integration, monkeypatch: pytest.MonkeyPatch) -> Iterator[tokens.TokenManager]:
    """The package's token manager; its host is our server, all else is its own."""
    send = requests.Session.request

    def redirected(session: requests.Session, method: str, url: str, **given: Any) -> requests.Response:
        return send(session, method, url.replace(HOST, stage.server.url), **given)

    monkeypatch.setattr(requests.Session, "request", redirected)
    manager = tokens.default_token_manager
    manager._storage = None
    manager(
        integration.client_id, integration.secret, "example", integration.redirect_uri, tokens.MemoryTokensStorage()
    )
    yield manager
    manager._storage = None


@pytest.fixture
async def ready(stage: Stage, integration: Integration, client: tokens.TokenManager) -> tokens.TokenManager:
    """The code is exchanged."""
    code = await stage.kommo.code(integration)
    await by_client(lambda: client.init(code=code))
    return client


async def by_client(call: Callable[[], T]) -> T:
    """The package is synchronous."""
    return await asyncio.to_thread(call)


async def test_a_code_becomes_tokens(ready: tokens.TokenManager) -> None:
    assert (await by_client(AccountInteraction().get))["subdomain"] == "example"


async def test_a_used_code_tells_its_hint(stage: Stage, integration: Integration, ready: tokens.TokenManager) -> None:
    code = await stage.kommo.code(integration)
    await by_client(lambda: ready.init(code=code))
    with pytest.raises(Exception, match="Authorization code has been revoked"):
        await by_client(lambda: ready.init(code=code))


async def test_tokens_are_refreshed(ready: tokens.TokenManager) -> None:
    old = ready.get_access_token()
    new, refresh = await by_client(ready._get_new_tokens)
    ready._storage.save_tokens(new, refresh)
    assert new != old
    assert (await by_client(AccountInteraction().get))["subdomain"] == "example"


async def test_a_dead_token_is_its_exception(stage: Stage, ready: tokens.TokenManager) -> None:
    await stage.kommo.expire(ready.get_access_token())
    with pytest.raises(exceptions.UnAuthorizedException):
        await by_client(AccountInteraction().get)


async def test_leads_are_made_read_changed_and_listed(stage: Stage, ready: tokens.TokenManager) -> None:
    def work() -> Any:
        lead = Lead(name="Deal", price=5)
        lead.save()
        lead = Lead.objects.get(object_id=lead.id)
        lead.price, lead.status = 7, "discussions"
        lead.save()
        return Lead.objects.get(object_id=lead.id)

    lead = await by_client(work)
    assert await by_client(lambda: lead.status.name) == "Discussions"
    seen = await stage.kommo.lead(lead.id)
    assert (seen.price, seen.status) == (7, "Discussions")
    assert [item.id for item in await by_client(lambda: list(Lead.objects.filter(query="Deal")))] == [lead.id]
    assert await by_client(lambda: list(Lead.objects.filter(filters=[SingleFilter("id")(5)]))) == []


async def test_all_pages_are_walked(stage: Stage, ready: tokens.TokenManager) -> None:
    for _batch in range(2):
        await stage.call("POST", "contacts", [{"name": f"Ann {number}"} for number in range(200)])
    assert len(await by_client(lambda: list(Contact.objects.all()))) == 400


async def test_contacts_are_linked_and_tagged(stage: Stage, ready: tokens.TokenManager) -> None:
    def work() -> Any:
        contact = Contact(name="Ann", first_name="Ann")
        contact.save()
        lead = Lead(name="Deal")
        lead.save()
        lead = Lead.objects.get(object_id=lead.id)
        lead.contacts.append(contact, main=True)
        lead.tags.append("whatsapp")
        lead.save()
        return lead

    lead = await by_client(work)
    seen = await stage.kommo.lead(lead.id)
    assert ([item.name for item in seen.contacts], seen.tags) == (["Ann"], ["whatsapp"])
    tags = await by_client(lambda: [tag.name for tag in Tag.leads.all()])
    assert tags == ["whatsapp"]


async def test_notes_are_written(stage: Stage, ready: tokens.TokenManager) -> None:
    def work() -> Any:
        lead = Lead(name="Deal")
        lead.save()
        lead = Lead.objects.get(object_id=lead.id)
        note = lead.notes(text="hello")
        note.save()
        return lead, [item.text for item in lead.notes.objects.all()]

    lead, texts = await by_client(work)
    assert texts == ["hello"]
    assert [note.text for note in (await stage.kommo.lead(lead.id)).notes] == ["hello"]


async def test_pipelines_and_users_are_read(stage: Stage, ready: tokens.TokenManager) -> None:
    pipelines = await by_client(lambda: list(Pipeline.objects.all()))
    assert [pipeline.name for pipeline in pipelines] == ["Pipeline", "Sales"]
    assert [status.name for status in pipelines[1].statuses][1:3] == ["New", "Talks"]
    assert [user.email for user in await by_client(lambda: list(User.objects.all()))][1] == stage.anna.email


async def test_what_is_wrong_is_its_exception(ready: tokens.TokenManager) -> None:
    with pytest.raises(exceptions.ValidationError) as caught:
        await by_client(lambda: Lead(name="Deal", price="much").save())
    assert caught.value.args[0]["validation-errors"][0]["errors"][0]["path"] == "price"
    with pytest.raises(exceptions.NotFound):
        await by_client(lambda: Lead.objects.get(object_id=5))


async def test_403_is_its_exception(stage: Stage, integration: Integration, ready: tokens.TokenManager) -> None:
    await stage.kommo.options(limits=True)
    await stage.kommo.block(integration)
    with pytest.raises(exceptions.PermissionsDenyException):
        await by_client(AccountInteraction().get)
