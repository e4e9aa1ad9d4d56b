"""Control actions of people: who they are, what they do, what they see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.kit.errors import ControlError
from playground.kit.files import Blob

from .acting import Scene
from .chats import Account, Chat, Contact, Message, Room
from .ids import bare
from .payloads import MEDIA
from .views import chat_view, message_view
from .world import World

Json = dict[str, Any]

FILES = {
    "image": ("photo.jpg", "image/jpeg"),
    "video": ("video.mp4", "video/mp4"),
    "gif": ("gif.mp4", "video/mp4"),
    "video_note": ("note.mp4", "video/mp4"),
    "voice": ("voice.ogg", "audio/ogg; codecs=opus"),
    "audio": ("song.mp3", "audio/mpeg"),
    "document": ("offer.pdf", "application/pdf"),
    "sticker": ("sticker.webp", "image/webp"),
}
FLAGS = ("name", "lid", "exists", "by_lid", "mapped", "phone_on")


def _account(world: World, values: Json) -> Json:
    """The owner's phone, made or renamed."""
    phone, name = values["phone"], values.get("push_name") or "Shop"
    account = world.accounts.setdefault(phone, Account(phone, name, f"77{phone}"))
    account.push_name = name
    return account.me()


def _person(world: World, values: Json) -> Json:
    """A customer, made or changed. Without a `lid` one is made up."""
    phone = values["phone"]
    contact = world.contacts.setdefault(phone, Contact(phone, lid=f"88{phone}"))
    contact.lid = contact.lid or f"88{phone}"
    contact.exists = True
    was_on = contact.phone_on
    for name in FLAGS:
        if values.get(name) is not None:
            setattr(contact, name, values[name])
    contact.others = tuple(values.get("others") or contact.others)
    if contact.phone_on and not was_on:
        for account in world.accounts.values():
            if contact in account.chats:
                Scene(world, account, account.chats[contact]).arrive()
    return {"phone": contact.phone, "name": contact.name, "lid": contact.lid, "chat_id": contact.id}


def _room(world: World, values: Json) -> Json:
    """A group (`…@g.us`), a newsletter (`…@newsletter`) or `status@broadcast`."""
    room = world.rooms.setdefault(values["id"], Room(values["id"]))
    room.name = values.get("name", room.name)
    return {"id": room.id, "name": room.name}


def _scene(world: World, values: Json) -> Scene:
    account = world.account(values["account"])
    if values.get("room"):
        if values["room"] not in world.rooms:
            raise ControlError(f"no room {values['room']}")
        return Scene(world, account, account.chat(world.rooms[values["room"]]))
    return Scene(world, account, account.chat(world.contact(values["person"])))


def _who(world: World, values: Json) -> Contact | None:
    """Who acts: the customer, or the owner."""
    return None if values.get("owner") else world.contact(values["person"])


def _message(chat: Chat, message_id: str) -> Message:
    message = chat.messages.get(bare(message_id) or "")
    if message is None:
        raise ControlError(f"no message {message_id} in this chat")
    return message


def _blob(world: World, values: Json) -> Blob | None:
    if values.get("kind") not in MEDIA:
        return None
    return world.files.given(values, *FILES[values["kind"]])


def _fields(world: World, scene: Scene, values: Json) -> Json:
    """The fields of `Message` out of what the test gave."""
    names = ("kind", "text", "location", "vcards", "extra", "proto", "without_media")
    fields = {name: values[name] for name in names if values.get(name) is not None}
    if values.get("reply_to"):
        fields["reply_to"] = _message(scene.chat, values["reply_to"]).id
    if values.get("ago"):
        fields["at"] = world.clock.now() - values["ago"]
    return fields | {"blob": _blob(world, values)}


def _say(world: World, values: Json) -> Json:
    """Write anything. `ago` makes it older; `announce=False` leaves it for the history to tell."""
    scene = _scene(world, values)
    fields = _fields(world, scene, values)
    announce = values.get("announce", True)
    return message_view(scene.say(_who(world, values), announce, values.get("message_id", ""), **fields))


def _edit(world: World, values: Json) -> Json:
    scene, message = _own(world, values)
    scene.edit(message, values["text"])
    return message_view(message)


def _revoke(world: World, values: Json) -> Json:
    scene, message = _own(world, values)
    scene.revoke(message)
    return message_view(message)


def _own(world: World, values: Json) -> tuple[Scene, Message]:
    scene = _scene(world, values)
    message = _message(scene.chat, values["message_id"])
    if message.author is not _who(world, values):
        raise ControlError("the message is somebody else's")
    return scene, message


def _react(world: World, values: Json) -> bool:
    scene = _scene(world, values)
    scene.react(_message(scene.chat, values["message_id"]), _who(world, values), values["emoji"])
    return True


def _read(world: World, values: Json) -> bool:
    """The customer reads what came; or the owner does, on the phone."""
    scene = _scene(world, values)
    upto = _message(scene.chat, values["message_id"]) if values.get("message_id") else None
    if values.get("owner"):
        scene.mark_seen([message for message in scene.chat.messages.values() if not message.from_me])
    else:
        scene.read(upto)
    return True


def _play(world: World, values: Json) -> bool:
    scene = _scene(world, values)
    scene.play(_message(scene.chat, values["message_id"]))
    return True


def _ack(world: World, values: Json) -> bool:
    """Any tick at any time, also backwards or repeated."""
    scene = _scene(world, values)
    scene.set_ack(_message(scene.chat, values["message_id"]), values["ack"])
    return True


def _call(world: World, values: Json) -> str:
    return _scene(world, values).call(bool(values.get("video")), values.get("outcome", "missed"))


def _types(world: World, values: Json) -> bool:
    _scene(world, values).customer_types(values.get("presence", "typing"))
    return True


async def _chat(world: World, values: Json) -> Json:
    """The chat now, or as soon as its `version` has passed `after`."""
    chat = _scene(world, values).chat
    await chat.asked(values)
    return chat_view(chat)


ACTIONS: dict[str, Callable[[World, Json], Any]] = {
    "account": _account,
    "person": _person,
    "room": _room,
    "say": _say,
    "edit": _edit,
    "revoke": _revoke,
    "react": _react,
    "read": _read,
    "play": _play,
    "ack": _ack,
    "call": _call,
    "types": _types,
    "chat": _chat,
}
