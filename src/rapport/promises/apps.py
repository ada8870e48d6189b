from django.apps import AppConfig


class PromisesConfig(AppConfig):
    name = "rapport.promises"
    label = "promises"
