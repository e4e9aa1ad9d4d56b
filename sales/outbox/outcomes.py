"""What may come of a row whose turn has come."""

from dataclasses import dataclass, field

from sales.outbox.kinds import NewRow, Payload


@dataclass(frozen=True, slots=True)
class Sent:
    """It arrived. ``external_ids`` in order of the parts; ``facts`` is what the kind's settling wants to know.

    ``free``: the platform did not have to be called for it, so its rate limits were not used.
    """

    external_ids: tuple[str, ...] = ()
    facts: Payload = field(default_factory=dict)
    free: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The other side said no, and will again. ``code`` is ours (``screens`` has words for it), ``reason`` theirs."""

    code: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Retry:
    """Not now. ``after`` seconds if the other side named them; ``freeze`` stops the ``lane`` or the ``bucket`` too.

    ``problem``: a code for what keeps the whole channel from sending, which admins are told.
    """

    reason: str
    after: float | None = None
    freeze: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have arrived, or not: the answer was lost. Tried again, marked uncertain, ``after`` seconds at least."""

    reason: str
    after: float | None = None


@dataclass(frozen=True, slots=True)
class Blocked:
    """Something must leave before it, in the same stream: ``first`` is put in front."""

    first: NewRow


@dataclass(frozen=True, slots=True)
class Dropped:
    """It no longer makes sense."""

    reason: str = ""


Outcome = Sent | Refused | Retry | Unknown | Blocked | Dropped
