"""A real Airflow in an environment of its own, running the real DAG against the cluster."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from stage import BUCKET, REPO, Cluster

BIN = REPO / "target/venvs/airflow/bin"
DAG = "tiktok_recommendations"


@dataclass
class Airflow:
    cluster: Cluster
    home: Path
    warehouse: str
    conf: str

    @classmethod
    def start(cls, cluster: Cluster, folder: Path) -> Airflow:
        home = folder / "airflow"
        home.mkdir()
        airflow = cls(cluster, home, f"s3a://{BUCKET}/nightly", cluster.conf("nightly"))
        airflow.run("db", "migrate")
        airflow.run("pools", "set", "tiktok_rec_quota", "1", "Model and crawl calls")
        return airflow

    def env(self, **changes: str | None) -> dict[str, str]:
        connection = {"conn_type": "spark", "host": self.cluster.master}
        env = self.cluster.env() | {
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW__CORE__DAGS_FOLDER": str(REPO / "airflow/dags"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW_CONN_SPARK_DEFAULT": json.dumps(connection),
            "TIKTOK_REC_HOME": str(REPO / "jobs/target"),
            "TIKTOK_REC_WAREHOUSE": self.warehouse,
            "TIKTOK_REC_LANDING": f"s3a://{BUCKET}/landing/{{date}}",
            "TIKTOK_REC_CONF": self.conf,
            # The first wait between tries is none; how long they are is held by airflow/tests.
            "TIKTOK_REC_RETRY_SECONDS": "0",
        }
        env |= {name: value for name, value in changes.items() if value is not None}
        return {name: value for name, value in env.items() if changes.get(name, "") is not None}

    def run(self, *arguments: str, code: int = 0, seconds: float = 1200, **environment: str | None) -> str:
        with (self.home / "commands.log").open("a+") as log:
            start = log.seek(0, 2)
            ended = subprocess.run(
                [BIN / "airflow", *arguments], env=self.env(**environment), stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, timeout=seconds, check=False,
            )  # fmt: skip
            log.seek(start)
            text = log.read()
        assert ended.returncode == code, f"airflow {arguments} ended with {ended.returncode}:\n{text[-6000:]}"
        return text

    def night(self, date: str) -> str:
        return self.run("dags", "test", DAG, "--conf", json.dumps({"run_date": date}))

    def seen(self) -> dict:
        """All tables as they are now, by name; under `texts`, how often each text was sent to the model."""
        s3 = self.cluster.s3
        names = {key.split("/")[1] for key in s3.keys("nightly/") if "/_delta_log/" in key}
        return {name: s3.rows(self.warehouse, name) for name in names} | {"texts": self.cluster.models.texts("nightly")}

    def task(self, task: str, logical_date: str, **environment: str | None) -> str:
        """One task alone, of the night whose interval ends at the date's schedule; what was said tells its new state."""
        return self.run("tasks", "test", DAG, task, logical_date, **environment)
