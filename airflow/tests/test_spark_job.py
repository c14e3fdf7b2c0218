"""A task as it submits: what reaches spark-submit, what its exit code does, what is refused before."""

from __future__ import annotations

import logging
import os
import sys
import threading
from types import ModuleType, SimpleNamespace

import pytest
from conftest import Night, connect

KEY = "sk-0123456789"


@pytest.fixture
def night(load):
    return lambda **conf: Night(load().dag, **conf)


@pytest.fixture
def task_log(caplog):
    """What a task logs, which Airflow keeps from the root logger once it is set up."""
    log = logging.getLogger("airflow.task")
    log.addHandler(caplog.handler)
    with caplog.at_level(logging.INFO, logger=log.name):
        yield caplog
    log.removeHandler(caplog.handler)


def test_a_job_is_submitted_to_the_connections_master(spark, night):
    assert night().run("recommend") == "done"

    assert spark.arguments == [
        *("--master", "spark://127.0.0.1:7077"),
        *("--conf", "spark.speculation=false", "--conf", "spark.yarn.maxAppAttempts=1"),
        *("--jars", "/opt/tiktok-rec/jars/*.jar", "--name", "tiktok-rec-recommend"),
        *("--class", "com.tiktokrec.jobs.Main", "/opt/tiktok-rec/tiktok-rec.jar"),
        *("recommend", "--run-date", "2026-11-24", "--warehouse", "s3a://team/tiktok-rec", "--all", "--count", "20"),
    ]


@pytest.mark.parametrize(
    ("code", "retried", "told"),
    [
        (1, True, "failed, or another run"),
        (2, False, "wrong usage or configuration"),
        (3, True, "input missing"),
        (4, False, "the night's checks failed"),
        (127, True, "spark-submit itself failed"),
    ],
)
def test_an_exit_code_says_whether_to_try_again(spark, night, code, retried, told):
    from airflow.sdk.exceptions import AirflowException, AirflowFailException

    spark.does(f"echo 'tiktok-rec: the remedy' >&2; echo 'another line' >&2; exit {code}")

    with pytest.raises(AirflowException, match=f"check of 2026-11-24 ended with exit code {code}: {told}") as failure:
        night().run("check")

    assert isinstance(failure.value, AirflowFailException) is not retried
    assert "It said: tiktok-rec: the remedy" in str(failure.value)


@pytest.mark.parametrize(
    ("end", "told"),
    [("kill -9 $$", "SIGKILL: its driver was stopped"), ("exit 143", "SIGTERM: its driver was stopped")],
)
def test_a_killed_driver_is_tried_again(spark, night, end, told):
    from airflow.sdk.exceptions import AirflowException, AirflowFailException

    spark.does(end)

    with pytest.raises(AirflowException, match=told) as failure:
        night().run("profile")
    assert not isinstance(failure.value, AirflowFailException)


def test_a_degraded_job_succeeds_and_people_see_it(spark, night, monkeypatch, tmp_path, task_log):
    heard = told_to(monkeypatch, tmp_path)
    spark.does("exit 5")
    degraded = night()

    assert degraded.run("profile") == "degraded"

    line = "profile of 2026-11-24 is degraded: tables are written, but too many users took a fallback."
    assert line in task_log.text
    assert line in heard.read_text()
    assert degraded.events["tiktok_rec/user_profiles"].extra == {"run_date": "2026-11-24", "outcome": "degraded"}


def test_a_degraded_job_fails_where_that_was_asked_for(spark, night):
    from airflow.sdk.exceptions import AirflowFailException

    spark.does("exit 5")

    with pytest.raises(AirflowFailException, match="exit code 5"):
        night(fail_on_degraded=True).run("profile")


def test_the_events_of_tables_tell_their_night(spark, night):
    done = night()
    done.run("check")

    assert done.events["tiktok_rec/checked_night"].extra == {"run_date": "2026-11-24", "outcome": "done"}


