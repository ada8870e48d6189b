from django.apps import AppConfig


class MailConfig(AppConfig):
    """Mail in and out."""

    name = "rapport.connectors.mail"
    label = "mail"
