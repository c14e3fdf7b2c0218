"""A task as it submits: what reaches spark-submit, what its exit code does, what is refused before."""

from __future__ import annotations

import logging
import os
import select
import signal
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
def kubernetes(monkeypatch) -> dict[str, str]:
    """A connection that has the driver run on Kubernetes; returns the environment that the DAG is read with."""
    from airflow.providers.apache.spark.hooks import spark_submit

    # The provider for Kubernetes is not in the lock: to submit, its presence is all that is asked.
    monkeypatch.setitem(sys.modules, "airflow.providers.cncf.kubernetes.kube_client", ModuleType("kube_client"))
    monkeypatch.setattr(spark_submit, "kube_client", object(), raising=False)
    connect(monkeypatch, conn_type="spark", host="k8s://https://api:6443", extra={"deploy-mode": "cluster"})
    return {"TIKTOK_REC_HOME": "local:///opt/tiktok-rec", "TIKTOK_REC_JARS": ""}


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
def test_on_kubernetes_the_drivers_code_counts_and_keys_are_named(spark, load, kubernetes, code, outcome):
    from airflow.sdk.exceptions import AirflowFailException

    spark.does(f"echo '  exit code: {code}'; exit 0")
    keys = {"spark.kubernetes.driver.secretKeyRef.OPENAI_API_KEY": "tiktok-rec:openai"}
    keyed = Night(load(**kubernetes).dag, spark_conf=keys)

    if code == 4:
        with pytest.raises(AirflowFailException, match=outcome):
            keyed.run("profile")
    else:
        assert keyed.run("profile") == outcome
    assert spark.arguments[:2] == ["--master", "k8s://https://api:6443"]
    assert "spark.kubernetes.driver.secretKeyRef.OPENAI_API_KEY=tiktok-rec:openai" in spark.arguments


@pytest.mark.parametrize(
    ("places", "refused"),
    [
        ({"TIKTOK_REC_HOME": "/opt/tiktok-rec"}, "/opt/tiktok-rec/tiktok-rec.jar"),
        ({"TIKTOK_REC_JARS": "local:///a/delta.jar,local:///b/*.jar"}, "local:///b/*.jar"),
        ({"TIKTOK_REC_JARS": "local:///a/delta.jar,/b/aws.jar"}, "/b/aws.jar"),
        ({"TIKTOK_REC_JARS": "local:///a/delta.jar,local:///b/aws.jar"}, None),
        ({"TIKTOK_REC_HOME": "s3a://team/tiktok-rec", "TIKTOK_REC_JARS": "s3a://team/tiktok-rec/jars/*.jar"}, None),
    ],
)
def test_on_kubernetes_the_program_lies_where_the_drivers_container_finds_it(spark, load, kubernetes, places, refused):
    from airflow.sdk.exceptions import AirflowFailException

    spark.does("echo '  exit code: 0'")
    asked = Night(load(**kubernetes | places).dag)

    if not refused:
        assert asked.run("check") == "done"
        return
    with pytest.raises(AirflowFailException) as refusal:
        asked.run("check")
    assert f"can't load {refused}: set TIKTOK_REC_HOME=local:///" in str(refusal.value)
    assert spark.calls == 0


def test_a_cleared_task_runs_again_where_the_cluster_remembers_its_driver(spark, night, monkeypatch):
    from airflow.providers.apache.spark.hooks.spark_submit import SparkSubmitHook
    from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator

    def follow(hook) -> None:
        followed.append(hook._driver_id)
        hook._driver_status = "FINISHED"

    connect(monkeypatch, conn_type="spark", host="spark://127.0.0.1:7077", extra={"deploy-mode": "cluster"})
    followed: list[str] = []
    asked: list[str] = []
    monkeypatch.setattr(SparkSubmitHook, "_start_driver_status_tracking", follow)
    monkeypatch.setattr(
        SparkSubmitOperator, "_fetch_driver_status", lambda _, url, driver: asked.append(url) or "FINISHED"
    )
    spark.does("echo driver-20261124-0002")
    cleared = night()
    cleared.context["task_state_store"] = {"spark_job_id": "driver-20261124-0001"}

    assert cleared.run("recommend") == "done"

    assert followed == ["driver-20261124-0002"]
    assert asked == [], "the next try has to ask no server about the one before"


def test_a_cleared_task_runs_again_where_yarn_remembers_its_application(spark, night, monkeypatch):
    from airflow.providers.apache.spark.hooks.spark_submit import SparkSubmitHook

    extra = {"deploy-mode": "cluster", "yarn_resourcemanager_webapp_address": "http://127.0.0.1:8088"}
    connect(monkeypatch, conn_type="spark", host="yarn", extra=extra)
    followed: list[str] = []
    monkeypatch.setattr(SparkSubmitHook, "_start_yarn_application_status_tracking", lambda _, app: followed.append(app))
    monkeypatch.setattr(SparkSubmitHook, "query_yarn_application_status", lambda *_: "SUCCEEDED")
    spark.does("echo Submitted application_1_0002")
    cleared = night()
    cleared.context["task_state_store"] = {"spark_job_id": "application_1_0001"}

    assert cleared.run("recommend") == "done"

    assert followed == ["application_1_0002"]


def test_a_worker_without_spark_is_refused(night, monkeypatch, tmp_path):
    from airflow.sdk.exceptions import AirflowFailException

    connect(monkeypatch, conn_type="spark", host="yarn")
    monkeypatch.setenv("SPARK_HOME", str(tmp_path / "nowhere"))

    with pytest.raises(AirflowFailException, match="nowhere/bin/spark-submit is not there"):
        night().run("ingest")


def stopped_while_it_runs(stopped: Night, running) -> Exception:
    """Kills a task from beside it once its spark-submit wrote to the pipe; returns what it ended with."""
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
    return problems[0]


