"""A view that lived through both kinds of chat is taken away whole: what stood in the topic, and beside it."""

from dataclasses import replace

import pytest

from sales.ids import PostId
from sales.messages import Content, MessageKind
from sales.outbox import RowKind, Sent
from sales.staff import Role
from sales.use_cases.handing import transfer
from sales.use_cases.talk import StaffPost, staff_wrote
from tests.screens.office import Office
from tests.screens.test_office import accepted, bots

THREE_DAYS = 3 * 24 * 3600


def left(office: Office) -> list[object]:
    """How much each withdrawal had to leave behind."""
    return [
        outcome.facts.get("left")
        for row, outcome in office.settled
        if row.kind is RowKind.WITHDRAW and isinstance(outcome, Sent)
    ]


async def test_posts_of_an_earlier_flat_time_are_emptied_when_the_topic_goes(office: Office) -> None:
    await office.topics(False)
    boris, talk, client_id = await accepted(office, "old secret")
    eva, _ = await office.hire(7002, "Eva", Role.REP)
    header = next(m for m in await talk.messages() if m.text.startswith("Anna K · lead"))
    own = await talk.write("my own words", reply_to=header.message_id)
    post = StaffPost(
        PostId(own.message_id), Content(MessageKind.TEXT, "my own words"), reply_to=PostId(header.message_id)
    )
    await office.do(lambda work: staff_wrote(work, boris, post))
    office.watch.advance(THREE_DAYS)
    await office.topics(True)
    await office.writes("new secret")
    await office.deliver()
    await office.do(lambda work: transfer(work, boris, client_id, eva.id))
    await office.deliver(600)
    assert all("secret" not in text for text in await bots(talk))
    assert "Conversation moved to Eva" in await bots(talk)
    assert left(office) == [1], "what Boris wrote himself can't be taken out of his chat any more"


@pytest.mark.parametrize("switched_off", [True, False])
async def test_a_topic_of_an_earlier_time_goes_from_the_flat_chat(office: Office, switched_off: bool) -> None:
    """Where topics only kept failing for this person the topic is deleted; where the bot has none any more, that can't
    be done, and its posts are emptied one by one.
    """
    boris, talk, client_id = await accepted(office, "old secret")
    topic = next(one for one in await talk.topics() if one.name != "Inbox")
    own = await talk.write("my own words", thread=topic.id)
    post = StaffPost(PostId(own.message_id), Content(MessageKind.TEXT, "my own words"), topic.id)
    await office.do(lambda work: staff_wrote(work, boris, post))
    eva, _ = await office.hire(7002, "Eva", Role.REP)
    office.watch.advance(THREE_DAYS)
    if switched_off:
        await office.topics(False)
    else:
        await office.do(lambda work: work.staff.save(replace(boris, flat=True)))
    await office.writes("new secret")
    await office.deliver()
    await office.do(lambda work: transfer(work, boris, client_id, eva.id))
    await office.deliver(600)
    assert all("secret" not in text for text in await bots(talk))
    assert left(office) == [1 if switched_off else 0], "what went with the topic is not left"
