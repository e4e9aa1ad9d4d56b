"""Lines about the team, channels and what an admin has to see to."""

from screens.language import mark
from screens.notice import Draft, Notice, channel_name, count, person

PROBLEMS = {
    "token": mark("its token was refused. Enter a new one in /channels."),
    "conflict": mark("another program fetches its updates. Stop that one, or give this channel its own bot."),
    "settings": mark("what was entered for it can't be used. Connect it anew in /channels."),
    "unreachable": mark("the platform can't be reached just now. It is tried again by itself."),
    "refused": mark("the platform refuses what it is asked. It is tried again by itself; the log says more."),
    "not_saved": mark("what comes in can't be saved just now: see to the disk. The platform keeps it meanwhile."),
    "bad_answer": mark("the platform's answers can't be read. It is tried again by itself."),
    "disconnected": mark(
        "an account's owner has disconnected the bot, so nothing comes in from there, and no answers go out. "
        "Connect it again in the account: Settings → Telegram Business → Chatbots."
    ),
    "logged_out": mark("its phone was logged out. Link it again: /channels, the channel, Link the phone."),
    "banned": mark(
        "WhatsApp has banned its number. Look at the phone what WhatsApp says; the official way is under /channels, "
        "Add a channel."
    ),
    "unlinked": mark("no phone is linked to it. Link one: /channels, the channel, Link the phone."),
    "passkey": mark("WhatsApp asks for a passkey: confirm it on the phone, or link it again in /channels."),
    "failed": mark("its session at the gateway has broken down. It is started again by itself."),
    "stopped": mark("its session at the gateway stands still. It is started again by itself."),
    "account_restricted": mark("Meta has restricted the account: see business.facebook.com, Business support."),
    "limited": mark(
        "Meta lets this account write to nobody first just now; answers still go. See business.facebook.com."
    ),
    "spam_limit": mark(
        "Meta lets this number rest, because too many people blocked or reported it. It is tried again every quarter "
        "of an hour."
    ),
    "payment": mark("Meta asks for a means of payment before it takes templates: add one at business.facebook.com."),
    "permission": mark(
        "its token lacks a right. Generate one with whatsapp_business_messaging and whatsapp_business_management, "
        "then /channels, the channel, Access."
    ),
    "unregistered": mark("its number is not registered for the Business API. Register it at Meta (WhatsApp Manager)."),
    "cut_off": mark("Meta has cut the account off from the app: connect it again there, then in /channels."),
    "no_public_url": mark(
        "it can send, but it can't receive: WhatsApp delivers to a public address only. Set PUBLIC_URL."
    ),
    "no_right": mark(
        "an account's owner does not let the bot answer. "
        "Allow it in the account: Settings → Telegram Business → Chatbots → Bot permissions."
    ),
}
LIMPING = frozenset({"disconnected", "no_right", "limited", "no_public_url", "payment"})
"""Problems with which nothing waits: what can't go is refused where it was written."""
CRM_REASONS = {
    "crm_no_lead": mark("The lead is not there any more."),
    "gave_up": mark("It was tried again and again, and the CRM never took it."),
}
"""Where the CRM has no words of its own."""


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
    if problem in LIMPING:
        return Draft(notice.language.t("{channel}: {why}", channel=channel_name(notice), why=why))
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
    code = str(notice.params.get("code") or "")
    said = notice.language.t(CRM_REASONS[code]) if code in CRM_REASONS else str(notice.params.get("reason") or "?")
    words = notice.language.t(
        "The CRM refuses something of ours: “{reason}”. It is kept: dibs outbox retry {row}",
        reason=said[:300],
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
