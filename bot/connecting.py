"""Commands that ask a platform or a CRM something: adapters for a moment, outside the running bot."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

from bot.books import Books
from bot.problems import Failed
from bot.settings import Settings
from sales.channels import Channel
from sales.errors import NotFound
from sales.ids import CrmId
from sales.leads import Crm, Pipeline
from sales.ports.channels import Account, Finding
from sales.ports.crm import CrmAdapter, CrmError
from sales.use_cases.team import KEEP, Keep

T = TypeVar("T")
Place = str | Keep | None


def identify(settings: Settings, kind: str, secrets: Mapping[str, str]) -> Account:
    """Who is this account? Raises Failed with what the platform said."""
    raise NotImplementedError


def check_channel(books: Books, channel: Channel) -> Sequence[Finding]:
    raise NotImplementedError


def ask_crm(books: Books, crm_id: CrmId, question: Callable[[CrmAdapter], Awaitable[T]]) -> T:
    """One question to one CRM. Raises NotFound, and Failed with the CRM's words."""
    crm, secrets = books.read(lambda work: _crm_with_secrets(work.crms.get(crm_id), lambda: work.crms.secrets(crm_id)))
    return asyncio.run(_ask_crm(books, crm, secrets, question))


def _crm_with_secrets(crm: Crm | None, secrets: Callable[[], Mapping[str, str]]) -> tuple[Crm, Mapping[str, str]]:
    if crm is None:
        raise NotFound("crm")
    return crm, {} if crm.inside else dict(secrets())


async def _ask_crm(
    books: Books, crm: Crm, secrets: Mapping[str, str], question: Callable[[CrmAdapter], Awaitable[T]]
) -> T:
    from crm.registry import KINDS

    adapter = KINDS[crm.kind].connect(crm, secrets, books)
    try:
        return await question(adapter)
    except CrmError as error:
        raise Failed(f"the CRM says: {error.reason}") from error
    finally:
        await adapter.close()


def find_place(
    books: Books, crm_id: CrmId, held: str | None, pipeline: str | None, stage: str | None
) -> tuple[Place, Place]:
    """Ids for a pipeline and a stage given by id or by name; ``held`` is the pipeline there is. Raises NotFound."""
    if pipeline is None and stage is None:
        return KEEP, KEEP
    pipelines = ask_crm(books, crm_id, lambda adapter: adapter.pipelines())
    wanted = pipeline if pipeline is not None else held
    found = _named(pipelines, wanted) if wanted is not None else next(iter(pipelines), None)
    if found is None:
        raise NotFound("pipeline")
    return found.id, None if stage is None else _stage(found, stage)


def _named(pipelines: Sequence[Pipeline], wanted: str) -> Pipeline | None:
    by_id = next((one for one in pipelines if one.id == wanted), None)
    return by_id or next((one for one in pipelines if one.name.casefold() == wanted.casefold()), None)


def _stage(pipeline: Pipeline, wanted: str) -> str:
    for stage in pipeline.stages:
        if wanted == stage.id or wanted.casefold() == stage.name.casefold():
            return stage.id
    raise NotFound("stage")
