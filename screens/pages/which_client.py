"""A text that says nowhere for whom it is: the bot asks, and keeps it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sales.clients import Client
from sales.ids import PostId
from sales.messages import Content
from sales.ports import Work
from sales.staff import Staff
from sales.use_cases.kept import kept_under
from sales.use_cases.talk import addressees
from screens.buttons import ChooseClient
from screens.clients import plain_name
from screens.contents import summary
from screens.pages.page import Reader
from screens.post import Button, Post, post, rows


@dataclass(frozen=True, slots=True)
class WhichView:
    post_id: PostId
    content: Content | None
    clients: Sequence[Client]


def load(work: Work, staff: Staff, args: str) -> WhichView:
    """``args`` is the post that is asked about."""
    kept = kept_under(work, staff.id, PostId(int(args)))
    return WhichView(PostId(int(args)), kept[0].content if kept else None, addressees(work, staff))


def render(view: WhichView, reader: Reader) -> Post:
    language = reader.language
    if view.content is None:
        return post(language.t("Nothing is kept any more. Write again, as a reply to the client's message."))
    excerpt = summary(language, view.content)[:200]
    if not view.clients:
        return post(language.t("You have no clients yet, so this went to nobody: “{text}”", text=excerpt))
    buttons = [
        Button(plain_name(language, client), ChooseClient(client=client.id, post=view.post_id))
        for client in view.clients
    ]
    words = language.t(
        "Who is this for? “{text}”\nIt is kept until you choose. To skip the question, reply to a client's message.",
        text=excerpt,
    )
    return post(words, keyboard=rows(*buttons))
