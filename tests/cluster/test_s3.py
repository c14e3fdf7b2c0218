"""Tables and files on S3, whatever the store and other writers do."""

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


def test_rows_are_the_same_from_a_store_that_fails_and_is_slow(cluster, landing, first):
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
        assert comparable(cluster.s3.rows(warehouse, table)) == comparable(first[table]), table
