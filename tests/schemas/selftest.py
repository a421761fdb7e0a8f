#!/usr/bin/python3
"""Proves that `validate` takes good documents and refuses bad ones; each bad one is a good one with one change."""

import json
import pathlib
import subprocess
import sys

VALIDATE = pathlib.Path(__file__).resolve().parent / "validate"

METRICS = {"val/acc": {"value": 0.9214, "step": 78000, "wall_time": 1789990000.5, "n": 1}, "x": {"value": None, "reason": "missing-tag"}}
LS_ROW = {"run": "vit/base", "path": "runs/vit/base", "state": "idle", "damage": 1, "last_step": 55100, "first_time": 1, "last_time": 2.5,
          "age_seconds": 777600, "duration_seconds": None, "tags": 22, "files": 1, "bytes": 19327352832, "metrics": METRICS}
PROBLEM = {"severity": "error", "rule": "data-crc", "run": "a", "path": "runs/a/e", "offset": 9, "end": 99, "tag": None, "step": None,
           "message": "payload checksum mismatch", "hint": None}
LS = {"schema": "tfevents.ls/1", "version": "0.1.0", "now_time": 1790000000, "operands": ["runs"], "view": "clean", "complete": True,
      "rows": [LS_ROW], "summary": {"runs": 1, "live": 0, "bytes": 9, "damaged": 1}, "problems": [PROBLEM]}
FSCK = {**LS, "schema": "tfevents.fsck/1", "view": "raw", "rows": [PROBLEM], "problems": [],
        "summary": {"files": 14, "bytes": 9, "records": 88412, "records_lost": 1, "bytes_lost": 9232, "errors": 1, "warnings": 0, "notes": 1}}
ERROR = {"schema": "tfevents.error/1", "code": "io", "message": "no", "path": "runs", "offset": None, "hint": None, "exit": 2}
COMPARE_METRIC = {"value": 0.9214, "step": 78000, "wall_time": 1789990000.5, "n": 1, "direction": "max", "delta": -0.004,
                  "delta_ratio": -0.0043, "verdict": "worse"}
COMPARE_FOLD = {"mean": 0.921, "std": 0.004, "n": 5, "ci_low": None, "ci_high": None, "ci_level": None, "missing": 0, "df": None, "stat": "mean",
                "p": None, "test": None, "reason": None, "direction": None, "delta": None, "delta_ratio": None, "verdict": None}
COMPARE_ROW = {"run": "a", "path": "runs/a", "group": None, "hparams": {"lr": 0.001, "w": "NaN", "bn": True, "x": None},
               "metrics": {"val/acc": COMPARE_METRIC}}
COMPARE_GROUP = {"group": {"optimizer": "adam", "lr": None}, "runs": ["a", "b"], "metrics": {"val/acc": COMPARE_FOLD}}
COMPARE = {**LS, "schema": "tfevents.compare/1", "rows": [COMPARE_ROW],
           "summary": {"trials": 3, "baseline": "a", "differing_hparams": ["lr"], "folded_by": ["seed"], "mixed_hparams": [],
                       "unchanged": 0, "left_out": 0, "tests": 0, "alpha": None}}
HPARAMS_ROW = {"session": "run-0", "group": "f9", "run": "run-0", "path": "runs/run-0", "status": "success", "start_time": 1.5, "end_time": None,
               "hparams": {"lr": 0.001, "opt": "adam", "bn": True, "w": "NaN", "x": None}, "metrics": METRICS}
HPARAMS_SPACE = {"name": "lr", "type": "float64", "domain": {"min": 0.1, "max": 0.5}, "differs": True}
HPARAMS_SPACE_ROW = {**HPARAMS_SPACE, "declared": True, "domain_declared": False, "sessions": 2, "distinct": 2, "seen": {"min": 0.1, "max": 0.5},
                     "values": [{"value": 0.1, "sessions": 1}, {"value": "NaN", "sessions": 1}]}
HPARAMS_BAR = {"hparam": "opt", "value": None, "metric": "acc", "direction": "max", "n": 1, "missing": 0, "mean": 0.5, "std": None, "min": 0.5,
               "max": 0.5, "best": False, "sessions": ["run-0"]}
