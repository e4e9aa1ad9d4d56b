"""What checks found, in words: what works, what doesn't, and what to do about it."""

import json
from collections.abc import Mapping, Sequence

import click

from sales.ports.channels import Finding

WORKS = {
    "settings": "settings: all there and readable",
    "database": "database: {url} opens",
    "disk": "disk: {free} free where {path} lies",
    "staff_token": "staff bot: @{username}",
    "staff_topics": "staff bot: topics in private chats are on",
    "staff_user_topics": "staff bot: users can't create topics themselves",
    "webhooks": "webhooks: platforms are told {url}",
    "polling": "webhooks: PUBLIC_URL is not set, so Telegram is polled, which is fine",
    "founding": "team: {count} admins are made from ADMIN_IDS when the bot starts",
    "team": "team: {people} people, {admins} admins",
    "pipelines": "CRM {crm}: {count} pipelines",
    "crm": "CRM {crm}: answers",
    "kommo_account": "CRM {crm}: the account {account} answers",
    "kommo_users": "CRM {crm}: {count} users",
    "kommo_field": "CRM {crm}: leads have the field by which Dibs finds its own",
    "telegram_bot": "channel {channel}: @{username}",
    "telegram_webhook": "channel {channel}: updates go where they should",
    "telegram_pending": "channel {channel}: {count} updates wait at Telegram",
    "gateway_phone": "channel {channel}: {phone} is linked",
    "gateway_webhook": "channel {channel}: the gateway delivers where it should",
    "gateway_polled": "channel {channel}: PUBLIC_URL is not set, so the gateway's chats are read now and then, which "
    "is slower",
    "whatsapp_number": "channel {channel}: {phone}",
    "whatsapp_subscribed": "channel {channel}: Meta's app is subscribed to its account",
    "whatsapp_webhook": "channel {channel}: messages go where they should",
    "business_mode": "channel {channel}: @{username} can be connected to accounts",
    "business_account": "channel {channel}: {account}'s account is connected",
    "business_reply": "channel {channel}: may answer for {account}",
}

