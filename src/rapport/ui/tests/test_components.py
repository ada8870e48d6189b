"""The components say exactly this."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.http import QueryDict
from django.template import engines

from rapport.kernel import clock
from rapport.ui.components import leaves, parts
from rapport.ui.components.heat import Cell
from rapport.ui.components.table import Column, Row, Table, table


def shown(source: str, **context: object) -> str:
    """Return `source` rendered as a template of the product, without white space between tags."""
    html = engines["django"].from_string(source).render(context)
    return " ".join(html.split()).replace("> <", "><")


def test_a_button_is_a_button_or_a_link() -> None:
    assert shown('{% button "Save" "primary" type="submit" %}') == (
        '<button class="button button-primary" type="submit"><span class="button-label">Save</span></button>'
    )
    html = shown('{% button "Export" href=url hx_get="/y" data_new=True data_old=False %}', url="/x?a=1&b=2")
    assert html == (
        '<a class="button" href="/x?a=1&amp;b=2" hx-get="/y" data-new><span class="button-label">Export</span></a>'
    )


def test_a_disabled_link_leads_nowhere() -> None:
    assert 'href="' not in shown('{% button "Export" href="/x" disabled=True %}')


def test_an_icon_button_is_named_by_its_title() -> None:
    html = shown('{% button title="More" icon="dots" %}')
    assert html.startswith('<button class="button button-icon" type="button" title="More" aria-label="More">')


def test_an_icon_that_is_not_there_is_refused() -> None:
    with pytest.raises(leaves.UnknownName, match="there is no icon unicorn"):
        leaves.icon("unicorn")


def test_a_tone_that_is_not_there_is_refused() -> None:
    with pytest.raises(leaves.UnknownName, match="there is no tone loud"):
        leaves.pill("late", "loud")


def test_a_pill_escapes_what_it_says() -> None:
    assert leaves.pill("<b>late</b>", "bad") == '<span class="pill pill-bad">&lt;b&gt;late&lt;/b&gt;</span>'


@pytest.mark.parametrize(
    ("value", "good", "html"),
    [
        (1.2, "up", '<span class="pill pill-good">+1.2</span>'),
        (-2.1, "up", '<span class="pill pill-warn">−2.1</span>'),
        (-3, "down", '<span class="pill pill-good">−3</span>'),
        (0, "up", '<span class="pill">0</span>'),
        (5, "none", '<span class="pill">+5</span>'),
        (None, "up", ""),
    ],
)
def test_a_change_is_good_or_a_warning_by_its_direction(value: float | None, good: str, html: str) -> None:
    assert leaves.delta(value, good) == html


def test_a_change_that_rounds_to_nothing_is_neither_good_nor_bad() -> None:
    assert leaves.delta(-0.4, digits=0) == leaves.delta(0, digits=0)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Eleanor Marsh", "EM"),
        ("Marsh & Daughters", "MD"),
        ("café", "C"),
        ("Jean-Luc", "JL"),
        ("", "?"),
        ("Ana Maria dos Santos", "AS"),
        ("& Co", "C"),
        ("李 小龙", "李小"),
    ],
)
def test_initials_are_the_first_letters_of_the_first_and_last_word(name: str, letters: str) -> None:
    assert leaves.initials(name) == letters


@pytest.mark.parametrize(
    ("value", "width"), [(72, "72.0%"), (0, "0.0%"), (None, "0.0%"), (140, "100.0%"), (-5, "0.0%")]
)
def test_a_bar_is_as_long_as_its_value_within_its_track(value: float | None, width: str) -> None:
    assert f'<rect width="{width}"' in leaves.meter(value)


def test_a_bar_with_a_label_says_its_value_aloud() -> None:
    assert 'role="img" aria-label="Trust: 61"' in leaves.meter(61, label="Trust")
    assert 'role="img" aria-label="Trust: unknown"' in leaves.meter(None, label="Trust")
    assert 'aria-hidden="true"' in leaves.meter(61)


@pytest.mark.parametrize(
    ("value", "tone"), [(49.9, "bad"), (50, "warn"), (59, "warn"), (60, "good"), (None, "neutral")]
)
def test_the_tone_of_a_score_follows_its_limits(value: float | None, tone: str) -> None:
    assert leaves.tone_of(value) == tone


def test_a_time_says_the_full_moment_in_its_title() -> None:
    at = datetime(2026, 11, 22, 7, 41, tzinfo=UTC)
    with clock.frozen(datetime(2026, 11, 22, 9, 41, tzinfo=UTC)):
        assert leaves.when(at) == (
            '<time datetime="2026-11-22T07:41:00+00:00" title="Sun, 22 Nov 2026, 07:41 UTC" data-ago>2h ago</time>'
        )
    assert leaves.when(None) == '<span class="muted">–</span>'


def test_a_card_has_a_head_only_with_a_title_or_actions() -> None:
    assert shown("{% card %}x{% endcard %}") == '<section class="card"> x </section>'
    html = shown('{% card "Facts" since tone="accent" %}x{% endcard %}', since="since <May>")
    assert html == (
        '<section class="card card-accent"><header class="card-head"><div><h2 class="card-title">Facts</h2>'
        '<p class="card-sub">since &lt;May&gt;</p></div></header> x </section>'
    )


def test_what_a_block_holds_is_escaped_once() -> None:
    assert "<b>&lt;i&gt;</b>" in shown("{% card %}<b>{{ text }}</b>{% endcard %}", text="<i>")


def test_an_unknown_figure_says_so() -> None:
    html = shown('{% stat "Retention" "" note="too few" %}')
    assert '<div class="stat stat-unknown">' in html
    assert '<span class="stat-value">unknown</span>' in html


def test_an_unknown_element_stays_grey_and_says_so() -> None:
    html = shown("{% elements items %}", items=[parts.Element("Advocacy", None), parts.Element("Trust", 40)])
    assert 'class="element element-unknown"' in html
    assert '<span class="hidden-visually">unknown</span>' in html
    assert 'class="meter tone-bad"' in html


def test_an_unfinished_progress_without_a_total_has_no_value() -> None:
    assert '<progress aria-label="Preparing"></progress>' in shown('{% progress "Preparing" None None %}')
    assert '<progress aria-label="Loading" value="1" max="4">' in shown('{% progress "Loading" 1 4 %}')


def test_a_pager_without_a_page_before_has_a_dead_button() -> None:
    html = shown('{% pager 1 50 2845 after="?page=2" %}')
    assert "<span>1 to 50 of 2,845</span>" in html
    assert html.count("disabled") == 1
    assert 'href="?page=2" rel="next"' in html


COLUMNS = [Column("name", "Name", "main", sortable=True), Column("value", "Value", "num", sortable=True, total="£28K")]


def test_sort_links_turn_the_order_and_keep_the_other_parameters() -> None:
    html = table(Table("Customers", COLUMNS, [], sort="value"), QueryDict("q=ana&sort=value&page=3"))
    assert '<a class="table-sort" href="?q=ana&amp;sort=-value" aria-current="true">' in html
    assert '<a class="table-sort" href="?q=ana&amp;sort=name">' in html
    assert 'aria-sort="ascending"' in html


def test_cells_escape_text_write_numbers_and_show_what_is_missing() -> None:
    html = table(Table("Customers", COLUMNS, [Row(["<b>", 16402]), Row(["Ana", None])]))
    assert '<td class="cell-main cell-head">&lt;b&gt;</td><td class="num">16,402</td>' in html
    assert '<td class="cell-main cell-head">Ana</td><td class="num">–</td>' in html


def test_a_row_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        table(Table("Customers", COLUMNS, [Row(["Ana"])]))


def test_rows_to_select_have_a_named_check_box() -> None:
    html = table(Table("Customers", COLUMNS, [Row(["Ana", 1], id="7", label="Ana")], select="ids", select_form="bulk"))
    assert '<input type="checkbox" class="table-pick" name="ids" value="7" form="bulk" aria-label="Select Ana">' in html


def test_an_empty_table_says_so() -> None:
    assert "Nothing here" in table(Table("Customers", COLUMNS, []))


@pytest.mark.parametrize(("share", "level"), [(0, 0), (0.01, 1), (0.2, 2), (0.99, 5), (1, 5), (-1, 0)])
def test_the_shade_of_a_field_grows_with_its_share(share: float, level: int) -> None:
    assert Cell("x", share).level == level
