"""The staff bot's calls.

They run over aiogram's session but not through its method classes: those cost 210 µs of CPU a call more (measured: 294
against 84), most of it for building forms and validating answers of which only ids are read. Raw JSON ends here.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
from aiogram.types import BufferedInputFile, FSInputFile, InputFile
from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientTimeout,
    ConnectionTimeoutError,
    FormData,
)

from sales.ids import PostId, TelegramId
from sales.views.places import Place
from screens.failures import AnswerLost, CallFailed, Refusal, ThreadLost, TryLater, failure
from screens.post import CAPTION_LIMIT, TEXT_LIMIT, Post, entity_payload, keyboard_payload

CALL_TIMEOUT = ClientTimeout(total=30, sock_connect=10)
UPLOAD_TIMEOUT = ClientTimeout(total=600, sock_connect=10)
JSON = {"Content-Type": "application/json"}
NOT_MODIFIED = ("message is not modified", "topic_not_modified")

Params = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to stream, or a small picture in memory. ``name`` is what people see: stored files have none."""

    source: Path | bytes
    name: str

    def open(self) -> InputFile:
        if isinstance(self.source, Path):
            return FSInputFile(self.source, self.name)
        return BufferedInputFile(self.source, self.name)


def staff_bot(token: str, api_url: str | None = None) -> Bot:
    """The aiogram bot of the staff's side. ``api_url``: a Bot API server other than the public one."""
    api = TelegramAPIServer.from_base(api_url) if api_url else PRODUCTION
    return Bot(token, session=AiohttpSession(api=api))