HPARAMS = {**LS, "schema": "tfevents.hparams/1", "rows": [HPARAMS_ROW],
           "summary": {"sessions": 1, "metric_by": "last", "best": None, "metrics": [{"label": "acc", "direction": None}],
                       "space": [HPARAMS_SPACE, {"name": "o", "type": None, "domain": ["a"], "differs": False}]}}
EXTRACT_ROW = {"run": "a", "tag": "i/mage", "kind": "images", "step": -5, "wall_time": 1.5, "index": 0, "file": "a/i_mage/neg5.png", "mime": "image/png",
               "bytes": 912, "width": 8, "height": 8}
EXTRACT = {"schema": "tfevents.extract/1", "version": "0.1.0", "now_time": 1.5, "operands": ["runs"], "view": "raw", "complete": True,
           "rows": [EXTRACT_ROW], "summary": {"runs": 1, "files": 1, "bytes": 912, "others": 3}, "problems": []}
RECORD = {"type": "record", "path": "e", "offset": 40, "length": 61, "length_crc": "ok", "data_crc": "ok", "wall_time": 1.5, "step": 3,
          "event": "summary", "values": [{"tag": "loss", "kind": "scalars", "bytes": 11}]}
DAMAGE = {"type": "damage", "path": "e", "offset": 9, "end": 99, "damage": "length-crc", "detail": "no"}
EXPORTED = {"run": "a", "tag": "loss", "step": -3, "wall_time": 1700000000.5, "value": 0.25}
EXPORTED_STEP = {"run": "a", "step": 3, "values": {"loss": 0.25, "acc": "Infinity"}}
TAIL = {"type": "tail", "path": "e", "offset": 99, "have": 0, "need": 39}
ASSERT_ROW = {"check": "acc", "expr": "last(val/acc) > 0.9", "run": "ci", "path": "runs/ci", "status": "error", "severity": "warn",
              "op": ">", "left": None, "right": 0.9, "step": None, "reason": "missing-tag", "message": "no tag val/acc",
              "suggestion": "val/accuracy"}
ASSERT = {**LS, "schema": "tfevents.assert/1", "rows": [ASSERT_ROW],
          "summary": {"verdict": "pass", "passed": 0, "failed": 0, "errors": 0, "warnings": 1, "exit": 0}}

PRUNE_ROW = {"trial": "vit/base", "path": "runs/vit/base", "runs": ["vit/base"], "group": None, "action": "remove",
             "reasons": [{"rule": "older-than", "detail": "last activity 9d ago"}], "last_event_time": 1.5, "mtime_time": None,
             "age_seconds": 777600, "live": False, "open_files": "none", "bytes": 3, "foreign_bytes": 0,
             "files": [{"path": "runs/vit/base/e", "dev": 1, "ino": 2, "bytes": 3, "mtime_ns": 4}], "result": None, "error": None}
PRUNE_KEPT = {**PRUNE_ROW, "action": "keep", "reasons": [{"rule": "live", "detail": "an event every 2s"}], "files": []}
PRUNE = {**LS, "schema": "tfevents.prune/1", "plan": "20260612-030001", "what": "events", "trash": "runs/.tfe-trash", "dry_run": True,
         "policy": {"older_than_seconds": 604800, "keep_best": [{"count": 2, "metric": "acc", "direction": "max"}], "age": "newest"},
         "rows": [PRUNE_ROW, PRUNE_KEPT], "summary": {"keep": 1, "remove": 1, "skip": 0, "bytes_to_trash": 3, "bytes_freed": 0}}


def point(kind, value):
    return {"run": "a", "tag": "t", "kind": kind, "step": -3, "wall_time": 1700000000.5, "value": value}


