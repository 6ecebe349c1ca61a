"""The fields of a page's form, as a browser without script would send them."""

from __future__ import annotations

from html.parser import HTMLParser

Fields = list[tuple[str, str]]


BLANK = ("checkbox", False)


class _Forms(HTMLParser):
    """Reads the forms of a page; a field outside of its form names it (``form``)."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[dict[str, str | None], Fields]] = []
        self.inside: Fields | None = None
        self.fields: Fields | None = None
        self.select: str | None = None
        self.options: list[tuple[str, bool]] = []
        self.area: list[str] | None = None

    def owner(self, name: str | None) -> Fields | None:
        return next((fields for own, fields in self.forms if own.get("id") == name), None) if name else self.inside

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        if tag == "form":
            self.inside = []
            self.forms.append((own, self.inside))
        name, value = own.get("name"), own.get("value") or ""
        if tag in ("input", "select", "textarea"):
            self.fields = self.owner(own.get("form"))
        if tag == "option":
            self.options.append((value, "selected" in own))
        elif name and tag == "select":
            self.select, self.options = name, []
        elif name and tag == "textarea":
            self.area = [name]
        elif name and tag == "input" and self.fields is not None and (own.get("type"), "checked" in own) != BLANK:
            self.fields.append((name, value))

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.area.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None
        elif tag == "select" and self.select and self.options and self.fields is not None:
            chosen = [value for value, selected in self.options if selected] or [self.options[0][0]]
            self.fields.append((self.select, chosen[-1]))
            self.select = None
        elif tag == "textarea" and self.area is not None and self.fields is not None:
            # The line break right after the tag belongs to no value.
            self.fields.append((self.area[0], "".join(self.area[1:]).removeprefix("\n")))
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
