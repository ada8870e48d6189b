"""The gallery: every component in every state, with made-up content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django import forms

from rapport.kernel.money import Money
from rapport.ui.components import charts
from rapport.ui.components.heat import Cell, Heat
from rapport.ui.components.leaves import pill, score, who
from rapport.ui.components.parts import Chip, Crumb, Element, Fact, Tab
from rapport.ui.components.table import Column, Row, Table
from rapport.ui.forms import Choices, Combobox, DateInput, FileDrop, MomentInput, MoneyField

FOLDER = Path(__file__).parent / "templates" / "ui" / "gallery"


@dataclass(frozen=True, slots=True)
class GalleryEntry:
    """One component of the gallery: its name and the template that shows its states."""

    name: str

    @property
    def template(self) -> str:
        """The template with its states."""
        return f"ui/gallery/{self.name}.html"

    @property
    def title(self) -> str:
        """The name as a title."""
        return self.name.replace("_", " ").capitalize()


def entries() -> list[GalleryEntry]:
    """Return every entry, by name."""
    return [GalleryEntry(path.stem) for path in sorted(FOLDER.glob("*.html"))]


class SampleForm(forms.Form):
    """A form with every kind of field."""

    name = forms.CharField(help_text="As it stands on their card.")
    email = forms.EmailField(label="E-mail", required=False)
    company = forms.CharField(
        required=False, widget=Combobox([("Haddad Interiors", "Leeds"), "Marsh & Daughters", "Nyström & Co"])
    )
    kind = forms.ChoiceField(choices=[("person", "Person"), ("company", "Company")], widget=Choices(in_row=True))
    stage = forms.ChoiceField(choices=[("lead", "Lead"), ("customer", "Customer"), ("lapsed", "Lapsed")])
    due = forms.DateField(widget=DateInput())
    at = forms.DateTimeField(label="Call at", widget=MomentInput(), required=False)
    visits = forms.IntegerField(min_value=0, required=False)
    worth = MoneyField(["GBP", "EUR", "BRL"], required=False)
    note = forms.CharField(widget=forms.Textarea, required=False)
    file = forms.FileField(widget=FileDrop(), required=False)
    newsletter = forms.BooleanField(required=False, label="May write about news", help_text="They can withdraw it.")


ELEMENTS = (
    ("Trust", 61),
    ("Respect", 94),
    ("Communication", 78),
    ("Understanding", 70),
    ("Responsiveness", 88),
    ("Helpfulness", 74),
    ("Loyalty", 43),
    ("Advocacy", None),
    ("Profitability", 58),
)
PEOPLE = (
    ("Eleanor Marsh", "Marsh & Daughters", 72, -6, ("late promise", "bad"), 17, 481200),
    ("Priya Raman", "", 41, -18, None, 23, 918000),
    ("Tom Ashby", "", None, None, ("T-1043", "warn"), 1, 6200),
    ("Noor Haddad", "Haddad Interiors and Fine Furniture of the Northern Provinces Limited", 77, 2, None, 9, 730000),
    ("Sofia Lindgren", "", 88, 3, ("kept", "good"), 27, 664000),
)
LOST = {"Lapsed": "--warn-bar", "Never bought": "--line-strong"}
MONTHS = ("Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul")


def samples() -> dict[str, object]:
    """Return the made-up content of the examples."""
    refused = SampleForm({"name": "", "email": "eleanor@", "kind": "person", "due": "31/02/2011", "newsletter": "on"})
    return {
        "sample_facts": [
            Fact("E-mail", "eleanor@marsh.example", "mailto:eleanor@marsh.example"),
            Fact("Phone", "+44 113 496 0182"),
            Fact("Company", "Marsh & Daughters (owner)"),
            Fact("Consent", "newsletter, order news"),
            Fact("Birthday", None),
        ],
        "sample_elements": [Element(label, value, "#meter") for label, value in ELEMENTS],
        "sample_tabs": [
            Tab("All", "#filter_bar", None, current=True),
            Tab("Slipping away", "#filter_bar", 87),
            Tab("Trade buyers", "#filter_bar", 318),
            Tab("New this month", "#filter_bar", 214),
        ],
        "sample_chips": [
            Chip("Country is United Kingdom", "#filter_bar"),
            Chip("Ordered at least 2 times in 365 days", "#filter_bar", "#filter_bar"),
        ],
        "sample_choices": [
            Chip("All", href="#filter_bar", current=True),
            Chip("Messages", href="#filter_bar"),
            Chip("Orders", href="#filter_bar"),
        ],
        "sample_crumbs": [Crumb("Customers", "#steps"), Crumb("Eleanor Marsh", "#steps"), Crumb("Order 571904")],
        "sample_steps": ["File", "Columns", "Check", "Load"],
        "sample_form": SampleForm(auto_id="good_%s"),
        "sample_refused": _bound(refused),
        "sample_left": timedelta(minutes=2),
        "sample_moment": datetime(2026, 11, 20, 9, 12, tzinfo=UTC),
        "sample_money": Money(731_000_042, "GBP"),
        "sample_table": _table(),
        "sample_empty_table": Table("Nothing", [Column("name", "Name"), Column("value", "Value", "num")], []),
        **_charts(),
    }


def _bound(form: SampleForm) -> SampleForm:
    form.auto_id = "bad_%s"
    form.full_clean()
    return form


def _table() -> Table:
    columns = [
        Column("name", "Name", "main", sortable=True, total="5 of 2,845 shown"),
        Column("company", "Company", "muted", clip=True),
        Column("score", "Relationship", sortable=True),
        Column("open", "Open"),
        Column("orders", "Orders", "num", sortable=True, total="77"),
        Column("value", "Value", "num", sortable=True, total="£28K", definition="Paid less refunded, all time."),
    ]
    rows = [
        Row(
            [
                who(name, "#table"),
                company,
                score(value, change, "new" if value is None else ""),
                pill(*state) if state else "",
                orders,
                Money(worth, "GBP").text(),
            ],
            id=str(place),
            href="#table",
            label=name,
            picked=place == 1,
        )
        for place, (name, company, value, change, state, orders, worth) in enumerate(PEOPLE)
    ]
    return Table("Customers", columns, rows, sort="-value", select="ids", cards=True, id="gallery")


def _charts() -> dict[str, object]:
    worth = [182, 214, 198, 243, 231, 268, 259, 301]
    revenue = charts.Series(
        "Revenue",
        worth,
        [f"#chart-{month}" for month in MONTHS],
        low=[v * 0.94 for v in worth],
        high=[v * 1.06 for v in worth],
    )
    new, again = (
        charts.Series("New", [40, 52, 38, 61, 49, 55, 47, 60]),
        charts.Series("Returning", [80, 91, 99, 104, 120, 118, 131, 140]),
    )
    flow = [
        ("Acquired", "Onboarded", 900),
        ("Acquired", "Never bought", 120),
        ("Onboarded", "Buying", 640),
        ("Onboarded", "Lapsed", 180),
        ("Buying", "Between orders", 480),
        ("Buying", "Advocate", 90),
        ("Between orders", "Lapsed", 170),
    ]
    points = [charts.Dot((i * 37) % 97, 40 + (i * 7919) % 4000, f"Customer {i}", f"#chart-{i}") for i in range(80)]
    shares = [(1, *(max(0.05, 0.42 - 0.02 * n - 0.01 * row) for n in range(7 - row))) for row in range(8)]
    grid = [
        (month, [Cell(f"{s:.0%}", min(1, s), f"#chart-{month}") for s in row])
        for month, row in zip(MONTHS, shares, strict=True)
    ]
    return {
        "sample_lines": charts.lines(
            "Revenue by month",
            MONTHS,
            [revenue],
            "Revenue rose from £182 to £301.",
            number=charts.currency("GBP"),
            target=280,
            area=False,
        ),
        "sample_bars": charts.bars("Orders by month", MONTHS, [new, again], "Returning customers order more."),
        "sample_flows": charts.flows(
            "The journey",
            [charts.Flow(a, b, v, "#chart") for a, b, v in flow],
            "Of 1,020 acquired, 640 bought.",
            colours=LOST,
        ),
        "sample_dots": charts.dots(
            "Value against strength",
            points,
            "Strong relationships are worth more.",
            x="Relationship index",
            y="Value, £",
            log=True,
        ),
        "sample_heat": Heat("Share that bought again, by month of first order", [str(n) for n in range(8)], grid),
    }
