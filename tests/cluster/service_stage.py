"""Airflow as a service: scheduler, DAG processor and API server, each a process of its own, and its REST API."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import requests
from airflow_stage import BIN, DAG, Airflow
from stage import Process, free_port, until

ENDED = {"success", "failed"}


@dataclass
class Service:
    airflow: Airflow
    url: str
    settings: dict[str, str]
    processes: dict[str, Process] = field(default_factory=dict)
    http: requests.Session = field(default_factory=requests.Session)

    @classmethod
    def of(cls, airflow: Airflow, **settings: str) -> Service:
        url = f"http://127.0.0.1:{free_port()}"
        return cls(airflow, url, settings | {
            "AIRFLOW__API__BASE_URL": url,
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
            # One process each: they share a small machine with a cluster.
            "AIRFLOW__CORE__PARALLELISM": "1",
            "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
        })  # fmt: skip

    def start(self) -> None:
        port = self.url.rpartition(":")[2]
        self.part("api-server", "--host", "127.0.0.1", "--port", port)
        self.processes["api-server"].does("answers", self.answers, 120)
        self.log_in()
        self.part("dag-processor")
        self.schedule(False)
        self.processes["dag-processor"].does("reads the DAG", lambda: self.ask("GET", f"dags/{DAG}").ok, 120)
        self.call("PATCH", f"dags/{DAG}", {"is_paused": False})

    def schedule(self, nightly: bool) -> None:
        """Starts the scheduler anew, to make nights of the timetable or only to run what is asked for."""
        if scheduler := self.processes.get("scheduler"):
            scheduler.stop()
        self.part("scheduler", "--skip-serve-logs", AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE=str(nightly))

    def part(self, name: str, *options: str, **settings: str) -> None:
        env = self.airflow.env(**self.settings, **settings)
        self.processes[name] = Process.start(f"airflow-{name}", self.airflow.home, [BIN / "airflow", name, *options], env)

    def stop(self) -> None:
        """Ends the parts and what they started: a task leads a process group of its own, and has a driver."""
        for process in self.processes.values():
            process.stop()
        sessions = {process.popen.pid for process in self.processes.values()}
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if os.getsid(int(process.name)) in sessions:
                    os.kill(int(process.name), signal.SIGKILL)
            except ProcessLookupError:
                continue

    def answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/api/v2/version", timeout=5).ok
        except requests.RequestException:
            return False

    def log_in(self) -> None:
        password = json.loads((self.airflow.home / "simple_auth_manager_passwords.json.generated").read_text())["admin"]
        body = {"username": "admin", "password": password}
        answer = requests.post(f"{self.url}/auth/token", json=body, timeout=30)
        answer.raise_for_status()
        self.http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def ask(self, method: str, path: str, body: dict | None = None) -> requests.Response:
        return self.http.request(method, f"{self.url}/api/v2/{path}", json=body, timeout=60)

    def call(self, method: str, path: str, body: dict | None = None) -> dict:
        answer = self.ask(method, path, body)
        assert answer.ok, f"{method} {path} was answered {answer.status_code}: {answer.text[:2000]}"
        return answer.json()

    def trigger(self, **params: object) -> str:
        """A run as a person asks for it; gives its name."""
        return self.call("POST", f"dags/{DAG}/dagRuns", {"logical_date": None, "conf": params})["dag_run_id"]

    def runs(self) -> dict[str, dict]:
        return {run["dag_run_id"]: run for run in self.call("GET", f"dags/{DAG}/dagRuns")["dag_runs"]}

    def state(self, run: str) -> str:
        return self.call("GET", f"dags/{DAG}/dagRuns/{run}")["state"]

    def tasks(self, run: str) -> dict[str, dict]:
        tasks = self.call("GET", f"dags/{DAG}/dagRuns/{run}/taskInstances")["task_instances"]
        return {task["task_id"]: task for task in tasks}

    def states(self, run: str) -> dict[str, tuple[str, int]]:
        """How each task of a run stands, and in which try."""
        return {name: (task["state"], task["try_number"]) for name, task in self.tasks(run).items()}

    def log(self, run: str, task: str, attempt: int) -> str:
        return self.ask("GET", f"dags/{DAG}/dagRuns/{run}/taskInstances/{task}/logs/{attempt}?full_content=true").text

    def logs(self, run: str) -> dict[tuple[str, int], str]:
        """All logs of a run, by task and try."""
        return {
            (name, attempt): self.log(run, name, attempt)
            for name, task in self.tasks(run).items()
            for attempt in range(1, task["try_number"] + 1)
        }

    def stop_run(self, run: str) -> None:
        """Marks a run as failed, as a person does in the UI."""
        self.call("PATCH", f"dags/{DAG}/dagRuns/{run}", {"state": "failed"})

    def ends(self, run: str, seconds: float = 1800) -> str:
        """The state in which a run ends."""
        # Asking all the time would keep the API server, on which tasks wait, from its work.
        self.processes["scheduler"].does(f"ends {run}", lambda: self.state(run) in ENDED, seconds, every=2)
        return self.state(run)

    def events(self, run: str) -> dict[str, list[dict]]:
        """What the assets' events of a run tell, by asset."""
        told: dict[str, list[dict]] = {}
        for event in self.call("GET", f"assets/events?source_run_id={quote(run)}&limit=100")["asset_events"]:
            told.setdefault(event["name"], []).append(event["extra"])
        return told

    def await_no_driver(self) -> None:
        until("the cluster runs nothing", lambda: self.airflow.cluster.state().get("activeapps") == [])