WRONG = {
    "settings": "settings: {reason}",
    "database": "database: {reason}",
    "disk": "disk: only {free} free where {path} lies: make room, or move the data",
    "staff_token": "staff bot: Telegram refuses STAFF_BOT_TOKEN ({reason}): copy it again from @BotFather",
    "staff_reached": "staff bot: Telegram can't be reached ({reason}): check the network and TELEGRAM_API_URL",
    "staff_topics": "staff bot: topics are off, so everybody gets one flat chat: "
    "switch on “Threaded mode” in @BotFather (Bot Settings)",
    "staff_user_topics": "staff bot: users may create topics, which Dibs then can't tell from clients: "
    "switch that off in @BotFather (Bot Settings)",
    "webhooks": "webhooks: {url} is not https, and Telegram delivers to nothing else: "
    "put a TLS proxy in front, or leave PUBLIC_URL empty to poll",
    "webhook_port": "webhooks: Telegram delivers to ports 443, 80, 88 and 8443 only, not to {url}",
    "team": "team: nobody is admin: set ADMIN_IDS, or start `dibs run` and send the bot the code it prints",
    "no_channel": "channels: none yet, so no customer can write: /channels in the bot, or dibs channel add --help",
    "channel": "channel {channel}: {reason}",
    "channel_state": "channel {channel}: is {state} ({problem}): repair it, then dibs channel set {id} --resume",
    "pipelines": "CRM {crm}: there is no pipeline with an open stage to put leads into",
    "crm": "CRM {crm}: {reason}",
    "kommo_incoming": "CRM {crm}: incoming leads are switched off in {pipelines}: in Kommo's pipeline settings switch "
    "them on for channels where the first to accept wins",
    "kommo_users": "CRM {crm}: the users can't be listed ({reason}): the token must be an administrator's",
    "kommo_field": "CRM {crm}: Dibs can't make its field on leads ({reason}): make the token as an administrator, or "
    "add a text field with the code DIBS to leads",
    "crm_unmapped": "CRM {crm}: these people are nobody there yet, so no lead can be theirs: {people}: "
    "dibs crm users {id}, then dibs crm map-user {id}",
    "telegram_token": "channel {channel}: Telegram refuses the token ({reason}): "
    "connect the channel again with a fresh one from @BotFather",
    "telegram_reached": "channel {channel}: Telegram can't be reached ({reason})",
    "no_answer": "channel {channel}: the platform does not answer within 10 s: check the network, then try again",
    "telegram_webhook": "channel {channel}: updates go to “{url}” instead of “{wanted}” {error}: "
    "the running bot sets that right; no other program may use this token",
    "telegram_pending": "channel {channel}: {count} updates wait at Telegram: is the bot running?",
    "gateway_key": "channel {channel}: the gateway refuses the API key ({reason}): /channels, the channel, Access",
    "gateway_reached": "channel {channel}: the gateway can't be reached ({reason}): is it started?",
    "gateway_session": "channel {channel}: the gateway has no session “{session}”: the running bot makes it; "
    "then /channels, the channel, Link the phone",
    "gateway_phone": "channel {channel}: no phone is linked (the session is {state}): "
    "/channels, the channel, Link the phone",
    "gateway_webhook": "channel {channel}: the gateway does not deliver to {wanted}: the running bot sets that right",
    "whatsapp_token": "channel {channel}: Meta refuses the access token ({reason}): generate one that never expires, "
    "then /channels, the channel, Access",
    "whatsapp_reached": "channel {channel}: Meta can't be reached ({reason}): check the network and WHATSAPP_API_URL",
    "whatsapp_subscribed": "channel {channel}: Meta's app is not subscribed to its account ({reason}): the running bot "
    "subscribes it, if the token has whatsapp_business_management",
    "whatsapp_webhook": "channel {channel}: messages go to “{url}” instead of “{wanted}”: set PUBLIC_URL, then enter "
    "the address and the verify token at Meta: /channels, the channel, At the platform",
    "business_mode": "channel {channel}: @{username} can't be connected to accounts: "
    "switch on Business Mode in @BotFather (Bot Settings)",
    "business_none": "channel {channel}: no account is connected yet: in the account, which needs Telegram Premium, "
    "open Settings, Telegram Business, Chatbots, and enter @{username}",
    "business_account": "channel {channel}: {account} has disconnected the bot: "
    "connect it again in the account (Settings, Telegram Business, Chatbots)",
    "business_reply": "channel {channel}: {account} does not let the bot answer: "
    "allow it in the account (Settings, Telegram Business, Chatbots)",
}

ADVICE = frozenset({"staff_topics", "no_channel", "kommo_incoming", "crm_unmapped"})
"""Worth saying, but nothing is broken."""


class _Facts(dict[str, str]):
    """A fact that is missing leaves a gap, not an error."""

    def __missing__(self, key: str) -> str:
        return "?"


def in_words(finding: Finding) -> str:
    words = (WORKS if finding.ok else WRONG).get(finding.code, finding.code.replace("_", " "))
    return words.format_map(_Facts(finding.facts))


def fails(finding: Finding) -> bool:
    return not finding.ok and finding.code not in ADVICE


def print_findings(findings: Sequence[Finding], as_json: bool) -> bool:
    """Whether everything works."""
    if as_json:
        lines = [{"ok": one.ok, "code": one.code, "facts": dict(one.facts), "words": in_words(one)} for one in findings]
        click.echo(json.dumps(lines, ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            mark = "ok  " if finding.ok else "FAIL" if fails(finding) else "note"
            click.echo(f"{mark}  {in_words(finding)}")
    return not any(fails(finding) for finding in findings)


def about(findings: Sequence[Finding], **facts: str) -> list[Finding]:
    """The same with more facts: an adapter does not know what its channel is called."""
    more: Mapping[str, str] = facts
    return [Finding(one.ok, one.code, {**one.facts, **more}) for one in findings]
