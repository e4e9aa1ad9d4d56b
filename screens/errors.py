"""Refusals in words, in one table for taps, texts and pages: what happened, and what can be done."""

from collections.abc import Mapping

from sales import errors
from sales.outbox import Payload, Scalar
from screens.buttons import AskOwner, WhoMayWrite
from screens.language import Language, mark
from screens.post import Button, Keyboard

WORDS = {
    "NotStaff": mark("This bot is for one company's team. If you belong to it, ask your admin for an invitation."),
    "Forbidden": mark("Your role does not allow this."),
    "NotFound": mark("That is not there any more."),
    "OfferTaken": mark("Taken by {detail}."),
    "OfferGone": mark("No longer on offer."),
    "NotYours": mark("Not sent: {client} belongs to {owner} now."),
    "NoOwner": mark("Not sent: nobody has accepted {client} yet. Accept the offer, or ask a manager to write."),
    "Unreachable": mark("Not sent: this client can't be written to."),
    "Unsupported": mark("Not possible on this channel."),
    "LastAdmin": mark("You are the last admin: make someone else admin first."),
    "BadInvite": mark("This invitation was used, has expired or never was. Ask for a new one."),
    "Invalid": mark("That makes no sense here."),
    "Unavailable": mark(
        "Not now: the data can't be written at the moment. Nothing was changed; try again in a minute."
    ),
}
"""By the error's name, when nothing more special is known."""

