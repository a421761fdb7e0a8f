"""What prune_enemy.py attacks, and what it sees afterwards: trees, inventories, calls."""

import atexit
import contextlib
import ctypes
import functools
import hashlib
import os
import random
import re
import shutil
import signal
import stat
import struct
import subprocess
import sys
import tempfile
import time

PROGRAM = os.path.abspath(sys.argv[1])

ROUNDS = float(os.environ.get("TFEVENTS_ENEMY_ROUNDS", "1"))
SEED = int(os.environ.get("TFEVENTS_ENEMY_SEED", str(random.randrange(1 << 30))))
RANDOM = random.Random(SEED)
ROOT = os.geteuid() == 0
NOBODY = 65534
DAY = 86400
OLD = int(time.time()) - 60 * DAY
PRUNE = ("--older-than", "7d", "--yes", "--allow-empty")
LIMIT = 60  # Seconds that one call may take.
MOST_FAILURES = 12
LIBC = ctypes.CDLL(None, use_errno=True)
failures = []


def fail(text):
    failures.append(text)
    print("FAILED: " + text[:1500], flush=True)
    if len(failures) >= MOST_FAILURES:
        sys.exit("too many failures: stopped")


def expect(condition, text):
    if not condition:
        fail(text)
    return condition


# --- Event files ---------------------------------------------------------------------------------

def _crc_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


CRC_TABLE = _crc_table()


def masked_crc(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = CRC_TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out + bytes([value]))


def field(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def record(wall, step, tag="loss", value=0.5):
    """One event with a scalar, as it stands in a file; the first of a file has no step."""
    event = struct.pack("<Bd", 9, wall)
    if step is None:
        event += field(3, b"brain.Event:2")
    else:
        point = field(1, tag.encode()) + struct.pack("<Bf", 21, value)
        event += b"\x10" + varint(step) + field(5, field(1, point))
    length = struct.pack("<Q", len(event))
    return length + masked_crc(length) + event + masked_crc(event)


unique = 0


def event_file(path, wall=OLD, points=3, mtime=None, mode=0o644):
    """An event file that is like no other."""
    global unique
    os.makedirs(os.path.dirname(path), exist_ok=True)
    data = record(wall, None)
    for step in range(points):
        unique += 1
        data += record(wall + step, step, "loss", float(unique))
    with open(path, "wb") as file:
        file.write(data)
    os.chmod(path, mode)
    os.utime(path, (wall, wall if mtime is None else mtime))


def some_file(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.utime(path, (OLD, OLD))


def age_directories(tree):
    for path, _, _ in os.walk(tree, topdown=False):
        if "/.tfe-trash" in path:
            continue
        os.utime(path, (OLD, OLD + len(path)))


def make_tree(tree, trials=8, owner=None):
    """Trials of several kinds, all old but one. Returns the paths that no prune may touch."""
    for i in range(trials):
        run = f"{tree}/p{i % 3}/run{i}"
        event_file(f"{run}/events.out.tfevents.1.host", mode=0o640)
        if i % 2:
            event_file(f"{run}/events.out.tfevents.2.host", OLD + 10)
        if i % 3 == 0:
            event_file(f"{run}/train/events.out.tfevents.3.host")
            event_file(f"{run}/validation/events.out.tfevents.4.host")
        if i % 4 == 0:
            some_file(f"{run}/plugins/profile/1/host.xplane.pb", f"profile {i}")
        if i % 5 == 0:
            some_file(f"{run}/model.ckpt", f"foreign {i}")
            os.makedirs(f"{run}/nothing/in/here", exist_ok=True)
        os.chmod(run, 0o2750 if i % 2 else 0o711)
    event_file(f"{tree}/young/events.out.tfevents.9.host", int(time.time()) - DAY)
    if owner is not None:
        for path, names, files in os.walk(tree):
            for name in [path] + [f"{path}/{file}" for file in files]:
                os.chown(name, owner, owner)
        for i in range(0, trials, 2):
            os.chown(f"{tree}/p{i % 3}/run{i}", owner, 12345)
            os.chmod(f"{tree}/p{i % 3}/run{i}", 0o2711)
    age_directories(tree)


# --- What is there -------------------------------------------------------------------------------

def inventory(tree, times=True, directory_times=True):
    """Path: type, mode, owner, group, modification time, content; without the trash."""
    found = {}
    for path, names, files in os.walk(os.fsencode(tree)):
        if b".tfe-trash" in names:
            names.remove(b".tfe-trash")
        for name in [b"."] + files + [n for n in names if os.path.islink(path + b"/" + n)]:
            at = path if name == b"." else path + b"/" + name
            info = os.lstat(at)
            content = None
            if stat.S_ISREG(info.st_mode):
                with open(at, "rb") as file:
                    content = hashlib.sha256(file.read()).hexdigest()
            elif stat.S_ISLNK(info.st_mode):
                content = os.readlink(at)
            mtime = info.st_mtime_ns if times else 0
            # The operand gets the trash, and its time with it.
            if name == b"." and (not directory_times or path == os.fsencode(tree)):
                mtime = 0
            found[os.fsdecode(os.path.relpath(at, os.fsencode(tree)))] = (
                info.st_mode, info.st_uid, info.st_gid, mtime, content)
    return found


def copy_tree(model, tree):
    """With everything but the owners."""
    shutil.copytree(model, tree, symlinks=True)


def contents(tree, trash=True):
    """How often each content is there, in the tree and in its trash."""
    found = {}
    for path, names, files in os.walk(tree):
        if not trash and ".tfe-trash" in names:
            names.remove(".tfe-trash")
        for name in files:
            if "/.tfe-trash" in path and not name.isdigit():
                continue
            with open(f"{path}/{name}", "rb") as file:
                key = hashlib.sha256(file.read()).hexdigest()
            found[key] = found.get(key, 0) + 1
    return found


def trashed(tree):
    """The number of objects in the trash."""
    return sum(name.isdigit() for _, _, files in os.walk(f"{tree}/.tfe-trash") for name in files)


def difference(before, after):
    """What is not as it was, in a line."""
    words = []
    for key in sorted(set(before) | set(after)):
        if before.get(key) != after.get(key):
            words.append(f"{key}: {before.get(key)} -> {after.get(key)}")
    return "; ".join(words[:4]) + (f"; {len(words)} in all" if len(words) > 4 else "")


def same(before, after, what):
    return expect(before == after, f"{what}: {difference(before, after)}")


# --- Running the program -------------------------------------------------------------------------

class Done:
    """A call that has ended."""

    def __init__(self, status, out, err, seconds):
        self.status, self.out, self.err, self.seconds = status, out, err, seconds

    def __str__(self):
        return f"exit {self.status}: {(self.out[-300:] + ' | ' + self.err[-600:]).strip()}"


def environment():
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "LD_LIBRARY_PATH", "HOME")}
    return {**kept, "TZ": "UTC", "LC_ALL": "C.UTF-8", "TERM": "xterm",
            "ASAN_OPTIONS": "detect_leaks=0"}


