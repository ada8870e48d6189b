from django.urls import path

from rapport.connectors.phone import webhook

app_name = "phone"
urlpatterns = [path("calls/", webhook.calls, name="calls")]
