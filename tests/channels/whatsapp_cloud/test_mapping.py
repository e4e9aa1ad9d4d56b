"""What Meta sends, recorded, and what we make of it. (Objects of one message or status: Meta's own examples.)"""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from channels.whatsapp_cloud.contents import UNSUPPORTED_LABELS
from channels.whatsapp_cloud.mapping import TEMPLATES_CHANGED, Account, parse_webhook
from sales.clients import Identity, IdentityKind
from sales.ids import ChannelId
from sales.incoming import (
    AccountChanged,
    ClientDeleted,
    ClientEdited,
    ClientMoved,
    ClientReacted,
    ClientWrote,
    Delivered,
    Event,
    Ignored,
    Incoming,
    Malformed,
    WrittenOutside,
)
from sales.messages import Content, Location, MessageKind, Referral, RemoteFile, SharedContact

PAYLOADS = Path(__file__).parent / "payloads"
NAMES = sorted(path.stem for path in PAYLOADS.glob("*.json"))
HELD = "channel:7"
US = Account(ChannelId(7), "1122334455667")
USER = "US.13491208655302741918"
WA_ID = "972987654321"


def items(name: str, account: Account = US) -> list[Incoming | Malformed]:
    return parse_webhook(account, (PAYLOADS / f"{name}.json").read_bytes())


def events(name: str) -> list[Event]:
    found = items(name)
    assert all(isinstance(item, Incoming) for item in found), found
    return [item.event for item in found if isinstance(item, Incoming)]


def event(name: str) -> Event:
    (found,) = events(name)
    return found


def change(name: str) -> Event:
    """But for what the client is known by."""
    found = event(name)
    assert isinstance(found, ClientEdited | ClientDeleted | ClientReacted | Delivered)
    return replace(found, known_by=())


def known_by(name: str) -> tuple[Identity, ...]:
    found = event(name)
    assert isinstance(found, ClientEdited | ClientDeleted | ClientReacted | Delivered)
    return found.known_by


def wrote(name: str) -> ClientWrote:
    found = event(name)
    assert isinstance(found, ClientWrote), found
    return found


def said(name: str) -> Content:
    return wrote(name).content


# --- who ---


def test_a_text_says_who_wrote_what_when_and_how_long_it_may_be_answered() -> None:
    message = wrote("text")
    assert (message.address, message.aliases, message.external_id) == (USER, (WA_ID,), "wamid.xyzxyz")
    assert (message.said_at, message.window, message.history) == (1697043223000, 86400, False)
    assert message.content == Content(MessageKind.TEXT, "Body Text")
    assert message.sender.name == "Test Name"
    assert message.sender.identities == (
        Identity(IdentityKind.WHATSAPP_USER, USER),
        Identity(IdentityKind.WA_ID, WA_ID),
        Identity(IdentityKind.PHONE, f"+{WA_ID}"),
        Identity(IdentityKind.WHATSAPP_USER, "US.ENT.11815799212886844830"),
    )


def test_a_hidden_number_leaves_the_user_id() -> None:
    message = wrote("text_hidden_number")
    assert (message.address, message.aliases, message.sender.username) == (USER, (), "shy.one")
    assert message.sender.identities == (Identity(IdentityKind.WHATSAPP_USER, USER),)


def test_a_number_alone_is_an_address_and_its_other_spelling_an_alias() -> None:
    message = wrote("text_number_only")
    assert (message.address, message.aliases) == ("556187654321", ("5561987654321",))
    assert Identity(IdentityKind.PHONE, "+5561987654321") in message.sender.identities


def test_what_no_database_takes_is_replaced() -> None:
    message = wrote("text_unstorable")
    assert (message.content.text, message.sender.name) == ("a\ufffdb\ufffdc", "AB\ufffd")


# --- what ---

