"""The real parts that the tests run against, each a process of its own on a free port of loopback."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import boto3
import pyspark
import requests
from deltalake import DeltaTable

HERE = Path(__file__).parent
REPO = HERE.parent.parent
SPARK_HOME = Path(pyspark.__file__).parent
JAR = REPO / "jobs/target/tiktok-rec.jar"
JARS = sorted((REPO / "jobs/target/jars").glob("*.jar"))
BUCKET = "nights"

# Canaries: they must be found in nothing that a person or another program can read afterwards.
ACCESS_KEY = "CANARYACCESSKEY0001"
SECRET_KEY = "canary-s3-secret-0002"
MODEL_KEY = "sk-canary-model-key-0003"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(what: str, true: Callable[[], object], seconds: float = 60, every: float = 0.1) -> object:
    """Waits for something that another process brings about."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := true():
            return value
        time.sleep(every)
    raise AssertionError(f"waited {seconds} s in vain until {what}")


@dataclass
class Process:
    name: str
    log: Path
    popen: subprocess.Popen

    @classmethod
    def start(cls, name: str, folder: Path, command: list, env: dict | None = None) -> Process:
        log = folder / f"{name}.log"
        with log.open("ab") as out:
            popen = subprocess.Popen(
                [str(word) for word in command], stdout=out, stderr=out, stdin=subprocess.DEVNULL,
                env=env or dict(os.environ), start_new_session=True,
            )
        return cls(name, log, popen)

    def text(self) -> str:
        return self.log.read_text(errors="replace")

    def does(self, what: str, true: Callable[[], object], seconds: float = 60, every: float = 0.1) -> object:
        """Waits until something is true of a process that runs."""

        def done():
            if not (value := true()) and self.popen.poll() is not None:
                raise AssertionError(f"{self.name} ended ({self.popen.returncode}) before it {what}:\n{self.text()[-4000:]}")
            return value

        return until(f"{self.name} {what}", done, seconds, every)

    def says(self, pattern: str, seconds: float = 60) -> re.Match:
        return self.does(f"says {pattern}", lambda: re.search(pattern, self.text()), seconds)

    def ended(self, seconds: float = 300) -> int:
        return self.popen.wait(seconds)

    def stop(self, how: int = signal.SIGKILL) -> None:
        try:
            os.killpg(self.popen.pid, how)
        except ProcessLookupError:
            pass
        self.popen.wait(30)


