from django.apps import AppConfig


class CalDavConfig(AppConfig):
    """Calendars of the staff, kept in step."""

    name = "rapport.connectors.caldav"
    label = "caldav"
