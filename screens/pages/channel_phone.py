"""The code by which a phone is linked: to scan, or to type. It follows what the platform says."""

from base64 import b64decode
from dataclasses import dataclass, replace

from aiogram.utils.formatting import Bold, Code

from sales.channels import Channel
from sales.ports import Work
from sales.ports.channels import LinkState
from sales.ports.people import Dialog
from sales.staff import Staff
from sales.use_cases.phone_link import PAIR, PHONE, link_form
from sales.views.channels import one_channel
from screens.buttons import LeaveForm, LinkPhone, UsePhoneCode
from screens.language import Language, mark
from screens.pages import channel_args
from screens.pages.channel_args import Args
from screens.pages.page import Reader
from screens.post import Button, Keyboard, Post, lines, post

WAITS = {
    LinkState.STARTING: mark("The gateway is starting the session …"),
    LinkState.SCAN: mark("The code changes every half minute; this picture follows."),
    LinkState.STOPPED: mark("The session has stopped; it is being started again …"),
    LinkState.FAILED: mark("The gateway can't start the session: its own log says why. It is tried again …"),
    LinkState.WORKING: mark("Linked."),
}


@dataclass(frozen=True, slots=True)
class PhoneView:
    """``form`` is ``None`` when the code is no longer shown."""

    channel: Channel
    given: Args
    form: Dialog | None


def load(work: Work, staff: Staff, args: str) -> PhoneView:
    given = channel_args.read(args)
    channel = one_channel(work, staff, given.channel_id)
    return PhoneView(channel, given, link_form(work, staff.id, channel.id))


def render(view: PhoneView, reader: Reader) -> Post:
    language, form = reader.language, view.form
    title = Bold(language.t("Link the phone to «{channel}»", channel=view.channel.name))
    if form is None:
        words = language.t("No phone was linked, and the code is no longer shown.")
        return post(lines(title, words), keyboard=_over(view, language))
    way = form.data["way"]
    if way == PHONE:
        return post(lines(title, *_ask(form, language)), keyboard=_keyboard(view, language, code=False))
    if way == PAIR:
        return post(lines(title, *_code(form, language)), keyboard=_keyboard(view, language, code=False))
    return _scan(view, form, language, title)


def _scan(view: PhoneView, form: Dialog, language: Language, title: Bold) -> Post:
    how = language.t("On the phone: WhatsApp, Settings, Linked devices, Link a device. Scan the code.")
    state = language.t(WAITS[LinkState(form.data["state"])])
    made = post(lines(title, how, state), keyboard=_keyboard(view, language, code=True))
    picture = form.secrets.get("picture")
    return replace(made, picture=b64decode(picture)) if picture else made


def _ask(form: Dialog, language: Language) -> list[str]:
    problem = language.t("The platform gives no code for this number.") if form.data.get("problem") else ""
    ask = language.t("Write the phone's number, with + and the country code, such as +49 151 2345678.")
    return [line for line in (problem, ask) if line]


def _code(form: Dialog, language: Language) -> list[object]:
    code = form.secrets.get("code")
    if not code:
        return [language.t("The code for {phone} is being fetched …", phone=form.secrets.get("phone", ""))]
    how = language.t(
        "On the phone: WhatsApp, Settings, Linked devices, Link a device, Link with phone number instead. Enter:"
    )
    return [how, Code(code)]


def _keyboard(view: PhoneView, language: Language, *, code: bool) -> Keyboard:
    again = LinkPhone(channel=view.channel.id, setup=view.given.setup)
    other = (
        Button(language.t("Use a code instead"), UsePhoneCode(channel=view.channel.id))
        if code
        else Button(language.t("Scan a code instead"), again)
    )
    return (other,), (_later(view, language),)


def _over(view: PhoneView, language: Language) -> Keyboard:
    again = LinkPhone(channel=view.channel.id, setup=view.given.setup)
    return (Button(language.t("Show the code again"), again, style="primary"),), (_later(view, language),)


def _later(view: PhoneView, language: Language) -> Button:
    return Button(language.t("Later"), LeaveForm(name="channel", args=str(view.channel.id)))
