"""/why: how a client came to whom."""

from aiogram.utils.formatting import Bold

from sales.ports import Work
from sales.staff import Staff
from sales.views.why import Reason, WhyView, client_of_args, why_view
from screens.language import mark
from screens.pages.page import Reader
from screens.post import Post, lines, post

REASONS = {
    "accepted": mark("{to} accepted the offer first"),
    "in_turn": mark("it was {to}'s turn: place {place} in line, {eligible} could be asked"),
    "ladder": mark("nobody accepted in time, and it was {to}'s turn: place {place} in line, {eligible} could be asked"),
    "crm": mark("the CRM names {to} as responsible"),
    "transferred": mark("{by} handed the client to {to}"),
    "taken_over": mark("{by} took the client over"),
    "wrote_first": mark("{to} wrote to the client first"),
    "left_team": mark("the former owner left the team: the client goes to {to}"),
}


def load(work: Work, staff: Staff, args: str) -> WhyView:
    """``args``: the client's id."""
    return why_view(work, staff, client_of_args(args))


def render(view: WhyView, reader: Reader) -> Post:
    language = reader.language
    title = Bold(language.t("Why {client} went to whom", client=view.client))
    if not view.reasons:
        return post(lines(title, language.t("Nobody has owned this client yet.")))
    return post(lines(title, *(_line(reader, reason) for reason in view.reasons)))


def _line(reader: Reader, reason: Reason) -> str:
    language, one = reader.language, reason.assignment
    nobody = language.t("nobody")
    words = language.t(
        REASONS.get(one.reason, mark("{to} ({reason})")),
        to=reason.to or nobody,
        by=reason.by or language.t("Dibs"),
        place=one.detail.get("place", "?"),
        eligible=one.detail.get("eligible", "?"),
        reason=one.reason.replace("_", " "),
    )
    passed = f" ({language.t('could not be asked: {names}', names=', '.join(reason.passed))})" if reason.passed else ""
    return f"{language.clock(one.at, reader.now)} · {words}{passed}"
