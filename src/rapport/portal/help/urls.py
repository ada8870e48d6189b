"""Addresses of the help centre, below /help/."""

from __future__ import annotations

from django.urls import path

from rapport.portal.help import brand, comparing, feeds, views
from rapport.portal.talks import asking

app_name = "help"

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("on/<slug:slug>/", views.shelf, name="shelf"),
    path("compare/", comparing.comparisons, name="comparisons"),
    path("compare/<slug:slug>/", comparing.comparison, name="comparison"),
    path("ask/", asking.ask, name="ask"),
    path("ask/suggest/", asking.suggest, name="suggest"),
    path("ask/<uuid:attempt>/solved/<int:number>/", asking.solved, name="solved"),
    path("ask/thanks/", asking.thanks, name="thanks"),
    path("language/", views.language, name="language"),
    path("brand.css", brand.style, name="brand"),
    path("logo", brand.logo, name="logo"),
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
    path("feed.xml", feeds.feed, name="feed"),
    path("<int:number>/vote/", views.vote, name="vote"),
    path("<int:number>/", views.article, name="article_by_number"),
    path("<int:number>/<slug:slug>/", views.article, name="article"),
]
