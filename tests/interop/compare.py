#!/usr/bin/python3
"""compare.py BINARY: holds what the program says about tests/data against the *.oracle.jsonl files there.

Those come from readers that share no code with ours (tests/data/README.md). Compared are, for each series, the points,
steps and values in the raw view and the number of points that TensorBoard would show in the clean view; and for each file
its records and the place of each damage.
"""

import json
import pathlib
import subprocess
import sys

DATA = pathlib.Path(__file__).resolve().parent.parent / "data"
NOW = "2026-12-01T00:00:00Z"

# The oracle's words for kinds, and ours.
KINDS = {"scalar": "scalars", "histogram": "histograms", "image": "images", "tensor": "tensors", "graph_def": "graphs",
         "meta_graph_def": "graphs", "keras_model": "graphs", "layout": "custom_scalars", "tagged_run_metadata": "run_metadata"}
# Graphs have no tag in the file; TensorBoard gives them these.
TAGS = {"graph_def": "__run_graph__", "meta_graph_def": "__meta_graph__"}
# The data server stops at damage, where we go on.
SHOWN_DIFFERS = {"damaged"}

differences = []


def differ(*words):
    differences.append(" ".join(str(word) for word in words))


def ask(binary, *arguments, codes):
    command = [binary, *arguments, "--now", NOW, "--json"]
    done = subprocess.run(command, cwd=DATA, capture_output=True, check=False)
    if done.returncode not in codes:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.decode(errors='replace')}")
    return json.loads(done.stdout)


def oracle(tree):
    with open(DATA / f"{tree}.oracle.jsonl", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def listed(binary, tree, view):
    """Series by (run, tag, kind)."""
    result = {}
    for row in ask(binary, "ls", "--tags", "--view", view, tree, codes=(0, 3))["rows"]:
        for series in row["series"]:
            result[row["run"], series["tag"], series["kind"]] = series
    return result


def find(series, one):
    """Ours for the oracle's series: by kind where the words differ, else by plugin name."""
    tag = one["tag"] or TAGS.get(one["namespace"], "")
    names = [KINDS.get(one["kind"], one["kind"]), one["plugin"]]
    for name in names:
        if (one["run"], tag, name) in series:
            return series[one["run"], tag, name]
    return None


def compare_series(binary, tree):
    raw, clean = listed(binary, tree, "raw"), listed(binary, tree, "clean")
    for one in oracle(tree):
        if one["type"] != "series":
            continue
        where = f"{tree}/{one['run']} {one['tag'][:60]!r} ({one['kind']}):"
        ours = find(raw, one)
        if ours is None:
            have = [kind for run, tag, kind in raw if (run, tag) == (one["run"], one["tag"])]
            differ(where, "not listed; the tag has the kinds", have)
            continue
        for mine, theirs in (("points", "count"), ("first_step", "first_step"), ("last_step", "last_step")):
            if ours[mine] != one[theirs]:
                differ(where, mine, ours[mine], "instead of", one[theirs])
        for key in ("first", "last", "min", "max"):
            if key in one and ours[key] != one[key]:
                differ(where, key, ours[key], "instead of", one[key])
        if "nan" in one and ours["nonfinite"] != one["nan"] + one["inf"]:
            differ(where, "nonfinite", ours["nonfinite"], "instead of", one["nan"] + one["inf"])
        shown = find(clean, one)
        if one["shown"] is not None and tree not in SHOWN_DIFFERS and shown and shown["points"] != one["shown"]:
            differ(where, "clean view", shown["points"], "points instead of", one["shown"])


def compare_files(binary, tree):
    answer = ask(binary, "fsck", tree, codes=(0, 1))
    files = [one for one in oracle(tree) if one["type"] == "file"]
    if answer["summary"]["files"] != len(files):
        differ(tree, "has", answer["summary"]["files"], "files instead of", len(files))
    found = {(row["path"], row["offset"], row["end"]) for row in answer["rows"] if row["offset"] is not None}
    for one in files:
        for damage in one["damage"]:
            place = (f"{tree}/{one['file']}", damage["offset"], damage["offset"] + damage["bytes"])
            if place not in found:
                differ(one["file"], "no finding at", place[1:], damage["outcome"], "but at", sorted(p[1:] for p in found if p[0] == place[0]))


def main(binary):
    trees = sorted(path.name.removesuffix(".oracle.jsonl") for path in DATA.glob("*.oracle.jsonl"))
    for tree in trees:
        compare_series(binary, tree)
        compare_files(binary, tree)
    print("\n".join(differences))
    print(f"{len(trees)} trees, {len(differences)} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(str(pathlib.Path(sys.argv[1]).resolve())))
