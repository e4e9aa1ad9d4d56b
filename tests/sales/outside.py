"""What other platforms tell besides messages, in a shop."""

from sales.clients import Conversation, Identity, IdentityKind
from sales.ids import ClientId, Moment, OutboxId
from sales.incoming import ClientWrote, Delivered, Sender, WrittenOutside
from sales.messages import Content, Message, MessageKind
from sales.ports import Work
from tests.sales.shop import Shop

DAY = 86_400
ANN = Sender("Ann", (Identity(IdentityKind.TELEGRAM, "111"),))


def text(words: str) -> Content:
    return Content(MessageKind.TEXT, words)


def wrote(
    shop: Shop,
    words: str | Content,
    number: str,
    *,
    at: Moment | None = None,
    history: bool = False,
    window: int | None = DAY,
    address: str = "111",
    aliases: tuple[str, ...] = (),
) -> ClientWrote:
    content = text(words) if isinstance(words, str) else words
    said_at = at if at is not None else shop.time.now
    return ClientWrote(address, number, ANN, content, said_at, window=window, history=history, aliases=aliases)


def outside(
    shop: Shop,
    words: str,
    number: str,
    *,
    at: Moment | None = None,
    history: bool = False,
    row_id: OutboxId | None = None,
    address: str = "111",
) -> WrittenOutside:
    said_at = at if at is not None else shop.time.now
    return WrittenOutside(address, number, ANN, text(words), said_at, window=DAY, history=history, row_id=row_id)


def status(number: str, what: str, problem: str | None = None, row_id: OutboxId | None = None) -> Delivered:
    return Delivered("111", number, what, problem, row_id)


async def conversation(shop: Shop, address: str = "111") -> Conversation | None:
    key = (shop.channel_id, address)
    return await shop.do(lambda work: work.conversations.by_address([key]).get(key))


async def said(shop: Shop, client_id: ClientId) -> list[Message]:
    return list(await shop.do(lambda work: work.messages.of_client(client_id, 50)))


async def client_of(shop: Shop, address: str = "111") -> ClientId:
    found = await conversation(shop, address)
    assert found is not None
    return found.client_id


async def message_row(shop: Shop, message: Message) -> OutboxId:
    """The row a message is to leave by, as if it were on its way."""

    def claim(work: Work) -> OutboxId:
        rows = work.outbox.claim(f"channel:{shop.channel_id}", work.now, 9)
        (found,) = (row for row in rows if row.payload.get("message_id") == message.id)
        return found.id

    return await shop.do(claim)
