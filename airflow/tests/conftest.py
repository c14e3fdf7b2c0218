"""Airflow in a folder of its own, without a server, and a spark-submit that does what a test tells it."""

from __future__ import annotations

import atexit
import importlib.util
import json
import os
import shutil
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

# Airflow reads these when it is imported.
DAGS = Path(__file__).parents[1] / "dags"
AIRFLOW_HOME = tempfile.mkdtemp(prefix="airflow-tests-")
atexit.register(shutil.rmtree, AIRFLOW_HOME, ignore_errors=True)
for name in [name for name in os.environ if name.startswith(("AIRFLOW", "TIKTOK_REC_", "SPARK_"))]:
    del os.environ[name]
os.environ |= {
    "AIRFLOW_HOME": AIRFLOW_HOME,
    "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
}
sys.path.insert(0, str(DAGS))

import pytest  # noqa: E402

SPARK_SUBMIT = """#!/usr/bin/env bash
printf '%s\\n' "$@" >> "{folder}/arguments"
echo >> "{folder}/calls"
env > "{folder}/environment"
source "{folder}/behaviour"
"""


class Spark:
    """A Spark home whose spark-submit notes how it was called, then runs lines of shell."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        binary = folder / "bin" / "spark-submit"
        binary.parent.mkdir()
        binary.write_text(SPARK_SUBMIT.format(folder=folder))
        binary.chmod(0o755)
        self.does("exit 0")

    def does(self, shell: str) -> None:
        (self.folder / "behaviour").write_text(shell)

    @property
    def arguments(self) -> list[str]:
        return (self.folder / "arguments").read_text().splitlines()

    @property
    def environment(self) -> str:
        return (self.folder / "environment").read_text()

    @property
    def calls(self) -> int:
        calls = self.folder / "calls"
        return len(calls.read_text().splitlines()) if calls.exists() else 0


@pytest.fixture
def spark(tmp_path, monkeypatch) -> Spark:
    monkeypatch.setenv("SPARK_HOME", str(tmp_path))
    connect(monkeypatch, conn_type="spark", host="spark://127.0.0.1:7077")
    return Spark(tmp_path)


def connect(monkeypatch, **connection: Any) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_SPARK_DEFAULT", json.dumps(connection))


@pytest.fixture
def load(monkeypatch):
    """Imports the DAG's file as Airflow does, under environment variables."""

    def loaded(**environment: str) -> ModuleType:
        defaults = {"TIKTOK_REC_WAREHOUSE": "s3a://team/tiktok-rec", "TIKTOK_REC_LANDING": "s3a://team/landing"}
        for name, value in (defaults | environment).items():
            monkeypatch.setenv(name, value)
        spec = importlib.util.spec_from_file_location("tiktok_recommendations", DAGS / "tiktok_recommendations.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return loaded


class Night:
    """A run of the DAG, as its tasks see it."""

    def __init__(self, dag, start: datetime | None = datetime(2026, 11, 24, 3, tzinfo=UTC), **conf: Any) -> None:
        from airflow.sdk.definitions.param import process_params

        self.dag = dag
        self.events: dict = {}
        self.context: dict[str, Any] = {
            "dag": dag,
            "params": process_params(dag, dag.get_task("check"), conf, suppress_exception=False),
            "dag_run": SimpleNamespace(run_after=datetime(2026, 11, 25, 3, tzinfo=UTC)),
            "outlet_events": self,
        }
        if start:
            self.context |= {"data_interval_start": start, "data_interval_end": start + timedelta(days=1)}

    def __getitem__(self, asset) -> SimpleNamespace:
        return self.events.setdefault(asset.name, SimpleNamespace(extra=None))

    def rendered(self, task_id: str):
        task = self.dag.get_task(task_id).prepare_for_execution()
        context = self.context | {"task": task}
        task.render_template_fields(context)
        return task

    def run(self, task_id: str):
        task = self.rendered(task_id)
        return task.execute(self.context | {"task": task})


@pytest.fixture(scope="session")
def database() -> None:
    from airflow.utils.db import initdb

    initdb()
