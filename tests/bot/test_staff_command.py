"""`dibs staff`: the team, from the command line."""

from tests.bot.conftest import Shell


def test_whoever_is_added_is_on_the_list_with_exactly_the_promised_keys(dibs: Shell) -> None:
    anna = dibs.id("staff", "add", "1001", "--name", "Anna", "--role", "rep", "--receives-new-clients")
    maria = dibs.id("staff", "add", "1002", "--name", "Maria <3", "--role", "manager", "--admin")
    ghost = dibs.id("staff", "add", "1003", "--name", "Nobody yet")
    assert dibs.json("staff", "list") == [
        {
            "id": anna,
            "telegram_id": 1001,
            "name": "Anna",
            "role": "rep",
            "admin": False,
            "receives_new_clients": True,
        },
        {
            "id": maria,
            "telegram_id": 1002,
            "name": "Maria <3",
            "role": "manager",
            "admin": True,
            "receives_new_clients": False,
        },
        {
            "id": ghost,
            "telegram_id": 1003,
            "name": "Nobody yet",
            "role": None,
            "admin": False,
            "receives_new_clients": False,
        },
    ]


def test_roles_names_and_switches_are_changed(dibs: Shell) -> None:
    anna = str(dibs.id("staff", "add", "1001", "--name", "Anna", "--role", "rep", "--receives-new-clients"))
    dibs.ok("staff", "set", anna, "--role", "quality_control", "--no-receives-new-clients", "--name", " Anna  K ")
    assert [(one["name"], one["role"], one["receives_new_clients"]) for one in dibs.json("staff", "list")] == [
        ("Anna K", "quality_control", False)
    ]
    dibs.ok("staff", "set", anna, "--role", "none")
    assert dibs.json("staff", "list")[0]["role"] is None


def test_nobody_is_added_twice(dibs: Shell) -> None:
    dibs.id("staff", "add", "1001", "--name", "Anna")
    assert dibs.fails("staff", "add", "1001", "--name", "Anna") == "this Telegram user is on the team already"


def test_whoever_was_removed_may_come_back_as_somebody_new(dibs: Shell) -> None:
    first = dibs.id("staff", "add", "1001", "--name", "Anna")
    dibs.ok("staff", "remove", str(first))
    assert dibs.json("staff", "list") == []
    assert dibs.id("staff", "add", "1001", "--name", "Anna") != first
    assert dibs.fails("staff", "remove", str(first)) == "there is no such staff"


def test_the_last_admin_stays(dibs: Shell) -> None:
    ada = str(dibs.id("staff", "add", "1001", "--name", "Ada", "--admin"))
    line = "this is the last admin: make someone else admin first"
    assert dibs.fails("staff", "remove", ada) == line
    assert dibs.fails("staff", "set", ada, "--no-admin") == line
    dibs.id("staff", "add", "1002", "--name", "Eve", "--admin")
    dibs.ok("staff", "set", ada, "--no-admin")


def test_what_makes_no_sense_is_wrong_usage(dibs: Shell) -> None:
    assert "not a valid integer" in dibs.misused("staff", "add", "anna", "--name", "Anna")
    assert "Missing option '--name'" in dibs.misused("staff", "add", "1001")
    assert "manager" in dibs.misused("staff", "add", "1001", "--name", "Anna", "--role", "boss")
    assert "Say what to change" in dibs.misused("staff", "set", "1")
    assert "range" in dibs.misused("staff", "add", "0", "--name", "Anna")
    assert "either" in dibs.misused("staff", "remove", "1", "--give-to", "2", "--offer-again")


def test_an_empty_name_is_refused(dibs: Shell) -> None:
    assert dibs.fails("staff", "add", "1001", "--name", "  ") == "the name is empty"


def test_on_one_channel_a_role_can_differ(dibs: Shell) -> None:
    anna = str(dibs.id("staff", "add", "1001", "--name", "Anna", "--role", "rep"))
    assert dibs.fails("staff", "set", anna, "--channel", "1", "--role", "manager") == "there is no such channel"
    assert "--inherit" in dibs.misused("staff", "set", anna, "--channel", "1")
