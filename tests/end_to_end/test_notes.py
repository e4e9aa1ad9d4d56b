"""Notes stay inside, wherever they are typed."""

from tests.end_to_end.conftest import World
from tests.end_to_end.scenes import accepted, answering, posts, quiet, said, shows

WORDS = "Do you have blue shoes?"


async def test_a_note_typed_where_it_was_asked_for_never_reaches_the_client(world: World) -> None:
    await world.team_starts()
    customer = await world.customer(501, "Zoe")
    mine = await accepted(world, world.anna, customer, WORDS)
    await world.anna.tap("Note")
    asked = await world.anna.wait_for(shows("Write the note about Zoe"))
    await quiet(world)
    if asked.thread_id is not None:
        await world.anna.write("Haggles, be firm", thread=mine.thread_id)
    else:
        await world.anna.write("Haggles, be firm", reply_to=asked)
    await world.anna.wait_for(shows("Noted"))
    await world.anna.write("Which size?", **answering(mine))
    await customer.wait_for(said("Which size?"))
    assert not await posts(customer, shows("Haggles"))
