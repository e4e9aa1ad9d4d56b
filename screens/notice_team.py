"""Lines about the team, channels and what an admin has to see to."""

from screens.language import mark
from screens.notice import Draft, Notice, channel_name, count, person

PROBLEMS = {
    "token": mark("its token was refused. Enter a new one in /channels."),
    "conflict": mark("another program fetches its updates. Stop that one, or give this channel its own bot."),
}


def staff_blocked_bot(notice: Notice) -> Draft:
    words = notice.language.t(
        "{about} can't be reached: they stopped this bot. They get no new clients until they press Start again.",
        about=person(notice, "about"),
    )
    return Draft(words)


def reachable_again(notice: Notice) -> Draft:
    if "about" in notice.view.people:
        return Draft(notice.language.t("{about} can be reached again.", about=person(notice, "about")))
    return Draft(notice.language.t("You can be reached again: here is what you missed."))


def went_flat(notice: Notice) -> Draft:
    words = notice.language.t(
        "Topics keep failing in {about}'s chat: from now on they see everything in one chat, and nothing is lost.",
        about=person(notice, "about"),
    )
    return Draft(words)


def clients_given(notice: Notice) -> Draft:
    words = notice.language.n(
        "{count} client of {about}'s is yours now. They open when they write, or from /chats.",
        "{count} clients of {about}'s are yours now. They open when they write, or from /chats.",
        count(notice, "count"),
        about=person(notice, "about"),
    )
    return Draft(words)


def owner_may_not_write(notice: Notice) -> Draft:
    words = notice.language.t(
        "{about} may no longer write on a channel, but owns clients there. "
        "The clients stay with them: give them to someone in /chats, or change the role back in /team.",
        about=person(notice, "about"),
    )
    return Draft(words)


def withdraw_left(notice: Notice) -> Draft:
    words = notice.language.n(
        "{count} post could not be taken out of {about}'s chat: Telegram deletes nothing older than 48 hours.",
        "{count} posts could not be taken out of {about}'s chat: Telegram deletes nothing older than 48 hours.",
        count(notice, "left"),
        about=person(notice, "about"),
    )
    return Draft(words)


def channel_broken(notice: Notice) -> Draft:
    problem = str(notice.params.get("problem") or "")
    why = notice.language.t(PROBLEMS[problem]) if problem in PROBLEMS else f"{problem.replace('_', ' ') or '?'}."
    words = notice.language.t(
        "{channel} does not work: {why} Nothing is lost meanwhile: what is to go out waits.",
        channel=channel_name(notice),
        why=why,
    )
    return Draft(words)


def channel_well(notice: Notice) -> Draft:
    words = notice.language.t("{channel} works again. What waited is on its way.", channel=channel_name(notice))
    return Draft(words)


def crm_refused(notice: Notice) -> Draft:
    words = notice.language.t(
        "The CRM refuses something of ours: “{reason}”. It is kept: dibs outbox retry {row}",
        reason=str(notice.params.get("reason") or "?")[:300],
        row=notice.params.get("row_id"),
    )
    return Draft(words)


def inbox_event(notice: Notice) -> Draft:
    words = notice.language.t(
        "Something came in that could not be handled. It is kept: dibs inbox replay {number}",
        number=notice.params.get("inbox_id"),
    )
    return Draft(words)


def token_erased(notice: Notice) -> Draft:
    words = notice.language.t(
        "That looked like a bot's token, so I deleted the message and kept nothing of it. "
        "To connect a bot that clients write to: /channels, Add a channel. Then send the token."
    )
    return Draft(words)
