"""`dibs channel`: the accounts customers write to."""

from collections.abc import Mapping

import click

from bot.books import Books, open_books
from bot.commands.printing import FROM_STDIN, Line, json_option, print_lines, read_secret
from bot.problems import Failed
from sales.channels import Channel, Distribution, Ladder
from sales.ids import ChannelId, CrmId

SECONDS = "SECONDS|off"
_id = click.argument("channel_id", metavar="ID", type=click.IntRange(1, 2**62))


@click.group()
def channel() -> None:
    """The accounts customers write to: connect, set, try and disconnect them."""


@channel.group()
def add() -> None:
    """Connect an account. Prints the new channel's id."""


@add.command()
@click.option("--name", required=True, help="How the team sees the channel.")
@click.option("--token", required=True, help=f"The bot's token from @BotFather; {FROM_STDIN}")
def telegram(name: str, token: str) -> None:
    """Connect a Telegram bot that customers write to."""
    _connect("telegram", name, {"token": read_secret(token)})


@add.command("telegram_business")
@click.option("--name", required=True, help="How the team sees the channel.")
@click.option("--token", required=True, help=f"The token from @BotFather of a bot in Business Mode; {FROM_STDIN}")
def telegram_business(name: str, token: str) -> None:
    """Connect Telegram accounts that customers write to, through a bot in Business Mode.

    Then connect the bot to an account: there, in Settings, Telegram Business, Chatbots. The account needs Premium.
    """
    _connect("telegram_business", name, {"token": read_secret(token)})


@add.command("whatsapp_cloud")
@click.option("--name", required=True, help="How the team sees the channel.")
@click.option("--phone-number-id", required=True, help="Of the number, not the number itself: WhatsApp, API Setup.")
@click.option("--access-token", required=True, help=f"Of a system user, one that never expires; {FROM_STDIN}")
@click.option("--app-secret", required=True, help=f"App settings, Basic; by it Meta signs; {FROM_STDIN}")
@click.option("--verify-token", required=True, help=f"Any words of yours, entered at Meta as well; {FROM_STDIN}")
def whatsapp_cloud(name: str, phone_number_id: str, access_token: str, app_secret: str, verify_token: str) -> None:
    """Connect a number of the WhatsApp Business API.

    Needs PUBLIC_URL. Then enter {PUBLIC_URL}/webhooks/whatsapp/ID and the verify token at Meta (WhatsApp,
    Configuration, Webhook), and subscribe to messages. Several - read one line each, in the order of the options here.
    """
    secrets = {"access_token": access_token, "app_secret": app_secret, "verify_token": verify_token}
    _connect("whatsapp_cloud", name, {"phone_number_id": phone_number_id.strip(), **_secrets(secrets)})


@add.command("whatsapp_linked")
@click.option("--name", required=True, help="How the team sees the channel.")
@click.option("--url", required=True, help="Where the gateway (WAHA) is, such as http://127.0.0.1:3000.")
@click.option("--api-key", required=True, help=f"What the gateway was started with as WAHA_API_KEY; {FROM_STDIN}")
@click.option("--session", required=True, help="The session's name there; each phone has one of its own.")
@click.option("--hmac-key", required=True, help=f"Any long words of yours: the gateway signs with them; {FROM_STDIN}")
def whatsapp_linked(name: str, url: str, api_key: str, session: str, hmac_key: str) -> None:
    """Connect a phone that is linked through a gateway, WAHA. Unofficial: WhatsApp may ban the number at any time.

    Then link the phone: /channels in the staff bot shows the code to scan. Several - read one line each, in the order
    of the options here. The official way is: dibs channel add whatsapp_cloud.
    """
    keys = _secrets({"api_key": api_key, "hmac_key": hmac_key})
    _connect("whatsapp_linked", name, {"url": url.strip(), "session": session.strip(), **keys})


def _secrets(values: Mapping[str, str]) -> dict[str, str]:
    return {name: read_secret(value) for name, value in values.items()}


def _connect(kind: str, name: str, secrets: dict[str, str]) -> None:
    """The account is asked who it is before it is kept, so that a mistyped token never becomes a channel."""
    from bot.connecting import identify
    from sales.use_cases.channel_connect import public_name
    from sales.use_cases.channels import AddChannel, add_channel

    for option, value in secrets.items():
        if not value:
            raise click.UsageError(f"--{option.replace('_', '-')} is empty.")
    with open_books() as books:
        account = identify(books.settings, kind, secrets)
        command = AddChannel(kind, name, account.key, secrets, public_name(account))
        click.echo(books.write(lambda work: add_channel(work, command)))


