"""A night in Airflow itself: real task instances, retries and states, with the Spark jobs played."""

from __future__ import annotations

NIGHT = """
case "$*" in
  *"jar ingest "*)    [ $(grep -cx ingest "{folder}/arguments") -gt 1 ] || exit 3 ;;  # late, once
  *"jar profile "*)   exit 5 ;;
  *"jar recommend "*) exit 2 ;;
esac
"""


def test_a_night_goes_as_its_exit_codes_say(spark, load, database):
    spark.does(NIGHT.format(folder=spark.folder))
    # The waits between tries are test_dag's; here they are the second that is Airflow's shortest.
    dag = load(TIKTOK_REC_RETRY_SECONDS="0").dag

    run = dag.test(run_conf={"run_date": "2026-11-24"})

    tasks = {task.task_id: (task.state, task.try_number) for task in run.get_task_instances()}
    assert tasks["ingest"] == ("success", 2), "a late crawl is waited for"
    assert tasks["taxonomy"] == ("success", 1)
    assert tasks["profile"] == ("success", 1), "a degraded job is a finished one"
    assert tasks["recommend"] == ("failed", 1), "wrong usage is not tried again"
    assert tasks["check"][0] == "upstream_failed"
    assert run.state == "failed"
    assert spark.calls == 5
