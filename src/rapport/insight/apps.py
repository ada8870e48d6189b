from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "rapport.insight"
    label = "insight"
