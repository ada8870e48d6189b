from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from rapport.kernel.actors import SYSTEM
from rapport.knowledge.models import Article, Category, Comparison, Synonyms, Translation, Version
from rapport.knowledge.services import articles, reading, shelves, versions
from rapport.team import brand
from rapport.team.models import User
from rapport.testing import builders
from rapport.testing.cast import Cast

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def article(cast: Cast) -> Article:
    return articles.begin(shelves.add("Help", by=SYSTEM), "Return a lamp", body="Pack it.", by=SYSTEM)


def test_from_an_empty_help_centre_to_a_published_article(cast: Cast) -> None:
    alice = as_(cast.alice)
    assert "Write down what you explain every day" in alice.get("/knowledge/").content.decode()
    assert alice.get("/knowledge/add/").headers["Location"] == "/knowledge/categories/add/"
    given = {"title": "Returns", "audience": "0", "icon": "truck-return", "position": "1", "title_pt": "Devoluções"}
    assert alice.post("/knowledge/categories/add/", given).status_code == 302
    shelf = Category.objects.get()
    assert (shelf.title, shelf.words) == ("Returns", {"pt": {"title": "Devoluções"}})
    begun = alice.post(
        "/knowledge/add/", {"title": "Send it back", "category": shelf.pk, "language": "en", "audience": "0"}
    )
    made = Article.objects.get()
    assert begun.headers["Location"] == f"/knowledge/{made.pk}/en/write/"
    written = {
        "title": "Send it back",
        "body": "Use the **box**.",
        "seen": Version.objects.get().written_at.isoformat(),
    }
    saved = alice.post(f"/knowledge/{made.pk}/en/write/", {**written, "publish": "1"})
    assert saved.headers["Location"] == f"/knowledge/{made.pk}/?language=en"
    assert "<strong>box</strong>" in Client().get("/help/1/send-it-back/").content.decode()


def test_a_preview_is_asked_for_without_saving(cast: Cast, article: Article) -> None:
    alice = as_(cast.alice)
    page = alice.post(f"/knowledge/{article.pk}/en/write/", {"title": "T", "body": "# Big", "preview": "1"})
    assert '<h2 id="s-big">Big</h2>' in page.content.decode()
    assert alice.post("/knowledge/preview/", {"body": "<b>x</b>"}).content == b"<p>&lt;b&gt;x&lt;/b&gt;</p>\n"
    assert Version.objects.get().body == "Pack it."


def test_who_writes_over_a_newer_draft_is_told(cast: Cast, article: Article) -> None:
    seen = Version.objects.get().written_at.isoformat()
    versions.write(article, "en", title="Theirs", body="theirs", by=SYSTEM)
    answer = as_(cast.ben).post(f"/knowledge/{article.pk}/en/write/", {"title": "Mine", "body": "mine", "seen": seen})
    assert answer.status_code == 422
    assert "saved this draft meanwhile" in answer.content.decode()
    assert Version.objects.get().title == "Theirs"


def test_an_agent_writes_and_a_manager_publishes(cast: Cast, article: Article) -> None:
    ben, mona, here = as_(cast.ben), as_(cast.mona), f"/knowledge/{article.pk}/en"
    assert ben.post(f"{here}/review/").status_code == 302
    assert ben.post(f"{here}/publish/").status_code == 403
    assert ben.post(f"/knowledge/{article.pk}/arrange/", {}).status_code == 403
    assert mona.post(f"{here}/send-back/", {"reason": "Which box?"}).status_code == 302
    assert "Which box?" in ben.get(f"{here}/write/").content.decode()
    assert mona.post(f"{here}/publish/").status_code == 302
    assert Translation.objects.get().published_at is not None
    assert mona.post(f"{here}/publish/").status_code == 302
    assert mona.post(f"{here}/nonsense/").status_code == 404
    assert mona.get(f"/knowledge/{article.pk}/xx/write/").status_code == 404


def test_versions_are_set_side_by_side_and_brought_back(cast: Cast, article: Article) -> None:
    versions.publish(article, "en", by=SYSTEM)
    versions.write(article, "en", title="Return a lamp", body="Pack it twice.", by=SYSTEM)
    alice = as_(cast.alice)
    page = alice.get(f"/knowledge/{article.pk}/en/versions/").content.decode()
    assert "Pack it<ins> twice</ins>." in page
    alice.post(f"/knowledge/{article.pk}/en/bring-back/", {"number": "1"})
    assert Version.objects.get(number=2).body == "Pack it."


def test_a_translation_says_that_it_is_behind(cast: Cast, article: Article) -> None:
    versions.publish(article, "en", by=SYSTEM)
    versions.write(article, "pt", title="Devolver", body="x", by=SYSTEM)
    versions.publish(article, "pt", by=SYSTEM)
    versions.write(article, "en", title="Return a lamp", body="New.", by=SYSTEM)
    versions.publish(article, "en", by=SYSTEM)
    alice = as_(cast.alice)
    assert "published again (version 2)" in alice.get(f"/knowledge/{article.pk}/?language=pt").content.decode()
    assert "Return a lamp" in alice.get("/knowledge/?state=stale").content.decode()
    assert "The original, version 2" in alice.get(f"/knowledge/{article.pk}/pt/write/").content.decode()