def is_sanitized():
    """Whether the program is built with the address sanitizer."""
    with open(PROGRAM, "rb") as program:
        return b"__asan_init" in program.read()


@functools.cache
def program_for_all():
    """A copy where every user can run it, which below somebody's home may not be."""
    directory = tempfile.mkdtemp(prefix="enemy-program-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    os.chmod(directory, 0o755)
    shutil.copy(PROGRAM, directory)
    return os.path.join(directory, os.path.basename(PROGRAM))


def call(*arguments, wanted=None, what="", kill_after=None, before=None, wrap=(), cwd=None,
         extra=None, user=None):
    """Runs the program to its end, or kills it. `wanted`: the exit statuses that are right."""
    start = time.monotonic()
    process = subprocess.Popen(
        [*wrap, PROGRAM if user is None else program_for_all(), *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, preexec_fn=before, cwd=cwd, env={**environment(), **(extra or {})},
        user=user, group=user, extra_groups=[] if user is not None else None)
    if kill_after is not None:
        time.sleep(kill_after)
        process.kill()
    try:
        out, err = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        fail(f"{what or arguments}: hangs")
    done = Done(process.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"),
                time.monotonic() - start)
    crashed = done.status < 0 and done.status != -signal.SIGKILL or done.status in (70, 99, 134)
    if crashed or "Sanitizer" in done.err:
        fail(f"{what or arguments}: crashed: {done}")
    if wanted is not None and done.status not in wanted:
        fail(f"{what or arguments}: wanted exit {wanted}: {done}")
    return done


def prune(tree, *more, **options):
    return call("prune", tree, *PRUNE, *more, **options)


def restore(tree, **options):
    return call("trash", "restore", tree, "--batch", "all", **options)


def said(done, pattern, what):
    found = re.search(pattern, done.err + done.out)
    return expect(found, f"{what}: no word of /{pattern}/: {done}")


@contextlib.contextmanager
def world(name):
    directory = tempfile.mkdtemp(prefix=f"enemy-{name}-")
    os.chmod(directory, 0o755)
    try:
        yield directory
    finally:
        subprocess.run(["chattr", "-R", "-i", directory], stderr=subprocess.DEVNULL, check=False)
        for path, names, _ in os.walk(directory):
            with contextlib.suppress(OSError):
                os.chmod(path, 0o700)
        shutil.rmtree(directory, ignore_errors=True)


def count(small):
    """How many rounds, of what is `small` by default."""
    return max(1, int(small * ROUNDS))
