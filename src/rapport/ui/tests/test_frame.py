"""The frame of the pages: navigation by rights, the palette, toasts, headers, the reader's look."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import Client, RequestFactory

from rapport.kernel.actors import Actor, Reach
from rapport.kernel.permissions import RIGHTS, Right
from rapport.ui import context, navigation, palette, stylesheet, toasts, views
from rapport.ui.security import POLICY, SecurityHeadersMiddleware


@pytest.fixture
def right() -> Iterator[Right]:
    """A right of this test."""
    made = Right("ui.try", "Try")
    yield made
    del RIGHTS["ui.try"]


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing registered in the frame."""
    for module, name in (
        (navigation, "_items"),
        (navigation, "_new"),
        (palette, "_commands"),
        (palette, "_sources"),
    ):
        monkeypatch.setattr(module, name, {})
    for name in ("_pinned", "_more_items", "_more_new"):
        monkeypatch.setattr(navigation, name, [])


def somebody(*rights: Right) -> Actor:
    """Return a user with `rights`."""
    return Actor(kind="user", name="Ben", grants={right.name: Reach.OWN for right in rights})


def asked(actor: Actor, path: str = "/") -> HttpRequest:
    """Return a request of `actor`."""
    request = RequestFactory().get(path)
    request.actor = actor  # type: ignore[attr-defined]
    return request


@pytest.mark.usefixtures("bare")
def test_the_rail_shows_what_the_rights_allow_in_order(right: Right) -> None:
    navigation.register(navigation.NavItem("gallery", "Gallery", "table", "ui:gallery", right=right, order=2))
    navigation.register(navigation.NavItem("search", "Search", "search", "ui:palette", order=1, count=lambda _: 12))
    assert [entry.name for entry in context.Shell(asked(somebody())).rail] == ["search"]
    rail = context.Shell(asked(somebody(right), "/ui/gallery/x")).rail
    assert [(entry.name, entry.count, entry.current) for entry in rail] == [
        ("search", 12, False),
        ("gallery", None, True),
    ]


@pytest.mark.usefixtures("bare")
def test_nobody_sees_nothing_of_the_frame() -> None:
    navigation.register(navigation.NavItem("search", "Search", "search", "ui:palette"))
    navigation.offer(navigation.NewItem("Customer", "user-plus", "ui:palette"))
    nobody = Actor(kind="nobody", name="")
    assert context.Shell(asked(nobody)).rail == []
    assert context.Shell(asked(nobody)).new == []
    assert context.Shell(RequestFactory().get("/")).rail == []


@pytest.mark.usefixtures("bare")
def test_the_palette_finds_things_first_then_pages_by_every_word() -> None:
    navigation.register(navigation.NavItem("gallery", "Gallery", "table", "ui:gallery"))
    palette.register(palette.Command("Import a file", "file-import", "ui:palette", keywords="upload csv"))
    palette.search_with(
        palette.Source("x", "Things", lambda actor, text, limit: [palette.Hit(f"{actor.name} {text}", "/x")])
    )
    found = palette.results(asked(somebody()), " csv imp ")
    assert [(group.label, [hit.label for hit in group.hits]) for group in found] == [
        ("Things", ["Ben csv imp"]),
        ("Go to", ["Import a file"]),
    ]
    assert [hit.label for group in palette.results(asked(somebody()), "") for hit in group.hits] == [
        "Gallery",
        "Import a file",
    ]


@pytest.mark.usefixtures("bare")
def test_a_source_one_has_no_right_to_is_not_searched(right: Right) -> None:
    def refuse(actor: Actor, text: str, limit: int) -> list[palette.Hit]:
        raise AssertionError("it was searched")

    palette.search_with(palette.Source("x", "Things", refuse, right=right))
    assert palette.results(asked(somebody()), "ana") == []


def answer(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return what the middleware makes of `response` to `request` after something was said."""
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    toasts.tell(request, "Saved.", undo="/undo/1")
    return toasts.ToastMiddleware(lambda _: response)(request)


def test_an_htmx_answer_carries_its_messages() -> None:
    request = RequestFactory().get("/", headers={"HX-Request": "true"})
    answered = answer(request, HttpResponse())
    assert json.loads(answered["HX-Trigger"]) == {
        "toasts": {"list": [{"text": "Saved.", "tone": "good", "undo": "/undo/1"}]}
    }


def test_a_page_and_a_redirect_keep_their_messages() -> None:
    page = RequestFactory().get("/")
    assert "HX-Trigger" not in answer(page, HttpResponse())
    assert toasts.waiting(page) == [toasts.Toast("Saved.", "good", "/undo/1")]
    sent = RequestFactory().post("/", headers={"HX-Request": "true"})
    assert "HX-Trigger" not in answer(sent, HttpResponseRedirect("/"))
    assert len(toasts.waiting(sent)) == 1


def test_undo_leads_to_this_site_alone() -> None:
    request = RequestFactory().get("/")
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="address of this site"):
        toasts.tell(request, "Saved.", undo="https://evil.example/")
    assert toasts.waiting(request) == []


def test_every_answer_has_the_policy_unless_it_has_its_own() -> None:
    request = RequestFactory().get("/")
    plain = SecurityHeadersMiddleware(lambda _: HttpResponse())(request)
    assert plain["Content-Security-Policy"] == POLICY
    assert plain["Referrer-Policy"] == "same-origin"
    assert plain["X-Content-Type-Options"] == "nosniff"
    assert "unsafe" not in POLICY
    own = SecurityHeadersMiddleware(lambda _: HttpResponse(headers={"Content-Security-Policy": "sandbox"}))(request)
    assert own["Content-Security-Policy"] == "sandbox"


@pytest.mark.django_db
def test_the_style_sheet_is_kept_for_a_year_under_its_own_address_only(client: Client) -> None:
    kept = client.get(stylesheet.address(), headers={"Accept-Encoding": "gzip"})
    assert kept.status_code == 200
    assert kept["Cache-Control"] == "public, max-age=31536000, immutable"
    assert kept["Content-Encoding"] == "gzip"
    assert kept.content == stylesheet.current().packed
    other = client.get("/ui/style/old.css")
    assert other["Cache-Control"] == "no-cache"
    assert other.content == stylesheet.current().text


@pytest.mark.django_db
@pytest.mark.parametrize(("theme", "cookie"), [("dark", "dark"), ("light", "light"), ("", ""), ("neon", "")], ids=str)
def test_the_look_is_kept_in_a_cookie(client: Client, theme: str, cookie: str) -> None:
    answered = client.post("/ui/look/", {"theme": theme, "next": "/ui/palette/?q=x"})
    assert answered.status_code == 302
    assert answered.headers["Location"] == "/ui/palette/?q=x"
    assert answered.cookies["theme"].value == cookie


@pytest.mark.django_db
def test_the_look_leads_back_to_this_site_alone(client: Client) -> None:
    answered = client.post("/ui/look/", {"theme": "dark", "next": "https://evil.example/"})
    assert answered.headers["Location"] == "/"


def test_the_gallery_is_for_the_staff(bare: None) -> None:
    with pytest.raises(Http404):
        views.gallery(asked(Actor(kind="nobody", name="")))
    assert views.gallery(asked(somebody())).status_code == 200
