from django.apps import AppConfig


class ObjectsConfig(AppConfig):
    name = "rapport.objects"
    label = "objects"
