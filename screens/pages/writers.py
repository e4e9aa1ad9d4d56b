"""Who may write to a client."""

from collections.abc import Sequence

from sales.clients import Client
from sales.ids import ClientId
from sales.ports import Work
from sales.staff import Staff
from sales.use_cases.asking import who_may_write
from screens.clients import plain_name
from screens.pages.page import Reader
from screens.post import Post, post

View = tuple[Client, Sequence[Staff]]


def load(work: Work, staff: Staff, args: str) -> View:
    """``args`` is the client. Raises ``Forbidden``, ``NotFound``."""
    return who_may_write(work, staff, ClientId(int(args)))


def render(view: View, reader: Reader) -> Post:
    client, people = view
    language = reader.language
    name = plain_name(language, client)
    if not people:
        return post(language.t("Nobody may write to {client} now: an admin can change that in /team.", client=name))
    names = ", ".join(person.name for person in people)
    return post(language.t("These may write to {client}: {names}.", client=name, names=names))