SPECIAL = {
    ("Forbidden", "admin"): mark("Only admins can do this."),
    ("Forbidden", "manager"): mark("Only managers can do this."),
    ("Forbidden", "rep"): mark("Not sent: your role on this channel may not write to clients."),
    ("Forbidden", "eligible"): mark(
        "You can't accept clients right now: your role must allow writing, and your switch and /on must be set."
    ),
    ("Forbidden", "owner"): mark("This client is not yours to see."),
    ("Forbidden", "owner_or_manager"): mark("Only the owner or a manager can do this."),
    ("Forbidden", "author"): mark("Only who wrote it, or a manager, can do this."),
    ("Forbidden", "role"): mark("You need a role for this. Ask your admin."),
    ("NotFound", "client"): mark("There is no such client."),
    ("NotFound", "offer"): mark("This offer is no longer there."),
    ("NotFound", "channel"): mark("There is no such channel."),
    ("NotFound", "staff"): mark("There is no such person on the team."),
    ("NotFound", "message"): mark("That is not a message of a client's conversation. Reply to the message itself."),
    ("NotFound", "kept_text"): mark("The text is no longer kept: please write it again."),
    ("NotFound", "dialog"): mark("This form is over. Start it again."),
    ("NotFound", "conversation"): mark("There is no conversation to write to."),
    ("NotFound", "lead"): mark("There is no such lead."),
    ("NotFound", "step"): mark("There is no such step."),
    ("NotFound", "role"): mark("There is no such role."),
    ("NotFound", "distribution"): mark("There is no such way to hand out clients."),
    ("NotFound", "stage"): mark("There is no such stage any more."),
    ("NotFound", "page"): mark("There is no such page."),
    ("NotFound", "pipeline"): mark("There is no such pipeline any more."),
    ("Unreachable", "blocked"): mark("Not sent: the client has stopped the bot. Only they can start it again."),
    ("Unsupported", "pipeline"): mark("This lead lies in another CRM: move it there."),
    ("Invalid", "already_owner"): mark("They own this client already."),
    ("Invalid", "changed_meanwhile"): mark("Someone was quicker: the owner has just changed. Look again."),
    ("Invalid", "may_not_write"): mark("They may not write on this channel: choose someone else or change their role."),
    ("Invalid", "which_client"): mark("About which client? Write this in the client's topic, or as a reply to them."),
    ("Invalid", "note_needs_text"): mark("What is the note? Write /note and the words after it."),
    ("Invalid", "delete_needs_reply"): mark("Reply with /delete to the message that is to go."),
    ("Invalid", "react_needs_reply"): mark("Reply with /react 👍 to the message you mean."),
    ("Invalid", "delete_client_message"): mark("Only what the team wrote can be deleted, not a client's message."),
    ("Invalid", "react_own_message"): mark("React to a message of the client's, not to your own."),
    ("Invalid", "name_empty"): mark("A name is needed."),
    ("Invalid", "name_too_long"): mark("That name is too long."),
    ("Invalid", "name_twice"): mark("Two people have this name: choose them in /team."),
    ("Invalid", "unknown_role"): mark("That is no role. There are: rep, manager, quality_control, none."),
    ("Invalid", "find_needs_text"): mark("What are you looking for? Write /find and part of a name or phone."),
    ("Invalid", "staff_exists"): mark("They are on the team already."),
    ("Invalid", "channel_exists"): mark(
        "This account is connected already: see /channels. One account is one channel; "
        "send @BotFather /newbot for another bot."
    ),
    ("Invalid", "staff_bot_token"): mark(
        "That is the token of this very bot, where the team works. Clients need a bot of their own: "
        "send @BotFather /newbot, and then the new token here."
    ),
    ("Invalid", "other_account"): mark(
        "That is the token of another account. Send a fresh token of this one, or add the other as a new channel."
    ),
    ("Invalid", "bad_token"): mark(
        "Telegram does not know this token. Copy it whole from @BotFather and send it again: the form is still open."
    ),
    ("Invalid", "no_business_mode"): mark(
        "This bot can't be connected to accounts yet. Open it in @BotFather, switch on Bot Settings → Business Mode, "
        "and send the token again."
    ),
    ("Invalid", "unreachable"): mark(
        "Telegram can't be reached just now, so nothing was saved. Send the token again in a minute."
    ),
    ("Invalid", "no_token"): mark(
        "That is no token: it looks like 123456789:AAF…xyz. Send it here, or tap Cancel above. It is still awaited."
    ),
    ("Invalid", "channel_not_active"): mark("That channel does not work just now either."),
    ("Invalid", "not_this"): mark(
        "That is not what is asked for. Your message was deleted; it is still awaited: see above, or tap Cancel."
    ),
    ("Invalid", "no_phone_number_id"): mark(
        "That is no phone number ID: it has digits only, and stands under WhatsApp, API Setup. It is still awaited."
    ),
    ("Invalid", "no_access_token"): mark("That is no access token: it has no blanks in it. It is still awaited."),
    ("Invalid", "no_app_secret"): mark(
        "That is no app secret: it stands under App settings, Basic, and has no blanks in it. It is still awaited."
    ),
    ("Invalid", "no_url"): mark("That is no address: it begins with http:// or https://. It is still awaited."),
    ("Invalid", "no_session"): mark("A session's name has letters, digits, - and _ only. It is still awaited."),
    ("Invalid", "phone_is_linked"): mark("A phone is being linked just now: scan the code above, or tap Later first."),
    ("Invalid", "no_phone"): mark("That is no phone number: write it with + and the country code."),
    ("NotFound", "merge"): mark("There is no such merge any more."),
    ("NotFound", "proposal"): mark("This question is no longer there."),
    ("Invalid", "merged_already"): mark("They are joined already."),
    ("Invalid", "merge_decided"): mark("That has been decided already."),
    ("Invalid", "undone_already"): mark("It has been undone already."),
    ("Invalid", "merged_on_top"): mark("Somebody else was joined since: undo that first."),
    ("Invalid", "test_client"): mark("A test client is yours alone, and goes with the test."),
    ("NotFound", "template"): mark("This template is not there any more. Start again with /template."),
    ("Unsupported", "templates"): mark("There are no templates on this client's channel: just write."),
    ("Invalid", "no_templates"): mark("There is no approved template yet: an admin makes them in WhatsApp Manager."),
    ("Invalid", "template_value"): mark("One line, please, and not longer than 1024 characters. Write it again."),
    ("Invalid", "platform_silent"): mark("The platform does not answer just now. Try again in a minute."),
    ("Invalid", "not_a_phone"): mark(
        "To which number? Write /write and the phone with its country: /write +49 30 1234567."
    ),
    ("Invalid", "not_on_platform"): mark("This number is not on the platform, so nothing can be sent to it there."),
    ("Invalid", "no_first_channel"): mark(
        "There is no channel on which you may write first: bots and accounts on Telegram can only answer."
    ),
    ("Invalid", "client_by_now"): mark("They have become a client meanwhile. Send /write and the phone again."),
    ("Invalid", "window_shut"): mark("Not yet: the client has to write first."),
    ("NotFound", "test"): mark("This test is over. Start another in /channels."),
    ("Unsupported", "test_client"): mark("A test client is yours alone, and goes with the test."),
    ("Invalid", "who_gets_clients"): mark("They own clients: say first who gets them."),
    ("Invalid", "give_to_self"): mark("Choose someone else."),
    ("Invalid", "heir_may_not_write"): mark("Whoever gets the clients must be allowed to write to them."),
    ("Invalid", "ladder_range"): mark("A delay must be longer than nothing, and at most a week."),
    ("Invalid", "ladder_order"): mark("Each step must come after the one before."),
    ("Invalid", "lead_not_accepted"): mark("This lead waits to be accepted first."),
    ("Invalid", "lead_declined"): mark("This lead was declined."),
    ("NotFound", "crm"): mark("There is no such CRM."),
    ("NotFound", "event in the inbox"): mark("There is no such event in the inbox."),
    ("NotFound", "row in the outbox"): mark("There is no such row in the outbox."),
    ("Invalid", "replayed_already"): mark("It has been replayed already."),
    ("Invalid", "still_unreadable"): mark("It still can't be read, so it stays in the inbox."),
    ("Invalid", "not_retryable"): mark("This row is not given up or held: there is nothing to retry."),
    ("Invalid", "newer_lead"): mark("The client has a newer lead: move that one."),
}
"""By name and detail."""


