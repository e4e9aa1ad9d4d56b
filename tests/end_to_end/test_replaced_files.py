"""A photo is replaced by another one, on either side: the other side sees the new one."""

from playground.telegram.control import Talk
from playground.telegram.control_types import Seen
from tests.end_to_end.conftest import World
from tests.end_to_end.scenes import accepted, answering, quiet


async def shows(talk: Talk, caption: str, size: int) -> Seen:
    """The bot's post with a file of this size."""
    found = await talk.wait_for(lambda m: m.from_bot and m.media is not None and caption in m.text)
    assert len(await talk.download(found)) == size
    return found


async def test_a_replaced_photo_arrives_both_ways(world: World) -> None:
    await world.team_starts()
    customer = await world.customer(5001, "Kim")
    shown = await accepted(world, world.anna, customer, "Do you have this?")

    picture = await customer.send("photo", size=3000, caption="the red one")
    before = await shows(world.anna, "the red one", 3000)
    await quiet(world)
    await customer.edit(picture, "the blue one", media={"kind": "photo", "size": 4000})
    after = await shows(world.anna, "the blue one", 4000)
    assert after.message_id == before.message_id

    mine = await world.anna.send("photo", size=5000, caption="like that?", **answering(shown))
    sent = await shows(customer, "like that?", 5000)
    await quiet(world)
    await world.anna.edit(mine, "or like that?", media={"kind": "photo", "size": 6000})
    changed = await shows(customer, "or like that?", 6000)
    assert changed.message_id == sent.message_id