@channel.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Every connected account."""
    with open_books() as books:
        channels = books.read(lambda work: list(work.channels.list()))
    print_lines([_line(one) for one in channels], as_json, "no channel yet: dibs channel add --help")


def _line(one: Channel) -> Line:
    """Exactly the keys of DESIGN.md §5."""
    return {
        "id": one.id,
        "kind": one.kind,
        "name": one.name,
        "distribution": one.distribution.value,
        "crm": one.crm_id,
        "pipeline": one.pipeline_id,
        "stage": one.stage_id,
        "state": one.state.value,
    }


def _delay(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    """Seconds; 0 stands for ``off``: that step is left out."""
    if value is None:
        return None
    if value == "off":
        return 0
    if not value.isdecimal() or int(value) == 0:
        raise click.BadParameter("give seconds, or off", ctx, param)
    return int(value)


@channel.command("set")
@_id
@click.option("--name", help="How the team sees the channel.")
@click.option("--distribution", type=click.Choice([way.value for way in Distribution]), help="How new clients go out.")
@click.option("--crm", "crm_id", type=click.IntRange(1, 2**62), metavar="ID", help="Which CRM gets the leads.")
@click.option("--pipeline", metavar="P", help="By id or name. Another pipeline means its first stage.")
@click.option("--stage", metavar="S", help="By id or name: where new leads begin.")
@click.option(
    "--remind-after", callback=_delay, metavar=SECONDS, help="Nobody accepts: when everyone asked is reminded."
)
@click.option("--widen-after", callback=_delay, metavar=SECONDS, help="When all managers are asked.")
@click.option(
    "--assign-after",
    callback=_delay,
    metavar=SECONDS,
    help="Nobody accepts: when the client is given to the next in turn.",
)
@click.option("--pause/--resume", "paused", default=None, help="Take nothing in for a while; go on.")
def set_(
    channel_id: int,
    name: str | None,
    distribution: str | None,
    crm_id: int | None,
    pipeline: str | None,
    stage: str | None,
    remind_after: int | None,
    widen_after: int | None,
    assign_after: int | None,
    paused: bool | None,
) -> None:
    """Change how a channel works. What is not named stays as it is."""
    from bot.connecting import find_place
    from sales.use_cases.channels import SetChannel, set_channel

    given = (name, distribution, crm_id, pipeline, stage, remind_after, widen_after, assign_after, paused)
    if all(value is None for value in given):
        raise click.UsageError("Say what to change: see dibs channel set --help.")
    with open_books() as books:
        old = _find(books, channel_id)
        command = SetChannel(
            old.id,
            name,
            Distribution(distribution) if distribution else None,
            CrmId(crm_id) if crm_id else None,
            *find_place(books, CrmId(crm_id) if crm_id else old.crm_id, old.pipeline_id, pipeline, stage),
            ladder=_ladder(old.ladder, remind_after, widen_after, assign_after),
            paused=paused,
        )
        books.write(lambda work: set_channel(work, command))


def _find(books: Books, channel_id: int) -> Channel:
    from sales.use_cases.channels import channel_or_fail

    return books.read(lambda work: channel_or_fail(work, ChannelId(channel_id)))


def _ladder(old: Ladder, remind: int | None, widen: int | None, assign: int | None) -> Ladder | None:
    if remind is None and widen is None and assign is None:
        return None
    return Ladder(
        old.remind_after if remind is None else remind or None,
        old.widen_after if widen is None else widen or None,
        old.assign_after if assign is None else assign or None,
    )


@channel.command()
@_id
@json_option
def test(channel_id: int, as_json: bool) -> None:
    """Try a channel from one end to the other: inside only, with or without a running bot.

    The platform is asked about the account (token, webhook, what waits there). Then a made-up client, marked as a
    test, enters where the platform's own events enter; the first admin (else the first on the team) accepts without
    any message in Telegram; the lead is made and read back from the CRM; a reply ends in a loop back. Nobody's chat
    hears of it, and everything that it made is removed. Whether the platform itself delivers to this channel only a
    message from a real phone can tell: the link to write one is printed last.
    """
    from bot.connecting import rehearse

    with open_books() as books:
        if not rehearse(books, _find(books, channel_id), as_json):
            raise Failed("the channel does not work: see above")


@channel.command()
@_id
def remove(channel_id: int) -> None:
    """Disconnect an account. Its clients and what was said stay."""
    from sales.use_cases.channels import remove_channel

    with open_books() as books:
        books.write(lambda work: remove_channel(work, ChannelId(channel_id)))
