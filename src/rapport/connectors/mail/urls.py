from django.urls import path

from rapport.connectors.mail import webhook

app_name = "mail"
urlpatterns = [path("inbound/<str:token>/", webhook.inbound, name="inbound")]
