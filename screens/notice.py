"""What a notice is made from, and what it makes."""

from dataclasses import dataclass

from sales.outbox import Payload
from sales.views.notices import NoticeView, still_open
from screens.clients import channel_of, plain_name
from screens.desk import Desk
from screens.language import Language
from screens.post import Keyboard


@dataclass(frozen=True, slots=True)
class Notice:
    desk: Desk
    language: Language
    view: NoticeView

    @property
    def params(self) -> Payload:
        return self.view.params


@dataclass(frozen=True, slots=True)
class Draft:
    """``answers_card``: it stands under the person's offer card."""

    text: str
    keyboard: Keyboard = ()
    answers_card: bool = False


def client_name(notice: Notice) -> str:
    """While a client is still offered, nothing but a name that gives no phone away."""
    client = notice.view.client
    if client is None:
        return notice.language.t("the client")
    if still_open(notice.view.offer):
        return notice.view.offered_name or notice.language.t("the client")
    return plain_name(notice.language, client)


def person(notice: Notice, key: str) -> str:
    """The name of the colleague a key of the row names."""
    return notice.view.people.get(key) or notice.language.t("a colleague")


def channel_name(notice: Notice) -> str:
    channel = notice.view.channel
    return channel_of(notice.desk, channel) if channel is not None else notice.language.t("the channel")


def count(notice: Notice, key: str) -> int:
    return int(notice.params.get(key) or 0)
