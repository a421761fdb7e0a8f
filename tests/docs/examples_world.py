"""The log trees that the examples of the documents talk about: runs/, runs/a, sweep, old.gz and so on.

They are written here, not copied, because examples ask what is running right now and what nobody has touched for a month.
"""

import gzip
import json
import os
import pathlib
import shutil
import struct
import time

DAY = 86400
HOST = "node-1"


def _crc32c_table():
    table = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


_TABLE = _crc32c_table()


def _masked_crc(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    crc ^= 0xFFFFFFFF
    return struct.pack("<I", (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF)


def _record(payload):
    length = struct.pack("<Q", len(payload))
    return length + _masked_crc(length) + payload + _masked_crc(payload)


# Messages by hand: field number and wire type in front of each value.
def _varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out) + bytes([number])


def _bytes(field, data):
    data = data.encode() if isinstance(data, str) else data
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _double(field, number):
    return _varint(field << 3 | 1) + struct.pack("<d", number)


def _event(wall_time, step, field, data):
    return _record(_double(1, wall_time) + (_varint(2 << 3) + _varint(step) if step else b"") + _bytes(field, data))


def _scalar(wall_time, step, tag, number):
    value = _bytes(1, tag) + _varint(2 << 3 | 5) + struct.pack("<f", number)
    return _event(wall_time, step, 5, _bytes(1, value))


def _image(wall_time, step, tag):
    """One black pixel."""
    pixel = b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\1\0\1\0\0\2\2D\1\0;"
    size = _varint(1 << 3) + _varint(1) + _varint(2 << 3) + _varint(1) + _varint(3 << 3) + _varint(3)
    return _event(wall_time, step, 5, _bytes(1, _bytes(1, tag) + _bytes(4, size + _bytes(4, pixel))))


def _hparams(wall_time, hparams):
    entries = b""
    for name, value in hparams.items():
        entries += _bytes(1, _bytes(1, name) + _bytes(2, _bytes(3, value) if isinstance(value, str) else _double(2, value)))
    plugin = _bytes(1, "hparams") + _bytes(2, _bytes(3, entries))
    return _event(wall_time, 0, 5, _bytes(1, _bytes(1, "_hparams_/session_start_info") + _bytes(9, _bytes(1, plugin))))


def _text(wall_time, tag, text):
    plugin = _bytes(9, _bytes(1, _bytes(1, "text")))
    return _event(wall_time, 0, 5, _bytes(1, _bytes(1, tag) + _bytes(8, _varint(1 << 3) + _varint(7) + _bytes(8, text)) + plugin))


def _histogram(wall_time, step, tag):
    """Four values between -1 and 1."""
    doubles = lambda *numbers: struct.pack(f"<{len(numbers)}d", *numbers)
    histogram = b"".join(_double(i + 1, number) for i, number in enumerate((-1, 1, 4, 0.5, 2.5)))
    histogram += _bytes(6, doubles(-1, 0, 1)) + _bytes(7, doubles(0, 1, 3))
    return _event(wall_time, step, 5, _bytes(1, _bytes(1, tag) + _bytes(5, histogram)))


def _graph(wall_time):
    """Three operations in two scopes."""
    nodes = b"".join(_bytes(1, _bytes(1, name) + _bytes(2, op) + b"".join(_bytes(3, source) for source in inputs))
                     for name, op, inputs in (("input/x", "Placeholder", ()), ("dense/w", "Const", ()),
                                              ("dense/y", "MatMul", ("input/x", "dense/w"))))
    return _event(wall_time, 0, 4, nodes)


def _keras_model(wall_time):
    """A dense layer of 3 x 2 weights and their biases, as the Keras callback writes it."""
    layers = [{"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [None, 3]}},
              {"class_name": "Dense", "config": {"name": "y", "units": 2, "use_bias": True}}]
    model = json.dumps({"class_name": "Sequential", "config": {"name": "tiny", "layers": layers}})
    plugin = _bytes(9, _bytes(1, _bytes(1, "graph_keras_model") + _bytes(2, "1")))
    tensor = _bytes(8, _varint(1 << 3) + _varint(7) + _bytes(2, b"") + _bytes(8, model))
    return _event(wall_time, 0, 5, _bytes(1, _bytes(1, "keras") + tensor + plugin))


def write_run(folder, age, accuracy, hparams):
    """A run of 21 evaluations up to step 10,000 whose last event is `age` seconds old, with three checkpoints."""
    folder.mkdir(parents=True)
    first = time.time() - age - 20
    out = _event(first, 0, 3, "brain.Event:2") + _hparams(first, hparams) + _graph(first) + _keras_model(first)
    out += _text(first, "config", "\n".join(f"{name}: {value}" for name, value in hparams.items() if name == "optimizer"))
    for i in range(21):
        reached = accuracy * min(1, (i + 4) / 12)
        now, step = first + i, 500 * i
        for tag, value in (("train/loss", 1 - reached), ("loss", 1 - reached), ("val/loss", 1.05 - reached),
                           ("val/acc", reached), ("val/accuracy", reached), ("time/step", 0.1)):
            out += _scalar(now, step, tag, value)
        out += _image(now, step, "val/samples") + _histogram(now, step, "layer1/weights")
        if step % 5000 == 0:
            (folder / f"ckpt-{step}.pt").write_bytes(b"weights")
    file = folder / f"events.out.tfevents.{int(first)}.{HOST}"
    file.write_bytes(out)
    os.utime(file, (first + 20, first + 20))  # so that prune takes old runs for old
    return file


def build(root):
    """Everything that examples name, below the empty folder `root`."""
    root = pathlib.Path(root)
    runs = root / "runs"
    # Name, age, accuracy, optimizer, learning rate, seed.
    for name, age, accuracy, optimizer, rate, seed in (
            ("a", 5, 0.97, "adam", 0.001, 0), ("b", 3600, 0.96, "sgd", 0.1, 0), ("base", 2 * DAY, 0.955, "sgd", 0.01, 1),
            ("baseline", 2 * DAY, 0.955, "sgd", 0.01, 2), ("ci", 60, 0.965, "adam", 0.003, 1), ("new", 9000, 0.97, "adam", 0.002, 2),
            ("old", 50 * DAY, 0.95, "adam", 0.002, 3), ("vit", 7200, 0.96, "adamw", 0.0005, 0),
            ("text/lstm/seed0", 41 * DAY, 0.96, "adam", 0.004, 4), ("vision/resnet/seed0", 40 * DAY, 0.96, "sgd", 0.05, 3),
            ("vision/resnet/seed1", 40 * DAY, 0.965, "sgd", 0.05, 4)):
        write_run(runs / name, age, accuracy, {"optimizer": optimizer, "lr": rate, "seed": float(seed)})
    for copy in ("a", "b"):
        shutil.copytree(runs / copy, root / copy)
    for copy in ("before", "after"):
        shutil.copytree(runs / "ci", root / copy)
    for copy in ("ci", "old"):
        shutil.copytree(runs / copy, root / "data" / "runs" / copy)
    for name, rate in (("t0", 0.1), ("t1", 0.01)):
        write_run(root / "sweep" / name, DAY, 0.96, {"optimizer": "adam", "lr": rate})
    (root / "backup").mkdir()
    event_file = next((runs / "old").glob("*tfevents*"))
    shutil.copy(event_file, root / "backup" / "events.copy")
    for name in ("old.gz", "old-run.gz"):
        (root / name).write_bytes(gzip.compress(event_file.read_bytes()))
    (root / "ci").mkdir()
    checks = "accuracy: last(val/accuracy) >= 0.9\nspeed warn: median(time/step) < 0.2\n"
    for name in ("ci.txt", "ci/checks.txt"):
        (root / name).write_text(checks)


def damage(root, run="runs/vit"):
    """Flips a bit in the last record of a run."""
    file = next((pathlib.Path(root) / run).glob("*tfevents*"))
    data = bytearray(file.read_bytes())
    data[-5] ^= 1
    file.unlink()
    file.write_bytes(data)
