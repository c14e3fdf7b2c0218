import shutil
import signal

import pytest
from airflow_stage import Airflow
from stage import JAR, JARS, REPO, Cluster, crawl

DATES = ("2026-11-24", "2026-11-25")


def pytest_sessionstart(session):
    # Asked to end, pytest would leave the cluster behind: let it end as by Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if not JAR.exists() or not JARS:
        pytest.exit(f"{JAR} and the jars beside it are not built: run `make test-cluster`, or `make jar`.", 2)


@pytest.fixture(scope="session")
def folder():
    """Logs of everything, kept after the tests."""
    folder = REPO / "target/cluster"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


@pytest.fixture(scope="session")
def cluster(folder):
    cluster = Cluster.start(folder)
    yield cluster
    cluster.stop()


@pytest.fixture(scope="session")
def landing(cluster, folder):
    """Two nights' crawls in S3, by date."""
    made = {}
    for seed, date in enumerate(DATES, start=7):
        made[date] = cluster.s3.upload(crawl(folder / f"crawl-{date}", date, 12, 160, seed), f"landing/{date}")
    return made


@pytest.fixture(scope="session")
def airflow(cluster, landing, folder):
    return Airflow.start(cluster, folder)


@pytest.fixture(scope="session")
def first(airflow):
    """The tables after the first night, by name, and how often each text was sent to the model."""
    airflow.night(DATES[0])
    return airflow.seen()


@pytest.fixture(scope="session")
def second(airflow, first):
    """The same after the second night."""
    airflow.night(DATES[1])
    return airflow.seen()


@pytest.fixture(autouse=True)
def no_faults_left(request):
    yield
    if "cluster" in request.fixturenames:
        request.getfixturevalue("cluster").s3.faults()
