"""How to come by what each kind of channel needs, and what is to be done at its platform then: words by kind."""

from collections.abc import Mapping, Sequence

from screens.language import mark

_BOTFATHER = (
    mark("1. Open @BotFather and send /newbot."),
    mark("2. Send it a name: that is what clients see. Then a username that ends in “bot”."),
    mark("3. It answers with a token, such as 123456789:AAF…xyz. Copy the token and send it here."),
    mark("A bot that you have already: send @BotFather /mybots, choose the bot, then “API Token”."),
    mark("It must be a bot of its own: not the one you are writing to now, and one that no other program uses."),
)
_BUSINESS_BOT = (
    mark("Clients write to a Telegram account; a bot that is connected to it reads along and answers in its name."),
    mark("1. Open @BotFather and send /newbot: a name, then a username that ends in “bot”."),
    mark("2. Send /mybots, choose the bot, Bot Settings, Business Mode, Turn on."),
    mark("3. Back to the bot, API Token: copy the token and send it here."),
)

QUESTIONS: Mapping[tuple[str, str], Sequence[str]] = {
    ("telegram", "token"): _BOTFATHER,
    ("telegram_business", "token"): _BUSINESS_BOT,
    ("whatsapp_cloud", "phone_number_id"): (
        mark("1. Open developers.facebook.com, My Apps, and your app with the product WhatsApp."),
        mark("2. WhatsApp, API Setup: copy the phone number ID (not the phone number) and send it here."),
    ),
    ("whatsapp_cloud", "access_token"): (
        mark("1. Open business.facebook.com, Settings, Users, System users, and add one."),
        mark("2. Assign your app and your WhatsApp account to it, with full control."),
        mark(
            "3. Generate a token that never expires, with whatsapp_business_messaging and "
            "whatsapp_business_management. Copy it and send it here."
        ),
        mark("The token that API Setup shows ends after a day."),
    ),
    ("whatsapp_cloud", "app_secret"): (
        mark("In your app: App settings, Basic, App secret, Show. Copy it and send it here."),
        mark("By this secret Dibs knows that what comes in is from Meta."),
    ),
    ("whatsapp_linked", "url"): (
        mark("A program of its own, WAHA, holds the phone's session: docs/operations.md says how to start it."),
        mark("Where does it run? Send its address, such as http://127.0.0.1:3000."),
    ),
    ("whatsapp_linked", "api_key"): (mark("Send the API key that WAHA was started with: WAHA_API_KEY."),),
    ("whatsapp_linked", "session"): (
        mark("What is the session called there? Each phone has one of its own; the first is usually “default”."),
    ),
}
"""By kind and field."""

LINKS: Mapping[str, tuple[str, str]] = {
    "telegram": (mark("Open @BotFather"), "https://t.me/BotFather"),
    "telegram_business": (mark("Open @BotFather"), "https://t.me/BotFather"),
    "whatsapp_cloud": (mark("Open Meta for Developers"), "https://developers.facebook.com/apps"),
}

FIELDS: Mapping[str, str] = {
    "token": mark("Token"),
    "phone_number_id": mark("Phone number ID"),
    "access_token": mark("Access token"),
    "app_secret": mark("App secret"),
    "verify_token": mark("Verify token"),
    "url": mark("Address"),
    "api_key": mark("API key"),
    "session": mark("Session"),
}

FAILURES: Mapping[tuple[str, str], str] = {
    ("whatsapp_cloud", "no_phone_number_id"): mark(
        "Meta knows no such phone number ID, or the token may not see it: compare it with WhatsApp, API Setup, and "
        "assign the WhatsApp account to the token's system user."
    ),
    ("whatsapp_cloud", "bad_token"): mark("Meta refuses the access token: copy it whole, or generate a new one."),
    ("whatsapp_cloud", "unreachable"): mark("Meta can't be reached just now. Try again in a minute."),
    ("whatsapp_linked", "bad_token"): mark("The gateway refuses the API key: it is what WAHA_API_KEY says there."),
    ("whatsapp_linked", "unreachable"): mark("No gateway answers at this address: is it started? Can it be reached?"),
}
"""By kind and code, where the general words do not fit."""

STEPS: Mapping[str, Sequence[str]] = {
    "telegram_business": (
        mark("One step is left, on the phone of the account that clients write to (it needs Telegram Premium):"),
        mark("1. Settings, Telegram Business, Chatbots: enter {account}."),
        mark("2. Choose which chats it sees, and let it read and answer messages."),
        mark("Staff may answer for 24 hours after each message of a client's: that is Telegram's rule."),
    ),
    "whatsapp_cloud": (
        mark("One step is left, at Meta:"),
        mark("1. In your app: WhatsApp, Configuration, Webhook, Edit."),
        mark("2. Callback URL: {callback}"),
        mark("3. Verify token: {verify_token}"),
        mark("4. Verify and save. Then, under Webhook fields, subscribe to messages."),
        mark(
            "Subscribe as well to account_update and message_template_status_update; and if the number is used in the "
            "WhatsApp Business app too, to smb_message_echoes and history."
        ),
    ),
}
"""What an admin has to do once the account is known."""

UNREACHED: Mapping[str, Sequence[str]] = {
    "whatsapp_cloud": (
        mark("⚠️ This channel can send, but it can't receive: Meta delivers to a public https address only."),
        mark(
            "Set PUBLIC_URL to the address under which the internet reaches Dibs, start Dibs again, and open this page "
            "from /channels: it will say what to enter at Meta."
        ),
    ),
}
"""The same where there is no public address, and the platform needs one."""

WARNINGS: Mapping[str, Sequence[str]] = {
    "whatsapp_linked": (
        mark("⚠️ A linked phone is unofficial: WhatsApp does not allow it, and may ban the number at any time."),
        mark("Never link a number that the firm can't do without, and never write to many people who did not ask."),
        mark("The official way, the WhatsApp Business API, is added here just as easily, and is not banned for it."),
    ),
}
"""Before an unofficial kind is added."""