def test_keys_go_by_the_environment_and_nowhere_else(spark, night, monkeypatch, task_log, capfd):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    keyed = night()

    keyed.run("profile")
    # The hook logs through another logger than the operator.
    logged = task_log.text + "".join(capfd.readouterr())

    assert f"OPENAI_API_KEY={KEY}" in spark.environment
    assert KEY not in "\n".join(spark.arguments)
    assert "Spark-Submit cmd" in logged and KEY not in logged
    task = keyed.rendered("profile")
    assert KEY not in repr([getattr(task, field) for field in task.template_fields])


def test_env_vars_are_refused(load):
    module = load()

    with pytest.raises(ValueError, match="secretKeyRef"):
        module.TiktokRecOperator(task_id="t", run_date=module.run_date, env_vars={"OPENAI_API_KEY": KEY})


@pytest.mark.parametrize(
    ("connection", "told"),
    [
        (None, "missing or can't be read"),
        ("{not json", "missing or can't be read"),
        ('["spark"]', "type ''"),
        ('{"conn_type": "http", "host": "spark://127.0.0.1:7077"}', "type 'http'"),
        ('{"conn_type": "spark"}', "'spark://'"),
        ('{"conn_type": "spark", "host": "master"}', "'master'"),
        ('{"conn_type": "spark", "host": "spark://master"}', "'spark://master'"),
        ('{"conn_type": "spark", "host": "yarnn"}', "'yarnn'"),
        ('{"conn_type": "spark", "host": "yarn", "extra": {"deploy-mode": "custer"}}', "deploy-mode 'custer'"),
        ('{"conn_type": "spark", "host": "yarn", "extra": "{broken"}', "missing or can't be read"),
        ('{"conn_type": "spark", "host": "k8s://https://api:6443"}', "apache-airflow-providers-cncf-kubernetes"),
        ("http://user:" + KEY + "@host", "type 'http'"),
    ],
)
def test_an_unusable_connection_is_refused_before_anything_is_submitted(
    spark, night, database, monkeypatch, connection, told
):
    from airflow.sdk.exceptions import AirflowFailException

    monkeypatch.delenv("AIRFLOW_CONN_SPARK_DEFAULT")
    if connection:
        monkeypatch.setenv("AIRFLOW_CONN_SPARK_DEFAULT", connection)

    with pytest.raises(AirflowFailException) as refusal:
        night().run("ingest")

    assert told in str(refusal.value)
    assert "spark_default" in str(refusal.value) and KEY not in str(refusal.value)
    assert spark.calls == 0


@pytest.mark.parametrize("master", ["local[2]", "spark://a:7077,b:7077", "yarn"])
def test_the_masters_that_spark_knows_are_submitted_to(spark, night, monkeypatch, master):
    connect(monkeypatch, conn_type="spark", host=master)

    night().run("taxonomy")

    assert spark.arguments[:2] == ["--master", master]


