#!/usr/bin/env python3
"""judge_export.py PROGRAM: real logs through `export-csv`, against what independent readers say.

Three comparisons, of what is there ($TFEVENTS_CORPUS and $TFEVENTS_WRITERS name other places than beside the
checkout; where there is neither, the exit status is 77):
every scalar series of the corpus in both views (by the corpus' own judge); the bytes of TensorBoard's CSV
download against `--dialect tensorboard`; and every scalar of the writers' trees, point by point in both views,
where the clean view is made here from the raw points and held against the data server's answer as well.
"""

import csv
import io
import json
import math
import os
import pathlib
import subprocess
import sys

failures = 0


def fail(text):
    global failures
    failures += 1
    print(text)


def export(program, *arguments):
    done = subprocess.run([program, "export-csv", *map(str, arguments)], capture_output=True, check=False)
    if done.returncode not in (0, 1, 3):  # 1: nothing selected, 3: damaged input was skipped
        fail(f"export-csv {arguments}: exit {done.returncode}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def judge_downloads(program, corpus):
    downloads = corpus / "oracle" / "csv"
    entries = json.loads((downloads / "index.json").read_text("utf-8"))
    for entry in entries:
        folder = corpus / entry["folder"]
        got = export(program, folder, "-r", entry["run"], "-t", entry["tag"], "--dialect", "tensorboard")
        if got != (downloads / entry["file"]).read_bytes():
            fail(f"{entry['file']}: other bytes than TensorBoard's download")
    print(f"{len(entries)} downloads of TensorBoard compared byte for byte")
    if not entries:
        fail("there are no downloads to compare with")


def number(text):
    """A comparable value: exact for integers, one NaN."""
    if isinstance(text, bool):
        return int(text)
    try:
        return int(text)
    except (ValueError, OverflowError):
        value = float(text)
        return "nan" if math.isnan(value) else value


def points_of(rows):
    return [(int(step), number(str(wall)), number(value if isinstance(value, bool) else str(value)))
            for step, wall, value in rows]


def are_numbers(rows):
    """False for strings and complex numbers, which are no scalars whatever their plugin says."""
    words = ("NaN", "Infinity", "-Infinity")
    return all(isinstance(value, (int, float)) or value in words for _, _, value in rows)


def clean(points):
    kept = []
    for point in points:
        while kept and kept[-1][0] >= point[0]:
            kept.pop()
        kept.append(point)
    return kept


def exported(program, tree, view):
    series = {}
    text = export(program, tree, "--view", view).decode("utf-8", "surrogateescape")
    for run, tag, step, wall, value in list(csv.reader(io.StringIO(text, newline="")))[1:]:
        series.setdefault((run, tag), []).append((step, wall, value))
    return {name: points_of(rows) for name, rows in series.items()}


def judge_tree(program, tree):
    raw, shown = exported(program, tree, "raw"), exported(program, tree, "clean")
    judged = 0
    for line in (tree.parent / (tree.name + ".oracle.jsonl")).read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["type"] != "series" or row["kind"] != "scalar":
            continue
        name, where = (row["run"], row["tag"]), f"{tree.name}/{row['run']} {row['tag'][:60]!r}"
        judged += 1
        if not are_numbers(row.get("points", [])):
            if name in raw:
                fail(f"{where}: exported, and no number")
            continue
        ours = raw.pop(name, [])
        if tree.name == "damaged-huge":  # Its oracle takes the length for the end of the file; more follows.
            ours = ours[: row["count"]]
            shown[name] = shown[name][: row["count"]]
        if len(ours) != row["count"]:
            fail(f"{where}: {len(ours)} raw points, the oracle has {row['count']}")
        wanted = points_of(row["points"]) if "points" in row else ours
        if ours != wanted:
            fail(f"{where}: raw points differ")
        ours = shown.pop(name, [])
        if ours != clean(wanted):
            fail(f"{where}: clean points are not what the raw ones leave")
        # It gives up files at damage, and shows what a wrong checksum covers; differences.json has each case.
        served = None if tree.name.startswith("damaged") else row.get("rust")
        if served and "points" in served and ours != points_of(served["points"]):
            fail(f"{where}: clean points are not what the data server shows")
        if served and served.get("same") and ours != wanted:
            fail(f"{where}: the data server shows all points")
    for name in raw:
        fail(f"{tree.name}: {name} is no scalar series of the oracle")
    return judged


def judge_writers(program, writers):
    trees = sorted(path.parent / path.name.removesuffix(".oracle.jsonl") for path in writers.glob("*.oracle.jsonl"))
    judged = sum(judge_tree(program, tree) for tree in trees)
    print(f"{judged} scalar series of {len(trees)} writers' trees compared point by point, in both views")
    if judged < 100:
        fail("that is too few")


def main():
    program, beside = sys.argv[1], pathlib.Path(__file__).resolve().parents[3] / "shared"
    corpus = pathlib.Path(os.environ.get("TFEVENTS_CORPUS", beside / "corpus"))
    writers = pathlib.Path(os.environ.get("TFEVENTS_WRITERS", beside / "writers"))
    if not corpus.is_dir() and not writers.is_dir():
        print(f"Skipped: neither {corpus} nor {writers} is there")
        return 77
    if corpus.is_dir():
        oracle = corpus / "oracle"
        judge = [sys.executable, oracle / "judge.py", program, corpus, oracle / "ORACLE.jsonl.gz", "--via", "export-csv"]
        if subprocess.run(list(map(str, judge)), check=False).returncode != 0:
            fail("the judge of the corpus found differences")
        judge_downloads(program, corpus)
    if writers.is_dir():
        judge_writers(program, writers)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
