"""Control actions of people facing a number: what they do, what they see; and what is typed on the business's phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.kit.errors import ControlError
from playground.kit.files import Blob

from . import business_app
from .accounts import Number, Person
from .acting import Scene, file_content
from .chats import Message
from .ids import digits
from .media import KINDS, usual_type
from .views import chat_view, message_view
from .world import World

Json = dict[str, Any]


def _number(world: World, values: Json) -> Number:
    return world.number(values["number"])


def _person(world: World, values: Json) -> Person:
    return world.person(values["person"])


def _scene(world: World, values: Json) -> Scene:
    return Scene(world, _person(world, values), _number(world, values))


def _how(scene: Scene, values: Json) -> Json:
    """`reply_to`, `forwarded`, `often`, `extra` (fields beside the content), `given` (envelope's fields)."""
    context: Json = scene.reply_context(values["reply_to"]) if values.get("reply_to") else {}
    if values.get("forwarded"):
        context["forwarded"] = True
    if values.get("often"):
        context["frequently_forwarded"] = True
    return {"context": context or None, "extra": values.get("extra"), "given": values.get("given")}


def _write(world: World, values: Json) -> Json:
    scene = _scene(world, values)
    return message_view(scene.say("text", {"body": values["text"]}, **_how(scene, values)))


def _write_many(world: World, values: Json) -> list[str]:
    """`[[person, text], …]` to one number at one instant; for load."""
    number = _number(world, values)
    said = [Scene(world, world.person(who), number).say("text", {"body": text}) for who, text in values["texts"]]
    return [message.id for message in said]


def _say(world: World, values: Json) -> Json:
    """Anything: `type` and its `content` as webhooks have them (location, contacts, order, interactive …)."""
    scene = _scene(world, values)
    return message_view(scene.say(values["type"], values["content"], **_how(scene, values)))


def _blob(world: World, values: Json) -> Blob:
    kind = KINDS.get(values["kind"])
    if kind is None:
        raise ControlError(f"kinds of files are {', '.join(KINDS)}")
    return world.media.given(values, kind.file_name, usual_type(kind.name))


def _file(world: World, values: Json) -> tuple[str, Json, Blob]:
    blob = _blob(world, values)
    return values["kind"], file_content(values["kind"], values.get("caption") or "", blob.name, values), blob


def _send(world: World, values: Json) -> Json:
    scene = _scene(world, values)
    return message_view(scene.say(*_file(world, values), **_how(scene, values)))


def _react(world: World, values: Json) -> bool:
    _scene(world, values).react(values["message"], values["emoji"], values.get("removal", "empty"))
    return True


def _tap(world: World, values: Json) -> Json:
    return message_view(_scene(world, values).tap(values["label"], values.get("message", "")))


def _edit(world: World, values: Json) -> Json:
    blob = _blob(world, values["file"]) if values.get("file") else None
    return message_view(_scene(world, values).edit(values["message"], values["text"], blob))


def _revoke(world: World, values: Json) -> bool:
    _scene(world, values).revoke(values["message"])
    return True


def _read(world: World, values: Json) -> list[str]:
    return _scene(world, values).read(values.get("message", ""), values.get("status", "read"))


def _online(world: World, values: Json) -> bool:
    scene = _scene(world, values)
    if values["online"]:
        scene.come_online()
    else:
        scene.person.online = False
    return True


def _unsupported(world: World, values: Json) -> Json:
    return message_view(_scene(world, values).unsupported(values.get("kind", "poll")))


def _change_number(world: World, values: Json) -> Json:
    scene = _scene(world, values)
    scene.change_number(digits(values["phone"]))
    return {"wa_id": scene.person.wa_id}


def _change_identity(world: World, values: Json) -> bool:
    _scene(world, values).change_identity()
    return True


def _call(world: World, values: Json) -> str:
    return _scene(world, values).call(bool(values.get("answered")))


def _block(world: World, values: Json) -> bool:
    scene = _scene(world, values)
    (scene.person.blocked.add if values["blocked"] else scene.person.blocked.discard)(scene.number.id)
    return True


def _marketing(world: World, values: Json) -> bool:
    """The person stops or resumes marketing messages; the business is told."""
    scene = _scene(world, values)
    stop = scene.person.refuses_marketing = bool(values["stop"])
    told = scene.person.contact(scene.number.business)
    who = {name: told[name] for name in ("wa_id", "user_id") if name in told}
    detail = f"User requested to {'stop' if stop else 'resume'} marketing messages"
    told = who | {"detail": detail, "category": "marketing_messages", "value": "stop" if stop else "resume"}
    world.tell(scene.chat, "user_preferences", user_preferences=[told | {"timestamp": int(world.clock.now())}])
    return True


def _delete_chat(world: World, values: Json) -> int:
    """On the person's side only; nobody is told."""
    chat = _scene(world, values).chat
    for message in chat.messages.values():
        message.cleared = True
    chat.touch()
    return len(chat.messages)


async def _chat(world: World, values: Json) -> Json:
    """The chat now, or as soon as its `version` has passed `after`."""
    chat = _scene(world, values).chat
    await chat.asked(values)
    return chat_view(chat, world.clock.now(), values.get("last", 0))


def _phone_write(world: World, values: Json) -> Json:
    number, person = _number(world, values), _person(world, values)
    if values.get("kind"):
        kind, content, blob = _file(world, values)
        return message_view(business_app.write(world, number, person, kind, content, blob))
    return message_view(business_app.write(world, number, person, "text", {"body": values["text"]}, None))


def _phone_edit(world: World, values: Json) -> bool:
    business_app.edit(world, _message(world, values), values["text"])
    return True


def _phone_revoke(world: World, values: Json) -> bool:
    business_app.revoke(world, _message(world, values))
    return True


def _message(world: World, values: Json) -> Message:
    return _scene(world, values).find(values["message"])


ACTIONS: dict[str, Callable[[World, Json], Any]] = {
    "write": _write,
    "write_many": _write_many,
    "say": _say,
    "send": _send,
    "react": _react,
    "tap": _tap,
    "edit": _edit,
    "revoke": _revoke,
    "read": _read,
    "online": _online,
    "unsupported": _unsupported,
    "change_number": _change_number,
    "change_identity": _change_identity,
    "call": _call,
    "block": _block,
    "marketing": _marketing,
    "delete_chat": _delete_chat,
    "chat": _chat,
    "phone_write": _phone_write,
    "phone_edit": _phone_edit,
    "phone_revoke": _phone_revoke,
}
