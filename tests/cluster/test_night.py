"""The night on a cluster: Airflow runs the DAG for two dates, and what goes wrong leaves the same rows."""

import json
from collections import Counter
from pathlib import Path

import requests
from conftest import DATES
from stage import ACCESS_KEY, BUCKET, MODEL_KEY, SECRET_KEY, SPARK_HOME, Process, comparable, free_port, until

FIRST, SECOND = DATES
COMMANDS = ["ingest", "taxonomy", "profile", "recommend", "check"]


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
    assert "new_state=success" in airflow.task("recommend", "2026-11-26T03:00:00")

    again = airflow.cluster.s3.rows(airflow.warehouse, "recommendations")
    assert sorted(map(str, again)) == sorted(map(str, second["recommendations"]))
    keys = [(row["run_date"], row["username"], row["video_id"]) for row in again]
    assert len(keys) == len(set(keys))


def test_a_missing_connection_is_refused_and_nothing_submitted(airflow):
    before = airflow.cluster.state()

    said = airflow.task("ingest", "2026-11-26T03:00:00", AIRFLOW_CONN_SPARK_DEFAULT=None)

    assert "AIRFLOW_CONN_SPARK_DEFAULT" in said
    assert "new_state=failed" in said and "--master yarn" not in said
    after = airflow.cluster.state()
    assert [app["id"] for app in after["completedapps"]] == [app["id"] for app in before["completedapps"]]
    assert not after["activeapps"]


def lists_at(s3, output):
    """An export's lists by user, and its files."""
    keys = set(s3.keys(output.removeprefix(f"s3a://{BUCKET}/")))
    exported = {}
    for key in keys:
        body = s3.client.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()
        exported |= {line["username"]: line["recommendations"] for line in map(json.loads, body.splitlines())}
    return exported, keys


def test_a_worker_that_dies_in_mid_job_costs_no_row(cluster, landing, first):
    warehouse, output = f"s3a://{BUCKET}/worker-killed", f"s3a://{BUCKET}/exports/worker-killed"
    for part in ("old-1.json", "_SUCCESS"):
        cluster.s3.put(f"exports/worker-killed/{part}", "")
    run = cluster.start_run(
        "worker-killed", "pipeline", "--all", "--input", landing[FIRST], "--run-date", FIRST,
        "--warehouse", warehouse, "--conf", cluster.conf("worker-killed"), "--output", output, executors=2,
    )  # fmt: skip
    try:
        run.does("asks the model", lambda: cluster.models.texts("worker-killed"), 200)
        cluster.kill_worker(1)
        assert run.ended() == 0, run.text()[-6000:]
    finally:
        run.stop()
        cluster.start_worker(1)
        cluster.await_workers(2)

    rows = cluster.s3.rows(warehouse, "recommendations")
    assert comparable(rows) == comparable(first["recommendations"])
    exported, keys = lists_at(cluster.s3, output)
    assert {user: len(videos) for user, videos in exported.items()} == Counter(row["username"] for row in rows)
    assert "exports/worker-killed/_SUCCESS" in keys
    assert "exports/worker-killed/old-1.json" not in keys, "a new export takes the place of the old one"


def test_the_next_try_goes_on_where_a_killed_driver_was_though_the_store_fails_and_is_slow(cluster, landing, first):
    storm = (("500", "", 29), ("503", "", 31), ("slow", "", 23), ("lost", "PUT", 37))
    cluster.s3.faults(
        *({"do": do, "path": "driver-killed", "every": every} | ({"method": method} if method else {})
          for do, method, every in storm)
    )  # fmt: skip
    command = (
        "ingest", "--input", landing[FIRST], "--run-date", FIRST, "--warehouse", f"s3a://{BUCKET}/driver-killed",
        "--conf", cluster.conf("driver-killed", **{"pipeline.takeover-after": "30s"}),
    )  # fmt: skip
    killed = cluster.start_run("driver-killed", *command)
    killed.does("writes", lambda: any("/videos/part" in key for key in cluster.s3.keys("driver-killed/")), 200)
    killed.stop()

    # Whether a driver is gone nobody knows, until it gave no sign of life for a while.
    def taken_over():
        run = cluster.start_run("driver-killed-again", *command)
        try:
            return run.ended() == 0
        finally:
            run.stop()

    until("the next try takes over", taken_over, 300)
    assert all(cluster.s3.injected(do) for do, _, _ in storm)
    for table in ("videos", "video_stats", "users", "user_videos", "search_results", "quarantine"):
        assert comparable(cluster.s3.rows(f"s3a://{BUCKET}/driver-killed", table)) == comparable(first[table]), table
    statuses = [run["status"] for run in cluster.s3.rows(f"s3a://{BUCKET}/driver-killed", "runs")]
    assert sorted(statuses) == ["abandoned", "done"]


def test_runs_at_once_of_one_night_and_of_another(cluster, landing, second):
    warehouse, conf = f"s3a://{BUCKET}/at-once", cluster.conf("at-once")

    def start(name, date, *crawls):
        return cluster.start_run(
            f"at-once-{name}", "ingest", *(word for crawl in crawls for word in ("--input", landing[crawl])),
            "--run-date", date, "--warehouse", warehouse, "--conf", conf, "--set", "pipeline.takeover-after=1h",
        )  # fmt: skip

    # The night after reads what the night itself reads at the same time.
    runs = {"one": start("one", FIRST, FIRST), "other": start("other", FIRST, FIRST)}
    runs["next"] = start("next", SECOND, FIRST, SECOND)
    codes = {name: run.ended() for name, run in runs.items()}
    texts = {name: run.text() for name, run in runs.items()}
    for run in runs.values():
        run.stop()

    # One run at a time writes a night.
    assert codes["next"] == 0, texts["next"][-3000:]
    assert sorted((codes["one"], codes["other"])) == [0, 1], texts
    recorded = {str(run["run_date"]): run for run in cluster.s3.rows(warehouse, "runs")}
    assert len(recorded) == 2 and {run["status"] for run in recorded.values()} == {"done"}
    refused = texts["one" if codes["one"] else "other"].splitlines()[-1]
    assert refused.startswith("tiktok-rec: ") and recorded[FIRST]["run_id"] in refused
    # Two nights write side by side, and every row of both is there, once.
    for table, key in (("videos", "video_id"), ("users", "username"), ("ingested_files", "path")):
        rows = [row[key] for row in cluster.s3.rows(warehouse, table)]
        assert sorted(rows) == sorted(row[key] for row in second[table]), table


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

        def of_recommend():
            return [
                app["id"] for app in api("applications?status=completed") or []
                if any(job.get("jobGroup") == runs["recommend"] for job in api(f"applications/{app['id']}/jobs") or [])
            ]  # fmt: skip

        # It shows an application once it has read its log.
        [recommend] = server.does("shows the night's applications", of_recommend, 120, every=1)
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
    # What is in Parquet files is compressed.
    leaks += [name for name, rows in second.items() if any(secret.decode() in str(rows) for secret in secrets)]
    assert not leaks
