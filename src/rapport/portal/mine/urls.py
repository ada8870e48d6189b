"""Addresses of a member's own pages, below /my/."""

from __future__ import annotations

from django.urls import path

from rapport.portal.access import views as access
from rapport.portal.mine import data, home, orders, preferences
from rapport.portal.talks import views as talks

app_name = "my"

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", access.sign_in, name="sign_in"),
    path("sign-in/sent/", access.sent, name="sent"),
    path("sign-in/password/", access.password, name="sign_in_password"),
    path("sign-in/<str:token>/", access.link, name="link"),
    path("sign-out/", access.sign_out, name="sign_out"),
    path("messages/", talks.talks, name="talks"),
    path("messages/<uuid:pk>/", talks.talk, name="talk"),
    path("messages/<uuid:pk>/answer/", talks.answer, name="talk_answer"),
    path("messages/<uuid:pk>/close/", talks.close, name="talk_close"),
    path("messages/<uuid:pk>/rate/", talks.rate, name="talk_rate"),
    path("messages/files/<uuid:pk>/", talks.file, name="talk_file"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<uuid:pk>/", orders.order, name="order"),
    path("orders/<uuid:pk>/return/", orders.send_back, name="send_back"),
    path("promises/", home.promises, name="promises"),
    path("details/", preferences.preferences, name="preferences"),
    path("details/consent/", preferences.consent, name="consent"),
    path("details/asking/", preferences.asking, name="asking"),
    path("details/password/", preferences.password, name="password"),
    path("details/data.json", data.download, name="data"),
    path("details/erase/", data.erase, name="erase"),
]
