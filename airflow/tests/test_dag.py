"""The DAG as Airflow reads it: its tasks, its nights, its settings."""

from __future__ import annotations

import json
import socket
import sqlite3
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from conftest import DAGS, Night

COMMANDS = ["ingest", "taxonomy", "profile", "recommend", "check"]
# spec: every table of the warehouse, and what says that a night was checked.
ASSETS = {
    *("videos", "video_stats", "users", "user_videos", "search_results", "ingested_files", "quarantine"),
    *("categories", "user_profiles", "user_tags", "search_queries", "embeddings", "model_responses"),
    *("recommendations", "runs", "checked_night"),
}


def test_airflow_finds_one_dag_and_no_error_in_its_folder(database):
    from airflow.dag_processing.dagbag import BundleDagBag

    bag = BundleDagBag(DAGS, bundle_path=DAGS, bundle_name="dags-folder")

    assert bag.import_errors == {}
    assert list(bag.dags) == ["tiktok_recommendations"]


def test_reading_the_file_asks_no_server_and_no_database(load, monkeypatch):
    from airflow.sdk import BaseHook, Variable

    def refused(*_, **__):
        raise AssertionError("work at import time")

    for owner, name in [
        (socket.socket, "connect"),
        (socket, "getaddrinfo"),
        (sqlite3, "connect"),
        (Variable, "get"),
        (BaseHook, "get_connection"),
    ]:
        monkeypatch.setattr(owner, name, refused)

    assert load().dag.task_ids


def test_the_dag_is_the_same_each_time_it_is_read(load):
    from airflow.serialization.serialized_objects import DagSerialization

    first, second = (json.dumps(DagSerialization.serialize_dag(load().dag), default=str) for _ in range(2))

    assert first == second, "a new version of the DAG at each reading"


def test_jobs_run_one_after_the_other(load):
    dag = load().dag

    assert [task.task_id for task in dag.topological_sort()] == COMMANDS
    for before, after in zip(COMMANDS, COMMANDS[1:], strict=False):
        assert dag.get_task(after).upstream_task_ids == {before}
    assert dag.max_active_runs == 1
    assert not dag.catchup


def test_only_jobs_that_call_take_of_the_quota(load):
    pools = {task.task_id: task.pool for task in load().dag.tasks}

    assert {task for task, pool in pools.items() if pool == "tiktok_rec_quota"} == {"taxonomy", "profile", "recommend"}


def test_a_try_comes_after_a_killed_drivers_claim_has_lapsed(load):
    for task in load().dag.tasks:
        # Airflow waits between this and twice it, from the end of the try before.
        waits = [
            min(task.retry_delay * task.retry_exponential_backoff**n, task.max_retry_delay) for n in range(task.retries)
        ]
        assert waits[0] < timedelta(minutes=5), "what passes quickly is tried again quickly"
        assert sum(waits[:-1], timedelta()) > timedelta(minutes=10), task.task_id
        assert task.execution_timeout is not None


def test_a_late_crawl_is_waited_for_longer_than_anything_else(load):
    dag = load().dag

    assert all(dag.get_task("ingest").retries > dag.get_task(other).retries for other in COMMANDS[1:])


def test_each_table_is_an_asset_of_the_job_that_writes_it(load):
    outlets = {
        task.task_id: {asset.name.removeprefix("tiktok_rec/") for asset in task.outlets} for task in load().dag.tasks
    }

    assert set().union(*outlets.values()) == ASSETS
    assert all("runs" in written for written in outlets.values())
    assert all({"embeddings", "model_responses"} <= outlets[job] for job in ("taxonomy", "profile", "recommend"))
    assert "recommendations" in outlets["recommend"] and "categories" in outlets["taxonomy"]
    assert outlets["check"] == {"runs", "checked_night"}


def scheduled(dag, first: datetime, nights: int):
    """The intervals from a time on that the scheduler makes of the DAG's timetable, as it has it from the database."""
    from airflow.serialization.serialized_objects import DagSerialization
    from airflow.timetables.base import DataInterval, TimeRestriction
    from pendulum import instance

    timetable = DagSerialization.from_dict(DagSerialization.to_dict(dag)).timetable
    interval = DataInterval(instance(first - timedelta(days=1)), instance(first))
    for _ in range(nights):
        following = timetable.next_dagrun_info(
            last_automated_data_interval=interval, restriction=TimeRestriction(instance(first), None, True)
        )
        interval = following.data_interval
        yield interval


