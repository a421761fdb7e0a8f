#!/usr/bin/python3
"""notebook.py PROGRAM FOLDER: runs the README's notebook with the real pandas, and holds its numbers against `export`.

Where pandas is not installed, pip puts it into FOLDER; where that cannot be reached, the test is skipped (77).
"""

import importlib.util
import json
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "docs"))
import examples_world  # noqa: E402  # found by the line above

PIP = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "0", "--timeout", "15",
       "--only-binary", ":all:"]


def find_pandas(folder):
    sys.path.append(str(folder))
    if importlib.util.find_spec("pandas"):
        return
    try:
        done = subprocess.run([*PIP, "--target", str(folder), "pandas"], check=False, capture_output=True, timeout=240)
        why = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
    except subprocess.TimeoutExpired:
        why = ["pip took too long"]
    importlib.invalidate_caches()
    if not importlib.util.find_spec("pandas"):
        print("skipped: no pandas, and pip could not install it:", *why)
        sys.exit(77)


def same(ours, theirs):
    theirs = float(theirs)  # "NaN" and "Infinity" are text in JSON
    # Older pandas may miss a double by its last bit.
    return math.isclose(ours, theirs, rel_tol=4e-16) or (math.isnan(ours) and math.isnan(theirs))


def judge(here, notebook):
    """What is wrong, a line each."""
    names = {}
    exec(compile(notebook, "README.md", "exec"), names)  # pylint: disable=exec-used  # that is the test
    points, steps, curves = names["points"], names["steps"], names["curves"]
    said = subprocess.run(["tfevents", "export", "runs", "-t", "val/*"], cwd=here, check=True, stdout=subprocess.PIPE).stdout
    lines = [json.loads(line) for line in said.splitlines()]
    if list(points.columns) != ["run", "tag", "step", "wall_time", "value"]:
        yield f"the columns are {list(points.columns)}"
    if len(points) != len(lines) or not lines:
        yield f"{len(points)} points instead of {len(lines)}"
    nonfinite = 0
    for point, line in zip(points.itertuples(index=False), lines):
        nonfinite += not math.isfinite(float(line["value"]))
        if (point.run, point.tag, point.step) != (line["run"], line["tag"], line["step"]) or not same(point.wall_time, line["wall_time"]):
            yield f"{point} instead of {line}"
        if not same(point.value, line["value"]):
            yield f"{point.value} instead of {line['value']}"
        if not same(steps.loc[(line["run"], line["step"]), line["tag"]], line["value"]):
            yield f"another value side by side than {line}"
        if line["tag"] == "val/loss" and not same(curves.loc[line["step"], line["run"]], line["value"]):
            yield f"another curve than {line}"
    if nonfinite == 0:
        yield "no point is NaN, so that nothing was tested with one"
    if set(names["scalars"]("runs", "-r", "007")["run"]) != {"007"}:
        yield "the run 007 has another name"


def main(program, folder):
    find_pandas(pathlib.Path(folder))
    notebook = re.findall(r"^```python\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S)
    if len(notebook) != 1:
        print(f"{len(notebook)} blocks of Python in README.md instead of one")
        return 1
    with tempfile.TemporaryDirectory() as work:
        here = pathlib.Path(work)
        examples_world.build(here / "world")
        # Numbers as names of runs, and NaN among the values.
        (here / "world" / "runs" / "ci").rename(here / "world" / "runs" / "007")
        examples_world.write_run(here / "world" / "runs" / "diverged", 60, math.nan, {"lr": 10.0})
        (here / "bin").mkdir()
        (here / "bin" / "tfevents").symlink_to(program)
        os.environ["PATH"] = f"{here / 'bin'}:{os.environ['PATH']}"
        os.chdir(here / "world")
        wrong = list(judge(here / "world", notebook[0]))
        # Damage must not pass for data.
        examples_world.damage(here / "world")
        try:
            exec(compile(notebook[0], "README.md", "exec"), {})  # pylint: disable=exec-used
            wrong.append("damaged logs were read without a word")
        except subprocess.CalledProcessError as error:
            if error.returncode != 3:
                wrong.append(f"of damaged logs export-csv ended with {error.returncode}")
        os.chdir("/")
    print("\n".join(wrong[:20]))
    print(f"{len(wrong)} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(str(pathlib.Path(sys.argv[1]).resolve()), sys.argv[2]))
