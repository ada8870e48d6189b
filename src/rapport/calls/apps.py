from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "rapport.calls"
    label = "calls"
