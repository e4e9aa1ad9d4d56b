"""Forms that are filled in by writing: which function takes the answer for which kind of dialog."""

from collections.abc import Callable, Mapping

from sales.errors import NotFound
from sales.ports import Work
from sales.ports.people import Dialog
from sales.staff import Staff
from sales.use_cases.talk import StaffPost

Answer = Callable[[Work, Staff, Dialog, StaffPost], None]


class Dialogs:
    """The answers by kind of dialog, listed in ``handlers.routers``."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self._answers = answers

    def answer(self, work: Work, staff: Staff, dialog: Dialog, post: StaffPost) -> None:
        """Raises what the form's own use case raises; an answer that can't be used leaves the form open."""
        take = self._answers.get(dialog.kind)
        if take is None:
            work.dialogs.clear(staff.id)
            raise NotFound("dialog")
        take(work, staff, dialog, post)
