"""The fields of a page's form, as a browser without script would send them."""

from __future__ import annotations

from html.parser import HTMLParser

Fields = list[tuple[str, str]]


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[dict[str, str | None], Fields]] = []
        self.select: str | None = None
        self.options: list[tuple[str, bool]] = []
        self.area: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        if tag == "form":
            self.forms.append((own, []))
        name, value = own.get("name"), own.get("value") or ""
        if tag == "option":
            self.options.append((value, "selected" in own))
        elif name and tag == "select":
            self.select, self.options = name, []
        elif name and tag == "textarea":
            self.area = [name]
        elif name and tag == "input" and self.forms and (own.get("type") != "checkbox" or "checked" in own):
            self.forms[-1][1].append((name, value))

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.area.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self.select and self.options:
            chosen = [value for value, selected in self.options if selected] or [self.options[0][0]]
            self.forms[-1][1].append((self.select, chosen[-1]))
        elif tag == "textarea" and self.area is not None:
            # The line break right after the tag belongs to no value.
            self.forms[-1][1].append((self.area[0], "".join(self.area[1:]).removeprefix("\n")))
            self.area = None


def forms(page: str, action: str) -> list[Fields]:
    """The fields of each form that goes to an address; buttons are not pressed."""
    reader = _Forms()
    reader.feed(page)
    return [fields for own, fields in reader.forms if own.get("action") == action]


def with_fields(fields: Fields, **changed: str) -> dict[str, list[str]]:
    """A form to be sent, with some fields set."""
    sent: dict[str, list[str]] = {}
    for name, value in fields:
        sent.setdefault(name, []).append(value)
    return sent | {name: [value] for name, value in changed.items()}
