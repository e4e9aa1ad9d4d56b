"""What a check looks at: does the token open the account, and may it do all that Dibs does there?"""

from collections.abc import Sequence

from crm.kommo.boards import Boards
from crm.kommo.client import KommoClient, Refused
from crm.kommo.field import MarkField
from crm.kommo.mapping import Board
from sales.leads import StageKind
from sales.ports.channels import Finding
from sales.ports.crm import CrmError


async def check(client: KommoClient, boards: Boards, field: MarkField) -> Sequence[Finding]:
    """Raises ``CrmError`` where the account can't be asked at all."""
    account = await account_name(client)
    known = await boards.load()
    usable = [board for board in known if any(stage.kind is StageKind.OPEN for stage in board.pipeline.stages)]
    return [
        Finding(True, "kommo_account", {"account": account}),
        Finding(bool(usable), "pipelines", {"count": str(len(usable))}),
        *_without_incoming(usable),
        await _users(client),
        await _field(field),
    ]


async def account_name(client: KommoClient) -> str:
    """Raises ``CrmError``."""
    account = await client.get("account")
    if account is None:
        raise CrmError("there is no Kommo account at this address: it is https://NAME.kommo.com or .amocrm.ru")
    return account.text("name") or account.text("subdomain")


def _without_incoming(boards: Sequence[Board]) -> list[Finding]:
    """Only what first accept is missing; in turn does without."""
    names = [board.pipeline.name for board in boards if not board.takes_incoming]
    return [Finding(False, "kommo_incoming", {"pipelines": ", ".join(names)})] if names else []


async def _users(client: KommoClient) -> Finding:
    try:
        found = [node async for node in client.pages("users", "users")]
    except Refused as error:
        return Finding(False, "kommo_users", {"reason": error.reason})
    return Finding(True, "kommo_users", {"count": str(len(found))})


async def _field(field: MarkField) -> Finding:
    field.forget()
    try:
        await field.ensure()
    except Refused as error:
        return Finding(False, "kommo_field", {"reason": error.reason})
    return Finding(True, "kommo_field", {})
