"""A small team and its clients, as the views hand them out."""

from sales.channels import Channel, ChannelState, Distribution
from sales.clients import Client
from sales.ids import ChannelId, ClientId, ConversationId, CrmId, MessageId, Moment, StaffId, TelegramId
from sales.messages import Content, Direction, Entity, Message, MessageKind, MessageStatus
from sales.staff import Role, Staff
from sales.topics import Topic, TopicState
from sales.views.places import Place

NOW = Moment(1_795_348_800_000)
BORIS = Staff(StaffId(1), TelegramId(7001), "Boris", Role.REP, False, True, True, True)
MARIA = Staff(StaffId(2), TelegramId(7002), "Maria", Role.MANAGER, False, True, True, True)
ANNA = Client(ClientId(11), "Anna K", None, Moment(NOW - 42_000), NOW)
SHOP = Channel(ChannelId(3), "telegram", "Shop", ChannelState.ACTIVE, Distribution.FIRST_ACCEPT, CrmId(1), None, None)


def place(
    staff: Staff = BORIS, client: Client | None = ANNA, thread_id: int | None = None, flat: bool = False
) -> Place:
    client_id = client.id if client is not None else None
    return Place(staff, client_id, flat, Topic(staff.id, client_id, TopicState.OPEN, thread_id))


def said(text: str, number: int = 1, *, entities: tuple[Entity, ...] = (), author: Staff | None = None) -> Message:
    content = Content(MessageKind.TEXT, text, entities)
    return message(content, number, author)


def message(content: Content, number: int = 1, author: Staff | None = None) -> Message:
    direction = Direction.IN if author is None else Direction.OUT
    status = MessageStatus.RECEIVED if author is None else MessageStatus.SENT
    return Message(
        MessageId(number),
        ConversationId(5),
        ANNA.id,
        direction,
        content,
        status,
        NOW,
        NOW,
        author.id if author is not None else None,
    )
