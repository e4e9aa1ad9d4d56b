"""Expected errors: raised by use cases, put into words in one place per door.

SalesError
├── NotStaff              someone we don't know, or who was removed
├── Forbidden             their role does not allow it
├── NotFound              no such client, offer, channel …
├── OfferTaken            somebody else was first
├── OfferGone             withdrawn, or it is no client
├── NotYours              the client belongs to somebody else
├── NoOwner               nobody accepted the client yet
├── Unreachable           the client can't be written to
├── Unsupported           the platform has no such thing
├── LastAdmin             the last admin would be gone
├── BadInvite             unknown, used or expired
├── Invalid               what was entered makes no sense
└── Unavailable           not now: nothing was changed, and it may work later
"""

from sales.ids import ClientId


class SalesError(Exception):
    """Something a person did cannot be done."""

    @property
    def code(self) -> str:
        """The name that ``screens`` and the command line have words for."""
        return type(self).__name__


class NotStaff(SalesError):
    """Someone we don't know."""


class Forbidden(SalesError):
    """Their role does not allow it. ``needs`` says what would."""

    def __init__(self, needs: str = "") -> None:
        super().__init__(needs)
        self.needs = needs


class NotFound(SalesError):
    """There is no such thing. ``what`` names it."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class OfferTaken(SalesError):
    """Somebody else was first."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


class OfferGone(SalesError):
    """The offer is no longer open."""


class NotYours(SalesError):
    """The client belongs to somebody else."""

    def __init__(self, client_id: ClientId, client: str, owner: str) -> None:
        super().__init__(client_id)
        self.client_id = client_id
        self.client = client
        self.owner = owner


class NoOwner(SalesError):
    """Nobody accepted the client yet, so only a manager may write."""

    def __init__(self, client: str) -> None:
        super().__init__(client)
        self.client = client


class Unreachable(SalesError):
    """The client can't be written to. ``why`` is a code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Unsupported(SalesError):
    """The platform has no such thing. ``what`` names it."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class LastAdmin(SalesError):
    """The last admin cannot be removed or demoted by themselves."""


class BadInvite(SalesError):
    """Unknown, used or expired."""


class Invalid(SalesError):
    """What was entered makes no sense. ``problem`` is a code or plain words."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class Unavailable(SalesError):
    """Not now: the data can't be written at the moment. Nothing was acknowledged, so it may come again later."""
