"""A customer writes, one rep accepts, the lead exists."""

from tests.end_to_end.conftest import World


async def test_a_customer_writes_and_one_rep_accepts(world: World) -> None:
    await world.team_starts()
    customer = await world.customer(501, "Zoe <3")
    await customer.write("Do you have blue shoes?")
    card = await world.anna.wait_for(lambda m: "Do you have blue shoes?" in m.text)
    assert "Zoe <3" in card.text
    assert "✅ Accept" in card.labels
    await world.boris.wait_for(lambda m: "Do you have blue shoes?" in m.text)

    answer = await world.anna.tap("✅ Accept")
    assert "Zoe <3" in answer.text
    taken = await world.boris.wait_for(lambda m: "taken by Anna" in m.text)
    assert "blue shoes" not in taken.text
    assert taken.labels == []

    shown = await world.anna.wait_for(lambda m: "blue shoes" in m.text and "New client" not in m.text)
    await world.anna.write("Yes, size 39 too", reply_to=shown.message_id, thread=shown.thread_id)
    heard = await customer.wait_for(lambda m: "size 39" in m.text)
    assert heard.text == "Yes, size 39 too"


async def test_an_admin_from_the_settings_is_called_by_their_name(world: World) -> None:
    await world.admin.start()
    await world.admin.wait_for(lambda m: "Hello, Ada." in m.text)
    await world.admin.write("/team")
    await world.admin.wait_for(lambda m: any("Ada" in label for label in m.labels))
