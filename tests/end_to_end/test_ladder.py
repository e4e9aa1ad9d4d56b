"""Nobody accepts: remind, then the managers, then in turn. The clock is real, so the delays are a few seconds."""

from tests.end_to_end.conftest import World
from tests.end_to_end.scenes import FLAT, card, posts, said, shows


@FLAT
async def test_an_offer_nobody_accepts_climbs_to_the_managers_and_then_to_the_next_in_turn(world: World) -> None:
    delays = ("--remind-after", "2", "--widen-after", "4", "--assign-after", "7")
    world.house.command("channel", "set", "1", *delays)
    await world.team_starts()
    customer = await world.customer(501, "Zoe")
    await customer.write("Anybody there?")
    offered = await world.anna.wait_for(card("Anybody there"))
    reminded = await world.anna.wait_for(shows("still waits"))
    assert reminded.reply_to == offered.message_id
    await world.boris.wait_for(shows("still waits"))
    assert not await posts(world.maria, shows("Anybody there"))

    told = await world.maria.wait_for(shows("Nobody has accepted Zoe"))
    hers = await world.maria.wait_for(card("Anybody there"))
    assert told.message_id > hers.message_id or told.reply_to == hers.message_id

    given = await world.boris.wait_for(shows("given to Anna"))
    assert "Anybody" not in given.text
    await world.maria.wait_for(shows("given to Anna"))
    mine = await world.anna.wait_for(said("Anybody there?"))
    assert not mine.silent
    await world.anna.write("/why", reply_to=mine)
    await world.anna.wait_for(shows("nobody accepted in time"))
