from django.apps import AppConfig


class GroundConfig(AppConfig):
    name = "rapport.testing.ground"
    label = "ground"
