"""The night on a cluster: Airflow runs the DAG for two dates, and what goes wrong leaves the same rows."""

import re
from pathlib import Path

import pytest
import requests
from airflow_stage import Airflow
from conftest import DATES
from stage import ACCESS_KEY, BUCKET, MODEL_KEY, SECRET_KEY, SPARK_HOME, Process, comparable, free_port, until

FIRST, SECOND = DATES
COMMANDS = ["ingest", "taxonomy", "profile", "recommend", "check"]


@pytest.fixture(scope="session")
def airflow(cluster, landing, folder):
    return Airflow.start(cluster, folder)


@pytest.fixture(scope="session")
def first(airflow):
    """The first night's tables, before the second."""
    airflow.night(FIRST)
    s3 = airflow.cluster.s3
    return {
        table: s3.rows(airflow.warehouse, table)
        for table in ("runs", "recommendations", "categories", "ingested_files", "user_tags")
    } | {"texts": airflow.cluster.models.texts()}


@pytest.fixture(scope="session")
def second(airflow, first):
    """The tables after the second night."""
    airflow.night(SECOND)
    s3 = airflow.cluster.s3
    return {table: s3.rows(airflow.warehouse, table) for table in first if table != "texts"} | {
        "texts": airflow.cluster.models.texts()
    }


def lists(rows, date):
    return [row for row in rows if str(row["run_date"]) == date]


def test_a_night_ends_with_lists_that_pass_the_checks(first):
    runs = sorted(first["runs"], key=lambda run: run["started_at"])

    assert [run["command"] for run in runs] == COMMANDS
    assert {run["status"] for run in runs} == {"done"}
    assert len(lists(first["recommendations"], FIRST)) > 100
    assert {len(row["embedding"]) for row in first["categories"]} == {64}


def test_the_second_night_costs_what_changed(first, second):
    assert len(second["runs"]) == 2 * len(COMMANDS)
    assert lists(second["recommendations"], SECOND)
    assert comparable(lists(second["recommendations"], FIRST)) == comparable(first["recommendations"])
    # A taxonomy is made once a week, so this night's categories are those of the first.
    assert comparable(second["categories"], "nothing") == comparable(first["categories"], "nothing")
    assert {row["run_id"] for row in second["categories"]} == {row["run_id"] for row in first["categories"]}
    # Unchanged files were not read again.
    paths = {row["path"] for row in first["ingested_files"]}
    assert {row["run_id"] for row in second["ingested_files"] if row["path"] in paths} == {
        row["run_id"] for row in first["ingested_files"]
    }
    # No text was paid for twice, and the second night's new ones were.
    assert set(second["texts"].values()) == {1}
    assert len(second["texts"]) > len(first["texts"])


def test_a_task_that_is_run_again_after_its_success_changes_no_row(airflow, second):
    # The interval that ends at 03:00 of the next day.
    airflow.task("recommend", "2026-11-26T03:00:00")

    again = airflow.cluster.s3.rows(airflow.warehouse, "recommendations")
    assert sorted(map(str, again)) == sorted(map(str, second["recommendations"]))
    keys = [(row["run_date"], row["username"], row["video_id"]) for row in again]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    "connection",
    [None, "spark", '{"conn_type": "http", "host": "spark://127.0.0.1:7077"}', '{"conn_type": "spark", "host": "sprak://h"}'],
)
def test_an_unusable_connection_is_refused_and_nothing_submitted(airflow, connection):
    before = airflow.cluster.state()

    said = airflow.task("ingest", "2026-11-26T03:00:00", code=1, AIRFLOW_CONN_SPARK_DEFAULT=connection)

    assert "AIRFLOW_CONN_SPARK_DEFAULT" in said
    assert "--master yarn" not in said
    after = airflow.cluster.state()
    assert [app["id"] for app in after["completedapps"]] == [app["id"] for app in before["completedapps"]]
    assert not after["activeapps"]


def pipeline(cluster, landing, name, **settings):
    return (
        "pipeline", "--all", "--input", landing[FIRST], "--run-date", FIRST,
        "--warehouse", f"s3a://{BUCKET}/{name}", "--conf", cluster.conf(name, **settings),
    )  # fmt: skip


def same_lists(cluster, name, first):
    rows = lists(cluster.s3.rows(f"s3a://{BUCKET}/{name}", "recommendations"), FIRST)
    return comparable(rows) == comparable(first["recommendations"])