def test_a_task_that_is_stopped_lets_its_driver_end_the_run(spark, night, tmp_path):
    running, ended = tmp_path / "running", tmp_path / "ended"
    os.mkfifo(running)
    # As a JVM does, the script ends by itself when it is asked to; `wait` hears the signal at once.
    spark.does(f"trap 'kill $!; echo > {ended}; exit 143' TERM; sleep 600 & echo > {running}; wait")

    problem = stopped_while_it_runs(night(), running)

    assert ended.exists(), "killed before it could mark its run"
    assert "ended with SIGTERM" in str(problem)


def stopped_after_its_first_line(stopped: Night, monkeypatch) -> None:
    """Kills a task from within, as Airflow does, where it reads what its spark-submit says."""
    from airflow.providers.apache.spark.hooks.spark_submit import SparkSubmitHook
    from airflow.sdk.exceptions import AirflowException

    task = stopped.rendered("profile")
    read = SparkSubmitHook._process_spark_submit_log

    def read_until_stopped(hook, lines) -> None:
        def stop_after_the_first():
            yield next(lines)
            task.on_kill()
            yield from lines

        read(hook, stop_after_the_first())

    monkeypatch.setattr(SparkSubmitHook, "_process_spark_submit_log", read_until_stopped)
    with pytest.raises(AirflowException):
        task.execute(stopped.context)


def test_a_driver_that_says_much_while_it_ends_is_not_kept_from_it(spark, night, monkeypatch, tmp_path):
    ended = tmp_path / "ended"
    # A pipe holds 64 KB.
    much = "for i in $(seq 4000); do echo INFO DAGScheduler: Job 17 was cancelled, and so was its stage; done"
    spark.does(f"trap 'kill $!; {much}; echo > {ended}; exit 143' TERM; sleep 600 & echo running; wait")

    stopped_after_its_first_line(night(), monkeypatch)

    assert ended.exists()


def test_a_driver_outlives_its_task_until_it_has_ended_the_run(spark, night, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    heard = os.open(pipe, os.O_RDWR)

    def said() -> bytes:
        ready, _, _ = select.select([heard], [], [], 60)
        return os.read(heard, 100) if ready else b"nothing"

    # It ends only when the task is dead already. As a JVM it outlives output that nobody reads any more.
    spark.does(
        "trap '' PIPE\n"
        f"trap 'kill $!; echo told > {pipe}; read -r < {tmp_path}/killed; echo; echo ended > {pipe}; exit 143' TERM\n"
        f"sleep 600 & echo running > {pipe}; wait"
    )
    os.mkfifo(tmp_path / "killed")
    stopped = night()
    task = stopped.rendered("profile")
    # What Airflow's supervisor does with a task: a process group of its own, SIGTERM to all of it, then SIGKILL.
    runner = os.fork()
    if runner == 0:
        os.setpgid(0, 0)
        signal.signal(signal.SIGTERM, lambda *_: task.on_kill())
        try:
            task.execute(stopped.context)
        finally:
            os._exit(1)
    assert said() == b"running\n"
    os.killpg(runner, signal.SIGTERM)
    assert said() == b"told\n"
    os.killpg(runner, signal.SIGKILL)
    os.waitpid(runner, 0)
    killed = os.open(tmp_path / "killed", os.O_RDWR)
    os.write(killed, b"\n")

    assert said() == b"ended\n"
    os.close(killed)
    os.close(heard)


@pytest.fixture
def ctrl_c():
    """As at a terminal: a process that was started in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_a_night_in_the_foreground_takes_its_driver_along(spark, night, tmp_path):
    ended = tmp_path / "ended"
    spark.does(f"trap 'kill $!; echo > {ended}; exit 143' TERM; sleep 600 & kill -INT $PPID; wait")

    with pytest.raises(KeyboardInterrupt):
        night().run("profile")

    assert ended.exists()


def test_a_task_that_is_stopped_deletes_its_driver_on_kubernetes(spark, load, kubernetes, monkeypatch):
    from airflow.providers.apache.spark.hooks.spark_submit import SparkSubmitHook

    deleted: list[str] = []
    monkeypatch.setattr(
        SparkSubmitHook, "_delete_driver_pod", lambda hook: deleted.append(hook._kubernetes_driver_pod)
    )
    spark.does("echo 'pod name: rec-0a-driver'; exec sleep 600")
    stopped = Night(load(**kubernetes).dag)

    stopped_after_its_first_line(stopped, monkeypatch)

    assert deleted == ["rec-0a-driver"]


def test_a_failure_tells_one_line_and_whom_it_should(load, monkeypatch, tmp_path, caplog):
    from airflow.sdk.exceptions import AirflowFailException

    heard = told_to(monkeypatch, tmp_path)
    module = load()
    ti = SimpleNamespace(dag_id="tiktok_recommendations", task_id="check", try_number=1, log_url="http://airflow/log")
    context = Night(module.dag).context | {"task_instance": ti}

    with caplog.at_level(logging.ERROR):
        module.on_failure(context | {"exception": AirflowFailException("check of 2026-11-24 ended with exit code 4.")})
        module.on_failure(context | {"exception": ValueError("a caption, perhaps")})
        module.on_failure(context)

    lines = heard.read_text().splitlines()
    assert lines == [
        "tiktok_recommendations, night 2026-11-24: check failed for good in try 1. "
        "check of 2026-11-24 ended with exit code 4. Log: http://airflow/log",
        "tiktok_recommendations, night 2026-11-24: check failed for good in try 1. ValueError Log: http://airflow/log",
        "tiktok_recommendations, night 2026-11-24: check failed for good in try 1. "
        "Its worker died, or lost touch with Airflow: the driver may still run. Log: http://airflow/log",
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