def lines(*rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


HISTOGRAM = {"buckets": [[-1, 0, 2], [0, "Infinity", 2]], "min": -1, "max": 2, "num": 4, "sum": 1.5, "sum_squares": 6}
TENSOR = {"dtype": "int64", "shape": [2], "values": [1, 2]}
GOOD = [
    ("tfevents.ls", "envelope", json.dumps(LS)),
    ("tfevents.ls", "rows", lines(LS_ROW, {**LS_ROW, "run_base64": "/w=="})),
    ("tfevents.ls", "rows", ""),
    ("tfevents.fsck", "envelope", json.dumps(FSCK)),
    ("tfevents.fsck", "rows", lines(PROBLEM)),
    ("tfevents.assert", "envelope", json.dumps(ASSERT)),
    ("tfevents.assert", "rows", lines({**ASSERT_ROW, "status": "pass", "left": "NaN", "reason": None, "suggestion": None},
                                      {**ASSERT_ROW, "run": None, "path": None, "reason": "empty-selection", "suggestion": None})),
    ("tfevents.compare", "envelope", json.dumps(COMPARE)),
    ("tfevents.compare", "rows", lines(COMPARE_ROW, COMPARE_GROUP)),
    ("tfevents.hparams", "envelope", json.dumps(HPARAMS)),
    ("tfevents.extract", "envelope", json.dumps(EXTRACT)),
    ("tfevents.hparams", "rows", lines(HPARAMS_ROW, HPARAMS_SPACE_ROW, HPARAMS_BAR)),
    ("tfevents.prune", "envelope", json.dumps(PRUNE)),
    ("tfevents.prune", "envelope", json.dumps({**PRUNE, "dry_run": False, "rows": [{**PRUNE_ROW, "result": "trashed"}]})),
    ("tfevents.prune", "rows", lines(PRUNE_KEPT, {**PRUNE_ROW, "result": "skipped", "error": "open in process 7"})),
    ("tfevents.error", "rows", lines(ERROR)),
    ("tfevents.export", "rows", lines(EXPORTED, {**EXPORTED, "value": "NaN"}, EXPORTED_STEP)),
    ("tfevents.dump-records", "rows", lines(RECORD, DAMAGE, TAIL, {**RECORD, "data_crc": "bad", "event": None, "values": []})),
    ("tfevents.dump", "rows", lines(
        point("scalars", 0.25), point("scalars", "NaN"), point("scalars", {"bytes": 912, "elided": True}), point("histograms", HISTOGRAM),
        point("images", {"width": 8, "height": 8, "mime": "image/png", "bytes": [912]}),
        point("audio", {"mime": "audio/wav", "sample_rate": 8000, "frames": 80, "bytes": [912]}),
        point("text", ["a", "b"]), point("text", [["a"], ["b"]]), point("graphs", {"bytes": 9, "nodes": 2}),
        point("hparams", {"session_start": {"hparams": {"lr": 0.1}, "group_name": "", "start_time": None}}),
        point("pr_curves", {k: [0, 0.5] for k in ("thresholds", "tp", "fp", "tn", "fn", "precision", "recall")}),
        point("mesh", {"content": "vertices", "shape": [1, 3], "values": [0.5, 1, 2]}), point("custom_scalars", {"layout": {}}),
        point("tensors", TENSOR), {**point("my_plugin", TENSOR), "plugin": "my_plugin"},
        point("tensors", {"dtype": "float32", "shape": [1000, 1000], "bytes": 4000000, "elided": True}))),
]
BAD = [
    ("an unknown field", "tfevents.ls", "envelope", json.dumps({**LS, "extra": 1})),
    ("an unknown field in a row", "tfevents.ls", "rows", lines({**LS_ROW, "extra": 1})),
    ("an unknown field in a metric", "tfevents.ls", "rows", lines({**LS_ROW, "metrics": {"a": {"value": None, "reason": "x", "n": 1}}})),
    ("an unknown field in the summary", "tfevents.fsck", "envelope", json.dumps({**FSCK, "summary": {**FSCK["summary"], "x": 1}})),
    ("a missing field", "tfevents.ls", "rows", lines({k: v for k, v in LS_ROW.items() if k != "tags"})),
    ("another command's document", "tfevents.ls", "envelope", json.dumps(FSCK)),
    ("a float where an integer stands", "tfevents.ls", "rows", lines({**LS_ROW, "tags": 2.5})),
    ("an exponent where an integer stands", "tfevents.ls", "rows", lines(LS_ROW).replace('"tags": 22', '"tags": 22e1')),
    ("true where an integer stands", "tfevents.ls", "rows", lines({**LS_ROW, "tags": True})),
    ("more than int64", "tfevents.ls", "rows", lines({**LS_ROW, "last_step": 2**63})),
    ("a human age", "tfevents.ls", "rows", lines({**LS_ROW, "age_seconds": "3d"})),
    ("a state that does not exist", "tfevents.ls", "rows", lines({**LS_ROW, "state": "dead"})),
    ("two keys of a name", "tfevents.ls", "rows", lines(LS_ROW).replace('"tags": 22', '"tags": 22, "tags": 22')),
    ("NaN", "tfevents.dump", "rows", lines(point("scalars", float("nan")))),
    ("-Infinity", "tfevents.dump", "rows", lines(point("scalars", float("-inf")))),
    ("a point behind an integral float", "tfevents.dump", "rows", lines(point("scalars", 1.0))),
    ("a float beyond float64", "tfevents.dump", "rows", lines(point("scalars", 5)).replace('5}', '1e999}')),
    ("half a surrogate pair", "tfevents.dump", "rows", lines(point("text", ["\ud800"]))),
    ("invalid UTF-8", "tfevents.dump", "rows", lines(point("text", ["x"])).encode().replace(b"x", b"\xff")),
    ("another order of keys", "tfevents.dump", "rows", lines(dict(reversed(point("scalars", 1).items())))),
    ("a scalar among histograms", "tfevents.dump", "rows", lines(point("histograms", 1))),
    ("a bucket of two numbers", "tfevents.dump", "rows", lines(point("histograms", {**HISTOGRAM, "buckets": [[1, 2]]}))),
    ("two parts of hparams", "tfevents.dump", "rows", lines(point("hparams", {"experiment": {}, "session_start": {}}))),
    ("an exported value that is no number", "tfevents.export", "rows", lines({**EXPORTED, "value": {"bytes": 9, "elided": True}})),
    ("a kind where all are scalars", "tfevents.export", "rows", lines({**EXPORTED, "kind": "scalars"})),
    ("a step without values", "tfevents.export", "rows", lines({**EXPORTED_STEP, "values": {}})),
    ("a point that is a step", "tfevents.export", "rows", lines({**EXPORTED, "values": {"loss": 1}})),
    ("a row type that does not exist", "tfevents.dump-records", "rows", lines({**TAIL, "type": "end"})),
    ("values of a bad record", "tfevents.dump-records", "rows", lines({**RECORD, "data_crc": "bad"})),
    ("a check that passed for a reason", "tfevents.assert", "rows", lines({**ASSERT_ROW, "status": "pass"})),
    ("a check that could not be evaluated for none", "tfevents.assert", "rows", lines({**ASSERT_ROW, "reason": None})),
    ("sides of no comparison", "tfevents.assert", "rows", lines({**ASSERT_ROW, "op": None})),
    ("a verdict on nothing", "tfevents.assert", "envelope", json.dumps({**ASSERT, "rows": []})),
    ("an exit status that a gate does not have", "tfevents.assert", "envelope",
     json.dumps({**ASSERT, "summary": {**ASSERT["summary"], "exit": 3}})),
    ("a value and a reason why there is none", "tfevents.compare", "rows",
     lines({**COMPARE_ROW, "metrics": {"a": {**COMPARE_METRIC, "reason": "missing-tag"}}})),
    ("a change of nothing", "tfevents.compare", "rows",
     lines({**COMPARE_ROW, "metrics": {"a": {"value": None, "reason": "missing-tag", "direction": None, "delta": 1, "delta_ratio": None,
                                             "verdict": None}}})),
    ("a session of an unknown status", "tfevents.hparams", "rows", lines({**HPARAMS_ROW, "status": "done"})),
    ("a file above its directory", "tfevents.extract", "rows", lines({**EXTRACT_ROW, "file": "../i_mage/5.png"})),
    ("a hidden file", "tfevents.extract", "rows", lines({**EXTRACT_ROW, "file": "a/i_mage/.5.png"})),
    ("a file that is an option", "tfevents.extract", "rows", lines({**EXTRACT_ROW, "file": "a/-rf/5.png"})),
    ("a width without a height", "tfevents.extract", "rows", lines({k: v for k, v in EXTRACT_ROW.items() if k != "height"})),
    ("an unknown field of a file", "tfevents.extract", "rows", lines({**EXTRACT_ROW, "path": "x"})),
    ("a session that is a bar", "tfevents.hparams", "rows", lines({**HPARAMS_ROW, "n": 1})),
    ("a domain of nothing", "tfevents.hparams", "rows", lines({**HPARAMS_SPACE_ROW, "domain": []})),
    ("a bar of no session", "tfevents.hparams", "rows", lines({**HPARAMS_BAR, "sessions": []})),
    ("a trial that is a group", "tfevents.compare", "rows", lines({**COMPARE_ROW, "runs": ["a"]})),
    ("a metric of one trial in a group", "tfevents.compare", "rows", lines({**COMPARE_GROUP, "metrics": {"a": COMPARE_METRIC}})),
    ("a group of no trial", "tfevents.compare", "rows", lines({**COMPARE_GROUP, "runs": []})),
    ("a rule that does not exist", "tfevents.prune", "envelope", json.dumps({**PRUNE, "policy": {"newer_than_seconds": 1, "age": "newest"}})),
    ("a plan with results", "tfevents.prune", "envelope", json.dumps({**PRUNE, "rows": [{**PRUNE_ROW, "result": "trashed"}]})),
    ("a plan for two directories", "tfevents.prune", "envelope", json.dumps({**PRUNE, "operands": ["a", "b"]})),
    ("a removal for a reason to stay", "tfevents.prune", "rows", lines({**PRUNE_ROW, "reasons": PRUNE_KEPT["reasons"]})),
    ("a removal for no reason", "tfevents.prune", "rows", lines({**PRUNE_ROW, "reasons": []})),
    ("files of what stays", "tfevents.prune", "rows", lines({**PRUNE_KEPT, "files": PRUNE_ROW["files"]})),
    ("a failure without a word", "tfevents.prune", "rows", lines({**PRUNE_ROW, "result": "failed"})),
    ("a file with an unknown field", "tfevents.prune", "rows", lines({**PRUNE_ROW, "files": [{**PRUNE_ROW["files"][0], "mode": 1}]})),
    ("no newline at the end", "tfevents.ls", "rows", json.dumps(LS_ROW)),
    ("an empty line", "tfevents.ls", "rows", lines(LS_ROW) + "\n"),
    ("an envelope among rows", "tfevents.ls", "rows", lines(LS)),
    ("two documents", "tfevents.ls", "envelope", json.dumps(LS) * 2),
    ("nothing", "tfevents.ls", "envelope", ""),
    ("a message of two lines", "tfevents.error", "rows", lines({**ERROR, "message": "a\nb"})),
    ("an error code that does not exist", "tfevents.error", "rows", lines({**ERROR, "code": "oops"})),
]


def run(name, mode, text):
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return subprocess.run([sys.executable, VALIDATE, name, mode], input=data, capture_output=True, check=False)


failed = 0
for name, mode, text in GOOD:
    done = run(name, mode, text)
    if done.returncode != 0:
        print(f"refused a good {name} ({mode}):\n{done.stdout.decode()}{done.stderr.decode()}")
        failed += 1
for what, name, mode, text in BAD:
    done = run(name, mode, text)
    # Exit 1 with a reason; a crash of the validator is no refusal.
    if done.returncode != 1 or not done.stdout.startswith(name.encode()) or done.stderr:
        print(f"took {what} in {name} ({mode}): exit {done.returncode}\n{done.stdout.decode()}{done.stderr.decode()}")
        failed += 1
print(f"{len(GOOD)} good and {len(BAD)} bad documents, {failed} misjudged")
sys.exit(failed != 0)