def test_a_worker_that_dies_in_mid_job_costs_no_row(cluster, landing, first):
    run = cluster.start_run("worker-killed", *pipeline(cluster, landing, "worker-killed"))
    try:
        run.does("asks the model", lambda: sum(cluster.models.texts().values()) > sum(first["texts"].values()), 200)
        cluster.kill_worker(1)
        assert run.ended() == 0, run.text()[-6000:]
    finally:
        run.stop()
        cluster.start_worker(1)
        cluster.await_workers(2)

    assert same_lists(cluster, "worker-killed", first)


def test_the_next_try_goes_on_where_a_killed_driver_was(cluster, landing, first):
    command = pipeline(cluster, landing, "driver-killed")
    killed = cluster.start_run("driver-killed", *command)
    killed.does("has ingested", lambda: any("ingested_files/part" in key for key in cluster.s3.keys("driver-killed/")), 200)
    killed.stop()

    # Whether the driver is gone nobody knows, until it gave no sign of life for a while.
    refused = cluster.run("driver-killed-at-once", *command, code=1)
    assert re.search(r"run \S+-pipeline-\w+ .*is writing", refused.splitlines()[-1])

    def taken_over():
        run = cluster.start_run("driver-killed-again", *command)
        try:
            return run.ended() == 0
        finally:
            run.stop()

    until("the next try takes over", taken_over, 300)
    assert same_lists(cluster, "driver-killed", first)
    statuses = [run["status"] for run in cluster.s3.rows(f"s3a://{BUCKET}/driver-killed", "runs")]
    assert sorted(statuses) == ["abandoned", "done"]


def test_of_two_runs_of_one_night_at_once_one_writes(cluster, landing):
    command = (
        "ingest", "--input", landing[FIRST], "--run-date", FIRST,
        "--warehouse", f"s3a://{BUCKET}/twice", "--conf", cluster.conf("twice"),
    )  # fmt: skip
    both = [cluster.start_run(f"twice-{n}", *command) for n in (1, 2)]
    codes = [run.ended() for run in both]
    for run in both:
        run.stop()

    assert sorted(codes) == [0, 1], [run.text()[-3000:] for run in both]
    loser = both[codes.index(1)].text().splitlines()[-1]
    [winner] = [run["run_id"] for run in cluster.s3.rows(f"s3a://{BUCKET}/twice", "runs")]
    assert winner in loser


def test_spark_s_history_tells_the_story_of_the_night(cluster, first, folder):
    port = free_port()
    env = cluster.spark_env() | {
        "SPARK_HISTORY_OPTS": f"-Dspark.history.fs.logDirectory=file://{folder}/events -Dspark.history.ui.port={port}"
    }
    server = Process.start(
        "history", folder, [SPARK_HOME / "bin/spark-class", "org.apache.spark.deploy.history.HistoryServer"],
        env | {"SPARK_DAEMON_JAVA_OPTS": env["SPARK_HISTORY_OPTS"]},
    )  # fmt: skip

    def api(path):
        try:
            answer = requests.get(f"http://127.0.0.1:{port}/api/v1/{path}", timeout=30)
            return answer.json() if answer.ok else None
        except requests.RequestException:
            return None

    try:
        runs = {run["command"]: run["run_id"] for run in first["runs"]}
        applications = server.does("shows applications", lambda: api("applications?status=completed"), 90)
        [recommend] = [
            app["id"] for app in applications
            if any(job.get("jobGroup") == runs["recommend"] for job in api(f"applications/{app['id']}/jobs") or [])
        ]  # fmt: skip
        jobs = api(f"applications/{recommend}/jobs")
        assert all(job.get("description") for job in jobs), "a job without a description"
        assert {job.get("jobGroup") for job in jobs} == {runs["recommend"]}
        assert {job["status"] for job in jobs} == {"SUCCEEDED"}
        environment = str(api(f"applications/{recommend}/environment"))
        assert "spark.plugins" in environment
        assert MODEL_KEY not in environment and SECRET_KEY not in environment
    finally:
        server.stop()


def test_no_secret_is_in_any_log_event_database_or_object(cluster, airflow, second, folder):
    files = [file for file in Path(folder).rglob("*") if file.is_file() and file.suffix != ".jar"]
    assert any("work1" in str(file) and file.name == "stderr" for file in files), "no executor's log was looked at"
    assert any(file.name == "airflow.db" for file in files)
    assert any("events" in str(file) for file in files)

    secrets = [key.encode() for key in (MODEL_KEY, SECRET_KEY, ACCESS_KEY)]
    leaks = [file for file in files if any(secret in file.read_bytes() for secret in secrets)]
    leaks += [
        key for key in cluster.s3.keys("")
        if not key.endswith(".parquet")
        and any(s in cluster.s3.client.get_object(Bucket=BUCKET, Key=key)["Body"].read() for s in secrets)
    ]  # fmt: skip
    assert not leaks
