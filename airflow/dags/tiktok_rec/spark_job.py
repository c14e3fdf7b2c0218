"""A command of tiktok-rec as an Airflow task."""

from __future__ import annotations

import functools
import importlib
import json
import os
import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable
from typing import Any

from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk import BaseHook, Context
from airflow.sdk.exceptions import AirflowException, AirflowFailException

DONE, FAILED, USAGE, INPUT, CHECKS, DEGRADED = range(6)
MEANINGS = {
    FAILED: "failed, or another run holds this warehouse and date",
    USAGE: "wrong usage or configuration",
    INPUT: "input missing or unreadable",
    CHECKS: "the night's checks failed",
    DEGRADED: "tables are written, but too many users took a fallback",
}
# These don't go away by themselves: a try more would only hide them for an hour.
NEVER_RETRIED = {USAGE, CHECKS}

MASTER = re.compile(r"local(\[.+\])?|yarn|spark://[^\s/:]+:\d+(,[^\s/:]+:\d+)*|k8s://\S+")
DEPLOY_MODES = (None, "", "client", "cluster")

# How long a driver that was asked to end may take to mark its run as failed, before it is killed.
GRACE_SECONDS = 30


class TiktokRecOperator(SparkSubmitOperator):
    """
    Submits one command of tiktok-rec, and makes of its exit code what a scheduler should do.

    Exit 0 succeeds; 1, 3 and a killed driver fail and are retried; 2 and 4 fail and are not; 5 succeeds with a
    warning, or, where ``fail_on_degraded`` of the run's params is true, fails and is not retried. Returns ``done`` or
    ``degraded``, and gives the run date and that word to the events of its assets. An unusable Spark connection is
    refused before anything is submitted: the provider's operator would send the job to YARN.

    Secrets are nobody's argument here. ``env_vars`` is refused: the UI shows it, and on YARN and Kubernetes the hook
    makes ``--conf`` of it, which is logged.

    :param run_date: the night of a context, as the assets' events tell it.
    :param on_degraded: called with the context and one line when the command ended with 5.
    """

    def __init__(
        self,
        *,
        run_date: Callable[[Context], str],
        on_degraded: Callable[[Context, str], None] | None = None,
        **kwargs: Any,
    ) -> None:
        if kwargs.get("env_vars"):
            raise ValueError(
                "env_vars would show secrets in the UI and in logs: put them into the worker's environment "
                "(client mode), spark.kubernetes.driver.secretKeyRef (Kubernetes) or a credential provider file (YARN)."
            )
        # A stored driver that FINISHED would make of a cleared task a success that ran nothing, and a retry would ask
        # the cluster about it first. That a night is not done twice at once is held by the claim in the table runs.
        super().__init__(durable=False, **kwargs)
        self.run_date = run_date
        self.on_degraded = on_degraded

    def execute(self, context: Context) -> str:
        self._prepare()
        try:
            super().execute(context)
        except (AirflowException, RuntimeError) as failure:
            code = self.exit_code()
            if code == DEGRADED and not context["params"]["fail_on_degraded"]:
                return self._ended(context, "degraded")
            message = f"{self.task_id} of {self.run_date(context)} ended with {self._told(code)}.{self._last_words()}"
            if code in NEVER_RETRIED or code == DEGRADED:
                raise AirflowFailException(f"{message} It is not retried.") from failure
            raise AirflowException(message) from failure
        except KeyboardInterrupt:
            # `airflow dags test` calls no on_kill, and the driver, in a session of its own, does not hear the terminal.
            self.on_kill()
            raise
        return self._ended(context, "done")

    def exit_code(self) -> int | None:
        """
        The program's exit code; None where it is not known.

        In cluster mode the submitting process ends with a code of its own. On Kubernetes it logs the driver's, which
        the hook reads; on YARN and standalone the table ``runs`` alone tells how the run ended.
        """
        hook = self._hook
        if hook is None or hook._submit_sp is None:
            return None
        if hook._connection["deploy_mode"] != "cluster":
            return hook._submit_sp.returncode
        return hook._spark_exit_code

    def on_kill(self) -> None:
        """
        Lets the driver end its run, so that the next try needs not wait for its claim to lapse; then kills it.

        In cluster mode the driver is not a process of this machine: the hook has it killed, and does so only while
        spark-submit is alive.
        """
        if self._hook is None:
            return
        driver = self._hook._submit_sp
        if driver and self._hook._connection["deploy_mode"] != "cluster" and driver.poll() is None:
            # The task's own thread is here now and reads no more, and a pipe that is full would keep the driver.
            threading.Thread(target=self._read_on, args=(driver,), daemon=True).start()
            driver.terminate()
            try:
                driver.wait(timeout=GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                self.log.warning("The driver did not end within %d s: it is killed.", GRACE_SECONDS)
        super().on_kill()

    def _read_on(self, driver: subprocess.Popen) -> None:
        with os.fdopen(os.dup(driver.stdout.fileno()), errors="replace") as said:
            for line in said:
                self.log.info(self._hook._mask_cmd(line.rstrip()))

    def _ended(self, context: Context, outcome: str) -> str:
        date = self.run_date(context)
        for asset in self.outlets:
            context["outlet_events"][asset].extra = {"run_date": date, "outcome": outcome}
        if outcome == "degraded":
            line = f"{self.task_id} of {date} is degraded: {MEANINGS[DEGRADED]}. The table runs tells which fallbacks."
            self.log.warning(line)
            if self.on_degraded:
                self.on_degraded(context, line)
        return outcome

    def _last_words(self) -> str:
        """The program's last line, which tells problem, cause and remedy, and never a user's text."""
        for line in reversed(self._hook._last_submit_log_lines if self._hook else ()):
            if line.startswith("tiktok-rec: "):
                return f" It said: {self._hook._mask_cmd(line)}"
        return ""

    @staticmethod
    def _told(code: int | None) -> str:
        if code is None:
            return "an exit code that cluster mode does not tell: see status and error in the table runs"
        # A JVM that a signal asked to end exits by itself, with 128 and the signal.
        if (number := -code if code < 0 else code - 128) in signal.valid_signals():
            return f"{signal.Signals(number).name}: its driver was stopped, by hand, a timeout or for want of memory"
        return f"exit code {code}: {MEANINGS.get(code, 'spark-submit itself failed, see its output')}"

    def _prepare(self) -> None:
        """Refuses a connection that Spark's hook would replace by a default, and what the hook can't submit with."""
        remedy = (
            f"set it as JSON in AIRFLOW_CONN_{self._conn_id.upper()}, "
            'for instance {"conn_type": "spark", "host": "spark://master:7077"} (airflow/README.md).'
        )
        try:
            connection = BaseHook.get_connection(self._conn_id)
            # Airflow itself reads an extra that is no JSON as an empty one, and the job would run elsewhere.
            extra = dict(json.loads(connection.extra or "{}"))
        except Exception as problem:
            # The problem's own text may hold the connection, and so a password.
            raise AirflowFailException(
                f"The Spark connection '{self._conn_id}' is missing or can't be read "
                f"({type(problem).__name__}): {remedy}"
            ) from None
        if connection.conn_type != "spark":
            raise AirflowFailException(
                f"The connection '{self._conn_id}' is of type '{connection.conn_type}', not 'spark': {remedy}"
            )
        if extra.get("deploy-mode") not in DEPLOY_MODES:
            raise AirflowFailException(
                f"The connection '{self._conn_id}' has the deploy-mode '{extra['deploy-mode']}': "
                "it is client or cluster."
            )
        host = connection.host or ""
        if host.startswith("k8s://"):
            try:
                importlib.import_module("airflow.providers.cncf.kubernetes.kube_client")
            except ImportError:
                raise AirflowFailException(
                    f"The connection '{self._conn_id}' names Kubernetes, which the provider can't reach from here: "
                    "install apache-airflow-providers-cncf-kubernetes on the workers."
                ) from None
        if host == "yarn" and extra.get("deploy-mode") == "cluster":
            # Followed by the resource manager where its address is known, else by a spark-submit that waits.
            self._yarn_track_via_rm_api = bool(extra.get("yarn_resourcemanager_webapp_address"))
        if os.environ.get("SPARK_HOME"):
            self._spark_binary = os.path.join(os.environ["SPARK_HOME"], "bin", "spark-submit")
        binary = self._spark_binary or extra.get("spark-binary") or "spark-submit"
        if not shutil.which(binary):
            raise AirflowFailException(
                f"{binary} is not there: install Spark on this worker and set SPARK_HOME, "
                "or put spark-submit on its PATH."
            )
        self._hook = self._get_hook()
        master = self._hook._connection["master"]
        if not MASTER.fullmatch(master):
            raise AirflowFailException(
                f"The Spark connection '{self._conn_id}' makes the master '{master}', "
                f"which Spark doesn't know: {remedy}"
            )
        if host.startswith("k8s://") and self._hook._connection["deploy_mode"] == "cluster":
            # The driver's container has no file of this worker, and Spark expands no glob of the container's.
            for place in filter(None, (self.application, *(self.jars or "").split(","))):
                if "://" not in place or (place.startswith("local:") and "*" in place):
                    raise AirflowFailException(
                        f"The driver is to run in a container of Kubernetes and can't load {place}: set "
                        "TIKTOK_REC_HOME=local:///opt/tiktok-rec, and TIKTOK_REC_JARS to the image's jars one by one "
                        "(local:///opt/tiktok-rec/jars/delta.jar,local:///…) or to nothing if Spark's image has them."
                    )
        # When a task is stopped, Airflow kills its whole process group five seconds after the SIGTERM, and a driver
        # in that group before it has marked its run. On Kubernetes spark-submit has to outlive that SIGTERM, too.
        self._hook.submit = functools.partial(self._hook.submit, start_new_session=True)
