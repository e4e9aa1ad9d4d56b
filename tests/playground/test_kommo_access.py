"""Tokens, limits, the subscription, and the faults that tests plan."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from playground.kommo.control import Control, Integration

from .kommo_stage import Stage, staged

UNAUTHORIZED = {
    "title": "Unauthorized",
    "type": "https://httpstatus.es/401",
    "status": 401,
    "detail": "Неверный логин или пароль",
}


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as ready:
        yield ready


async def exchange(stage: Stage, integration: Integration, **grant: str) -> httpx.Response:
    """`POST /oauth2/access_token`."""
    body = {
        "client_id": integration.client_id,
        "client_secret": integration.secret,
        "redirect_uri": integration.redirect_uri,
    } | grant
    async with httpx.AsyncClient() as http:
        return await http.post(f"{stage.server.url}/oauth2/access_token", json=body)


async def pair(stage: Stage, integration: Integration) -> dict[str, Any]:
    """The first tokens."""
    code = await stage.kommo.code(integration)
    answer = await exchange(stage, integration, grant_type="authorization_code", code=code)
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


async def refresh(stage: Stage, integration: Integration, token: str) -> httpx.Response:
    return await exchange(stage, integration, grant_type="refresh_token", refresh_token=token)


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer x"}, {"Authorization": "Basic x"}])
async def test_a_wrong_token_is_401_in_kommos_words(stage: Stage, header: dict[str, str]) -> None:
    async with httpx.AsyncClient() as http:
        answer = await http.get(f"{stage.server.url}/api/v4/account", headers=header)
    assert (answer.status_code, answer.json()) == (401, UNAUTHORIZED)
    assert answer.headers["Content-Type"].startswith("application/problem+json")


async def test_a_long_lived_token_reads_the_account(stage: Stage) -> None:
    account = await stage.get("account", wanted="amojo_id")
    assert (account["subdomain"], account["current_user_id"]) == ("example", await stage.kommo.admin_id())
    assert account["amojo_id"] == await stage.kommo.amojo_id()
    assert "amojo_id" not in await stage.get("account")


async def test_a_long_lived_token_ends(stage: Stage) -> None:
    stage.token = await stage.kommo.token(days=1)
    await stage.kommo.advance(86_000)
    await stage.get("account")
    await stage.kommo.advance(500)
    await stage.get("account", 401)


async def test_a_code_gives_tokens_that_say_when_they_end(stage: Stage) -> None:
    tokens = await pair(stage, await stage.kommo.integration())
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 86400)
    claims = json.loads(base64.urlsafe_b64decode(tokens["access_token"].split(".")[1] + "=="))
    assert claims["exp"] - claims["iat"] == 86400
    stage.token = tokens["access_token"]
    await stage.get("account")
    await stage.kommo.advance(86_401)
    await stage.get("account", 401)


async def test_a_refresh_token_works_once_and_ends_the_old_access_token(stage: Stage) -> None:
    integration = await stage.kommo.integration()
    first = await pair(stage, integration)
    second = (await refresh(stage, integration, first["refresh_token"])).json()
    again = await refresh(stage, integration, first["refresh_token"])
    assert (again.status_code, again.json()["hint"]) == (401, "Token has been revoked")
    stage.token = first["access_token"]
    await stage.get("account", 401)
    stage.token = second["access_token"]
    await stage.get("account")
    assert (await refresh(stage, integration, second["refresh_token"])).status_code == 200


async def test_codes_and_refresh_tokens_end(stage: Stage) -> None:
    integration = await stage.kommo.integration()
    code, tokens = await stage.kommo.code(integration), await pair(stage, integration)
    await stage.kommo.advance(20 * 60 + 1)
    late = await exchange(stage, integration, grant_type="authorization_code", code=code)
    assert (late.status_code, late.json()["hint"]) == (400, "Authorization code has expired")
    await stage.kommo.advance(91 * 86_400)
    assert (await refresh(stage, integration, tokens["refresh_token"])).json()["hint"] == "Token has expired"


async def test_a_code_works_once_for_its_own_integration(stage: Stage) -> None:
    integration, other = await stage.kommo.integration(), await stage.kommo.integration("Other")
    code = await stage.kommo.code(integration)
    grant = {"grant_type": "authorization_code", "code": code}
    assert (await exchange(stage, other, **grant)).status_code == 400
    assert (await exchange(stage, integration, **grant | {"client_secret": "x"})).status_code == 401
    assert (await exchange(stage, integration, **grant | {"redirect_uri": "https://x"})).status_code == 400
    assert (await exchange(stage, integration, **grant)).status_code == 200
    assert (await exchange(stage, integration, **grant)).json()["hint"] == "Authorization code has been revoked"


async def test_a_revoked_integration_is_401(stage: Stage) -> None:
    await stage.kommo.revoke()
    await stage.get("account", 401)


async def test_only_administrators_see_users_and_webhooks(stage: Stage) -> None:
    users = (await stage.get("users", wanted="amojo_id,phone_number"))["_embedded"]["users"]
    assert [user["name"] for user in users] == ["Admin", "Anna", "Boris"]
    assert (users[2]["phone_number"], users[2]["amojo_id"]) == ("+79000000001", stage.boris.amojo_id)
    stage.token = await stage.kommo.token(user=stage.anna.id)
    await stage.get("users", 403)
    await stage.get("webhooks", 403)
    await stage.get("leads", 204)


async def test_pipelines_have_incoming_first_and_won_and_lost_last(stage: Stage) -> None:
    found = (await stage.get("leads/pipelines"))["_embedded"]["pipelines"]
    assert [(pipeline["name"], pipeline["is_main"]) for pipeline in found] == [("Pipeline", True), ("Sales", False)]
    statuses = found[1]["_embedded"]["statuses"]
    assert [(status["name"], status["type"]) for status in statuses[:2]] == [("Incoming leads", 1), ("New", 0)]
    assert [status["id"] for status in statuses[-2:]] == [142, 143]


async def test_whoever_acts_may_be_named_in_a_header(stage: Stage) -> None:
    headers = {"X-Context-User-ID": str(stage.anna.id)}
    made = await stage.call("POST", "leads", [{"name": "x"}], headers=headers)
    seen = await stage.kommo.lead(made["_embedded"]["leads"][0]["id"])
    assert (seen.created_by, seen.updated_by) == (stage.anna.id, stage.anna.id)
    await stage.call("GET", "leads", status=403, headers={"X-Context-User-ID": "5"})


async def test_seven_requests_a_second_pass() -> None:
    async with staged(limits=True) as stage:
        answers = [await stage.raw("GET", "account") for _number in range(8)]
        assert [answer.status_code for answer in answers] == [200] * 7 + [429]
        assert answers[-1].json()["status"] == 429
        await stage.kommo.advance(1)
        await stage.get("account")


async def test_one_every_seventh_of_a_second_passes_for_ever() -> None:
    async with staged(limits=True) as stage:
        for _number in range(30):
            await stage.get("account")
            await stage.kommo.advance(1 / 7)


async def test_whoever_ignores_429_is_blocked_with_403() -> None:
    async with staged(limits=True, abuse_after=3, block_seconds=100) as stage:
        statuses = [(await stage.raw("GET", "account")).status_code for _number in range(11)]
        assert statuses == [200] * 7 + [429] * 3 + [403]
        await stage.kommo.advance(50)
        await stage.get("account", 403)
        await stage.kommo.advance(51)
        await stage.get("account")
        assert list((await stage.kommo.stats())["refused"].values()) == [3]


async def test_after_the_subscription_only_reading_goes_on_for_30_days(stage: Stage) -> None:
    await stage.kommo.subscription(ended=True)
    await stage.call("POST", "leads", [{"name": "x"}], 402)
    await stage.get("account")
    await stage.kommo.advance(30 * 86_400)
    await stage.get("account", 402)
    await stage.kommo.subscription(ended=False)
    await stage.get("account")


@pytest.mark.parametrize("status", [401, 402, 403, 429, 504])
async def test_a_planned_refusal_does_nothing(stage: Stage, status: int) -> None:
    await stage.kommo.fault("create_leads", status=status)
    assert (await stage.call("POST", "leads", [{"name": "x"}], status))["status"] == status
    assert await stage.kommo.leads() == []
    await stage.lead()


@pytest.mark.parametrize("action", ["drop", "refuse", "hang", "garbage", "lost"])
async def test_answers_get_lost_after_or_before_it_was_done(stage: Stage, action: str) -> None:
    await stage.kommo.fault("create_leads", action, status=504)
    try:
        answer = await stage.raw("POST", "leads", [{"name": "x"}], timeout=0.3)
    except httpx.TransportError:
        answer = None
    assert (answer is None) is (action in ("drop", "refuse", "hang"))
    assert answer is None or answer.status_code == (504 if action == "lost" else 200)
    done = 0 if action in ("refuse", "hang") else 1
    assert len(await stage.kommo.leads()) == done
    assert [call.status for call in await stage.kommo.calls("create_leads")] == [0]


async def test_a_refresh_whose_answer_got_lost_has_used_the_token_up(stage: Stage) -> None:
    integration = await stage.kommo.integration()
    first = await pair(stage, integration)
    await stage.kommo.fault("oauth", "drop")
    with pytest.raises(httpx.TransportError):
        await refresh(stage, integration, first["refresh_token"])
    assert (await refresh(stage, integration, first["refresh_token"])).status_code == 401
    assert {str(call.answer).count("eyJ") for call in await stage.kommo.calls("oauth")} == {0}


async def test_a_user_who_left_has_no_rights(stage: Stage) -> None:
    await stage.kommo.change_user(stage.anna.id, is_active=False)
    body = [{"name": "x", "responsible_user_id": stage.anna.id}]
    await stage.call("POST", "leads", body, 400)
    stage.token = await stage.kommo.token(user=stage.anna.id)
    await stage.get("leads", 403)


async def test_the_call_log_has_names_bodies_and_answers(stage: Stage) -> None:
    lead_id = await stage.lead(request_id="a")
    await stage.get("leads", query="Deal", limit=1)
    made, listed = await stage.kommo.wait_for_calls(2)
    assert (made.name, made.body[0]["request_id"], made.status) == ("create_leads", "a", 200)
    assert made.answer["_embedded"]["leads"][0]["id"] == lead_id
    assert (listed.name, listed.query) == ("list_leads", {"query": "Deal", "limit": "1"})


async def test_unknown_addresses_and_methods(stage: Stage) -> None:
    await stage.get("nothing", 404)
    await stage.call("DELETE", "leads", None, 405)
    assert (await stage.raw("POST", "leads", None, content=b"{")).status_code == 400


async def test_it_runs_as_a_process_whose_first_line_ends_with_its_address() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "playground.kommo", "--port", "0", "--no-limits", stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        url = (await process.stdout.readline()).decode().split()[-1]
        async with Control(url) as kommo:
            token = await kommo.token()
            assert (await kommo.api("GET", "account", token)).status_code == 200
    finally:
        process.terminate()
        assert await process.wait() == 0