def refusal(error: errors.SalesError) -> Mapping[str, Scalar]:
    """The facts of an error, for the notice ``refused``."""
    facts: dict[str, Scalar] = {"code": error.code, "detail": _detail(error)}
    if isinstance(error, errors.NotYours):
        facts |= {"about_client": error.client_id, "client": error.client, "owner": error.owner}
    elif isinstance(error, errors.NoOwner):
        facts["client"] = error.client
    return facts


def _detail(error: errors.SalesError) -> str:
    match error:
        case errors.Forbidden(needs=detail) | errors.NotFound(what=detail) | errors.OfferTaken(by=detail):
            return detail
        case errors.Unreachable(why=detail) | errors.Unsupported(what=detail) | errors.Invalid(problem=detail):
            return detail
        case _:
            return ""


def explain(error: errors.SalesError, language: Language) -> str:
    """One or two sentences."""
    return sentence(refusal(error), language)


def sentence(facts: Payload, language: Language) -> str:
    """What ``refusal`` took down, in words. Of an error we have no words for, the general ones and its detail."""
    code, detail = str(facts.get("code") or ""), str(facts.get("detail") or "")
    special = SPECIAL.get((code, detail))
    if special is not None:
        return language.t(special)
    general = language.t(
        WORDS.get(code, mark("That is not possible.")),
        detail=detail or language.t("a colleague"),
        client=facts.get("client") or language.t("the client"),
        owner=facts.get("owner") or language.t("somebody else"),
    )
    shown = code in ("Invalid", "Unsupported") and detail
    return f"{general} ({detail.replace('_', ' ')})" if shown else general


def remedies(facts: Payload, language: Language) -> Keyboard:
    """What can be tapped under a refusal."""
    client_id = facts.get("about_client")
    if facts.get("code") != "NotYours" or client_id is None:
        return ()
    owner = facts.get("owner") or language.t("the owner")
    return (
        (
            Button(language.t("Ask {owner}", owner=owner), AskOwner(client=int(client_id))),
            Button(language.t("See who may write"), WhoMayWrite(client=int(client_id))),
        ),
    )
