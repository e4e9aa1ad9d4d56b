"""`dibs channel` and `dibs crm`: accounts and where their leads go."""

from tests.bot.conftest import Shell
from tests.end_to_end.house import SHOP_TOKEN, STAFF_TOKEN

ADD = ("channel", "add", "telegram", "--name", "Shop", "--token")


def test_a_channel_is_connected_with_the_built_in_crm_and_first_accept(dibs: Shell) -> None:
    shop = dibs.id(*ADD, SHOP_TOKEN)
    assert dibs.json("channel", "list") == [
        {
            "id": shop,
            "kind": "telegram",
            "name": "Shop",
            "distribution": "first_accept",
            "crm": 1,
            "pipeline": "1",
            "stage": "1",
            "state": "active",
        }
    ]


def test_a_token_that_telegram_does_not_know_never_becomes_a_channel(dibs: Shell) -> None:
    assert "Telegram does not know this token" in dibs.fails(*ADD, "1:wrong")
    assert "customers need a bot of their own" in dibs.fails(*ADD, STAFF_TOKEN)
    assert dibs.json("channel", "list") == []


def test_when_telegram_is_not_to_be_had_it_says_so(dibs: Shell) -> None:
    dibs.house.api_url = "http://127.0.0.1:9"
    assert dibs.fails(*ADD, SHOP_TOKEN).startswith("Telegram can't be reached")


def test_one_account_is_one_channel_until_it_is_removed(dibs: Shell) -> None:
    shop = dibs.id(*ADD, SHOP_TOKEN)
    assert dibs.fails(*ADD, SHOP_TOKEN) == "this account is connected already"
    dibs.ok("channel", "remove", str(shop))
    assert dibs.json("channel", "list") == []
    assert dibs.id(*ADD, SHOP_TOKEN) != shop


def test_distribution_pipeline_stage_and_pause_are_set(dibs: Shell) -> None:
    shop = str(dibs.id(*ADD, SHOP_TOKEN))
    dibs.ok("channel", "set", shop, "--distribution", "in_turn", "--name", "Front desk", "--stage", "initial contact")
    dibs.ok("channel", "set", shop, "--pause", "--remind-after", "off", "--assign-after", "60", "--widen-after", "30")
    (channel,) = dibs.json("channel", "list")
    assert (channel["name"], channel["distribution"], channel["state"]) == ("Front desk", "in_turn", "paused")
    dibs.ok("channel", "set", shop, "--resume")
    assert dibs.json("channel", "list")[0]["state"] == "active"


def test_places_that_are_not_there_are_refused(dibs: Shell) -> None:
    shop = str(dibs.id(*ADD, SHOP_TOKEN))
    assert dibs.fails("channel", "set", shop, "--stage", "Nowhere") == "there is no such stage"
    assert dibs.fails("channel", "set", shop, "--pipeline", "Nowhere") == "there is no such pipeline"
    assert dibs.fails("channel", "set", shop, "--crm", "9") == "there is no such crm"
    assert dibs.fails("channel", "set", "99", "--pause") == "there is no such channel"
    assert "must grow" in dibs.fails("channel", "set", shop, "--remind-after", "600")


def test_on_one_channel_a_role_can_differ(dibs: Shell) -> None:
    anna = str(dibs.id("staff", "add", "1001", "--name", "Anna", "--role", "rep"))
    shop = str(dibs.id(*ADD, SHOP_TOKEN))
    dibs.ok("staff", "set", anna, "--channel", shop, "--role", "none")
    dibs.ok("staff", "set", anna, "--channel", shop, "--inherit")


def test_the_built_in_crm_is_always_there(dibs: Shell) -> None:
    assert [one["kind"] for one in dibs.json("crm", "list")] == ["builtin"]
    assert dibs.id("crm", "add", "builtin") == 1
    assert dibs.ok("crm", "check", "1").startswith("ok")
    assert dibs.fails("crm", "check", "7") == "there is no such crm"
    anna = str(dibs.id("staff", "add", "1001", "--name", "Anna"))
    dibs.ok("crm", "map-user", "1", "--staff", anna, "--user", "77")
    assert dibs.fails("crm", "map-user", "1", "--staff", "99", "--user", "77") == "there is no such staff"
