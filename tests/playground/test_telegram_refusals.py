"""Every refusal has Telegram's code and text."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from playground.telegram.control import BotAccount, Control, ControlFailed, PersonAccount, Talk
from playground.telegram.server import Server

from .conftest import Raw


def keyboard(*rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"inline_keyboard": list(rows)}


def button(text: str = "Yes", **action: Any) -> dict[str, Any]:
    return {"text": text} | (action or {"callback_data": "yes"})


@pytest.mark.parametrize(
    ("token", "description"), [("200:BBB", "Unauthorized"), ("nonsense", "Unauthorized: invalid token specified")]
)
async def test_unknown_token(server: Server, token: str, description: str) -> None:
    async with httpx.AsyncClient() as http:
        answer = await http.get(f"{server.url}/bot{token}/getMe")
    assert answer.status_code == 401
    assert answer.json() == {"ok": False, "error_code": 401, "description": description}


async def test_revoked_token(telegram: Control, bot: BotAccount, raw: Raw) -> None:
    await telegram.set_bot(bot, revoked=True)
    assert await raw.refused("getMe") == (401, "Unauthorized")


async def test_methods_ignore_case_and_unknown_ones_are_not_found(raw: Raw) -> None:
    assert (await raw.call("GETME"))["username"] == "sales_bot"
    assert await raw.refused("sendNothing") == (404, "Not Found: method not found")


async def test_unknown_parameter_is_named_and_the_check_can_be_switched_off(
    telegram: Control, raw: Raw, chat: Talk
) -> None:
    code, description = await raw.refused("sendMessage", chat_id=111, text="a", silent=True)
    assert (code, "silent" in description) == (400, True)
    await telegram.options(strict_parameters=False)
    await raw.call("sendMessage", chat_id=111, text="a", silent=True)


@pytest.mark.parametrize(
    ("params", "description"),
    [
        ({"chat_id": 999, "text": "a"}, "chat not found"),
        ({"chat_id": "", "text": "a"}, "chat_id is empty"),
        ({"chat_id": 111, "text": " \n "}, "message text is empty"),
        ({"chat_id": 111}, "message text is empty"),
        ({"chat_id": 111, "text": "a" * 4097}, "message is too long"),
        ({"chat_id": 111, "text": "😀" * 2049}, "message is too long"),
        ({"chat_id": 111, "text": "a" * 32769}, "text is too long"),
        ({"chat_id": 111, "text": "a", "message_thread_id": 77}, "message thread not found"),
        ({"chat_id": 111, "text": "a", "reply_parameters": {"message_id": 99}}, "message to be replied not found"),
        ({"chat_id": 111, "text": "a", "parse_mode": "Nope"}, "unsupported parse_mode"),
        ({"chat_id": 111, "text": "<3", "parse_mode": "HTML"}, "can't parse entities"),
        ({"chat_id": 111, "text": "<b>x", "parse_mode": "HTML"}, "can't parse entities"),
        ({"chat_id": 111, "text": "a", "reply_markup": keyboard([button(callback_data="é" * 33)])}, "BUTTON_DATA_INV"),
        ({"chat_id": 111, "text": "a", "reply_markup": keyboard([button(callback_data="")])}, "BUTTON_DATA_INVALID"),
        ({"chat_id": 111, "text": "a", "reply_markup": keyboard(*[[button()] * 8] * 13)}, "reply markup is too long"),
        ({"chat_id": 111, "text": "a", "reply_markup": keyboard([{"text": "bare"}])}, "Text buttons are unallowed"),
    ],
)
async def test_send_message_refuses(raw: Raw, chat: Talk, params: dict[str, Any], description: str) -> None:
    code, text = await raw.refused("sendMessage", **params)
    assert code == 400
    assert text.startswith(f"Bad Request: {description}") or description in text
    assert [message for message in await chat.messages() if message.from_bot] == []


async def test_lengths_at_the_limit_pass(raw: Raw, chat: Talk) -> None:
    await raw.call("sendMessage", chat_id=111, text="😀" * 2048)
    data = "é" * 32
    await raw.call("sendMessage", chat_id=111, text="a", reply_markup=keyboard([button(callback_data=data)]))
    assert (await chat.last()).buttons == [[{"text": "Yes", "callback_data": data}]]


@pytest.mark.parametrize(
    ("entity", "description"),
    [
        ({"offset": 0, "length": 4}, "ends after the end of the text at UTF-16 offset 3"),
        ({"offset": 4, "length": 1}, "ends after the end"),
        ({"offset": 1, "length": 2}, "begins in a middle of a UTF-16 symbol"),
        ({"offset": -1, "length": 1}, "incorrect offset"),
        ({"offset": 0, "length": 1}, "ends in a middle of a UTF-16 symbol"),
        ({"offset": 0, "length": 3, "type": "sparkle"}, "Unsupported type"),
    ],
)
async def test_entities_are_checked_in_utf16(raw: Raw, chat: Talk, entity: dict[str, Any], description: str) -> None:
    code, text = await raw.refused("sendMessage", chat_id=111, text="😀a", entities=[{"type": "bold"} | entity])
    assert code == 400
    assert description in text


async def test_entities_follow_trimming_and_more_than_100_are_cut(raw: Raw, chat: Talk) -> None:
    bold = {"type": "bold", "offset": 2, "length": 2}
    assert (await raw.call("sendMessage", chat_id=111, text="  😀  ", entities=[bold]))["entities"] == [
        {"type": "bold", "offset": 0, "length": 2}
    ]
    many = [{"type": "bold", "offset": n, "length": 1} for n in range(120)]
    assert len((await raw.call("sendMessage", chat_id=111, text="a" * 120, entities=many))["entities"]) == 100


async def test_lone_surrogates_are_refused_and_control_characters_become_spaces(raw: Raw, chat: Talk) -> None:
    content = b'{"chat_id": 111, "text": "a\\ud800"}'
    answer = await raw.http.post("sendMessage", content=content, headers={"Content-Type": "application/json"})
    assert answer.json()["description"] == "Bad Request: strings must be encoded in UTF-8"
    entity = {"type": "bold", "offset": 3, "length": 1}
    sent = await raw.call("sendMessage", chat_id=111, text="a\x00\u202eb", entities=[entity])
    assert (sent["text"], sent["entities"]) == ("a b", [{"type": "bold", "offset": 2, "length": 1}])


async def test_html_is_parsed(raw: Raw, chat: Talk) -> None:
    sent = await raw.call(
        "sendMessage", chat_id=111, text='😀<b>a&lt;<i>b</i></b> <a href="http://x.io">c</a>', parse_mode="HTML"
    )
    assert sent["text"] == "😀a<b c"
    assert sent["entities"] == [
        {"offset": 2, "length": 3, "type": "bold"},
        {"offset": 4, "length": 1, "type": "italic"},
        {"offset": 6, "length": 1, "type": "text_link", "url": "http://x.io"},
    ]


async def test_a_missing_original_may_be_allowed(raw: Raw, chat: Talk) -> None:
    reply = {"message_id": 99, "allow_sending_without_reply": True}
    sent = await raw.call("sendMessage", chat_id=111, text="a", reply_parameters=reply)
    assert "reply_to_message" not in sent


async def test_who_may_be_written_to(telegram: Control, raw: Raw, ann: PersonAccount, bot: BotAccount) -> None:
    async def write() -> tuple[int, str]:
        return await raw.refused("sendMessage", chat_id=111, text="a")

    assert await write() == (403, "Forbidden: bot can't initiate conversation with a user")
    talk = ann.chat(bot)
    await talk.start()
    await talk.block()
    assert await write() == (403, "Forbidden: bot was blocked by the user")
    with pytest.raises(ControlFailed, match="unblock first"):
        await talk.write("hello?")
    await talk.unblock()
    await raw.call("sendMessage", chat_id=111, text="a")
    await ann.deactivate()
    assert await write() == (403, "Forbidden: user is deactivated")
    other = await telegram.bot("200:BBB")
    assert await raw.refused("sendMessage", chat_id=other.id, text="a") == (
        403,
        "Forbidden: bot can't send messages to bots",
    )


async def test_edits(raw: Raw, chat: Talk) -> None:
    markup = keyboard([button()])
    sent = await raw.call("sendMessage", chat_id=111, text="one", reply_markup=markup)
    where = {"chat_id": 111, "message_id": sent["message_id"]}
    code, description = await raw.refused("editMessageText", **where, text="one", reply_markup=markup)
    assert (code, description.partition(":")[2][:24]) == (400, " message is not modified")
    assert description.endswith("are exactly the same as a current content and reply markup of the message")
    edited = await raw.call("editMessageText", **where, text="one")
    assert "reply_markup" not in edited, "a missing keyboard removes the old one"
    await raw.call("editMessageText", **where, text="two")
    assert (await chat.seen(sent["message_id"])).versions == ["one"]
    gone = {"chat_id": 111, "message_id": 999}
    assert await raw.refused("editMessageText", **gone, text="x") == (400, "Bad Request: message to edit not found")
    theirs = await chat.write("mine")
    assert await raw.refused("editMessageText", chat_id=111, message_id=theirs.message_id, text="x") == (
        400,
        "Bad Request: message can't be edited",
    )
    _, description = await raw.refused("editMessageCaption", **where, caption="x")
    assert description == "Bad Request: there is no caption in the message to edit"


async def test_deletes_and_the_48_hour_rule(telegram: Control, raw: Raw, chat: Talk) -> None:
    sent = (await raw.call("sendMessage", chat_id=111, text="a"))["message_id"]
    theirs = (await chat.write("b")).message_id
    dice = (await raw.call("sendDice", chat_id=111))["message_id"]
    assert await raw.call("deleteMessage", chat_id=111, message_id=theirs) is True
    assert await raw.refused("deleteMessage", chat_id=111, message_id=theirs) == (
        400,
        "Bad Request: message to delete not found",
    )
    assert "can't be deleted" in (await raw.refused("deleteMessage", chat_id=111, message_id=dice))[1]
    await telegram.advance(48 * 3600 + 1)
    code, description = await raw.refused("deleteMessage", chat_id=111, message_id=sent)
    assert (code, "message can't be deleted" in description) == (400, True)
    assert await raw.call("deleteMessages", chat_id=111, message_ids=[sent, 555]) is True
    assert (await chat.seen(sent)).deleted is False
    assert "too many" in (await raw.refused("deleteMessages", chat_id=111, message_ids=list(range(101))))[1]


async def test_callback_queries_are_answered_once_and_in_time(telegram: Control, raw: Raw, chat: Talk) -> None:
    too_old = (400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
    await raw.call("sendMessage", chat_id=111, text="a", reply_markup=keyboard([button("✅ Accept")]))
    first = await chat.tap("Accept", seconds=0)
    assert not first.answered
    _, description = await raw.refused("answerCallbackQuery", callback_query_id=first.query_id, text="a" * 201)
    assert description == "Bad Request: MESSAGE_TOO_LONG"
    await raw.call("answerCallbackQuery", callback_query_id=first.query_id)
    assert await raw.refused("answerCallbackQuery", callback_query_id=first.query_id) == too_old
    second = await chat.tap("Accept", seconds=0)
    await telegram.advance(151)
    assert await raw.refused("answerCallbackQuery", callback_query_id=second.query_id) == too_old
    assert await raw.refused("answerCallbackQuery", callback_query_id="77") == too_old
    with pytest.raises(ControlFailed, match="no button 'Decline'"):
        await chat.tap("Decline")


async def test_reactions(raw: Raw, chat: Talk) -> None:
    where = {"chat_id": 111, "message_id": (await chat.write("a")).message_id}
    invalid = (400, "Bad Request: REACTION_INVALID")
    assert await raw.refused("setMessageReaction", **where, reaction=[{"type": "emoji", "emoji": "🚀"}]) == invalid
    assert await raw.refused("setMessageReaction", **where, reaction=[{"type": "paid"}]) == invalid
    thumb = {"type": "emoji", "emoji": "👍"}
    assert await raw.refused("setMessageReaction", **where, reaction=[thumb, thumb]) == (
        400,
        "Bad Request: REACTIONS_TOO_MANY",
    )
    await raw.call("setMessageReaction", **where, reaction=[thumb])
    assert (await chat.seen(where["message_id"])).emojis == ["👍"]
    await raw.call("setMessageReaction", **where, reaction=[])
    assert (await chat.seen(where["message_id"])).emojis == []


async def test_commands_are_checked_and_chosen_by_scope(raw: Raw, chat: Talk) -> None:
    def commands(*names: str) -> list[dict[str, str]]:
        return [{"command": name, "description": name} for name in names]

    assert await raw.refused("setMyCommands", commands=commands("Big")) == (400, "Bad Request: BOT_COMMAND_INVALID")
    await raw.call("setMyCommands", commands=commands("help"))
    assert await chat.menu() == ["help"]
    await raw.call("setMyCommands", commands=commands("team", "role"), scope={"type": "chat", "chat_id": 111})
    assert await chat.menu() == ["team", "role"]
    await raw.call("deleteMyCommands", scope={"type": "chat", "chat_id": 111})
    assert await chat.menu() == ["help"]


async def test_copies_and_forwards(raw: Raw, chat: Talk) -> None:
    source = (await chat.send("photo", caption="see")).message_id
    where = {"chat_id": 111, "from_chat_id": 111}
    copied = await raw.call("copyMessage", **where, message_id=source)
    assert list(copied) == ["message_id"]
    assert (await chat.seen(copied["message_id"])).text == "see"
    forwarded = await raw.call("forwardMessage", **where, message_id=source)
    assert forwarded["forward_origin"]["sender_user"]["id"] == 111
    assert await raw.refused("copyMessage", **where, message_id=99) == (400, "Bad Request: message to copy not found")
    assert (await raw.refused("forwardMessage", **where, message_id=99))[1].endswith("message to forward not found")
    assert "strictly increasing" in (await raw.refused("copyMessages", **where, message_ids=[3, 2]))[1]
