"""Forms that are filled in by writing: which function takes the answer for which kind of dialog."""

from collections.abc import Awaitable, Callable, Mapping

from handlers.act import Act
from sales.errors import NotFound
from sales.ports import Work
from sales.ports.people import Dialog
from sales.staff import Staff
from sales.use_cases.talk import StaffPost

Answer = Callable[[Work, Staff, Dialog, StaffPost], None]
GoOn = Callable[[Act], Awaitable[None]]


class Dialogs:
    """The answers by kind of dialog, listed in ``handlers.routers``; ``then``: what goes on outside the transaction."""

    def __init__(self, answers: Mapping[str, Answer], then: Mapping[str, GoOn]) -> None:
        self._answers = answers
        self._then = then

    def answer(self, work: Work, staff: Staff, dialog: Dialog, post: StaffPost) -> None:
        """Raises what the form's own use case raises; an answer that can't be used leaves the form open."""
        take = self._answers.get(dialog.kind)
        if take is None:
            work.dialogs.clear(staff.id)
            raise NotFound("dialog")
        take(work, staff, dialog, post)

    async def go_on(self, kind: str, act: Act) -> None:
        """After the commit. Raises what the form's own part raises."""
        then = self._then.get(kind)
        if then is not None:
            await then(act)