@dataclass
class S3:
    process: Process
    endpoint: str

    @classmethod
    def start(cls, folder: Path) -> S3:
        port = free_port()
        process = Process.start("s3", folder, [sys.executable, HERE / "s3_server.py", port])
        s3 = cls(process, f"http://127.0.0.1:{port}")
        process.does("answers", s3.answers)
        s3.client.create_bucket(Bucket=BUCKET)
        return s3

    def answers(self) -> bool:
        try:
            return requests.get(f"{self.endpoint}/_faults", timeout=5).ok
        except requests.RequestException:
            return False

    @property
    def client(self):
        return boto3.client(
            "s3", endpoint_url=self.endpoint, region_name="us-east-1",
            aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY,
        )

    def faults(self, *faults: dict) -> None:
        requests.post(f"{self.endpoint}/_faults", json=list(faults), timeout=5).raise_for_status()

    def injected(self, kind: str = "") -> int:
        """How many faults came about, of one kind or of all."""
        return sum(fault.get("done", 0) for fault in self.told()["faults"] if kind in ("", fault["do"]))

    def told(self) -> dict:
        return requests.get(f"{self.endpoint}/_faults", timeout=5).json()

    def upload(self, folder: Path, prefix: str) -> str:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            self.client.upload_file(str(file), BUCKET, f"{prefix}/{file.relative_to(folder)}")
        return f"s3a://{BUCKET}/{prefix}"

    def put(self, key: str, text: str) -> str:
        self.client.put_object(Bucket=BUCKET, Key=key, Body=text.encode())
        return f"s3a://{BUCKET}/{key}"

    def keys(self, prefix: str) -> list[str]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        return [item["Key"] for page in pages for item in page.get("Contents", [])]

    def rows(self, warehouse: str, table: str) -> list[dict]:
        """A table as delta-rs, which is not Spark, sees it."""
        options = {
            "AWS_ENDPOINT_URL": self.endpoint, "AWS_ALLOW_HTTP": "true", "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        }
        delta = DeltaTable(f"s3://{warehouse.removeprefix('s3a://')}/{table}", storage_options=options)
        return delta.to_pyarrow_table().to_pylist()


@dataclass
class Models:
    process: Process
    base_url: str

    @classmethod
    def start(cls, folder: Path) -> Models:
        port = free_port()
        process = Process.start("models", folder, [sys.executable, HERE / "model_server.py", port, MODEL_KEY])
        models = cls(process, f"http://127.0.0.1:{port}/v1")

        def answers():
            try:
                return models.texts("any") is not None
            except requests.RequestException:
                return False

        process.does("answers", answers)
        return models

    def texts(self, model: str) -> dict[str, int]:
        """How often each text was sent to a model."""
        return requests.get(self.base_url.replace("/v1", "/_calls"), timeout=5).json().get(model, {})


JVM = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote"
SPARK_DEFAULTS = """
# An executor is a JVM more to start: one for each run.
spark.cores.max 1
spark.executor.memory 1g
spark.driver.memory 1500m
spark.driver.host 127.0.0.1
spark.driver.bindAddress 127.0.0.1
spark.ui.port 0
spark.eventLog.enabled true
spark.eventLog.dir file://{events}
spark.eventLog.compress false
spark.hadoop.fs.s3a.endpoint {endpoint}
spark.hadoop.fs.s3a.endpoint.region us-east-1
spark.hadoop.fs.s3a.path.style.access true
spark.hadoop.fs.s3a.retry.interval 50ms
spark.hadoop.fs.s3a.retry.throttle.interval 50ms
# Small data and 60 JVMs, which do little but start: what pays on a real night costs minutes here.
spark.driver.extraJavaOptions {jvm}
spark.executor.extraJavaOptions {jvm}
spark.sql.shuffle.partitions 2
spark.sql.adaptive.enabled false
spark.sql.codegen.wholeStage false
spark.sql.codegen.factoryMode NO_CODEGEN
spark.databricks.delta.snapshotPartitions 1
"""


@dataclass
class Cluster:
    """A standalone master and two workers of a stock Spark, and what else a night needs."""

    folder: Path
    s3: S3
    models: Models
    master: str
    web: str
    processes: dict[str, Process] = field(default_factory=dict)

    @classmethod
    def start(cls, folder: Path) -> Cluster:
        folder.mkdir(parents=True, exist_ok=True)
        s3, models = S3.start(folder), Models.start(folder)
        conf, events = folder / "spark-conf", folder / "events"
        conf.mkdir()
        events.mkdir()
        (conf / "spark-defaults.conf").write_text(SPARK_DEFAULTS.format(events=events, endpoint=s3.endpoint, jvm=JVM))
        log4j = REPO / "conf/log4j2-cluster.properties"
        (conf / "log4j2.properties").write_text((log4j if log4j.exists() else REPO / "conf/log4j2.properties").read_text())
        port, web = free_port(), free_port()
        cluster = cls(folder, s3, models, f"spark://127.0.0.1:{port}", f"http://127.0.0.1:{web}")
        cluster.daemon("master", "org.apache.spark.deploy.master.Master", "--port", port, "--webui-port", web)
        cluster.processes["master"].does("is alive", lambda: cluster.state().get("status") == "ALIVE")
        for number in (1, 2):
            cluster.start_worker(number)
        cluster.await_workers(2)
        return cluster

    def daemon(self, name: str, main: str, *options) -> None:
        command = [SPARK_HOME / "bin/spark-class", main, "--host", "127.0.0.1", *options]
        self.processes[name] = Process.start(name, self.folder, command, self.spark_env())

    def start_worker(self, number: int) -> None:
        self.daemon(
            f"worker{number}", "org.apache.spark.deploy.worker.Worker", "--cores", 3, "--memory", "4g",
            "--webui-port", free_port(), "--work-dir", self.folder / f"work{number}", self.master,
        )

    def kill_worker(self, number: int) -> None:
        """Kills a worker and its executors, as a machine that goes down does."""
        worker = self.processes.pop(f"worker{number}")
        worker.stop()
        work = str(self.folder / f"work{number}")
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if os.readlink(process / "cwd").startswith(work):
                    os.kill(int(process.name), signal.SIGKILL)
            except (OSError, ProcessLookupError):
                continue

    def state(self) -> dict:
        """What the master says of itself, its workers and applications; nothing where it does not answer yet."""
        try:
            return requests.get(f"{self.web}/json/", timeout=10).json()
        except requests.RequestException:
            return {}

    def await_workers(self, count: int) -> None:
        until(
            f"{count} workers are alive",
            lambda: sum(worker["state"] == "ALIVE" for worker in self.state().get("workers", [])) == count,
        )

    def spark_env(self) -> dict[str, str]:
        """What the cluster's machines have: no key of anyone."""
        env = {name: os.environ[name] for name in ("PATH", "HOME", "JAVA_HOME", "LANG", "TMPDIR") if name in os.environ}
        return env | {
            "SPARK_HOME": str(SPARK_HOME),
            "SPARK_CONF_DIR": str(self.folder / "spark-conf"),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_NO_DAEMONIZE": "1",
            "SPARK_DAEMON_MEMORY": "512m",
        }

    def env(self) -> dict[str, str]:
        """What the machine that submits has: the keys."""
        return self.spark_env() | {
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "OPENAI_API_KEY": MODEL_KEY,
            "PYSPARK_PYTHON": sys.executable,
        }

    def conf(self, name: str, **settings) -> str:
        """A configuration in S3, small, with embeddings by a model of that name and no chat model."""
        lines = [
            "pipeline.num-categories = 8",
            "models.llm.provider = local",
            f"models.embedding {{ provider = openai, model = {name}, dimensions = 64"
            f', base-url = "{self.models.base_url}" }}',
            *(f"{key} = {value}" for key, value in settings.items()),
        ]
        return self.s3.put(f"conf/{name}.conf", "tiktok-rec {\n  " + "\n  ".join(lines) + "\n}\n")

    def start_run(self, name: str, *arguments, executors: int = 1) -> Process:
        command = [REPO / "bin/tiktok-rec", *arguments, "--master", self.master]
        properties = self.folder / f"{name}.properties"
        # Workers get their cores in turn.
        properties.write_text(f"spark.cores.max {executors}\n")
        return Process.start(name, self.folder, command, self.env() | {"TIKTOK_REC_SPARK_PROPERTIES": str(properties)})

    def run(self, name: str, *arguments, code: int = 0, seconds: float = 300) -> str:
        """Runs a command on the cluster to its end; gives what it said."""
        process = self.start_run(name, *arguments)
        try:
            ended = process.ended(seconds)
        finally:
            process.stop()
        text = process.text()
        assert ended == code, f"{name} ended with {ended}, not {code}:\n{text[-6000:]}"
        return text

    def stop(self) -> None:
        for process in (*self.processes.values(), self.s3.process, self.models.process):
            process.stop()


def crawl(folder: Path, date: str, users: int, videos: int, seed: int) -> Path:
    """A generated crawl on this machine."""
    command = [REPO / "bin/tiktok-rec", "generate", "--users", users, "--videos", videos, "--seed", seed]
    command += ["--run-date", date, "--output", folder]
    env = dict(os.environ) | {"SPARK_HOME": str(SPARK_HOME)}
    subprocess.run([str(word) for word in command], check=True, env=env, stdout=subprocess.DEVNULL)
    return folder


def comparable(rows: list[dict], *without: str) -> list[str]:
    """Rows in an order of their own, without what differs from run to run."""
    skipped = {"run_id", "written_at", *without}
    return sorted(
        json.dumps({key: value for key, value in row.items() if key not in skipped}, default=str, sort_keys=True)
        for row in rows
    )
