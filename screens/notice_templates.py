"""The steps of /template and /write: choose, fill in, look at it, send. What was entered so far lies in the dialog."""

import json
from collections.abc import Mapping

from sales.templates import from_text, next_blank, rendered
from sales.use_cases.template_form import PAGE
from screens.buttons import AskAbout, CancelForm, PickTemplate, SendTemplate, TurnTemplates, WriteOn
from screens.notice import Draft, Notice, client_name, count, person
from screens.post import Button, Keyboard

EXCERPT = 3500
"""UTF-16 units of a template that are shown at most; approved ones are shorter."""


def template_list(notice: Notice) -> Draft:
    data = _data(notice)
    if data is None:
        return _over(notice)
    choices, page = json.loads(data["choices"]), int(data["page"])
    form = count(notice, "form")
    shown = choices[page * PAGE : (page + 1) * PAGE]
    picks = tuple(
        (Button(f"{name} · {language}", PickTemplate(form=form, number=page * PAGE + place)),)
        for place, (name, language) in enumerate(shown)
    )
    words = notice.language.t("Which template for {client}?", client=_receiver(notice, data))
    return Draft(words, (*picks, *_turning(notice, page, len(choices)), (_cancel(notice),)))


def _turning(notice: Notice, page: int, total: int) -> Keyboard:
    form, turns = count(notice, "form"), []
    if page > 0:
        turns.append(Button("‹", TurnTemplates(form=form, page=page - 1)))
    if (page + 1) * PAGE < total:
        turns.append(Button("›", TurnTemplates(form=form, page=page + 1)))
    return (tuple(turns),) if turns else ()


def template_blank(notice: Notice) -> Draft:
    data = _data(notice)
    if data is None or "template" not in data:
        return _over(notice)
    template, values = from_text(data["template"]), json.loads(data["values"])
    blank = next_blank(template, values)
    if blank is None:
        return template_preview(notice)
    section, _, name = blank.place.partition(".")
    asked = (
        notice.language.t("What goes at the end of the button's link or code?")
        if section == "button"
        else notice.language.t("What goes into {blank}?", blank=f"{{{{{name}}}}}")
    )
    example = notice.language.t("For example: {example}", example=blank.example) if blank.example else ""
    parts = (rendered(template, values)[:EXCERPT], "\n".join(part for part in (asked, example) if part))
    return Draft("\n\n".join(parts), ((_cancel(notice),),))


def template_preview(notice: Notice) -> Draft:
    """As the client will read it."""
    data = _data(notice)
    if data is None or "template" not in data:
        return _over(notice)
    template, values = from_text(data["template"]), json.loads(data["values"])
    head = notice.language.t("{client} will read:", client=_receiver(notice, data))
    below = " ".join(f"[ {button} ]" for button in template.buttons)
    text = "\n\n".join(part for part in (head, rendered(template, values)[:EXCERPT], below) if part)
    send = Button(notice.language.t("Send"), SendTemplate(form=count(notice, "form")))
    return Draft(text, ((send, _cancel(notice)),))


def first_channel(notice: Notice) -> Draft:
    data = _data(notice)
    if data is None:
        return _over(notice)
    form = count(notice, "form")
    titles = notice.desk.titles
    buttons = tuple(
        (Button(f"{titles.get(kind, kind)} «{name}»", WriteOn(form=form, channel=channel_id)),)
        for channel_id, name, kind in json.loads(data["choices"])
    )
    words = notice.language.t("{phone} is not a client yet. Where do you want to write?", phone=_phone(data))
    return Draft(words, (*buttons, (_cancel(notice),)))


def first_text(notice: Notice) -> Draft:
    data = _data(notice)
    if data is None:
        return _over(notice)
    words = notice.language.t("Write the first message to {phone} now. It is sent as it is.", phone=_phone(data))
    return Draft(words, ((_cancel(notice),),))


def write_here(notice: Notice) -> Draft:
    return Draft(notice.language.t("{client} is here: write in this topic, or reply.", client=client_name(notice)))


def write_anothers(notice: Notice) -> Draft:
    """Whose it is, and nothing of the client."""
    client, language = count(notice, "asked"), notice.language
    manager = Button(language.t("Ask a manager"), AskAbout(client=client, manager=True))
    if "to" not in notice.view.people:
        return Draft(language.t("They are known, and nobody's client yet."), ((manager,),))
    owner = person(notice, "to")
    ask = Button(language.t("Ask {owner}", owner=owner), AskAbout(client=client, manager=False))
    return Draft(language.t("{owner}'s client.", owner=owner), ((ask, manager),))


def _data(notice: Notice) -> Mapping[str, str] | None:
    """What was entered in this form; ``None`` when it is over, or another has begun."""
    form = notice.view.form
    if form is None or form.data.get("mark") != str(notice.params.get("form")):
        return None
    return form.data


def _over(notice: Notice) -> Draft:
    return Draft(notice.language.t("This form is over. Start it again."))


def _receiver(notice: Notice, data: Mapping[str, str]) -> str:
    return client_name(notice) if data.get("client") else _phone(data)


def _phone(data: Mapping[str, str]) -> str:
    return str(json.loads(data["phones"])[0])


def _cancel(notice: Notice) -> Button:
    return Button(notice.language.t("Cancel"), CancelForm(form=count(notice, "form")))
