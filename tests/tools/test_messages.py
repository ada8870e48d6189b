"""Texts to translate are found in templates and in Python."""

from tools import messages

TEMPLATE = """{% load i18n %}
<p>{% translate "Sign in" %} {% translate "May" context "month" %}</p>
{% blocktranslate count n=many %}{{ n }} line{% plural %}{{ n }} lines{% endblocktranslate %}
{% component label=_("It's \\"so\\"") %}
"""


def test_texts_of_templates() -> None:
    found = [(line, text, context) for _, line, text, _, context in messages.of_template("x.html", TEMPLATE)]
    assert found == [
        (2, "Sign in", None),
        (2, "May", "month"),
        (3, ("%(n)s line", "%(n)s lines"), None),
        (4, 'It\'s "so"', None),
    ]


def test_texts_of_python() -> None:
    found = {text for place, _, text, _, _ in messages.texts() if place == "ui/failures.py"}
    assert found == {"The database does not answer", "Something went wrong on our side"}
