"""Lists of clients: /chats, /unanswered, /find."""

from sales.ports import Work
from sales.staff import Staff
from sales.views.browse import PAGE, ChatsView, ClientLine, chats_view, found_view
from screens.buttons import Turn
from screens.clients import plain_name
from screens.language import Language, mark
from screens.pages.page import Reader
from screens.post import Button, Keyboard, Post, post

TITLES = {
    "all": mark("Open conversations"),
    "waiting": mark("Waiting for an answer"),
    "mine": mark("My clients"),
    "no_owner": mark("Nobody's clients"),
    "closed": mark("Closed conversations"),
    "found": mark("Found"),
}
SHORT = {
    "all": mark("Open"),
    "waiting": mark("Waiting"),
    "mine": mark("Mine"),
    "no_owner": mark("No owner"),
    "closed": mark("Closed"),
}


def load(work: Work, staff: Staff, args: str) -> ChatsView:
    """``args`` is ``<filter>.<page>``."""
    which, _, page = args.partition(".")
    return chats_view(work, staff, which or "all", int(page) if page.isdecimal() else 0)


def load_found(work: Work, staff: Staff, args: str) -> ChatsView:
    """``args`` is what is looked for."""
    return found_view(work, staff, args)


def render(view: ChatsView, reader: Reader) -> Post:
    language = reader.language
    title = f"{language.t(TITLES[view.which])} · {view.total}"
    keyboard: Keyboard = tuple((_client_button(line, view, language),) for line in view.lines)
    return post(title, *_hint(view, language), keyboard=(*keyboard, *_pages(view, language), *_filters(view, language)))


def _hint(view: ChatsView, language: Language) -> tuple[str, ...]:
    if not view.lines:
        return ("\n", language.t("Nobody here."))
    if view.which == "found" and view.total > len(view.lines):
        return ("\n", language.t("More were found than fit: add a letter or two."))
    return ("\n", language.t("Tap one to read it."))


def _client_button(line: ClientLine, view: ChatsView, language: Language) -> Button:
    client = line.client
    parts = [plain_name(language, client), line.channel, line.owner or language.t("no owner")]
    if client.waiting_since is not None:
        parts.insert(0, f"🔴 {language.waiting(client.waiting_since, view.now)}")
    return Button(" · ".join(part for part in parts if part)[:100], Turn(name="chat", args=str(client.id)))


def _pages(view: ChatsView, language: Language) -> Keyboard:
    last = max(0, (view.total - 1) // PAGE)
    if view.which == "found" or last == 0:
        return ()
    row = []
    if view.page > 0:
        row.append(Button(language.t("‹ Back"), Turn(name="chats", args=f"{view.which}.{view.page - 1}")))
    if view.page < last:
        row.append(Button(language.t("More ›"), Turn(name="chats", args=f"{view.which}.{view.page + 1}")))
    return (tuple(row),) if row else ()


def _filters(view: ChatsView, language: Language) -> Keyboard:
    buttons = [
        Button(f"{language.t(SHORT[name])} {count}", Turn(name="chats", args=f"{name}.0"))
        for name, count in view.counts.items()
        if name != view.which
    ]
    return tuple(tuple(buttons[start : start + 3]) for start in range(0, len(buttons), 3))