def test_a_night_is_the_utc_day_that_has_just_ended(load):
    dag = load().dag

    [interval] = scheduled(dag, datetime(2026, 11, 24, 3, tzinfo=UTC), 1)

    assert (interval.start, interval.end) == (
        datetime(2026, 11, 24, 3, tzinfo=UTC),
        datetime(2026, 11, 25, 3, tzinfo=UTC),
    )
    assert Night(dag, interval.start).rendered("check").application_args[1:3] == ["--run-date", "2026-11-24"]


@pytest.mark.parametrize("month", [3, 10])
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Tokyo", "Australia/Sydney"])
def test_every_date_has_one_night_where_clocks_change(load, zone, month):
    module = load(TIKTOK_REC_TIMEZONE=zone)
    intervals = list(scheduled(module.dag, datetime(2026, month, 1, 3, tzinfo=ZoneInfo(zone)), 40))

    dates = [date.fromisoformat(module.run_date(Night(module.dag, i.start).context)) for i in intervals]
    assert all(b - a == timedelta(days=1) for a, b in zip(dates, dates[1:], strict=False))
    assert all(i.start.astimezone(ZoneInfo(zone)).hour == 3 for i in intervals)
    for day, i in zip(dates, intervals, strict=True):
        assert i.end >= datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1), "the day has ended"


def test_a_night_when_clocks_change_is_an_hour_shorter_or_longer(load):
    dag = load(TIKTOK_REC_TIMEZONE="Europe/Berlin").dag

    spring = list(scheduled(dag, datetime(2026, 3, 28, 3, tzinfo=ZoneInfo("Europe/Berlin")), 2))
    autumn = list(scheduled(dag, datetime(2026, 10, 24, 3, tzinfo=ZoneInfo("Europe/Berlin")), 2))

    assert timedelta(hours=23) in [i.end - i.start for i in spring]
    assert timedelta(hours=25) in [i.end - i.start for i in autumn]


def test_arguments_of_a_night(load):
    night = Night(load().dag)
    common = ["--run-date", "2026-11-24", "--warehouse", "s3a://team/tiktok-rec"]

    assert {task: night.rendered(task).application_args for task in COMMANDS} == {
        "ingest": ["ingest", *common, "--if-due", "--input", "s3a://team/landing"],
        "taxonomy": ["taxonomy", *common, "--if-due"],
        "profile": ["profile", *common, "--if-due", "--all"],
        "recommend": ["recommend", *common, "--all", "--count", "20"],
        "check": ["check", *common],
    }


@pytest.mark.parametrize(
    ("landing", "inputs"),
    [
        ("s3a://team/landing/{date}/*", ["s3a://team/landing/2026-11-24/*"]),
        ("s3a://team/landing s3a://team/landing/{date}", ["s3a://team/landing", "s3a://team/landing/2026-11-24"]),
    ],
)
def test_a_night_may_name_its_own_crawl(load, landing, inputs):
    arguments = Night(load(TIKTOK_REC_LANDING=landing).dag).rendered("ingest").application_args

    assert arguments[arguments.index("--input") + 1 :] == inputs


def test_a_night_names_the_crawls_that_missed_nights_left(load):
    dag = load().dag

    missed, following = (
        Night(dag, datetime(2026, 11, day, 3, tzinfo=UTC)).rendered("ingest").application_args for day in (24, 25)
    )

    assert missed[missed.index("--input") :] == following[following.index("--input") :]


def test_params_of_a_run_reach_its_jobs(load):
    night = Night(
        load(TIKTOK_REC_CONF="s3a://team/cluster.conf").dag,
        count=5,
        usernames=["@Charli.d", "khaby"],
        warehouse="",
        run_date="2026-10-01",
        settings={
            "pipeline.min-tag-affinity": 0.2,
            "models.llm.provider": "local",
            "ingest.profile-bare-authors": False,
        },
        spark_conf={"spark.executor.memory": "8g"},
    )

    recommend = night.rendered("recommend")

    assert recommend.application_args == [
        *("recommend", "--run-date", "2026-10-01", "--conf", "s3a://team/cluster.conf"),
        *("--set", "pipeline.min-tag-affinity=0.2", "--set", "models.llm.provider=local"),
        *("--set", "ingest.profile-bare-authors=false", "--username", "@Charli.d", "khaby", "--count", "5"),
    ]
    assert recommend.conf["spark.executor.memory"] == "8g"
    assert recommend.conf["spark.speculation"] == "false"


