"""Lines about two clients who are one person, or may be."""

from sales.views.merging import Pair, Side
from screens.buttons import AskDeciders, NotSamePerson, SamePerson, UndoMerge
from screens.clients import channel_of, plain_name
from screens.language import mark
from screens.notice import Draft, Notice, client_name, person
from screens.post import Button, Keyboard

WHY = {
    "identity": mark("The platforms name the same number for both."),
    "contact": mark("One of them sent a contact card with the other's number, so it is only likely."),
}


def clients_joined(notice: Notice) -> Draft:
    pair = notice.view.pair
    if pair is None:
        return Draft(notice.language.t("{client} was joined with another client.", client=client_name(notice)))
    sides = {"one": _side(notice, pair.one), "other": _side(notice, pair.other)}
    if notice.params.get("by") is None:
        words = notice.language.t("{one} and {other} are the same person: joined.", **sides)
    else:
        words = notice.language.t("{by} says that {one} and {other} are the same person.", by=_by(notice), **sides)
        words = f"{words} {_belongs(notice, pair)}"
    return Draft(words, _undo(notice, pair))


def _belongs(notice: Notice, pair: Pair) -> str:
    if not pair.one.owner:
        return notice.language.t("Nobody owns the client yet.")
    return notice.language.t("The client belongs to {owner} now.", owner=pair.one.owner)


def _undo(notice: Notice, pair: Pair) -> Keyboard:
    merge_id = notice.params.get("merge_id")
    if merge_id is None or not (pair.open and pair.decides):
        return ()
    return ((Button(notice.language.t("Undo"), UndoMerge(merge=int(merge_id))),),)


def merge_question(notice: Notice) -> Draft:
    pair, proposal_id = notice.view.pair, notice.params.get("proposal_id")
    if pair is None or proposal_id is None:
        return Draft(notice.language.t("Two clients may be the same person, but one of them is no longer there."))
    if not pair.decides:
        return Draft(notice.language.t("Two clients may be the same person. Others decide it."))
    words = notice.language.t(
        "The same person? {one} and {other}.", one=_owned(notice, pair.one), other=_owned(notice, pair.other)
    )
    if pair.why in WHY:
        words = f"{words} {notice.language.t(WHY[pair.why])}"
    if not pair.open:
        return Draft(f"{words} {notice.language.t('That is decided already.')}")
    return Draft(words, (*_keeping(notice, pair, int(proposal_id)), _not_same(notice, int(proposal_id))))


def _keeping(notice: Notice, pair: Pair, proposal_id: int) -> Keyboard:
    """One button where there is one owner at most; else one for each."""
    t = notice.language.t
    if not (pair.one.owner and pair.other.owner) or pair.one.owner == pair.other.owner:
        yes = SamePerson(proposal=proposal_id, keep=pair.one.client.id)
        return ((Button(t("The same person"), yes),),)
    return tuple(
        (
            Button(
                t("The same: {owner} keeps the client", owner=side.owner),
                SamePerson(proposal=proposal_id, keep=side.client.id),
            ),
        )
        for side in (pair.one, pair.other)
    )


def merge_undecidable(notice: Notice) -> Draft:
    """For admins, who need not know the clients: which manager is missing."""
    pair, proposal_id, t = notice.view.pair, notice.params.get("proposal_id"), notice.language.t
    if pair is None or proposal_id is None or not pair.open:
        return Draft(t("Two clients may be the same person. That is decided already."))
    channels = dict.fromkeys(channel_of(notice.desk, one) for side in (pair.one, pair.other) for one in side.channels)
    words = t(
        "Two clients may be the same person, but nobody can be asked: it takes a manager on {channels}. "
        "Appoint one, then tap Ask now.",
        channels=", ".join(channels),
    )
    return Draft(words, ((Button(t("Ask now"), AskDeciders(proposal=int(proposal_id))),),))


def _not_same(notice: Notice, proposal_id: int) -> tuple[Button, ...]:
    return (Button(notice.language.t("Not the same person"), NotSamePerson(proposal=proposal_id)),)


def clients_distinct(notice: Notice) -> Draft:
    pair = notice.view.pair
    if pair is None:
        return Draft(notice.language.t("{by} says that two clients are two people.", by=_by(notice)))
    words = notice.language.t(
        "{by} says that {one} and {other} are two people: nothing changes.",
        by=_by(notice),
        one=_side(notice, pair.one),
        other=_side(notice, pair.other),
    )
    return Draft(words)


def clients_parted(notice: Notice) -> Draft:
    pair = notice.view.pair
    if pair is None:
        return Draft(notice.language.t("{by} says that two clients are two people again.", by=_by(notice)))
    words = notice.language.t(
        "{by} says that {one} and {other} are two people after all: each has their own conversation again.",
        by=_by(notice),
        one=_name(notice, pair.one),
        other=_name(notice, pair.other),
    )
    return Draft(words)


def _by(notice: Notice) -> str:
    return person(notice, "by")


def _name(notice: Notice, side: Side) -> str:
    return plain_name(notice.language, side.client)


def _side(notice: Notice, side: Side) -> str:
    """``Anna on WhatsApp «Shop»``."""
    channels = ", ".join(channel_of(notice.desk, channel) for channel in side.channels)
    return notice.language.t("{client} on {channel}", client=_name(notice, side), channel=channels or "…")


def _owned(notice: Notice, side: Side) -> str:
    owner = notice.language.t("owner {owner}", owner=side.owner) if side.owner else notice.language.t("no owner")
    return f"{_side(notice, side)} ({owner})"
