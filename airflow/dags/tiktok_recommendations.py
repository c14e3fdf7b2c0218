"""
### TikTok recommendations, every night

`ingest → taxonomy → profile → recommend → check`, a Spark job a task, for the UTC day in which the run's data
interval starts. A night can be run again: what is done is not done twice. *Trigger* shows the settings of one run;
those of all runs come from the environment (`TIKTOK_REC_…`). airflow/README.md tells how to deploy, backfill and mend.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import DAG, Asset, Context, CronDataIntervalTimetable, Param, chain
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException
from airflow.sdk.module_loading import import_string

from tiktok_rec.spark_job import TiktokRecOperator

log = logging.getLogger("tiktok_recommendations")

# Where the program lies on workers: tiktok-rec.jar, and jars/*.jar with Delta and S3A.
HOME = os.environ.get("TIKTOK_REC_HOME", "/opt/tiktok-rec")
JARS = os.environ.get("TIKTOK_REC_JARS", f"{HOME}/jars/*.jar")

# The night starts when its interval ends. A cron string alone would be an interval of no length in Airflow 3.
SCHEDULE = CronDataIntervalTimetable(
    os.environ.get("TIKTOK_REC_SCHEDULE", "0 3 * * *"), timezone=os.environ.get("TIKTOK_REC_TIMEZONE", "UTC")
)

# Its slots are how many jobs may spend the quota of model and crawl calls at once. Airflow does not make pools:
# `airflow pools set tiktok_rec_quota 1 "Model and crawl calls"`
QUOTA_POOL = "tiktok_rec_quota"

# Waits of 2, 6 and 18 minutes, and up to twice that, then of 30: by the fourth try a killed driver's claim to the
# night, 10 minutes without a heartbeat, has lapsed.
RETRIES = {
    "retries": 4,
    "retry_delay": timedelta(seconds=float(os.environ.get("TIKTOK_REC_RETRY_SECONDS", "120"))),
    "retry_exponential_backoff": 3.0,
    "max_retry_delay": timedelta(minutes=30),
}
# With models.mode = batch the provider may take a day.
CALLING_TIMEOUT = timedelta(hours=float(os.environ.get("TIKTOK_REC_TIMEOUT_HOURS", "8")))

PARAMS = {
    "warehouse": Param(
        os.environ.get("TIKTOK_REC_WAREHOUSE", ""),
        "Folder of the tables, s3a://bucket/tiktok-rec. Empty: the one that the configuration file names.",
        type="string",
        pattern=r"^([^\s-]\S*)?$",
    ),
    "landing": Param(
        os.environ.get("TIKTOK_REC_LANDING", ""),
        "Where crawls lie, of all nights: folders or globs, a space between. s3a://bucket/landing. "
        "What was read is skipped. {date} stands for the night; alone, it leaves a missed night's crawl unread.",
        type="string",
        pattern=r"^([^\s-]\S*( [^\s-]\S*)*)?$",
    ),
    "conf": Param(
        os.environ.get("TIKTOK_REC_CONF", ""),
        "Configuration file (HOCON) that the driver can read. Empty: the defaults.",
        type="string",
        pattern=r"^([^\s-]\S*)?$",
    ),
    "count": Param(20, "Videos a user.", type="integer", minimum=1, maximum=1000),
    "usernames": Param(
        [],
        "Only these users, without the checks of the whole night. Empty: all.",
        type="array",
        items={"type": "string", "pattern": r"^@?[A-Za-z0-9._]+$"},
    ),
    "run_date": Param(
        None,
        "The night, instead of the one that the run's data interval gives. Not for backfills.",
        type=["null", "string"],
        format="date",
    ),
    "settings": Param(
        {},
        'Configuration keys that win over the file, {"pipeline.min-tag-affinity": 0.2}. They are logged: no secrets.',
        type="object",
        propertyNames={"pattern": r"^(?!.*(api-?key|password|secret|redis-url))[a-z][a-z0-9.-]*$"},
        additionalProperties={"type": ["string", "number", "boolean"]},
    ),
    "spark_conf": Param(
        json.loads(os.environ.get("TIKTOK_REC_SPARK_CONF", "{}")),
        'Spark properties, {"spark.executor.memory": "8g"}. They are logged: no secrets, but where they lie.',
        type="object",
        propertyNames={
            "pattern": r"^spark\.(kubernetes\.(driver|executor)\.secretKeyRef\..+"
            r"|(?i:(?!.*(password|secret|token|"
            r"(access|api|account|encryption|private|provided).?key(?!gen|size)))).+)$"
        },
        additionalProperties={"type": "string"},
    ),
    "fail_on_degraded": Param(
        False, "Fail where too many users took a fallback (exit code 5), instead of warning.", type="boolean"
    ),
}


def run_date(context: Context) -> str:
    """The night: the UTC day in which the interval starts; for a run without one, the day before it was asked for."""
    if date := context["params"]["run_date"]:
        return date
    start = context.get("data_interval_start") or context["dag_run"].run_after - timedelta(days=1)
    return start.astimezone(UTC).strftime("%Y-%m-%d")


def command_line(command: str, *options: str) -> Callable[..., list[str]]:
    """The program's arguments, rendered for a run, whose own take the place of {landing}, {count} and {users}."""

    def rendered(context: Context, **_: Any) -> list[str]:
        params, date = context["params"], run_date(context)
        if not params["warehouse"] and not params["conf"]:
            raise AirflowFailException(
                "No warehouse is named, and the program's default is a folder of this worker: "
                "set TIKTOK_REC_WAREHOUSE, or the param warehouse, or a conf that names one."
            )
        words = [command, "--run-date", date]
        for name in ("warehouse", "conf"):
            words += [f"--{name}", params[name]] if params[name] else []
        for key, value in params["settings"].items():
            words += ["--set", f"{key}={value if isinstance(value, str) else json.dumps(value)}"]
        for option in options:
            if option == "{users}":
                words += ["--username", *params["usernames"]] if params["usernames"] else ["--all"]
            elif option == "{landing}":
                if not params["landing"]:
                    raise AirflowFailException(
                        "No landing folder is named: set TIKTOK_REC_LANDING, or the param landing."
                    )
                words += params["landing"].replace("{date}", date).split()
            else:
                words.append(option.replace("{count}", str(params["count"])))
        return words

    return rendered


