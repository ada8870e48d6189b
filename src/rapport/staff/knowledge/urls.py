"""Addresses of the knowledge base, below /knowledge/."""

from __future__ import annotations

from django.urls import path

from rapport.staff.knowledge import articles, comparisons, reports, shelves, writing

urlpatterns = [
    path("", articles.index, name="knowledge"),
    path("add/", articles.add, name="article_add"),
    path("preview/", writing.preview, name="article_preview"),
    path("insert/", articles.insert, name="article_insert"),
    path("use/", reports.use, name="knowledge_use"),
    path("categories/", shelves.shelves, name="shelves"),
    path("categories/add/", shelves.add, name="shelf_add"),
    path("categories/<uuid:pk>/", shelves.change, name="shelf"),
    path("categories/<uuid:pk>/remove/", shelves.remove, name="shelf_remove"),
    path("synonyms/", reports.synonyms, name="synonyms"),
    path("synonyms/<uuid:pk>/remove/", reports.remove_synonyms, name="synonyms_remove"),
    path("comparisons/", comparisons.comparisons, name="comparisons"),
    path("comparisons/add/", comparisons.edit, name="comparison_add"),
    path("comparisons/<uuid:pk>/", comparisons.edit, name="comparison"),
    path("comparisons/<uuid:pk>/<slug:act>/", comparisons.act, name="comparison_act"),
    path("<uuid:pk>/", articles.article, name="article"),
    path("<uuid:pk>/arrange/", articles.arrange, name="article_arrange"),
    path("<uuid:pk>/archive/", articles.archive, name="article_archive"),
    path("<uuid:pk>/restore/", articles.restore, name="article_restore"),
    path("<uuid:pk>/<slug:language>/write/", writing.write, name="article_write"),
    path("<uuid:pk>/<slug:language>/versions/", writing.versions, name="article_versions"),
    path("<uuid:pk>/<slug:language>/<slug:act>/", writing.act, name="article_act"),
]
