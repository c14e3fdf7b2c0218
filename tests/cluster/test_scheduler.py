"""The night with a real scheduler: what is asked for by Airflow's REST API, and what the timetable makes by itself."""

import pytest
from airflow_stage import DAG
from conftest import DATES
from service_stage import Service
from stage import ACCESS_KEY, BUCKET, MODEL_KEY, SECRET_KEY

pytestmark = pytest.mark.full

# The newest night has a crawl, and so has the one before it; the one before that has none.
OLD, NIGHT = ("2026-11-23", DATES[0]), DATES[1]
TASKS = ("ingest", "taxonomy", "profile", "recommend", "check")
CRAWLS = f"s3a://{BUCKET}/landing/{{date}}"


@pytest.fixture(scope="module")
def service(airflow):
    # What no param says otherwise waits for a crawl that is not there.
    service = Service.of(airflow, TIKTOK_REC_LANDING=f"s3a://{BUCKET}/late/{{date}}")
    try:
        service.start()
        yield service
    finally:
        service.stop()


@pytest.fixture(scope="module")
def night(service):
    """A run that was asked for, when it has ended."""
    run = service.trigger(run_date=NIGHT, landing=CRAWLS, count=5)
    assert service.ends(run) == "success", service.states(run)
    return run


@pytest.fixture(scope="module")
def stood(airflow, night):
    """The tables after it."""
    return airflow.seen()


@pytest.fixture(scope="module")
def backfill(service, stood):
    """Runs of older dates, by date, when they have ended."""
    range_ = {"from_date": f"{OLD[0]}T00:00:00Z", "to_date": f"{NIGHT}T00:00:00Z"}
    body = range_ | {"dag_id": DAG, "max_active_runs": 1, "dag_run_conf": {"landing": CRAWLS, "count": 5}}
    service.call("POST", "backfills", body)
    runs = {
        run["data_interval_start"][:10]: name
        for name, run in service.runs().items()
        if run["run_type"] == "backfill"
    }  # fmt: skip
    for run in runs.values():
        assert service.ends(run) == "success", service.states(run)
    return runs


def test_params_of_the_wrong_kind_are_refused_before_a_run_exists(service):
    before = set(service.runs())

    for params in ({"count": 0}, {"usernames": "one"}, {"settings": {"models.llm.api-key": "x"}}):
        answer = service.ask("POST", f"dags/{DAG}/dagRuns", {"logical_date": None, "conf": params})
        assert answer.status_code == 400, answer.text
        assert next(iter(params)) in answer.json()["detail"]

    assert set(service.runs()) == before


def test_a_wrong_setting_fails_the_night_in_its_first_try(service):
    run = service.trigger(run_date=NIGHT, landing=CRAWLS, settings={"pipeline.min-tag-affinity": 5})

    assert service.ends(run) == "failed"
    assert service.states(run) == {"ingest": ("failed", 1)} | dict.fromkeys(TASKS[1:], ("upstream_failed", 0))
    said = service.log(run, "ingest", 1)
    assert "exit code 2" in said and "pipeline.min-tag-affinity" in said
    assert not service.events(run)


def test_a_night_that_was_asked_for_is_run_and_told_to_what_waits_for_its_tables(service, night, stood):
    assert service.states(night) == dict.fromkeys(TASKS, ("success", 1))
    assert {str(row["run_date"]) for row in stood["recommendations"]} == {NIGHT}
    assert max(row["rank"] for row in stood["recommendations"]) == 5
    events = service.events(night)
    told = {"run_date": NIGHT, "outcome": "done"}
    assert events["tiktok_rec/checked_night"] == [told]
    # A table's event is there for each task that writes it.
    assert events["tiktok_rec/recommendations"] == [told]
    assert events["tiktok_rec/runs"] == [told] * len(TASKS)


def test_a_backfill_writes_the_lists_of_its_dates_and_nothing_else(airflow, service, stood, backfill):
    assert sorted(backfill) == list(OLD)
    for date, run in backfill.items():
        assert service.states(run) == dict.fromkeys(TASKS, ("success", 1))
        assert service.events(run)["tiktok_rec/checked_night"] == [{"run_date": date, "outcome": "done"}]

    now = airflow.seen()
    lists = {date: [r for r in now["recommendations"] if str(r["run_date"]) == date] for date in (*OLD, NIGHT)}
    assert sum(map(len, lists.values())) == len(now["recommendations"])
    users = {row["username"] for row in stood["recommendations"]}
    for date in OLD:
        assert {row["username"] for row in lists[date]} == users
    assert sorted(map(str, lists[NIGHT])) == sorted(map(str, stood["recommendations"]))
    # Not even the crawl that lies there for one of the dates was read.
    for table in set(now) - {"recommendations", "runs", "texts"}:
        assert sorted(map(str, now[table])) == sorted(map(str, stood[table])), table
    assert now["texts"] == stood["texts"]


def test_the_timetable_makes_the_newest_night_and_it_waits_for_its_crawl(service, backfill):
    service.schedule(True)

    def waits():
        scheduled = [run for run in service.runs().values() if run["run_type"] == "scheduled"]
        return scheduled and service.states(scheduled[0]["dag_run_id"])["ingest"][1] > 1 and scheduled[0]

    made = service.processes["scheduler"].does("tries a night without a crawl again", waits, 300, every=2)
    run = made["dag_run_id"]
    service.stop_run(run)

    said = service.log(run, "ingest", 1)
    assert f"--run-date {made['data_interval_start'][:10]}" in said
    assert "exit code 3" in said
    assert service.ends(run) == "failed"
    service.await_no_driver()
    assert {state for state, _ in service.states(run).values()} <= {"failed", "skipped", "upstream_failed", None}


def test_no_secret_is_in_what_the_service_tells_or_keeps(airflow, service, night, backfill):
    logs = {(run, *task): text for run in service.runs() for task, text in service.logs(run).items()}
    kept = {file: file.read_bytes() for file in airflow.home.rglob("*") if file.is_file()}

    assert "--master spark://" in logs[night, "recommend", 1], "not the log of a submission"
    assert any(file.name == "airflow.db" for file in kept)
    for secret in (MODEL_KEY, SECRET_KEY, ACCESS_KEY):
        assert not [name for name, text in logs.items() if secret in text]
        assert not [file for file, body in kept.items() if secret.encode() in body]
