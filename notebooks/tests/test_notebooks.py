"""Runs the notebooks as an analyst would, over the warehouse in TIKTOK_REC_WAREHOUSE, and checks what they show against
its tables, which are read here without DuckDB and Spark. `make demo` makes such a warehouse in target/demo."""

import os
import re
from collections import Counter
from pathlib import Path

import nbformat
import pytest
from deltalake import DeltaTable
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).resolve().parent.parent
PLOTS = {"01_recommendations": 5, "02_taxonomy_and_costs": 4}
SECONDS_A_CELL = 600


@pytest.fixture(scope="session")
def warehouse():
    folder = Path(os.environ.get("TIKTOK_REC_WAREHOUSE", NOTEBOOKS.parent / "target" / "demo")).resolve()
    if not (folder / "recommendations" / "_delta_log").is_dir():
        pytest.fail(f"{folder} is no warehouse: make one with `make demo`, or name one in TIKTOK_REC_WAREHOUSE.")
    return folder


@pytest.fixture(scope="session")
def run(warehouse, tmp_path_factory):
    """Runs a notebook, once in a session, and returns it with its outputs; fails where a cell fails."""
    done = {}

    def run(name):
        if name not in done:
            before = files_of(warehouse)
            notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
            with pytest.MonkeyPatch.context() as environment:
                environment.setenv("TIKTOK_REC_WAREHOUSE", str(warehouse))
                # A kernel of this environment, not one that the user has installed.
                environment.setenv("JUPYTER_PREFER_ENV_PATH", "1")
                # Over tables this small, the optimising compiler costs Spark more than it brings.
                environment.setenv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
                client = NotebookClient(notebook, timeout=SECONDS_A_CELL, resources={"metadata": {"path": str(NOTEBOOKS)}})
                client.execute()
            # For people who want to look at the plots: `--basetemp` says where.
            nbformat.write(notebook, tmp_path_factory.mktemp("executed") / f"{name}.ipynb")
            done[name] = notebook, before, files_of(warehouse)
        return done[name]

    return run


def files_of(folder):
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}


def outputs(notebook):
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def plots(notebook):
    return [output for output in outputs(notebook) if "image/png" in output.get("data", {})]


def told(notebook, pattern):
    """The numbers in the one printed text that matches the pattern."""
    printed = "\n".join(output.text for output in outputs(notebook) if output.output_type == "stream" and output.name == "stdout")
    found = re.search(pattern, printed)
    assert found, f"nothing printed matches {pattern!r}:\n{printed}"
    return [float(number.replace(",", "")) for number in found.groups()]


def rows(warehouse, table, *columns):
    return DeltaTable(warehouse / table).to_pyarrow_table(columns=list(columns)).to_pylist()


@pytest.mark.parametrize("name", PLOTS)
def test_is_committed_without_outputs(name):
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.outputs for cell in code] == [[]] * len(code), "clear the outputs: they hold people's names and captions"
    assert [cell.execution_count for cell in code] == [None] * len(code)


def test_all_notebooks_are_tested():
    assert {path.stem for path in NOTEBOOKS.glob("*.ipynb")} == PLOTS.keys()


@pytest.mark.parametrize("name", PLOTS)
def test_runs_draws_all_plots_and_writes_nothing(run, name):
    notebook, before, after = run(name)
    assert len(plots(notebook)) == PLOTS[name]
    assert after == before, "the notebook changed the warehouse"


def test_recommendations_tells_how_many_have_lists(run, warehouse):
    notebook, _, _ = run("01_recommendations")
    lists = rows(warehouse, "recommendations", "run_date", "username", "video_id", "author", "degraded")
    tonight = [row for row in lists if row["run_date"] == max(row["run_date"] for row in lists)]
    eligible = {
        row["username"] for row in rows(warehouse, "users", "username", "profiled", "status") if row["profiled"] and row["status"] == "active"
    }
    lengths = Counter(row["username"] for row in tonight if row["username"] in eligible)
    longest = max(lengths.values())

    assert told(notebook, r"([\d,]+) of ([\d,]+) users have a list, ([\d,]+) of them a full one of (\d+)") == [
        len(lengths), len(eligible), sum(length == longest for length in lengths.values()), longest,
    ]
    assert told(notebook, r"([\d,]+) places, filled with ([\d,]+) videos by ([\d,]+) authors") == [
        len(tonight), len({row["video_id"] for row in tonight}), len({row["author"] for row in tonight}),
    ]
    assert told(notebook, r"([\d,]+) of ([\d,]+) places are degraded") == [sum(bool(row["degraded"]) for row in tonight), len(tonight)]


def test_recommendations_rebuilds_every_score(run, warehouse):
    notebook, _, _ = run("01_recommendations")
    dates = [row["run_date"] for row in rows(warehouse, "recommendations", "run_date")]
    assert told(notebook, r"All ([\d,]+) scores of the night follow the formula") == [dates.count(max(dates))]


def test_taxonomy_tells_categories_and_users(run, warehouse):
    notebook, _, _ = run("02_taxonomy_and_costs")
    tags = rows(warehouse, "user_tags", "username")
    users = {row["username"] for row in tags}

    assert told(notebook, r"(\d+) categories \(source: ") == [len(rows(warehouse, "categories", "tag"))]
    assert told(notebook, r"([\d,]+) users have tags, ([\d.]+) each") == [len(users), round(len(tags) / len(users), 1)]


def test_taxonomy_counts_videos_by_the_hashtags_of_categories(run, warehouse):
    notebook, _, _ = run("02_taxonomy_and_costs")
    joined = lambda word: word.replace("_", "").replace(" ", "")
    words = {
        joined(word) for category in rows(warehouse, "categories", "tag", "keywords") for word in [category["tag"], *category["keywords"]]
    }
    videos = [row for row in rows(warehouse, "videos", "hashtags", "gone") if not row["gone"]]

    assert told(notebook, r"([\d,]+) of ([\d,]+) videos bear a hashtag of some category") == [
        sum(not words.isdisjoint(map(joined, row["hashtags"] or [])) for row in videos), len(videos),
    ]


def test_costs_add_up(run, warehouse):
    notebook, _, _ = run("02_taxonomy_and_costs")
    runs = rows(warehouse, "runs", "model_calls", "cached_calls", "prompt_tokens", "completion_tokens", "cost_usd")
    total = lambda column: sum(row[column] or 0 for row in runs)

    assert told(notebook, r"([\d,]+) runs \(") == [len(runs)]
    assert told(notebook, r"([\d,]+) model calls, ([\d,]+) requests answered from the store; ([\d,]+) tokens read, ([\d,]+) written; ([\d,.]+) USD") == [
        total("model_calls"), total("cached_calls"), total("prompt_tokens"), total("completion_tokens"), round(total("cost_usd"), 4),
    ]
