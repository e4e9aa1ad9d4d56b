"""Which adapter stands for a CRM, and how fast its lane may go."""

from crm.adapters import CrmAdapters
from crm.kommo.capabilities import CAPABILITIES
from sales.outbox import crm_lane
from sales.ports import Transactions

SECRETS = {"base_url": "http://127.0.0.1:9", "token": "first"}


async def test_a_crm_outside_is_paced_and_our_own_is_not(transactions: Transactions) -> None:
    kommo = await transactions.write(lambda work: work.crms.add("kommo", "Kommo", SECRETS))
    adapters = CrmAdapters(transactions)

    await adapters.load()

    assert adapters.limits_of("crm:1") is None
    assert adapters.limits_of(crm_lane(kommo)) == CAPABILITIES.limits


async def test_a_crm_that_was_connected_meanwhile_is_paced_until_it_is_known(transactions: Transactions) -> None:
    adapters = CrmAdapters(transactions)
    await adapters.load()

    assert adapters.limits_of("crm:99") == CAPABILITIES.limits


async def test_fresh_secrets_make_a_fresh_adapter(transactions: Transactions) -> None:
    kommo = await transactions.write(lambda work: work.crms.add("kommo", "Kommo", SECRETS))
    adapters = CrmAdapters(transactions)
    first = await adapters.get(kommo)

    assert await adapters.get(kommo) is first
    await transactions.write(lambda work: work.crms.set_secrets(kommo, {**SECRETS, "token": "second"}))
    assert await adapters.get(kommo) is not first
    await adapters.close()