def test_a_run_without_an_interval_computes_the_day_before_it_was_asked_for(load):
    module = load()

    assert module.run_date(Night(module.dag, start=None).context) == "2026-11-24"


def test_the_program_is_taken_from_its_folder(load):
    usual, elsewhere = (
        Night(load().dag).rendered("ingest"),
        Night(load(TIKTOK_REC_HOME="/srv/rec").dag).rendered("ingest"),
    )
    image = Night(load(TIKTOK_REC_HOME="local:///opt/rec", TIKTOK_REC_JARS="").dag).rendered("ingest")

    assert (usual.application, usual.jars) == ("/opt/tiktok-rec/tiktok-rec.jar", "/opt/tiktok-rec/jars/*.jar")
    assert (elsewhere.application, elsewhere.jars) == ("/srv/rec/tiktok-rec.jar", "/srv/rec/jars/*.jar")
    assert (image.application, image.jars) == ("local:///opt/rec/tiktok-rec.jar", "")


@pytest.mark.parametrize(
    "wrong",
    [
        {"count": 0},
        {"count": "20"},
        {"count": 1001},
        {"warehouse": "--master"},
        {"landing": "s3a://team/landing --warehouse"},
        {"usernames": "charli"},
        {"usernames": ["--all"]},
        {"run_date": "24.11.2026"},
        {"settings": {"Pipeline": 1}},
        {"settings": {"models.llm.api-key": "x"}},
        {"settings": {"cache.redis-url": "redis://:x@host"}},
        {"settings": {"pipeline": {"count": 1}}},
        {"spark_conf": {"executor.memory": "8g"}},
        {"spark_conf": {"spark.executor.cores": 2}},
        {"spark_conf": {"spark.hadoop.fs.s3a.secret.key": "x"}},
        {"spark_conf": {"spark.hadoop.fs.s3a.access.key": "x"}},
        {"spark_conf": {"spark.yarn.appMasterEnv.OPENAI_API_KEY": "x"}},
        {"spark_conf": {"spark.kubernetes.driverEnv.RAPIDAPI_KEY": "x"}},
        {"spark_conf": {"spark.executorEnv.AWS_SESSION_TOKEN": "x"}},
        {"spark_conf": {"spark.ssl.keyStorePassword": "x"}},
        {"spark_conf": {"spark.hadoop.fs.azure.account.key.team.dfs.core.windows.net": "x"}},
        {"spark_conf": {"spark.hadoop.fs.azure.encryption.encoded.client-provided-key": "x"}},
        {"spark_conf": {"spark.hadoop.fs.s3a.encryption.key": "x"}},
        {"spark_conf": {"spark.hadoop.fs.gs.auth.service.account.private.key": "x"}},
        {"fail_on_degraded": "no"},
    ],
    ids=json.dumps,
)
def test_a_wrong_param_is_refused_before_the_run(load, wrong):
    from airflow.sdk.exceptions import ParamValidationError

    with pytest.raises(ParamValidationError):
        Night(load().dag, **wrong)


@pytest.mark.parametrize(
    "place",
    [
        {"spark.kubernetes.driver.secretKeyRef.OPENAI_API_KEY": "tiktok-rec:openai"},
        {"spark.hadoop.hadoop.security.credential.provider.path": "jceks://hdfs/keys.jceks"},
        {"spark.hadoop.fs.s3a.encryption.algorithm": "SSE-KMS"},
        {"spark.io.encryption.keySizeBits": "256"},
    ],
    ids=json.dumps,
)
def test_where_a_secret_lies_may_be_told(load, place):
    assert place.items() <= Night(load().dag, spark_conf=place).rendered("profile").conf.items()


@pytest.mark.parametrize(("task", "missing"), [("check", "WAREHOUSE"), ("ingest", "LANDING")])
def test_a_night_without_a_place_is_refused(load, task, missing):
    from airflow.sdk.exceptions import AirflowFailException

    night = Night(load(**{f"TIKTOK_REC_{missing}": ""}).dag)

    with pytest.raises(AirflowFailException, match=f"TIKTOK_REC_{missing}"):
        night.rendered(task)


def test_some_users_are_not_judged_as_a_night(load):
    from airflow.sdk.exceptions import AirflowSkipException

    dag = load().dag
    judge = dag.get_task("check")._pre_execute_hook

    judge(Night(dag).context)
    with pytest.raises(AirflowSkipException):
        judge(Night(dag, usernames=["charli"]).context)