def test_a_connection_given_as_a_uri_is_submitted_to(spark, night, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_SPARK_DEFAULT", "spark://master:7077")

    night().run("taxonomy")

    assert spark.arguments[:2] == ["--master", "spark://master:7077"]


def test_yarn_in_cluster_mode_is_waited_for(spark, night, monkeypatch):
    from airflow.sdk.exceptions import AirflowException

    connect(monkeypatch, conn_type="spark", host="yarn", extra={"deploy-mode": "cluster"})
    keys = {"spark.hadoop.hadoop.security.credential.provider.path": "jceks://hdfs/keys.jceks"}

    assert night(spark_conf=keys).run("taxonomy") == "done"
    assert "spark.hadoop.hadoop.security.credential.provider.path=jceks://hdfs/keys.jceks" in spark.arguments
    assert spark.arguments[spark.arguments.index("--deploy-mode") + 1] == "cluster"

    spark.does("exit 1")
    with pytest.raises(AirflowException, match="see status and error in the table runs"):
        night().run("taxonomy")


@pytest.mark.parametrize(("code", "outcome"), [(0, "done"), (5, "degraded"), (4, "ended with exit code 4")])
def test_on_kubernetes_the_drivers_code_counts_and_keys_are_named(spark, night, monkeypatch, code, outcome):
    from airflow.providers.apache.spark.hooks import spark_submit
    from airflow.sdk.exceptions import AirflowFailException

    # The provider for Kubernetes is not in the lock: to submit, its presence is all that is asked.
    monkeypatch.setitem(sys.modules, "airflow.providers.cncf.kubernetes.kube_client", ModuleType("kube_client"))
    monkeypatch.setattr(spark_submit, "kube_client", object(), raising=False)
    connect(monkeypatch, conn_type="spark", host="k8s://https://api:6443", extra={"deploy-mode": "cluster"})
    spark.does(f"echo '  exit code: {code}'; exit 0")
    keyed = night(spark_conf={"spark.kubernetes.driver.secretKeyRef.OPENAI_API_KEY": "tiktok-rec:openai"})

    if code == 4:
        with pytest.raises(AirflowFailException, match=outcome):
            keyed.run("profile")
    else:
        assert keyed.run("profile") == outcome
    assert spark.arguments[:2] == ["--master", "k8s://https://api:6443"]
    assert "spark.kubernetes.driver.secretKeyRef.OPENAI_API_KEY=tiktok-rec:openai" in spark.arguments


def test_a_worker_without_spark_is_refused(night, monkeypatch, tmp_path):
    from airflow.sdk.exceptions import AirflowFailException

    connect(monkeypatch, conn_type="spark", host="yarn")
    monkeypatch.setenv("SPARK_HOME", str(tmp_path / "nowhere"))

    with pytest.raises(AirflowFailException, match="nowhere/bin/spark-submit is not there"):
        night().run("ingest")


def test_a_task_that_is_stopped_lets_its_driver_end_the_run(spark, night, tmp_path):
    running, ended = tmp_path / "running", tmp_path / "ended"
    os.mkfifo(running)
    # As a JVM does, the script ends by itself when it is asked to; `wait` hears the signal at once.
    spark.does(f"trap 'kill $!; echo > {ended}; exit 143' TERM; sleep 600 & echo > {running}; wait")
    stopped = night()
    task = stopped.rendered("profile")
    problems: list[Exception] = []

    def execute() -> None:
        try:
            task.execute(stopped.context)
        except Exception as problem:
            problems.append(problem)

    thread = threading.Thread(target=execute)
    thread.start()
    running.read_text()
    task.on_kill()
    thread.join(timeout=60)

    assert not thread.is_alive()
    assert ended.exists(), "killed before it could mark its run"
    assert "ended with SIGTERM" in str(problems[0])


def test_a_failure_tells_one_line_and_whom_it_should(load, monkeypatch, tmp_path, caplog):
    from airflow.sdk.exceptions import AirflowFailException

    heard = told_to(monkeypatch, tmp_path)
    module = load()
    ti = SimpleNamespace(dag_id="tiktok_recommendations", task_id="check", try_number=1, log_url="http://airflow/log")
    context = Night(module.dag).context | {"task_instance": ti}

    with caplog.at_level(logging.ERROR):
        module.on_failure(context | {"exception": AirflowFailException("check of 2026-11-24 ended with exit code 4.")})
        module.on_failure(context | {"exception": ValueError("a caption, perhaps")})

    lines = heard.read_text().splitlines()
    assert lines == [
        "tiktok_recommendations, night 2026-11-24: check failed for good in try 1. "
        "check of 2026-11-24 ended with exit code 4. Log: http://airflow/log",
        "tiktok_recommendations, night 2026-11-24: check failed for good in try 1. ValueError Log: http://airflow/log",
    ]
    assert all(line in caplog.text for line in lines)


def test_a_broken_notifier_does_not_hide_the_failure(load, monkeypatch, caplog):
    monkeypatch.setenv("TIKTOK_REC_NOTIFY", "nobody.home")
    module = load()

    module.notify(Night(module.dag).context, "the night failed")

    assert "the night failed" in caplog.text and "nobody.home could not tell it" in caplog.text


def told_to(monkeypatch, folder):
    """A notifier that writes lines to the file that is returned."""
    heard = folder / "heard"
    heard.touch()
    module = folder / f"pager_{id(folder)}.py"
    module.write_text(f"def page(context, message):\n    open({str(heard)!r}, 'a').write(message + '\\n')\n")
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setenv("TIKTOK_REC_NOTIFY", f"{module.stem}.page")
    return heard