class StaffTelegram:
    """Every method raises ``CallFailed``. Creating calls whose answer is lost raise ``AnswerLost``."""

    def __init__(self, bot: Bot) -> None:
        if not isinstance(bot.session, AiohttpSession):
            raise TypeError("the staff bot needs aiogram's aiohttp session")
        self.bot = bot
        self._session: AiohttpSession = bot.session
        self._urls: dict[str, str] = {}

    async def call(self, method: str, params: Params, files: Mapping[str, Upload] | None = None) -> Any:
        """The ``result`` of a Bot API method."""
        session = await self._session.create_session()
        body = self._form(params, files) if files else json.dumps(params).encode()
        try:
            async with session.post(
                self._url(method),
                data=body,
                headers=None if files else JSON,
                timeout=UPLOAD_TIMEOUT if files else CALL_TIMEOUT,
            ) as response:
                status, raw = response.status, await response.read()
        except (ClientConnectorError, ConnectionTimeoutError) as problem:
            raise TryLater(f"no connection: {type(problem).__name__}") from None
        except (ClientError, TimeoutError) as problem:
            raise AnswerLost(type(problem).__name__) from None
        return _result(status, raw)

    def _url(self, method: str) -> str:
        if method not in self._urls:
            self._urls[method] = self._session.api.api_url(self.bot.token, method)
        return self._urls[method]

    def _form(self, params: Params, files: Mapping[str, Upload]) -> FormData:
        form = FormData(quote_fields=False)
        for name, value in params.items():
            form.add_field(name, value if isinstance(value, str) else json.dumps(value))
        for name, upload in files.items():
            form.add_field(name, upload.open().read(self.bot), filename=upload.name)
        return form

    # Sending.

    async def send(self, place: Place, post: Post) -> PostId:
        if post.picture is not None:
            params = _body(post, "caption") | {"photo": "attach://picture"}
            return (await self.create(place, "sendPhoto", params, {"picture": Upload(post.picture, "picture.png")}))[0]
        return (await self.create(place, "sendMessage", _body(post, "text")))[0]

    async def create(
        self, place: Place, method: str, params: Params, files: Mapping[str, Upload] | None = None
    ) -> list[PostId]:
        """Any sending method, into the place's thread. Raises ``ThreadLost`` if it landed anywhere else."""
        target: dict[str, object] = {"chat_id": place.staff.telegram_id}
        if place.thread_id is not None:
            target["message_thread_id"] = place.thread_id
        try:
            result = await self.call(method, target | dict(params), files)
        except ThreadLost:
            raise ThreadLost(place.staff.id, place.client_id) from None
        messages = result if isinstance(result, list) else [result]
        posts = [PostId(message["message_id"]) for message in messages]
        if place.thread_id is not None and any(m.get("message_thread_id") != place.thread_id for m in messages):
            await self._undo(place.staff.telegram_id, posts)
            raise ThreadLost(place.staff.id, place.client_id)
        return posts

    async def _undo(self, chat_id: TelegramId, posts: Sequence[PostId]) -> None:
        """What landed in the wrong thread must not stay; if it can't be removed, sending it anew matters more."""
        try:
            await self.delete(chat_id, posts)
        except CallFailed:
            return

    # Changing what stands.

    async def edit(self, chat_id: TelegramId, post_id: PostId, post: Post) -> None:
        """Raises ``PostGone`` or ``NotEditable``. A post that says so already is fine."""
        target: dict[str, object] = {"chat_id": chat_id, "message_id": post_id}
        if post.picture is not None:
            media = {"type": "photo", "media": "attach://picture"} | _words(post, "caption")
            params = target | {"media": media} | _keyboard(post)
            await self._change("editMessageMedia", params, {"picture": Upload(post.picture, "picture.png")})
        else:
            await self._change("editMessageText", target | _words(post, "text") | _keyboard(post))

    async def edit_caption(self, chat_id: TelegramId, post_id: PostId, post: Post) -> None:
        target = {"chat_id": chat_id, "message_id": post_id}
        await self._change("editMessageCaption", target | _words(post, "caption") | _keyboard(post))

    async def edit_media(self, chat_id: TelegramId, post_id: PostId, post: Post, media: Params, upload: Upload) -> None:
        """Another file in place of the one there, with the post's words as its caption. ``media``: type and facts."""
        item = dict(media) | {"media": "attach://file"} | _words(post, "caption")
        params = {"chat_id": chat_id, "message_id": post_id, "media": item} | _keyboard(post)
        await self._change("editMessageMedia", params, {"file": upload})

    async def _change(self, method: str, params: Params, files: Mapping[str, Upload] | None = None) -> None:
        try:
            await self._again(method, params, files)
        except Refusal as refusal:
            if not any(sign in refusal.reason.lower() for sign in NOT_MODIFIED):
                raise

    async def _again(self, method: str, params: Params, files: Mapping[str, Upload] | None = None) -> Any:
        """A call that does no harm when it is done twice: a lost answer is just another reason to try later."""
        try:
            return await self.call(method, params, files)
        except AnswerLost as lost:
            raise TryLater(str(lost)) from None

    async def delete(self, chat_id: TelegramId, posts: Sequence[PostId]) -> None:
        """At most 100; those that are gone already are skipped by Telegram."""
        await self._again("deleteMessages", {"chat_id": chat_id, "message_ids": list(posts)})

    async def delete_one(self, chat_id: TelegramId, post_id: PostId) -> None:
        """Raises ``PostGone``, or ``NotEditable`` after 48 hours."""
        await self._again("deleteMessage", {"chat_id": chat_id, "message_id": post_id})

    async def pin(self, chat_id: TelegramId, post_id: PostId) -> None:
        params = {"chat_id": chat_id, "message_id": post_id, "disable_notification": True}
        await self._again("pinChatMessage", params)

    async def react(self, chat_id: TelegramId, post_id: PostId, emoji: str | None) -> None:
        """Raises ``Refusal`` (REACTION_INVALID) for an emoji that Telegram does not react with."""
        reaction = [{"type": "emoji", "emoji": emoji}] if emoji else []
        params = {"chat_id": chat_id, "message_id": post_id, "reaction": reaction}
        await self._again("setMessageReaction", params)

    # Topics and menus.

    async def create_topic(self, chat_id: TelegramId, name: str) -> int:
        result = await self.call("createForumTopic", {"chat_id": chat_id, "name": name})
        return int(result["message_thread_id"])

    async def rename_topic(self, chat_id: TelegramId, thread_id: int, name: str) -> None:
        params = {"chat_id": chat_id, "message_thread_id": thread_id, "name": name}
        await self._change("editForumTopic", params)

    async def delete_topic(self, chat_id: TelegramId, thread_id: int) -> None:
        await self._again("deleteForumTopic", {"chat_id": chat_id, "message_thread_id": thread_id})

    async def set_commands(self, chat_id: TelegramId, commands: Sequence[tuple[str, str]]) -> None:
        """An empty list takes the person's own menu away."""
        scope = {"type": "chat", "chat_id": chat_id}
        menu = [{"command": name, "description": words} for name, words in commands]
        await self._again("setMyCommands", {"commands": menu, "scope": scope})


def _result(status: int, raw: bytes) -> Any:
    try:
        answer = json.loads(raw)
        if answer["ok"]:
            return answer["result"]
    except (ValueError, KeyError, TypeError):
        raise failure(status if status >= 400 else 502, f"HTTP {status}, not JSON", None) from None
    after = (answer.get("parameters") or {}).get("retry_after")
    raise failure(int(answer.get("error_code", status)), str(answer.get("description", "")), after)


def _body(post: Post, field: str) -> dict[str, object]:
    body = _words(post, field) | _keyboard(post)
    if not post.sound:
        body["disable_notification"] = True
    if post.reply_to is not None:
        body["reply_parameters"] = {"message_id": post.reply_to, "allow_sending_without_reply": True}
    return body


def _words(post: Post, field: str) -> dict[str, object]:
    post = post.within(TEXT_LIMIT if field == "text" else CAPTION_LIMIT)
    words: dict[str, object] = {field: post.text}
    if post.entities:
        words["entities" if field == "text" else "caption_entities"] = entity_payload(post.entities)
    if field == "text":
        words["link_preview_options"] = {"is_disabled": True}
    return words


def _keyboard(post: Post) -> dict[str, object]:
    markup = keyboard_payload(post.keyboard)
    return {} if markup is None else {"reply_markup": markup}