FILES = {
    "image": (MessageKind.PHOTO, RemoteFile(HELD, "65463453", mime="image/jpeg", unique_id="4654+8g=")),
    "image_with_url": (MessageKind.PHOTO, RemoteFile(HELD, "65463453", mime="image/jpeg", unique_id="…")),
    "video_forwarded": (MessageKind.VIDEO, RemoteFile(HELD, "765756756", mime="video/mp4", unique_id="…")),
    "document": (
        MessageKind.DOCUMENT,
        RemoteFile(HELD, "1234567890987654321", mime="application/pdf", file_name="filename.pdf", unique_id="…"),
    ),
    "audio": (
        MessageKind.AUDIO,
        RemoteFile(HELD, "1234567890987654321", mime="audio/ogg; codecs=opus", unique_id="…"),
    ),
    "voice": (
        MessageKind.VOICE,
        RemoteFile(HELD, "1234567890987654321", mime="audio/ogg; codecs=opus", unique_id="…"),
    ),
    "sticker": (MessageKind.STICKER, RemoteFile(HELD, "1234567890987654321", mime="image/webp", unique_id="…")),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_named_by_its_id_and_never_by_the_address_in_the_webhook(name: str) -> None:
    content = said(name)
    assert (content.kind, content.file) == FILES[name]


def test_captions() -> None:
    assert said("document").text == said("video_forwarded").text == "caption"


def test_places() -> None:
    assert said("location").location == Location(12.25089, 43.90539)
    place = Location(37.4611978, -122.2164385, "Facebook HQ", "1 Hacker Way, Menlo Park, CA 94025")
    assert said("place").location == place


def test_a_contact() -> None:
    assert said("contacts").contact == SharedContact("+15555555555", "Chandler", "Bing")


def test_several_contacts_are_several_messages_with_all_that_their_cards_say() -> None:
    bing, joey, nobody = [found for found in events("contacts_several") if isinstance(found, ClientWrote)]
    assert [found.external_id for found in (bing, joey, nobody)] == ["wamid.one", "wamid.one#2", "wamid.one#3"]
    assert bing.content.contact is not None
    vcard = str(bing.content.contact.vcard)
    assert {"TEL:+1 555-555-5556", "EMAIL:bing@example.com", r"ORG:Bing\; Sons"} <= set(vcard.splitlines())
    assert joey.content.contact == SharedContact("+15555550000", "Joey")
    assert (nobody.content.label, nobody.content.text) == ("contact", "No Phone\nno@example.com")


SAYS = {
    "button_reply": "title",
    "list_reply": "title\ndescription",
    "template_button": "title",
    "template_button_with_user_id": "title",
    "reply": "replied text",
    "forwarded_often": "text forwarded many times",
}


@pytest.mark.parametrize("name", SAYS)
def test_what_is_chosen_is_what_is_said(name: str) -> None:
    assert said(name) == Content(MessageKind.TEXT, SAYS[name])


def test_an_answer_says_what_it_answers() -> None:
    assert wrote("reply").reply_to == "wamid.xyzxyz=="
    assert wrote("button_reply").reply_to == "wamid.xyzxyz"


UNSUPPORTED = {
    "order": ("order", "3 × HAMBURGER, 30 ILS"),
    "unsupported_poll": ("poll", ""),
    "unsupported_unknown": ("unknown", "Message type is currently not supported."),
    "unknown_type": ("unknown", "see me"),
    "interactive_with_error": ("unknown", ""),
    "flow_reply": ("form", 'Sent\n{"size": "39"}'),
    "call_permission": ("call_permission", "accept"),
}


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_what_has_no_counterpart_is_shown_as_what_it_is(name: str) -> None:
    label, text = UNSUPPORTED[name]
    assert said(name) == Content(MessageKind.UNSUPPORTED, text, label=label)
    assert label in UNSUPPORTED_LABELS


def test_an_advertisement_is_told_with_the_first_message() -> None:
    content = said("referral")
    expected = Referral("AD_OR_POST_FB_URL", "ADID", "AD_TITLE", "AD_DESCRIPTION", "CTWA_CLID")
    assert (content.text, content.referral) == ("BODY", expected)


def test_a_question_about_a_product_says_which() -> None:
    assert said("product_question").referral == Referral(source_id="354160437058781", headline="SHOE-39")


# --- what happens besides ---


def test_a_change_tells_everything_that_the_client_is_known_by() -> None:
    """Their chat may be filed under any of it."""
    number = (Identity(IdentityKind.WA_ID, WA_ID), Identity(IdentityKind.PHONE, f"+{WA_ID}"))
    assert known_by("status_without_contact") == number
    for name in ("status_sent", "reaction", "echo_revoke"):
        assert {Identity(IdentityKind.WHATSAPP_USER, USER), *number} <= {*known_by(name)}, name


def test_reactions() -> None:
    assert change("reaction") == ClientReacted(USER, "wamid.yzxyzx=", "😮", (WA_ID,))
    for name in ("reaction_taken_back", "reaction_taken_back_empty"):
        assert change(name) == ClientReacted(USER, "wamid.yzxyzx=", None, (WA_ID,))


def test_an_edit_names_the_original() -> None:
    edited = event("edit")
    assert isinstance(edited, ClientEdited)
    assert (edited.address, edited.external_id, edited.content.text) == (
        "16505551234",
        "wamid.HBg…",
        "Updated image caption",
    )
    assert edited.edited_at == 1749854575000


def test_a_deletion_names_the_original() -> None:
    deleted = event("revoke")
    assert isinstance(deleted, ClientDeleted)
    assert deleted.external_ids == ("<ORIGINAL_WHATSAPP_MESSAGE_ID>",)


def test_a_new_number_is_the_same_client() -> None:
    moved = event("number_changed")
    identities = (Identity(IdentityKind.WA_ID, "972912345678"), Identity(IdentityKind.PHONE, "+972912345678"))
    former = (Identity(IdentityKind.WA_ID, WA_ID), Identity(IdentityKind.PHONE, f"+{WA_ID}"))
    assert moved == ClientMoved(WA_ID, "972912345678", identities, former)


def test_a_new_user_id_is_the_same_client_wherever_they_were_filed() -> None:
    moves = [found for found in events("user_id_changed") if isinstance(found, ClientMoved)]
    assert [(move.address, move.new_address) for move in moves] == [("US.1349", "US.2222"), (WA_ID, "US.2222")]
    update = event("user_id_update")
    assert isinstance(update, ClientMoved)
    assert (update.address, update.new_address) == ("US.1349", "US.2222")


def test_a_missed_call_is_something_to_answer() -> None:
    call = wrote("call_missed")
    assert (call.content, call.window, call.external_id) == (Content(MessageKind.CALL), 86400, "wacid.abc")
    assert event("call_started") == event("call_answered") == Ignored("call")


IGNORED = {
    "identity_changed": "identity_changed",
    "welcome": "request_welcome",
    "group_message": "group",
    "status_group": "group",
    "status_unknown": "unknown_status",
    "other_number": "other_number",
    "contacts_sync": "smb_app_state_sync",
    "history_refused": "history_refused",
    "quality": "phone_number_quality_update",
    "preferences": "user_preferences",
    "template_approved": TEMPLATES_CHANGED,
    "unknown_field": "unknown_field",
    "errors_alone": "errors",
}


@pytest.mark.parametrize("name", IGNORED)
def test_what_is_nobodys_message_is_ignored_knowingly(name: str) -> None:
    assert event(name) == Ignored(IGNORED[name])


# --- our own messages ---


@pytest.mark.parametrize(("name", "status"), [("sent", "sent"), ("delivered", "delivered"), ("read", "read")])
def test_how_a_message_of_ours_fares(name: str, status: str) -> None:
    assert change(f"status_{name}") == Delivered(USER, "wamid.xyzxyz", status, aliases=(WA_ID,))


def test_what_was_played_was_read() -> None:
    assert change("status_played") == Delivered(USER, "wamid.xyzxyz", "read", aliases=(WA_ID,))


def test_a_status_brings_back_the_row_it_left_with() -> None:
    assert change("status_ours") == Delivered(USER, "wamid.xyzxyz", "sent", row_id=4711, aliases=(WA_ID,))  # type: ignore[arg-type]


def test_a_status_without_a_contact_is_told_by_the_number() -> None:
    assert change("status_without_contact") == Delivered(WA_ID, "wamid.xyzxyz", "read")


def test_a_failure_says_why_in_our_words_and_theirs() -> None:
    failed = event("status_window")
    assert isinstance(failed, Delivered)
    assert (failed.status, str(failed.problem).split()[0]) == ("failed", "window")
    assert "24 hours" in str(failed.problem)
    experiment = event("status_failed")
    assert isinstance(experiment, Delivered)
    assert str(experiment.problem).startswith("experiment ")


# --- the phone, and before ---


def test_what_is_typed_on_the_phone_is_ours_and_never_sent_again() -> None:
    echo = event("echo_text")
    assert isinstance(echo, WrittenOutside)
    assert (echo.address, echo.external_id, echo.content.text) == (USER, "wamid.echo", "From the phone")
    assert (echo.receiver.name, echo.history, echo.row_id) == ("Test Name", False, None)
    picture = event("echo_image")
    assert isinstance(picture, WrittenOutside)
    assert (picture.address, picture.content.kind) == (WA_ID, MessageKind.PHOTO)


def test_what_is_changed_on_the_phone() -> None:
    edited = event("echo_edit")
    assert isinstance(edited, ClientEdited)
    assert (edited.external_id, edited.content.text) == ("wamid.echo", "From my phone")
    assert change("echo_revoke") == ClientDeleted(USER, ("wamid.echo",), (WA_ID,))


def test_history_comes_in_order_from_both_sides_and_one_bad_message_spoils_nothing() -> None:
    found = items("history")
    told = [item.event for item in found if isinstance(item, Incoming)]
    assert [type(one) for one in told] == [ClientWrote, WrittenOutside, ClientWrote, ClientWrote]
    lines = [one for one in told if isinstance(one, ClientWrote | WrittenOutside)]
    assert [line.external_id for line in lines] == ["wamid.h1", "wamid.h2", "wamid.h3", "wamid.h4"]
    assert all(line.history for line in lines)
    assert [line.address for line in lines] == [WA_ID, WA_ID, WA_ID, "972500000001"]
    assert lines[2].content == Content(MessageKind.UNSUPPORTED, label="elsewhere")
    assert sum(isinstance(item, Malformed) for item in found) == 1


def test_a_file_of_the_history_fills_the_place_that_was_kept_for_it() -> None:
    late, change = items("history_media")
    assert isinstance(late, Incoming)
    assert isinstance(change, Incoming)
    assert (late.update_id, change.update_id) == ("wamid.h3", "media:wamid.h3")
    assert isinstance(late.event, ClientWrote)
    assert isinstance(change.event, ClientEdited)
    assert late.event.content == change.event.content
    assert change.event.content.kind is MessageKind.PHOTO


# --- the account ---

ACCOUNT = {
    "account_restricted": AccountChanged("limited"),
    "account_muted": AccountChanged("account_restricted", broken=True),
    "account_disabled": AccountChanged("account_restricted", broken=True),
    "account_offboarded": AccountChanged("cut_off", broken=True),
    "account_reconnected": AccountChanged(None),
    "account_reinstated": AccountChanged(None),
}


@pytest.mark.parametrize("name", ACCOUNT)
def test_what_becomes_of_the_account(name: str) -> None:
    assert event(name) == ACCOUNT[name]


def test_another_accounts_troubles_are_not_ours() -> None:
    (found,) = items("account_disabled", replace(US, business_id="5555"))
    assert isinstance(found, Incoming)
    assert found.event == Ignored("other_account")


# --- the POST as a whole ---


def test_every_item_of_a_post_is_an_event_of_its_own() -> None:
    found = items("several")
    assert [item.update_id.split(":")[0] for item in found] == [
        "wamid.one",
        "wamid.two",
        "raw",
        "status",
        "status",
        "raw",
        "wamid.four",
    ]
    assert [isinstance(item, Malformed) for item in found] == [False, False, True, False, False, True, False]


@pytest.mark.parametrize("name", NAMES)
def test_each_item_is_kept_so_that_it_alone_can_be_replayed(name: str) -> None:
    for item in items(name):
        again = parse_webhook(US, item.raw)
        if isinstance(item, Incoming):
            told = [(one.update_id, one.event) for one in again if isinstance(one, Incoming)]
            assert (item.update_id, item.event) in told
            assert len(told) <= 3
        else:
            assert [type(one) for one in again] == [Malformed]


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("malformed")])
def test_what_can_not_be_read_is_kept_as_it_came(name: str) -> None:
    found = items(name)
    assert found
    assert all(isinstance(item, Malformed) and item.problem for item in found)


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b"\xff", b'{"object": 1}', b"[" * 5000])
def test_what_is_no_webhook_is_kept_as_malformed(raw: bytes) -> None:
    (found,) = parse_webhook(US, raw)
    assert isinstance(found, Malformed)
    assert found.raw == raw


def test_the_same_post_has_the_same_identities_again_and_no_two_items_share_one() -> None:
    for name in NAMES:
        once, twice = items(name), items(name)
        assert [item.update_id for item in once] == [item.update_id for item in twice]
        assert len({item.update_id for item in once}) == len(once), name


def test_nothing_personal_stands_in_a_problem() -> None:
    for name in NAMES:
        for item in items(name):
            if isinstance(item, Malformed):
                assert "no time" not in item.problem
                assert json.dumps(item.problem)
