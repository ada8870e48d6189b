"""The chat of the firm's web sites: how it looks, what it asks, who answers, and the script tag for the site."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.conversations.models import ChatSite, Mailbox
from rapport.conversations.permissions import MANAGE
from rapport.conversations.services import sites
from rapport.service.models import Calendar, Queue
from rapport.service.permissions import MANAGE as QUEUES
from rapport.service.services import desks
from rapport.staff.record.reach import one
from rapport.staff.refusals import told_by
from rapport.staff.requests import StaffRequest
from rapport.staff.settings.tabs import part
from rapport.ui.colours import NotAColour, parsed
from rapport.ui.toasts import tell

PLAIN = ("name", "colour", "side", "theme", "language", "greeting", "away_text", "mailbox")
KINDS = ("text", "name", "email", "choice")
MOST_LINES = 12


class ChatForm(forms.Form):
    """The chat of one site. Questions and what is said first are written a line each."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80, help_text=gettext_lazy("Visitors read it."))
    origins = forms.CharField(
        label=gettext_lazy("Sites that may show it"), required=False, widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("One a line, such as https://shop.example.com. Empty: any site."),
    )  # fmt: skip
    colour = forms.CharField(label=gettext_lazy("Colour"), widget=forms.TextInput({"type": "color"}))
    side = forms.ChoiceField(label=gettext_lazy("Place"), choices=ChatSite.Side.choices)
    theme = forms.ChoiceField(label=gettext_lazy("Theme"), choices=ChatSite.Theme.choices)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        choices=[("", gettext_lazy("The visitor’s")), *settings.LANGUAGES],
    )
    greeting = forms.CharField(label=gettext_lazy("Greeting"), max_length=200, required=False)
    away_text = forms.CharField(label=gettext_lazy("When nobody is there"), max_length=200, required=False)
    questions = forms.CharField(
        label=gettext_lazy("Questions before the chat"), required=False, widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy(
            "One a line: Your name = name, Your e-mail = email, Order number = text, Topic = choice: Order, Return. "
            "A * after the words makes an answer needed."
        ),
    )  # fmt: skip
    prompts = forms.CharField(
        label=gettext_lazy("Say first"), required=False, widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy(
            "One a line: seconds, part of the page’s address, words, as 20 | /checkout | Can we help?"
        ),
    )  # fmt: skip
    queue = forms.ModelChoiceField(
        Queue.objects.none(), label=gettext_lazy("Queue"), required=False, empty_label=gettext_lazy("As every chat")
    )
    calendar = forms.ModelChoiceField(
        Calendar.objects.none(),
        label=gettext_lazy("Office hours"),
        required=False,
        empty_label=gettext_lazy("Always open"),
    )
    mailbox = forms.ModelChoiceField(
        Mailbox.objects.none(), label=gettext_lazy("Mailbox"), required=False,
        empty_label=gettext_lazy("The first that sends"),
        help_text=gettext_lazy("From here it goes on by mail when the visitor has left."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("queue", Queue.objects.live()), ("calendar", Calendar.objects.all())):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        self.fields["mailbox"].queryset = Mailbox.objects.order_by("address")  # type: ignore[attr-defined]

    def clean_colour(self) -> str:
        """Refuse what is no colour."""
        try:
            parsed(self.cleaned_data["colour"])
        except NotAColour as refusal:
            raise forms.ValidationError(_("A colour is written like #2f6f5e.")) from refusal
        return str(self.cleaned_data["colour"])

    def clean_origins(self) -> list[str]:
        """Return the origins, scheme and host alone; they become part of a policy, so nothing else is taken."""
        return [_origin(line) for line in _lines(self.cleaned_data["origins"])]

    def clean_questions(self) -> list[dict[str, Any]]:
        """Return the questions that the lines say."""
        lines = _lines(self.cleaned_data["questions"])
        return [_question(line, f"q{number}") for number, line in enumerate(lines, 1)]

    def clean_prompts(self) -> list[dict[str, Any]]:
        """Return what is said first."""
        return [_prompt(line) for line in _lines(self.cleaned_data["prompts"])]

    def values(self) -> dict[str, Any]:
        """Return the fields of the site."""
        return {name: self.cleaned_data[name] for name in (*PLAIN, "origins", "questions", "prompts")}


@require_safe
def chat_sites(request: StaffRequest) -> HttpResponse:
    """List the sites."""
    request.actor.require(MANAGE)
    return part(request, "chat_sites", {"sites": ChatSite.objects.select_related("desk__queue", "desk__calendar")})


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """Add a site; its secret is shown once."""
    request.actor.require(MANAGE)
    form = ChatForm(request.POST or None, initial={"colour": "#2f6f5e", "side": "end", "theme": "auto"})
    if form.is_valid():
        with told_by(form, {sites.NameTaken: "name"}):
            made = sites.add(by=request.actor, **form.values())
            _desk(request, made, form)
            tell(request, _("Saved."))
            return _shown(request, made, secret=sites.secrets_of(made)[0])
    context: dict[str, object] = {"form": form, "site": None}
    return part(request, "chat_sites", context, template="chat_site", status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def chat_site(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show and change a site."""
    request.actor.require(MANAGE)
    row = one(ChatSite.objects.select_related("desk"), pk)
    if request.method != "POST":
        return _shown(request, row)
    form = ChatForm(request.POST)
    if form.is_valid():
        with told_by(form, {sites.NameTaken: "name"}):
            sites.change(row, by=request.actor, **form.values())
            _desk(request, row, form)
            tell(request, _("Saved."))
            return redirect("staff:chat_site", pk=pk)
    return _shown(request, row, form=form, status=422)


@require_POST
def secret(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Make a new secret and show it once."""
    row = sites.rotate(one(ChatSite.objects.all(), pk), by=request.actor)
    return _shown(request, row, secret=sites.secrets_of(row)[0])


@require_POST
def switch(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show the chat on its site, or no longer."""
    row = one(ChatSite.objects.all(), pk)
    sites.switch(row, on=row.off_at is not None, by=request.actor)
    tell(request, _("Saved."))
    return redirect("staff:chat_site", pk=pk)


def _desk(request: StaffRequest, site: ChatSite, form: ChatForm) -> None:
    if request.actor.may(QUEUES):
        given = form.cleaned_data
        desks.set_desk(site, queue=given["queue"], calendar=given["calendar"], by=request.actor)


def _shown(
    request: StaffRequest, row: ChatSite, *, form: ChatForm | None = None, secret: str = "", status: int = 200
) -> HttpResponse:
    context = {"site": row, "form": form or ChatForm(initial=_initial(row)), "tag": tag(request, row), "secret": secret}
    return part(request, "chat_sites", context, template="chat_site", status=status)


def tag(request: HttpRequest, site: ChatSite) -> str:
    """Return the script tag for the site's pages."""
    return f'<script async src="{request.build_absolute_uri(reverse("chat:script"))}" data-site="{site.key}"></script>'


def _initial(row: ChatSite) -> dict[str, Any]:
    desk = getattr(row, "desk", None)
    asked = [
        f"{one['label']}{'*' if one['required'] else ''} = {one['kind']}"
        + (f": {', '.join(one['options'])}" if one["options"] else "")
        for one in row.questions
    ]
    return {
        **{name: getattr(row, name) for name in PLAIN},
        "origins": "\n".join(row.origins),
        "questions": "\n".join(asked),
        "prompts": "\n".join(f"{one['seconds']} | {one['page']} | {one['text']}" for one in row.prompts),
        "queue": desk.queue_id if desk else None,
        "calendar": desk.calendar_id if desk else None,
    }


def _lines(text: str) -> list[str]:
    found = [line.strip() for line in text.splitlines() if line.strip()]
    if len(found) > MOST_LINES:
        raise forms.ValidationError(_("At most %(n)d lines.") % {"n": MOST_LINES})
    return found


def _origin(line: str) -> str:
    parts = urlsplit(line)
    if parts.scheme not in {"http", "https"} or not re.fullmatch(r"[A-Za-z0-9.-]+(:\d+)?", parts.netloc):
        raise forms.ValidationError(_("“%(line)s” is no site; write https://shop.example.com.") % {"line": line})
    return f"{parts.scheme}://{parts.netloc.lower()}"[:200]


def _question(line: str, key: str) -> dict[str, Any]:
    label, _equals, rest = line.partition("=")
    kind, _colon, options = rest.strip().partition(":")
    label, kind = label.strip(), kind.strip() or "text"
    chosen = [part.strip() for part in options.split(",") if part.strip()]
    if not label.rstrip("* ") or kind not in KINDS or (kind == "choice") != bool(chosen):
        raise forms.ValidationError(
            _("“%(line)s” is no question; write Topic = choice: Order, Return.") % {"line": line}
        )
    return {
        "key": key, "label": label.rstrip("* ")[:100], "kind": kind, "required": label.endswith("*"),
        "options": chosen[:20],
    }  # fmt: skip


def _prompt(line: str) -> dict[str, Any]:
    seconds, page, text = [part.strip() for part in [*line.split("|", 2), "", ""][:3]]
    if not seconds.isdecimal() or int(seconds) > 3600 or not text:
        raise forms.ValidationError(_("“%(line)s” says no seconds and words.") % {"line": line})
    return {"seconds": int(seconds), "page": page[:200], "text": text[:200]}