def test_an_article_is_arranged_by_numbers(cast: Cast, article: Article) -> None:
    other = articles.begin(article.category, "Other", by=SYSTEM)
    lamp = builders.product("LAMP")
    alice = as_(cast.alice)
    given = {"category": article.category_id, "audience": "1", "related": "A-2", "products": "LAMP"}
    for wrong in ({"related": "A-99"}, {"related": "x"}, {"products": "NONE"}):
        assert alice.post(f"/knowledge/{article.pk}/arrange/", {**given, **wrong}).status_code == 422
    assert alice.post(f"/knowledge/{article.pk}/arrange/", given).status_code == 302
    article.refresh_from_db()
    assert (article.level, list(article.related.all()), list(article.products.all())) == (1, [other], [lamp])


def test_what_is_searched_in_vain_leads_to_a_new_article(cast: Cast, article: Article) -> None:
    reading.note_search("gift card", "en", 0)
    page = as_(cast.ben).get("/knowledge/use/").content.decode()
    assert "gift card" in page
    assert "?title=gift%20card" in page


def test_a_comparison_is_written_like_a_table(cast: Cast) -> None:
    builders.product("S", "Small")
    builders.product("L", "Large")
    alice = as_(cast.alice)
    given = {"title": "Lamps", "audience": "0", "products": "S | desks\nL", "rows": "Height | 20 cm | 40 cm"}
    for wrong in ({"products": "S"}, {"products": "S\nX"}, {"title": ""}):
        assert alice.post("/knowledge/comparisons/add/", {**given, **wrong}).status_code == 422
    assert not Comparison.objects.exists()
    assert alice.post("/knowledge/comparisons/add/", given).status_code == 302
    row = Comparison.objects.get()
    assert row.rows == [["Height", "20 cm", "40 cm"]]
    assert [one.best_for for one in row.compared.all()] == ["desks", ""]
    page = alice.get(f"/knowledge/comparisons/{row.pk}/").content.decode()
    assert "S | desks\nL" in page
    alice.post(f"/knowledge/comparisons/{row.pk}/publish/")
    assert Client().get("/help/compare/lamps/").status_code == 200
    alice.post(f"/knowledge/comparisons/{row.pk}/remove/")
    assert not Comparison.objects.exists()


def test_synonyms_are_added_and_removed(cast: Cast) -> None:
    alice = as_(cast.alice)
    assert alice.post("/knowledge/synonyms/", {"words": "parcel"}).status_code == 422
    alice.post("/knowledge/synonyms/", {"words": "parcel, package"})
    row = Synonyms.objects.get()
    assert row.words == ["parcel", "package"]
    alice.post(f"/knowledge/synonyms/{row.pk}/remove/")
    assert not Synonyms.objects.exists()


def test_articles_are_offered_for_an_answer_without_those_for_the_staff(cast: Cast, article: Article) -> None:
    versions.publish(article, "en", by=SYSTEM)
    inside = articles.begin(article.category, "Return secrets", audience=2, by=SYSTEM)
    versions.publish(inside, "en", by=SYSTEM)
    page = as_(cast.ben).get("/knowledge/insert/?q=return").content.decode()
    assert "http://testserver/help/1/return-a-lamp" in page
    assert "secrets" not in page


def test_the_portal_wears_the_firms_colour_and_logo(cast: Cast) -> None:
    alice, client = as_(cast.alice), Client()
    assert client.get("/help/logo").status_code == 404
    given = {
        "colour": "#7a1fa2",
        "welcome": "Ask away",
        "contact": "+44 113 496 0000",
        "site": "https://lantern.example",
    }
    for wrong in ({"colour": "red"}, {"picture": SimpleUploadedFile("x.svg", b"<svg onload=alert(1)>")}):
        assert alice.post("/settings/portal/", {**given, **wrong}).status_code == 422
    picture = SimpleUploadedFile("logo.png", PNG, "image/png")
    assert alice.post("/settings/portal/", {**given, "picture": picture}).status_code == 302
    assert "#7a1fa2" in client.get("/help/brand.css").content.decode()
    page = client.get("/help/").content.decode()
    assert "Ask away" in page
    assert "+44 113 496 0000" in page
    logo = client.get("/help/logo")
    assert (logo.content, logo.headers["Content-Type"]) == (PNG, "image/png")
    alice.post("/settings/portal/", {**given, "no_logo": "on"})
    cast.firm.refresh_from_db()
    assert brand.of(cast.firm).logo == ""
    assert as_(cast.ben).get("/settings/portal/").status_code == 403
