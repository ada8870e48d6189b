"""The first day: set up, import a file, open a customer, log a call, make a promise and keep it, look at Today."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from procrastinate.contrib.django.models import ProcrastinateJob

from rapport.customers.models import Customer
from rapport.imports import jobs
from rapport.kernel.clock import today
from rapport.promises.models import Promise
from rapport.testing.cast import PASSWORD
from rapport.timeline.models import Activity

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = """Name,E-mail,City,Phone
Eleanor Marsh,eleanor@example.com,Leeds,0113 496 0182
Tom Ashby,tom@example.com,York,
Noor Haddad,noor@example,Hull,
Ida Nyström,ida@example.com,Oslo,
"""
TASKS = {"imports.check": jobs.check, "imports.load": jobs.load}


def work() -> None:
    """Do the jobs of imports that wait, as a worker would."""
    for job in ProcrastinateJob.objects.filter(task_name__in=TASKS, status="todo").order_by("id"):
        TASKS[job.task_name].func(**job.args)
        ProcrastinateJob.objects.filter(pk=job.pk).delete()


def set_up(page: Page) -> None:
    page.goto("/")
    expect(page).to_have_url("/setup/")
    page.get_by_label("Organisation").fill("Lantern & Sons")
    page.get_by_label("Country").select_option("GB")
    page.get_by_label("Currency").select_option("GBP")
    page.get_by_label("Time zone").select_option("Europe/London")
    page.get_by_label("Your name").fill("Alice Young")
    page.get_by_label("Your e-mail address").fill("alice@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Set up Rapport").click()
    expect(page.get_by_role("heading", name="What would you like to start with?")).to_be_visible()


def import_rows(page: Page, file: Path) -> None:
    page.get_by_role("link", name="Import files").click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Look at the files").click()
    page.get_by_role("button", name="Dry run").click()
    work()
    expect(page.get_by_text("Ready; rows with errors are left out")).to_be_visible()
    expect(page.get_by_role("region", name="1 error")).to_contain_text("noor@example")
    assert Customer.objects.count() == 0
    page.get_by_role("button", name="Import", exact=True).click()
    work()
    expect(page.get_by_role("link", name="See the customers")).to_be_visible()
    assert Customer.objects.count() == 3


def test_the_first_day(page: Page, tmp_path: Path, settings: pytest.FixtureRequest) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"  # type: ignore[attr-defined]
    file = tmp_path / "customers.csv"
    file.write_text(ROWS, encoding="utf-8")
    set_up(page)
    import_rows(page, file)

    page.get_by_role("link", name="See the customers").click()
    page.get_by_role("link", name="Eleanor Marsh").click()
    page.get_by_text("Write a note, log a call, or promise something…").click()
    page.locator("#composer").get_by_role("link", name="Call").click()
    page.get_by_label("What was said").fill("Two of the six lanterns arrived bent.")
    page.get_by_role("button", name="Log call").click()
    expect(page.locator("#timeline")).to_contain_text("Two of the six lanterns arrived bent.")
    assert Activity.objects.get().kind == "call"

    page.goto(page.url.split("?")[0] + "?compose=promise")
    page.get_by_label("What is promised?").fill("Replacement lantern")
    page.get_by_label("By", exact=True).fill(today("Europe/London").isoformat())
    page.get_by_role("button", name="Promise it").click()
    expect(page.locator("#open")).to_contain_text("Replacement lantern")

    page.get_by_role("link", name="Today", exact=True).first.click()
    owing = page.locator("#owing")
    expect(owing).to_contain_text("Eleanor Marsh Replacement lantern")
    owing.get_by_role("button", name="Done").click()
    expect(page.get_by_text("Promise kept.")).to_be_visible()
    assert Promise.objects.get().outcome == "kept"
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The promise is open again.")).to_be_visible()
    assert Promise.objects.get().outcome == ""
