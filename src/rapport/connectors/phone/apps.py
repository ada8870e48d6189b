from django.apps import AppConfig


class PhoneConfig(AppConfig):
    """The door for telephone systems."""

    name = "rapport.connectors.phone"
    label = "phone"
