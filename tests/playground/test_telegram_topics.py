"""Topics in private chats: working, switched off, and broken in each way."""

from __future__ import annotations

import pytest

from playground.telegram.control import BotAccount, Control, ControlFailed, PersonAccount, Talk

from .conftest import Raw

LOST = (400, "Bad Request: message thread not found")


async def test_a_topic_lives_and_dies(raw: Raw, chat: Talk) -> None:
    topic = await raw.call("createForumTopic", chat_id=111, name="Ivan", icon_color=16766590)
    thread = topic["message_thread_id"]
    born = await chat.seen(thread)
    assert (born.service, born.thread_id, born.content["forum_topic_created"]["name"]) == (True, thread, "Ivan")
    sent = await raw.call("sendMessage", chat_id=111, text="a", message_thread_id=thread)
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (thread, True)
    answer = await chat.write("b", thread=thread)
    update = (await raw.updates(-1))[0]["message"]
    assert (update["message_thread_id"], update["is_topic_message"]) == (thread, True)
    assert (await chat.write("c", reply_to=answer)).thread_id == thread, "a reply stays in its topic"
    await raw.call("editForumTopic", chat_id=111, message_thread_id=thread, name="Ivan P.")
    assert [topic.name for topic in await chat.topics()] == ["Ivan P."]
    assert (await raw.refused("editForumTopic", chat_id=111, message_thread_id=thread, name="Ivan P."))[1].endswith(
        "TOPIC_NOT_MODIFIED"
    )
    await raw.call("deleteForumTopic", chat_id=111, message_thread_id=thread)
    assert [message.text for message in await chat.messages()] == ["/start"]
    assert await raw.refused("sendMessage", chat_id=111, text="a", message_thread_id=thread) == LOST
    assert "TOPIC_ID_INVALID" in (await raw.refused("deleteForumTopic", chat_id=111, message_thread_id=thread))[1]


@pytest.mark.parametrize(
    ("name", "description"),
    [(" ", "topic name must be non-empty"), ("n" * 129, "TOPIC_TITLE_TOO_LONG")],
)
async def test_names_of_topics_are_checked(raw: Raw, chat: Talk, name: str, description: str) -> None:
    assert await raw.refused("createForumTopic", chat_id=111, name=name) == (400, f"Bad Request: {description}")
    await raw.call("createForumTopic", chat_id=111, name="n" * 128)


async def test_the_birth_of_a_topic_cannot_be_deleted_and_close_is_for_groups(raw: Raw, chat: Talk) -> None:
    thread = (await raw.call("createForumTopic", chat_id=111, name="t"))["message_thread_id"]
    assert "can't be deleted" in (await raw.refused("deleteMessage", chat_id=111, message_id=thread))[1]
    where = {"chat_id": 111, "message_thread_id": thread}
    assert await raw.refused("closeForumTopic", **where) == (400, "Bad Request: the chat is not a supergroup")


async def test_a_bot_without_topics_has_none(telegram: Control, raw: Raw, bot: BotAccount, chat: Talk) -> None:
    thread = (await raw.call("createForumTopic", chat_id=111, name="t"))["message_thread_id"]
    await telegram.set_bot(bot, has_topics_enabled=False)
    assert (await raw.call("getMe"))["has_topics_enabled"] is False
    assert await raw.refused("createForumTopic", chat_id=111, name="t") == (400, "Bad Request: the chat is not a forum")
    assert await raw.refused("sendMessage", chat_id=111, text="a", message_thread_id=thread) == LOST


async def test_topics_break_in_named_ways(raw: Raw, chat: Talk) -> None:
    async def create() -> int:
        return int((await raw.call("createForumTopic", chat_id=111, name="t"))["message_thread_id"])

    first, second = await create(), await create()
    await chat.break_topics("lose", thread=first)
    assert await raw.refused("sendMessage", chat_id=111, text="a", message_thread_id=first) == LOST
    await raw.call("sendMessage", chat_id=111, text="a", message_thread_id=second)
    await chat.break_topics("lose")
    assert await raw.refused("sendMessage", chat_id=111, text="a", message_thread_id=await create()) == LOST
    await chat.break_topics("main_chat")
    sent = await raw.call("sendMessage", chat_id=111, text="a", message_thread_id=second)
    assert "message_thread_id" not in sent
    assert (await chat.seen(sent["message_id"])).thread_id is None
    await chat.break_topics("off")
    assert (await raw.refused("createForumTopic", chat_id=111, name="t"))[0] == 400
    assert (await raw.call("getMe"))["has_topics_enabled"] is True, "the bot is not told"
    await chat.break_topics("")
    await raw.call("sendMessage", chat_id=111, text="a", message_thread_id=second)


async def test_people_make_topics_only_where_they_may(telegram: Control, raw: Raw, bot: BotAccount, chat: Talk) -> None:
    with pytest.raises(ControlFailed, match="does not let people"):
        await chat.create_topic("mine")
    await telegram.set_bot(bot, allows_users_to_create_topics=True)
    topic = await chat.create_topic("mine", implicit=True)
    born = (await raw.updates(-1))[0]["message"]
    assert born["forum_topic_created"]["is_name_implicit"] is True
    await chat.delete_topic(topic.id)
    assert await raw.refused("sendMessage", chat_id=111, text="a", message_thread_id=topic.id) == LOST


async def test_pins(raw: Raw, chat: Talk) -> None:
    thread = (await raw.call("createForumTopic", chat_id=111, name="t"))["message_thread_id"]
    where = {"chat_id": 111, "message_thread_id": thread}
    header = (await raw.call("sendMessage", **where, text="header"))["message_id"]
    await raw.call("pinChatMessage", chat_id=111, message_id=header)
    assert (await chat.seen(header)).pinned
    assert (await raw.call("getChat", chat_id=111))["pinned_message"]["text"] == "header"
    await raw.call("unpinAllForumTopicMessages", **where)
    assert not (await chat.seen(header)).pinned
    assert await raw.refused("pinChatMessage", chat_id=111, message_id=99) == (
        400,
        "Bad Request: message to pin not found",
    )


async def test_only_messages_that_are_not_silent_sound(raw: Raw, chat: Talk, ann: PersonAccount) -> None:
    await raw.call("sendMessage", chat_id=111, text="a")
    await raw.call("sendMessage", chat_id=111, text="b", disable_notification=True)
    await raw.call("createForumTopic", chat_id=111, name="t")
    assert await chat.sounded() == 1
    assert (await chat.seen((await chat.last()).message_id)).silent
