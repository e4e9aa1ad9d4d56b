"""A platform that does not hand out a file for a while: nobody waits for it for long, and it comes in the end."""

import pytest

from tests.end_to_end.conftest import World
from tests.end_to_end.scenes import TOPICS, accepted, said, shows

LATE = 60.0
"""Seconds."""


@TOPICS
@pytest.mark.timeout(180)
async def test_words_go_on_without_a_file_and_the_file_follows(world: World) -> None:
    await world.anna.start()
    customer = await world.customer(501, "Zoe")
    await accepted(world, world.anna, customer, "Hello")
    await world.telegram.fault("getFile", bot=world.shop_bot, code=502, description="Bad Gateway", times=1000)
    await customer.send("photo", data=b"a picture" * 99, caption="this one?")
    await customer.write("or the other?")
    await world.anna.wait_for(shows("not loaded yet"), LATE)
    await world.anna.wait_for(said("or the other?"), LATE)
    await world.telegram.clear_faults()
    shown = await world.anna.wait_for(lambda m: m.from_bot and m.media is not None and "this one?" in m.text, LATE)
    assert await world.anna.download(shown) == b"a picture" * 99
