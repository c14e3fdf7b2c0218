"""Tables and files on S3, whatever the store and other writers do."""

from stage import BUCKET, HERE, JAR, JARS, SPARK_HOME, Process

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


def test_two_drivers_that_write_one_table_lose_nothing_and_repeat_nothing(cluster):
    table = f"s3a://{BUCKET}/tables/two"
    # The first commit makes the table; after it both are let loose.
    first = appending(cluster, table, "first", 1)
    assert first.ended() == 0, first.text()
    commits = {"method": "PUT", "path": r"two/_delta_log/\d+\.json"}
    # Slow commits meet each other, and of a commit whose answer is lost its driver hears that one is there: its own.
    cluster.s3.faults({"do": "lost", "every": 4, "times": 4, **commits}, {"do": "slow", **commits})

    drivers = [appending(cluster, table, name) for name in ("one", "two")]
    assert [driver.ended() for driver in drivers] == [0, 0]

    assert cluster.s3.injected("lost") == 4
    assert cluster.s3.told()["refused"] > 4, "the drivers never met"
    expected = [("first", 0)] + [(name, n) for name in ("one", "two") for n in range(COMMITS)]
    assert committed(cluster.s3, "two") == sorted(expected)


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
