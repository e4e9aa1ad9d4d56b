"""A stranger writes, 200 reps tap Accept at one instant: one wins, the others learn who did.

Telegram's limits are on: the cards go out, and shrink afterwards, at 30 a second; answers to taps don't wait for that.
"""

import asyncio

from benchmarks.rig import Rig, percentile, rig
from benchmarks.seeding import FIRST_CUSTOMER, FIRST_REP, Workspace
from benchmarks.table import Line, below
from playground.telegram.control import MadeCall

REPS = 200
STRANGER = FIRST_CUSTOMER - 1


async def run(reps: int = REPS, rounds: int = 2) -> list[Line]:
    waits: list[float] = []
    winners: list[int] = []
    async with rig(Workspace(clients=10, reps=reps), customers=10, limits=True, warm=False) as running:
        for number in range(rounds):
            won, answered = await race(running, reps, STRANGER - number)
            winners.append(won)
            waits += answered
    return [
        below(f"{reps} Accepts at once: tap to answer, p99", percentile(waits, 99), 150, "ms"),
        Line("the same", f"p50 {percentile(waits, 50):.1f}, slowest {max(waits):.1f} ms, {rounds} races"),
        Line("winners in each race", ", ".join(map(str, winners)), "1", set(winners) == {1}),
    ]


async def race(running: Rig, reps: int, stranger: int) -> tuple[int, list[float]]:
    """How many won, and the milliseconds that each answer took."""
    telegram = running.telegram
    await (await telegram.person(stranger, "Zoe")).chat(running.shop_bot).write("Do you have it in blue?")
    await running.quiet()
    people = list(range(FIRST_REP, FIRST_REP + reps))
    done = await telegram.do("tap_many", bot_id=running.staff_bot.id, label="✅ Accept", people=people)
    answers = await _answers(running, set(done["query_ids"]))
    await running.quiet()
    winners = sum("is yours" in str(call.parameters.get("text", "")) for call in answers)
    return winners, [(call.time - done["at"]) * 1000 for call in answers]


async def _answers(running: Rig, query_ids: set[str]) -> list[MadeCall]:
    """The first answer to each tap. TimeoutError if one stays without."""
    found: dict[str, MadeCall] = {}
    async with asyncio.timeout(60):
        while len(found) < len(query_ids):
            for call in await running.telegram.calls("answerCallbackQuery", running.staff_bot):
                query_id = str(call.parameters["callback_query_id"])
                if query_id in query_ids:
                    found.setdefault(query_id, call)
            await asyncio.sleep(0.2)
    return list(found.values())
