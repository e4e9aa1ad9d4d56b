"""Short answers to what someone has just done."""

from screens.errors import remedies, sentence
from screens.notice import Draft, Notice, client_name, count


def refused(notice: Notice) -> Draft:
    return Draft(sentence(notice.params, notice.language), remedies(notice.params, notice.language))


def broken(notice: Notice) -> Draft:
    return Draft(notice.language.t("That did not work, and it is not your fault. It is kept for an admin to look at."))


def closed(notice: Notice) -> Draft:
    return Draft(
        notice.language.t("{client}: closed. They come back to you when they write.", client=client_name(notice))
    )


def noted(notice: Notice) -> Draft:
    return Draft(notice.language.t("📝 Noted. {client} does not see it.", client=client_name(notice)))


def write_note(notice: Notice) -> Draft:
    return Draft(
        notice.language.t("Write the note about {client} now. The client will not see it.", client=client_name(notice))
    )


def earlier(notice: Notice) -> Draft:
    """Over the older messages that come next."""
    found = count(notice, "count")
    if not found:
        return Draft(notice.language.t("Nothing earlier: this is where the conversation began."))
    return Draft(notice.language.n("Earlier, {count} message:", "Earlier, {count} messages:", found))


def deleted(notice: Notice) -> Draft:
    return Draft(notice.language.t("Deleted."))


def on_duty(notice: Notice) -> Draft:
    return Draft(notice.language.t("You are on: new clients are offered to you."))


def off_duty(notice: Notice) -> Draft:
    return Draft(notice.language.t("You are off: no new clients for now. Your own clients still reach you."))


def unknown_command(notice: Notice) -> Draft:
    return Draft(notice.language.t("There is no such command. /help lists them."))
