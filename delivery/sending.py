"""One attempt, wrapped so that whatever a sender does becomes an outcome, and never a success by mistake."""

import asyncio
import logging
import traceback

from delivery.metrics import LaneMetrics
from delivery.turn import Claimed
from sales.outbox import Outcome, Unknown
from sales.ports.outgoing import LoadingSender, Sender

log = logging.getLogger(__name__)


async def send_safely(sender: Sender, claimed: Claimed, patience: float, metrics: LaneMetrics) -> Outcome:
    """A sender that raises, or takes more than ``patience`` seconds, leaves it open whether the row arrived."""
    row = claimed.row
    try:
        async with asyncio.timeout(patience):
            if claimed.loaded is not None and isinstance(sender, LoadingSender):
                return await sender.send_loaded(row, claimed.loaded)
            return await sender.send(row)
    except TimeoutError:
        log.warning("row %d (%s): no answer within %g s", row.id, row.kind, patience)
        return Unknown("timeout")
    except Exception as error:
        metrics.crashed += 1
        where = "".join(traceback.format_tb(error.__traceback__))
        log.error("row %d (%s): the sender raised %s\n%s", row.id, row.kind, type(error).__name__, where)
        return Unknown(type(error).__name__)  # the message of an error may quote what somebody wrote
