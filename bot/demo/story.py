"""The scripted story. Each scene does something as a person would, and waits until the others have seen it."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.demo.cast import ANNA, BORIS, MARIA, QUENTIN, TEAM, ZOE
from bot.demo.stage import Stage
from bot.demo.window import NotSeen
from playground.telegram.control_types import Seen

ACCEPT = "✅ Accept"
QUESTION = "Do you have blue shoes?"
SIZE = "Size 39 please"
ANSWER = "Yes, the last pair. Shall I put it aside for you?"
THANKS = "Oh yes! I'll come at five."
TYPO = "Say five p.m. exactly"
READING = 1.2
"""Seconds between scenes, for whoever reads along."""


async def play(stage: Stage, *, slowly: bool) -> None:
    """Raises NotSeen, with what should have happened."""
    for title, scene in SCENES:
        stage.paper.scene(title)
        await scene(stage)
        if slowly:
            await asyncio.sleep(READING)


async def team_arrives(stage: Stage) -> None:
    for player in TEAM:
        await stage.of(player).talk.start()
    for player in TEAM:
        await stage.of(player).see("the greeting", lambda post: "Hello," in post.text)


async def customer_writes(stage: Stage) -> None:
    zoe = stage.of(ZOE)
    await zoe.talk.start()
    await zoe.talk.write(QUESTION)
    for player in (ANNA, BORIS):
        await stage.of(player).see("a card with what Zoe wrote", lambda post: QUESTION in post.text)
    await zoe.talk.write(SIZE)
    for player in (ANNA, BORIS):
        await stage.of(player).see("the card with both messages", _card)


def _card(post: Seen) -> bool:
    return QUESTION in post.text and SIZE in post.text and ACCEPT in post.labels


async def boris_accepts(stage: Stage) -> None:
    anna, boris = stage.of(ANNA), stage.of(BORIS)
    card = await anna.see("the card", _card)
    await boris.tap(ACCEPT)
    await boris.see("Zoe's words in a topic of their own", lambda post: post.text == SIZE)
    taken = await anna.see("that Boris was first", lambda post: "taken by Boris" in post.text)
    _expect(not taken.labels and QUESTION not in taken.text, "Anna's card should have shrunk to one line")
    late = await anna.tap_late(ACCEPT, card)
    _expect("Boris" in late.text, "Anna should have been told that Zoe is Boris's")


async def they_talk(stage: Stage) -> None:
    zoe, boris = stage.of(ZOE), stage.of(BORIS)
    await boris.talk.write(ANSWER, thread=boris.here)
    await zoe.see("Boris's answer", lambda post: post.text == ANSWER)
    await zoe.talk.write(THANKS)
    await boris.see("Zoe's answer", lambda post: post.text == THANKS)
    _expect(not _knows(stage, THANKS), "only Boris should have seen Zoe's answer")


def _knows(stage: Stage, words: str) -> bool:
    others = (ANNA, MARIA, QUENTIN)
    return any(stage.of(player).newest(lambda post: words in post.text) is not None for player in others)


async def lead_moves_on(stage: Stage) -> None:
    boris = stage.of(BORIS)
    await boris.tap("Stage")
    stages = await boris.see("the stages", lambda post: "Qualified" in post.labels)
    await boris.tap("Qualified", stages.message_id)
    await boris.see("the new stage above the conversation", lambda post: post.pinned and "Qualified" in post.text)


async def manager_looks(stage: Stage) -> None:
    maria = stage.of(MARIA)
    await maria.talk.write("/chats")
    await maria.see("the list with Zoe", lambda post: any("Zoe" in label for label in post.labels))
    await maria.tap("Zoe")
    await maria.see("the conversation", lambda post: QUESTION in post.text and ANSWER in post.text)


async def quality_control_may_not_write(stage: Stage) -> None:
    quentin = stage.of(QUENTIN)
    await quentin.talk.write("/chats")
    await quentin.see("the list with Zoe", lambda post: any("Zoe" in label for label in post.labels))
    await quentin.tap("Zoe")
    await quentin.see("the conversation", lambda post: QUESTION in post.text)
    await quentin.tap("Open here, with files")
    await quentin.see("the conversation in a topic", lambda post: post.text == THANKS)
    await quentin.talk.write(TYPO, thread=quentin.here)
    await quentin.see("the refusal", lambda post: "may not write" in post.text)
    heard = stage.of(ZOE).newest(lambda post: TYPO in post.text)
    _expect(heard is None, "Zoe should not have heard of it")


def _expect(happened: bool, otherwise: str) -> None:
    if not happened:
        raise NotSeen(otherwise)


SCENES: tuple[tuple[str, Callable[[Stage], Awaitable[None]]], ...] = (
    ("The team says hello to the staff bot", team_arrives),
    ("A stranger writes to the shop: both reps get a card", customer_writes),
    ("Boris accepts. Anna taps a moment later", boris_accepts),
    ("They talk, and nobody else listens", they_talk),
    ("The lead moves on", lead_moves_on),
    ("Maria, the manager, looks into it", manager_looks),
    ("Quentin, quality control, sees everything and may write nothing", quality_control_may_not_write),
)
