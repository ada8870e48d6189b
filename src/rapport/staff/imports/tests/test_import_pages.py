from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from rapport.customers.models import Customer
from rapport.imports import jobs
from rapport.imports.models import ImportRun, SavedMapping
from rapport.kernel.actors import SYSTEM
from rapport.objects.models import Record
from rapport.objects.services import records, types
from rapport.objects.tests.garage import garage
from rapport.staff.imports.uploads import safe_name
from rapport.team.models import Role
from rapport.testing.cast import Cast

pytestmark = pytest.mark.django_db
CSV = (
    "Name;E-Mail;Ort;Telefon\nAna Lima;ana@example.com;Leeds;0113 496 0182\nTom Ashby;tom@;York;\n"
    "Ida Nyström;ida@example.com;;\nNoor Haddad;noor@example.com;;\nLukas Berg;lukas@example.com;;\n"
)


@pytest.fixture(autouse=True)
def at_home(settings: Any, tmp_path: Path) -> Path:
    """Keep uploads in a folder of the test."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def signed_in(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


def file(text: str = CSV, name: str = "customers.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode(), "text/csv")


def upload(client: Client, *files: SimpleUploadedFile, **more: str) -> Any:
    return client.post(reverse("staff:imports"), {"uploads": list(files) or [file()], **more})


def work() -> None:
    """Do the jobs of imports that wait, as a worker would."""
    for job in ProcrastinateJob.objects.filter(task_name__startswith="imports.", status="todo").order_by("id"):
        {"imports.check": jobs.check, "imports.load": jobs.load, "imports.undo": jobs.undo}[job.task_name].func(
            **job.args
        )
    ProcrastinateJob.objects.all().delete()


def page(name: str, run: ImportRun, *args: object) -> str:
    return reverse(f"staff:import{name}", args=[run.pk, *args])


def test_files_are_kept_and_recognised(signed_in: Client, at_home: Path) -> None:
    answer = upload(signed_in)
    run = ImportRun.objects.get()
    assert answer["Location"] == page("", run)
    assert Path(run.files[0]["path"]).parent.parent == at_home / "imports"
    text = signed_in.get(page("", run)).content.decode()
    assert "customers.csv" in text
    assert "Nothing is written yet" in text


def test_the_dry_run_tells_every_error_and_writes_nothing(signed_in: Client) -> None:
    upload(signed_in)
    run = ImportRun.objects.get()
    signed_in.post(page("_check", run))
    assert "Waiting for the worker" in signed_in.get(page("", run)).content.decode()
    work()
    run.refresh_from_db()
    assert run.status == "checked"
    assert not Customer.objects.exists()
    shown = signed_in.get(page("", run))
    [problem] = [one for one in shown.context["problems"] if one.error]
    assert (problem.file, problem.row, problem.column, problem.value) == ("customers.csv", 3, "E-Mail", "tom@")
    assert [(one.noun, one.read, one.created, one.failed) for one in shown.context["counts"]] == [("customer", 5, 4, 1)]


def test_an_import_loads_and_is_undone(signed_in: Client, at_home: Path) -> None:
    upload(signed_in)
    run = ImportRun.objects.get()
    signed_in.post(page("_check", run))
    work()
    signed_in.post(page("_load", run))
    work()
    run.refresh_from_db()
    assert run.status == "loaded"
    names = Customer.objects.order_by("name").values_list("name", flat=True)
    assert list(names) == ["Ana Lima", "Ida Nyström", "Lukas Berg", "Noor Haddad"]
    assert not any((at_home / "imports").iterdir())
    assert "4 customers go" in signed_in.get(page("", run)).content.decode()
    signed_in.post(page("_undo", run))
    run.refresh_from_db()
    assert run.status == "loaded"
    assert "Waiting for the worker" in signed_in.get(page("", run)).content.decode()
    work()
    run.refresh_from_db()
    assert run.status == "undone"
    assert not Customer.objects.exists()


def test_refused_rows_come_back_as_a_file(signed_in: Client) -> None:
    upload(signed_in)
    run = ImportRun.objects.get()
    signed_in.post(page("_check", run))
    work()
    answer = signed_in.get(page("_errors", run, 0))
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert lines[0] == "Row,Problem,Name,E-Mail,Ort,Telefon"
    assert lines[1].startswith("3,")
    assert lines[1].endswith("Tom Ashby,tom@,York,")
    assert signed_in.get(page("_errors", run, 7)).status_code == 404


def test_a_column_is_given_another_meaning(signed_in: Client) -> None:
    upload(signed_in, file("Kunde;Irgendwas\nAna Lima;Leeds\n"))
    run = ImportRun.objects.get()
    form = signed_in.get(page("_mapping", run)).context["form"]
    number = next(name for name in form.fields if name.endswith(".city")).partition(".")[0]
    given = {name: form[name].value() for name in form.fields} | {
        f"{number}.name": "Kunde",
        f"{number}.external": "",
        f"{number}.city": "Irgendwas",
    }
    assert signed_in.post(page("_mapping", run), given)["Location"] == page("", run)
    signed_in.post(page("_check", run))
    work()
    signed_in.post(page("_load", run))
    work()
    assert (Customer.objects.get().name, Customer.objects.get().city) == ("Ana Lima", "Leeds")


def test_a_mapping_as_text_is_checked(signed_in: Client) -> None:
    upload(signed_in)
    run = ImportRun.objects.get()
    for text in ("nonsense [", 'schema = 1\nname = "x"\n', "/etc/passwd.toml"):
        answer = signed_in.post(page("_mapping", run), {"toml": text})
        assert answer.status_code == 422
        assert list(answer.context["text"].errors) == ["toml"]
    before = run.mapping
    assert signed_in.post(page("_mapping", run), {"toml": before}).status_code == 302
    run.refresh_from_db()
    assert run.mapping == before


@pytest.mark.parametrize(
    ("text", "name"),
    [("", "empty.csv"), ("\x00\x01\x02\xff" * 50, "picture.csv"), ("just words", "words.txt")],
)
def test_files_that_say_nothing_are_refused_and_not_kept(
    signed_in: Client, at_home: Path, text: str, name: str
) -> None:
    answer = upload(signed_in, file(text, name))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["uploads"]
    assert not ImportRun.objects.exists()
    assert not list(at_home.glob("imports/*"))


def test_an_import_is_forgotten_before_it_is_loaded(signed_in: Client, at_home: Path) -> None:
    upload(signed_in)
    run = ImportRun.objects.get()
    assert signed_in.post(page("_forget", run))["Location"] == reverse("staff:imports")
    assert not ImportRun.objects.exists()
    assert not list(at_home.glob("imports/*"))


def test_progress_stops_asking_when_the_run_has_ended(signed_in: Client) -> None:
    upload(signed_in)
    run = ImportRun.objects.get()
    signed_in.post(page("_check", run))
    assert signed_in.get(page("_progress", run)).status_code == 200
    work()
    ended = signed_in.get(page("_progress", run))
    assert (ended.status_code, ended["HX-Refresh"]) == (286, "true")


def test_a_run_is_asked_for_once_however_often_one_presses(signed_in: Client) -> None:
    upload(signed_in)
    run = ImportRun.objects.get()
    for _time in range(3):
        signed_in.post(page("_check", run))
    assert ProcrastinateJob.objects.filter(task_name="imports.check").count() == 1


def test_who_may_not_import_sees_and_starts_nothing(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    upload(client)
    run = ImportRun.objects.get()
    client.force_login(cast.ben)
    assert client.get(reverse("staff:imports")).status_code == 403
    assert upload(client).status_code == 403
    for name in ("_check", "_load", "_undo", "_cancel", "_forget"):
        assert client.post(page(name, run)).status_code == 403
    assert client.get(page("", run)).status_code == 403
    assert ImportRun.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ana\\kunden.csv", "kunden.csv"),
        ("a/b\x00c?.csv", "b_c_.csv"),
        ("...", "file-3"),
        ("ü" * 300 + ".csv", "ü" * 116 + ".csv"),
    ],
)
def test_names_of_files_cannot_lead_anywhere(given: str, kept: str) -> None:
    assert safe_name(given, 3) == kept


def test_what_a_killed_worker_left_behind_is_taken_up(signed_in: Client) -> None:
    upload(signed_in)
    run = ImportRun.objects.get()
    signed_in.post(page("_load", run))
    ImportRun.objects.update(status="loading")
    work()
    run.refresh_from_db()
    assert run.status == "loaded"
    assert Customer.objects.count() == 4


def test_a_mapping_is_remembered_and_forgotten(signed_in: Client) -> None:
    upload(signed_in)
    run = ImportRun.objects.get()
    signed_in.post(page("_remember", run), {"name": ""})
    assert not SavedMapping.objects.exists()
    signed_in.post(page("_remember", run), {"name": "Shop list"})
    kept = SavedMapping.objects.get()
    listed = signed_in.get(reverse("staff:imports")).content.decode()
    assert '<option value="Shop list">' in listed
    assert reverse("staff:import_mapping_forget", args=[kept.pk]) in listed
    upload(signed_in)
    assert ImportRun.objects.latest("created_at").profile == "Shop list"
    signed_in.post(reverse("staff:import_mapping_forget", args=[kept.pk]))
    assert not SavedMapping.objects.exists()


REPAIRS = "Job;Fahrzeug;Cost;Done on\nBrakes;LX 1;500,00;01.03.2026\nTyres;LX 9;99,00;\n"


def test_custom_objects_are_chosen_mapped_and_imported(signed_in: Client) -> None:
    made = garage()
    records.add(made.vehicle, by=SYSTEM, name="LX 1")
    assert "Repairs, by the names of the columns" in signed_in.get(reverse("staff:imports")).content.decode()
    upload(signed_in, file(REPAIRS, "repairs.csv"), profile="custom_repair")
    run = ImportRun.objects.get()
    shown = signed_in.get(page("_mapping", run))
    [block] = shown.context["form"].blocks()
    assert (block.title, [line.field.label for line in block.lines]) == ("Repairs", ["Done on"])
    assert [line.field.label for line in block.more][-2:] == ["Price", "Vehicle"]
    chosen = {
        "0.name": "Job", "0.links.vehicle": "Fahrzeug", "0.custom.price": "Cost", "0.custom.done_on": "Done on",
    }  # fmt: skip
    assert signed_in.post(page("_mapping", run), chosen).status_code == 302
    signed_in.post(page("_load", run))
    work()
    shown = signed_in.get(page("", run))
    assert [(one.label, one.created, one.failed) for one in shown.context["counts"]] == [("Repairs", 1, 1)]
    assert reverse("staff:objects", args=["repair"]) in shown.content.decode()
    [problem] = shown.context["problems"]
    assert (problem.row, problem.column, problem.text) == (
        3, "Fahrzeug", "There is no record LX 9 that this could lead to.",
    )  # fmt: skip
    brakes = Record.objects.get(name="Brakes")
    assert (brakes.link_1.name, brakes.custom) == ("LX 1", {"price": 50_000, "done_on": "2026-03-01"})


def test_objects_that_somebody_may_not_change_are_not_offered(client: Client, cast: Cast) -> None:
    made = garage()
    types.restrict(made.vehicle, by=SYSTEM)
    manager = Role.objects.get(key="manager")
    del manager.grants["objects.vehicle.change"]
    manager.save()
    client.force_login(cast.mona)
    offered = dict(client.get(reverse("staff:imports")).context["form"].fields["profile"].choices)
    assert "custom_repair" in offered
    assert "custom_vehicle" not in offered
    assert upload(client, file("Name\nLX 1\n", "cars.csv"), profile="custom_vehicle").status_code == 422
    assert not ImportRun.objects.exists()


def test_a_mapping_to_what_is_put_away_since_is_told_and_not_shown(signed_in: Client) -> None:
    made = garage()
    upload(signed_in, file("Name\nLX 1\n", "cars.csv"), profile="custom_vehicle")
    types.archive(made.vehicle, by=SYSTEM)
    run = ImportRun.objects.get()
    answer = signed_in.get(page("_mapping", run), follow=True)
    assert answer.redirect_chain == [(page("", run), 302)]
    assert "There is no custom object custom_vehicle." in answer.content.decode()
