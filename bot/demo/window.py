"""One person's chat as they see it: what is new in it is written down, and the story waits for it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from bot.demo.cast import Player
from bot.demo.paper import Paper
from playground.telegram.control import Talk
from playground.telegram.control_types import Answer, Seen, seen

PATIENCE = 20.0
"""Seconds to wait for something to be seen."""
MOMENT = 3.0
"""Seconds that a finger waits for a button."""
LOOK = 60.0
"""Seconds of one long look at an unchanging chat."""
INBOX = "Inbox"


class NotSeen(Exception):
    """Something did not happen in time; the message says what."""


class Window:
    """``posts`` is what is there now, ``topics`` are names by thread, ``here`` is the thread they look at."""

    def __init__(self, player: Player, talk: Talk, paper: Paper) -> None:
        self.player = player
        self.talk = talk
        self.posts: dict[int, Seen] = {}
        self.topics: dict[int, str] = {}
        self.here: int | None = None
        self._paper = paper
        self._changed = asyncio.Condition()

    async def follow(self) -> None:
        """Until cancelled."""
        chat = await self.talk.act("chat")
        while True:
            self.topics = {one["message_thread_id"]: one["name"] for one in chat["topics"]}
            async with self._changed:
                self._take([seen(view) for view in chat["messages"]])
                self._changed.notify_all()
            chat = await self.talk.act("chat", after=chat["version"], timeout=LOOK)

    async def see(self, what: str, where: Callable[[Seen], bool]) -> Seen:
        """The newest post of a bot that fits, once it has been written down. Raises NotSeen."""
        async with self._changed:
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._changed.wait_for(lambda: self.newest(where) is not None)
            except TimeoutError:
                raise NotSeen(f"{self.player.name} should have seen {what}") from None
        found = self.newest(where)
        assert found is not None
        return found

    def newest(self, where: Callable[[Seen], bool]) -> Seen | None:
        """What fits, among what bots wrote."""
        fitting = [post for post in self.posts.values() if post.from_bot and where(post)]
        return fitting[-1] if fitting else None

    def place(self, thread: int | None) -> str:
        return self.topics.get(thread, "") if thread is not None else ""

    async def tap(self, label: str, post: int | None = None) -> Answer:
        """Tap, and show the toast that answers it. A button that is still on its way is waited for a moment."""
        if post is None:
            await self._await_button(label)
        self._paper.shows(self.player, f"taps [{label}]", [])
        return self._toast(await self.talk.tap(label, post))

    async def _await_button(self, label: str) -> None:
        """Or not: then the tap says that there is none."""
        async with self._changed:
            with suppress(TimeoutError):
                async with asyncio.timeout(MOMENT):
                    await self._changed.wait_for(lambda: self._has_button(label))

    def _has_button(self, label: str) -> bool:
        return any(label in name for one in self.posts.values() for name in one.labels)

    async def tap_late(self, label: str, old: Seen) -> Answer:
        """On a screen that has not caught up: the button is gone by now, but the finger is quicker."""
        data = next(button["callback_data"] for row in old.buttons for button in row if button["text"] == label)
        self._paper.shows(self.player, f"taps [{label}], a moment late", [])
        return self._toast(await self.talk.forge(old, data))

    def _toast(self, answer: Answer) -> Answer:
        if answer.text:
            self._paper.shows(self.player, "pops up" if answer.show_alert else "a line on top", [answer.text])
        elif not answer.answered:
            self._paper.shows(self.player, "nothing answers", [])
        return answer

    def show_all(self, last: int) -> None:
        """The newest posts once more."""
        for post in [post for post in self.posts.values() if not post.service][-last:]:
            self._print(post, "")

    # --- what is new ---

    def _take(self, posts: list[Seen]) -> None:
        for post in posts:
            old = self.posts.get(post.message_id)
            if post.deleted:
                self._gone(old)
                continue
            self.posts[post.message_id] = post
            if not post.service:
                self._compare(old, post)

    def _gone(self, old: Seen | None) -> None:
        if old is None:
            return
        del self.posts[old.message_id]
        if not old.service:
            self._paper.shows(self.player, f"✗ #{old.message_id} is gone", [])

    def _compare(self, old: Seen | None, post: Seen) -> None:
        if old is None:
            if post.from_bot and self.place(post.thread_id) not in ("", INBOX):
                self.here = post.thread_id
            self._print(post, "")
        elif (old.text, old.labels) != (post.text, post.labels):
            self._print(post, "✎ changed")
        elif old.emojis != post.emojis:
            self._paper.shows(self.player, f"#{post.message_id} has {' '.join(post.emojis) or 'no reaction'}", [])

    def _print(self, post: Seen, mark: str) -> None:
        mine = not post.from_bot
        sound = "🔔" if post.from_bot and not post.silent and not mark else ""
        answers = f"reply to #{post.reply_to}" if post.reply_to is not None else ""
        writes = "writes" if mine else ""
        facts = [f"#{post.message_id}", self.place(post.thread_id), writes, mark, answers, sound]
        self._paper.shows(self.player, " · ".join(fact for fact in facts if fact), _body(post))


def _body(post: Seen) -> list[str]:
    media = [f"({post.media.kind} {post.media.name})"] if post.media is not None else []
    other = [f"({kind})" for kind in post.content if not post.text and not media]
    buttons = ["  ".join(f"[ {button['text']} ]" for button in row) for row in post.buttons]
    return [*media, *other, *(post.text.split("\n") if post.text else []), *buttons]