def spark_conf(context: Context, **_: Any) -> dict[str, str]:
    return {
        # A copy of a task that calls models would only wait for the first one's answers.
        "spark.speculation": "false",
        # Airflow retries, and knows which exit codes to.
        "spark.yarn.maxAppAttempts": "1",
        **context["params"]["spark_conf"],
    }


def notify(context: Context, message: str) -> None:
    """Logs one line, and hands it to the function that TIKTOK_REC_NOTIFY names (module.function(context, message))."""
    log.error(message)
    if name := os.environ.get("TIKTOK_REC_NOTIFY"):
        try:
            import_string(name)(context, message)
        except Exception:
            log.exception("TIKTOK_REC_NOTIFY=%s could not tell it.", name)


def on_failure(context: Context) -> None:
    task, problem = context["task_instance"], context.get("exception")
    # The operator's own messages are made to be read; another's may be long, and hold what nobody looked at.
    cause = problem if isinstance(problem, AirflowException) else type(problem).__name__
    if problem is None:
        cause = "Its worker died, or lost touch with Airflow: the driver may still run."
    notify(
        context,
        f"{task.dag_id}, night {run_date(context)}: {task.task_id} failed for good in try {task.try_number}. {cause} "
        f"Log: {task.log_url}",
    )


def whole_night_only(context: Context) -> None:
    if context["params"]["usernames"]:
        raise AirflowSkipException("Only some users were computed, and the checks are those of a whole night.")


def tables(*names: str) -> list[Asset]:
    return [Asset(f"tiktok_rec/{name}") for name in names]


with DAG(
    "tiktok_recommendations",
    doc_md=__doc__,
    description="Crawls to ranked videos for each user, every night",
    schedule=SCHEDULE,
    start_date=datetime(2020, 1, 1, tzinfo=UTC),
    # A missed night needs no run of its own: where landing names the crawls of all nights, the next one ingests what it
    # left. `airflow backfill create` makes more lists, from the tables as they stand.
    catchup=False,
    # Nights in order. No depends_on_past: a failed night must not keep all later ones from running.
    max_active_runs=1,
    params=PARAMS,
    # Params are typed, and a string would be one: render no Python out of them.
    render_template_as_native_obj=False,
    default_args={"owner": "recommendations", "on_failure_callback": on_failure, **RETRIES},
    tags=["recommendations", "spark"],
) as dag:

    def job(command: str, *options: str, **task: Any) -> TiktokRecOperator:
        return TiktokRecOperator(
            task_id=command,
            name=f"tiktok-rec-{command}",
            application=f"{HOME}/tiktok-rec.jar",
            java_class="com.tiktokrec.jobs.Main",
            jars=JARS,
            conf=spark_conf,
            application_args=command_line(command, *options),
            run_date=run_date,
            on_degraded=notify,
            **task,
        )

    ingest = job(
        "ingest",
        *("--if-due", "--input", "{landing}"),
        execution_timeout=timedelta(hours=3),
        # A crawl that landing names by {date} may be late: about four hours of tries.
        retries=10,
        outlets=tables(
            *("videos", "video_stats", "users", "user_videos", "search_results", "ingested_files", "quarantine", "runs")
        ),
    )
    # Weekly by the age of the taxonomy that stands, not by the calendar, so a first night and a backfill are right too.
    taxonomy = job(
        "taxonomy",
        "--if-due",
        pool=QUOTA_POOL,
        execution_timeout=CALLING_TIMEOUT,
        outlets=tables("categories", "embeddings", "model_responses", "runs"),
    )
    profile = job(
        "profile",
        *("--if-due", "{users}"),
        pool=QUOTA_POOL,
        execution_timeout=CALLING_TIMEOUT,
        outlets=tables("user_profiles", "user_tags", "embeddings", "model_responses", "runs"),
    )
    recommend = job(
        "recommend",
        *("{users}", "--count", "{count}"),
        pool=QUOTA_POOL,
        execution_timeout=CALLING_TIMEOUT,
        outlets=tables("search_queries", "recommendations", "search_results", "embeddings", "model_responses", "runs"),
    )
    # Schedule on tiktok_rec/checked_night what must see none but good lists.
    check = job(
        "check",
        pre_execute=whole_night_only,
        execution_timeout=timedelta(hours=1),
        outlets=tables("runs", "checked_night"),
    )
    chain(ingest, taxonomy, profile, recommend, check)
