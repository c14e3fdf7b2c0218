"""Tables and files on S3, whatever the store and other writers do."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from stage import BUCKET, HERE, JAR, JARS, SPARK_HOME, Process, comparable

LOG_STORE = "com.tiktokrec.common.s3.ConditionalLogStore"
COMMITS = 8


def appending(cluster, table, writer, commits=COMMITS):
    """A driver of its own, which our log store is given to as to any other."""
    command = [
        SPARK_HOME / "bin/spark-submit", "--master", "local[1]", "--jars", ",".join(map(str, [JAR, *JARS])),
        "--conf", f"spark.delta.logStore.s3a.impl={LOG_STORE}",
        "--conf", "spark.sql.extensions=io.delta.sql.DeltaSparkSessionExtension",
        "--conf", "spark.sql.catalog.spark_catalog=org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "--conf", "spark.ui.enabled=false", "--conf", "spark.eventLog.enabled=false", "--driver-memory", "1g",
        HERE / "append.py", table, writer, commits,
    ]  # fmt: skip
    return Process.start(f"append-{writer}", cluster.folder, command, cluster.env())


def committed(s3, table):
    return sorted((row["writer"], row["commit"]) for row in s3.rows(f"s3a://{BUCKET}/tables", table))


@pytest.fixture(scope="module")
def base(cluster, landing):
    """An ingested warehouse, made without a fault."""
    warehouse = f"s3a://{BUCKET}/calm"
    cluster.run(
        "ingest-calm", "ingest", "--input", landing["2026-11-24"], "--warehouse", warehouse,
        "--run-date", "2026-11-24", "--conf", cluster.conf("plain"),
    )  # fmt: skip
    return warehouse


def test_two_drivers_that_write_one_table_lose_nothing(cluster):
    table = f"s3a://{BUCKET}/tables/two"
    # The first commit makes the table; after it both are let loose.
    first = appending(cluster, table, "first", 1)
    assert first.ended() == 0, first.log.read_text()

    drivers = [appending(cluster, table, name) for name in ("one", "two")]
    assert [driver.ended() for driver in drivers] == [0, 0]

    expected = [("first", 0)] + [(name, n) for name in ("one", "two") for n in range(COMMITS)]
    assert committed(cluster.s3, "two") == sorted(expected)


def test_a_commit_whose_answer_is_lost_is_made_once(cluster):
    cluster.s3.faults({"do": "lost", "method": "PUT", "path": r"lost/_delta_log/\d+\.json", "every": 2, "times": 4})

    driver = appending(cluster, f"s3a://{BUCKET}/tables/lost", "lost", 6)
    assert driver.ended() == 0, driver.log.read_text()

    assert cluster.s3.injected() == 4
    assert committed(cluster.s3, "lost") == [("lost", n) for n in range(6)]


def test_a_store_without_conditional_writes_is_refused(cluster, landing):
    cluster.s3.faults({"do": "unconditional"})
    warehouse = f"s3a://{BUCKET}/unconditional"

    said = cluster.run(
        "unconditional", "ingest", "--input", landing["2026-11-24"], "--warehouse", warehouse,
        "--run-date", "2026-11-24", code=2,
    )  # fmt: skip

    last = said.strip().splitlines()[-1]
    assert "ignores conditional writes" in last and warehouse in last and "S3SingleDriverLogStore" in last
    # Of folders S3A leaves an empty marker.
    assert not [key for key in cluster.s3.keys("unconditional/") if not key.endswith("/")]


def test_a_night_survives_a_store_that_fails_and_is_slow(cluster, landing, base):
    cluster.s3.faults(
        {"do": "500", "path": "stormy", "every": 29},
        {"do": "503", "path": "stormy", "every": 31},
        {"do": "slow", "path": "stormy", "every": 23},
        {"do": "lost", "method": "PUT", "path": "stormy", "every": 37},
    )
    warehouse = f"s3a://{BUCKET}/stormy"

    cluster.run(
        "ingest-stormy", "ingest", "--input", landing["2026-11-24"], "--warehouse", warehouse,
        "--run-date", "2026-11-24", "--conf", cluster.conf("plain"),
    )  # fmt: skip

    assert cluster.s3.injected() > 20
    for table in ("videos", "users", "user_videos", "quarantine"):
        assert comparable(cluster.s3.rows(warehouse, table)) == comparable(cluster.s3.rows(base, table)), table


def test_two_runs_of_different_dates_at_once_keep_the_rows_of_both(cluster, landing):
    warehouse = f"s3a://{BUCKET}/abreast"
    conf = cluster.conf("plain")

    def ingest(date):
        return cluster.run(
            f"ingest-abreast-{date}", "ingest", "--input", landing[date], "--warehouse", warehouse,
            "--run-date", date, "--conf", conf,
        )  # fmt: skip

    with ThreadPoolExecutor() as both:
        list(both.map(ingest, landing))

    runs = cluster.s3.rows(warehouse, "runs")
    assert [run["status"] for run in runs] == ["done", "done"]
    files = {row["path"] for row in cluster.s3.rows(warehouse, "ingested_files")}
    assert files == {f"s3a://{BUCKET}/{key}" for date in landing for key in cluster.s3.keys(f"landing/{date}/")}
    expected = set()
    for date in landing:
        alone = f"s3a://{BUCKET}/alone-{date}"
        cluster.run(
            f"ingest-alone-{date}", "ingest", "--input", landing[date], "--warehouse", alone,
            "--run-date", date, "--conf", conf,
        )  # fmt: skip
        expected |= {row["video_id"] for row in cluster.s3.rows(alone, "videos")}
    assert {row["video_id"] for row in cluster.s3.rows(warehouse, "videos")} == expected


def test_exports_are_whole_and_replaced_whole(cluster, base):
    output = f"s3a://{BUCKET}/exports/lists"
    conf = cluster.conf("plain")
    command = ("pipeline", "--all", "--warehouse", base, "--run-date", "2026-11-24", "--conf", conf, "--output", output)

    cluster.run("export-1", *command)
    first = set(cluster.s3.keys("exports/lists/"))
    cluster.run("export-2", *command)
    second = set(cluster.s3.keys("exports/lists/"))

    assert "exports/lists/_SUCCESS" in first & second
    assert len(first & second) == 1, "the second export's files took the place of the first's"
    users = set()
    for key in second - {"exports/lists/_SUCCESS"}:
        body = cluster.s3.client.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()
        users |= {json.loads(line)["username"] for line in body.splitlines()}
    listed = {row["username"] for row in cluster.s3.rows(base, "recommendations")}
    assert listed and listed <= users
