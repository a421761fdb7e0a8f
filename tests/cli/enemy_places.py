"""Prunes where things do not work: full disks, mounts, rights, odd names; see prune_enemy.py."""

import contextlib
import ctypes
import fcntl
import os
import re
import shutil
import signal
import socket
import stat
import struct
import subprocess
import sys
import time

from enemy_kills import make_older
from enemy_world import (DAY, LIBC, NOBODY, PRUNE, ROOT, age_directories, call, contents,
                         event_file, expect, failures, inventory, is_sanitized, make_tree, prune, restore,
                         said, same, some_file, trashed, world)


def untouched(tree, done, status, pattern, what):
    """One clear refusal, after which all is as it was."""
    expect(done.status == status, f"{what}: wanted exit {status}: {done}")
    said(done, pattern, what)
    expect(len(re.findall("^tfevents: ", done.err, re.M)) == 1, f"{what}: not one message: {done}")


def operands(directory):
    tree = f"{directory}/runs"
    make_tree(tree)
    before = inventory(directory)
    os.symlink("runs", f"{directory}/link")
    os.mkdir(f"{directory}/empty")
    refused = [("", 2, "is empty"), ("link", 4, "symbolic link"), ("link/", 4, "symbolic link"),
               ("link/.", 4, "symbolic link"), ("empty", 4, "no run lies below"),
               ("none", 2, "no such file"), ("/", 4, "whole file system"),
               ("runs/young/events.out.tfevents.9.host", 2, "no directory")]
    for name, status, pattern in refused:
        done = call("prune", name, *PRUNE, cwd=directory)
        untouched(tree, done, status, pattern, f"operand {name}")
    done = call("prune", "runs", *PRUNE, cwd=directory, extra={"HOME": tree})
    untouched(tree, done, 4, "home directory", "operand $HOME")
    for name, status in (("runs", 4), ("runs/young/..", 4)):
        done = call("prune", name, "--older-than", "7d", cwd=directory)
        untouched(tree, done, status, "nobody to ask", f"operand {name} without --yes")
    os.unlink(f"{directory}/link")
    os.rmdir(f"{directory}/empty")
    same(before, inventory(directory), "operands")
    for name in ("runs/young/..", "runs/", "./runs//"):
        done = call("prune", name, *PRUNE, cwd=directory, wanted=(0,))
        call("trash", "restore", name, cwd=directory, wanted=(0,))
        same(inventory(tree), inventory(tree), name)


def only_trash(directory):
    """Where all runs have gone, the trash still gets emptied."""
    tree = f"{directory}/runs"
    event_file(f"{tree}/run/events.out.tfevents.1.host")
    prune(tree, wanted=(0,), what="only a trash")
    prune(tree, wanted=(0,), what="only a trash, again")
    expect(trashed(tree) == 1, "only a trash: emptied before its time")
    make_older(tree, 8 * DAY)
    prune(tree, wanted=(0,), what="only a trash, a week later")
    expect(trashed(tree) == 0, "only a trash: not emptied a week later")


def trashes(directory):
    """What stands under the name of the trash."""
    tree = f"{directory}/runs"
    make_tree(tree)
    before = inventory(tree, directory_times=False)
    trash = f"{tree}/.tfe-trash"
    some_file(trash, "a file")
    untouched(tree, prune(tree), 4, "no directory", "a file as trash")
    os.unlink(trash)
    os.symlink(directory, trash)
    untouched(tree, prune(tree), 4, "symbolic link", "a link as trash")
    untouched(tree, restore(tree), 4, "symbolic link", "a link as trash, restore")
    os.unlink(trash)
    os.mkdir(trash)
    os.chmod(trash, 0o755)
    untouched(tree, prune(tree), 4, "open to others", "an open trash")
    os.chmod(trash, 0o700)
    if ROOT:
        os.chown(trash, NOBODY, NOBODY)
        untouched(tree, prune(tree), 4, f"belongs to user {NOBODY}", "another's trash")
        os.chown(trash, 0, 0)
    with open(f"{trash}/lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        untouched(tree, prune(tree), 4, "locked by", "locked")
        done = call("trash", "restore", tree)
        untouched(tree, done, 4, "locked by", "locked, restore")
    same(before, inventory(tree, directory_times=False), "trashes")


def names(directory):
    """Whatever a file system lets through comes back as it was."""
    tree = f"{directory}/runs"
    for name in (b"new\nline", b"\x1b[31mred", b"bad\xff\xfe", b"-rf", b"--yes", b" blank ",
                 b"a\"b\\c", "\u202egnp".encode(), b"..x", b"...", b"%s%n", b"x" * 255, b"*",
                 b"{a}", b"lock", b"1", b"manifest.jsonl", b"made", b"done"):
        event_file(f"{tree}/{os.fsdecode(name)}/events.out.tfevents.{os.fsdecode(name[:200])}")
    deep = tree + "/d" * 400
    event_file(f"{deep}/events.out.tfevents.1")
    event_file(f"{tree}/young/events.out.tfevents.9", int(time.time()) - DAY)
    os.symlink(".", f"{tree}/loop")
    age_directories(tree)
    before = inventory(tree)
    done = prune(tree, wanted=(0,), what="names")
    for raw in ("\x1b", "\u202e", "new\nline"):
        expect(raw not in done.out + done.err, f"names: {raw!r} is printed raw")
    left = sorted(os.listdir(tree))
    expect(left == [".tfe-trash", "loop", "young"], f"names: {left}")
    restore(tree, wanted=(0,), what="names")
    same(before, inventory(tree), "names")


def special_files(directory):
    tree = f"{directory}/runs"
    make_tree(tree, 3)
    os.mkfifo(f"{tree}/p1/run1/events.out.tfevents.fifo")
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as server:
        here = os.getcwd()
        os.chdir(f"{tree}/p1/run1")
        server.bind("events.out.tfevents.s")
        os.chdir(here)
    if ROOT:
        with contextlib.suppress(PermissionError):
            os.mknod(f"{tree}/p1/run1/events.out.tfevents.d", stat.S_IFCHR | 0o600,
                     os.makedev(1, 5))
    os.mkdir(f"{tree}/p1/run1/events.out.tfevents.dir")
    # What the link leads to is old as well: the trial is to go, but for the link.
    some_file(f"{directory}/outside", "theirs")
    os.symlink(f"{directory}/outside", f"{tree}/p2/run2/events.out.tfevents.link")
    age_directories(tree)
    before = inventory(tree)
    done = prune(tree, wanted=(0, 3), what="special files")
    said(done, "is a symbolic link", "special files")
    expect(os.path.exists(f"{directory}/outside") and os.path.islink(
        f"{tree}/p2/run2/events.out.tfevents.link"), "special files: the link went")
    restore(tree, wanted=(0,), what="special files")
    same(before, inventory(tree), "special files")


def rights(directory):
    """A plain user in a tree that is not all theirs."""
    if not ROOT:
        return "needs root"
    tree = f"{directory}/runs"
    make_tree(tree, owner=NOBODY)
    for path, _, _ in os.walk(tree):
        os.chown(path, -1, NOBODY)  # No plain user can give a directory to another group.
    for path in (f"{tree}/p1", f"{tree}/p1/run1"):
        os.chown(path, 0, 0)
        os.chmod(path, 0o755)
    before = inventory(tree)
    done = prune(tree, user=NOBODY, wanted=(2,), what="rights")
    said(done, "p1/run1.*permission denied", "rights")
    call("trash", "restore", tree, user=NOBODY, wanted=(0,), what="rights")
    same(before, inventory(tree), "rights")
    os.chown(tree, 0, 0)
    trash = f"{tree}/.tfe-trash"
    shutil.rmtree(trash)
    all_of_it = contents(tree)
    done = prune(tree, user=NOBODY, wanted=(2,), what="no right to make a trash")
    said(done, r"\.tfe-trash: permission denied", "no right to make a trash")
    expect(contents(tree) == all_of_it, "no right to make a trash: something went")


def access_lists(directory):
    """A default access list of the operand gives nobody rights on what is restored."""
    tree = f"{directory}/runs"
    make_tree(tree)
    entries = ((1, 7, -1), (2, 7, NOBODY), (4, 5, -1), (16, 7, -1), (32, 5, -1))
    lists = struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *entry) for entry in entries)
    try:
        os.setxattr(tree, "system.posix_acl_default", lists)
    except OSError as error:
        return f"none here: {error}"
    prune(tree, wanted=(0,), what="access lists")
    restore(tree, wanted=(0,), what="access lists")
    for path, _, _ in os.walk(tree):
        found = [name for name in os.listxattr(path) if "acl" in name and path != tree]
        expect(not found, f"access lists: {path} has {found}")


def immutable(directory):
    tree = f"{directory}/runs"
    make_tree(tree)
    fixed = f"{tree}/p1/run1/events.out.tfevents.1.host"
    if subprocess.run(["chattr", "+i", fixed], stderr=subprocess.DEVNULL, check=False).returncode:
        return "chattr +i does not work here"
    before = inventory(tree)
    done = prune(tree, wanted=(2,), what="immutable")
    said(done, "run1: failed: .*operation not permitted", "immutable")
    subprocess.run(["chattr", "-i", fixed], check=True)
    restore(tree, wanted=(0,), what="immutable")
    same(before, inventory(tree), "immutable")


def lease(directory):
    """The owner of a file can hold up who opens it, for 45 s at a time."""
    tree = f"{directory}/runs"
    make_tree(tree)
    before = inventory(tree)
    held = os.open(f"{tree}/p1/run1/events.out.tfevents.1.host", os.O_RDWR)
    signal.signal(signal.SIGIO, signal.SIG_IGN)
    try:
        fcntl.fcntl(held, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        done = prune(tree, wanted=(0, 2, 3), what="lease")
        expect(done.seconds < 30, f"lease: held up for {done.seconds:.0f} s")
        expect(os.path.exists(f"{tree}/p1/run1"), "lease: an open file went")
    except OSError as error:
        return f"no leases here: {error}"
    finally:
        os.close(held)
    restore(tree, wanted=(0,), what="lease")
    same(before, inventory(tree), "lease")


CLOCK = """
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t id, struct timespec* t) {
  int result = syscall(SYS_clock_gettime, id, t);
  if (id == CLOCK_REALTIME) t->tv_sec += 3600;
  return result;
}
"""


def clock(directory):
    """This machine's clock is an hour ahead of the file server's."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return "no compiler"
    if is_sanitized():
        return "the address sanitizer has to be loaded first"
    some_file(f"{directory}/clock.c", CLOCK)
    subprocess.run([compiler, "-shared", "-fPIC", "-o", f"{directory}/clock.so",
                    f"{directory}/clock.c"], check=True)
    tree = f"{directory}/runs"
    make_tree(tree)
    before = inventory(tree)
    done = prune(tree, extra={"LD_PRELOAD": f"{directory}/clock.so"})
    untouched(tree, done, 4, r"clock is \S+ behind", "clock")
    same(before, inventory(tree), "clock")


def mount(kind, where, flags=0, options=""):
    source = where if kind is None else "none"
    if LIBC.mount(source.encode(), where.encode(), kind and kind.encode(), flags,
                  options.encode()) != 0:
        raise OSError(ctypes.get_errno(), "mount")


def full_disk(directory):
    mount("tmpfs", directory, 0, "size=800k,mode=755")
    tree = f"{directory}/runs"
    make_tree(tree)
    before = inventory(tree, directory_times=False)

    def fill():
        with contextlib.suppress(OSError), open(f"{directory}/fill", "ab", buffering=0) as file:
            while True:
                file.write(b"x" * 512)

    fill()
    done = prune(tree, wanted=(2,), what="full disk")
    said(done, "no space left on device", "full disk")
    same(before, inventory(tree, directory_times=False), "full disk")
    os.unlink(f"{directory}/fill")
    prune(tree, wanted=(0,), what="full disk")
    fill()
    restore(tree, wanted=(0, 2), what="full disk, restore")
    os.unlink(f"{directory}/fill")
    restore(tree, wanted=(0, 1), what="full disk, restored with room")
    same(before, inventory(tree, directory_times=False), "full disk, restored with room")
    prune(tree, wanted=(0,), what="full disk")
    fill()
    call("trash", "empty", tree, "--yes", wanted=(0,), what="full disk, emptied")
    expect(not trashed(tree), "full disk: not emptied")
    make_tree(tree)
    read_only = 1 | 32  # MS_RDONLY | MS_REMOUNT
    mount("tmpfs", directory, read_only)
    done = prune(tree, "--older-than", "1h")
    untouched(tree, done, 2, "read-only file system", "read-only")


def mounts(directory):
    tree = f"{directory}/runs"
    make_tree(tree)
    before = inventory(tree)
    mount("tmpfs", f"{tree}/p2/run2", 0, "mode=755")
    event_file(f"{tree}/p2/run2/events.out.tfevents.1.host")
    os.mkdir(f"{tree}/bind")
    if LIBC.mount(f"{tree}/p0/run3".encode(), f"{tree}/bind".encode(), None, 4096, None) != 0:
        raise OSError(ctypes.get_errno(), "bind")
    done = prune(tree, wanted=(3,), what="mounts")
    for name in ("p2/run2", "bind"):
        said(done, f"{name} lies on another device", "mounts")
        expect(os.listdir(f"{tree}/{name}"), f"mounts: {name} was emptied")
    # The file that is seen twice has gone from one of its places, or stays in both.
    LIBC.umount2(f"{tree}/bind".encode(), 0)
    LIBC.umount2(f"{tree}/p2/run2".encode(), 0)
    os.rmdir(f"{tree}/bind")
    restore(tree, wanted=(0,), what="mounts")
    same(before, inventory(tree), "mounts")
    os.mkdir(f"{tree}/.tfe-trash", 0o700) if not os.path.isdir(f"{tree}/.tfe-trash") else None
    mount("tmpfs", f"{tree}/.tfe-trash", 0, "mode=700")
    untouched(tree, prune(tree), 4, "another device", "a trash on another device")
    LIBC.umount2(f"{tree}/.tfe-trash".encode(), 0)
    if is_sanitized():
        return "no /proc: the address sanitizer itself needs it"
    mount("tmpfs", "/proc")
    said(prune(tree, wanted=(0,), what="no /proc"), "open files not visible", "no /proc")
    restore(tree, wanted=(0,), what="no /proc")
    LIBC.umount2(b"/proc", 0)
    same({k: v[0] for k, v in before.items()}, {k: v[0] for k, v in inventory(tree).items()},
         "no /proc")


def with_own_mounts(check, directory):
    if not ROOT:
        return "needs root"
    child = os.fork()
    if child == 0:
        status = 99
        try:
            if LIBC.unshare(0x20000) != 0:
                os._exit(98)
            LIBC.mount(b"none", b"/", None, 1 << 18 | 1 << 14, None)  # MS_PRIVATE | MS_REC
            before = len(failures)
            check(directory)
            status = len(failures) - before
        except OSError as error:
            print(f"FAILED: {check.__name__}: {error}", flush=True)
        finally:
            sys.stdout.flush()
            os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status == 98:
        return "no right to mount"
    failures.extend([check.__name__] * abs(status))
    return None


def place_part():
    for check in (operands, only_trash, trashes, names, special_files, rights, access_lists,
                  immutable, lease, clock):
        with world("places") as directory:
            skipped = check(directory)
        print(f"places: {check.__name__}" + (f" skipped, {skipped}" if skipped else ""))
    for check in (full_disk, mounts):
        with world("places") as directory:
            skipped = with_own_mounts(check, directory)
        print(f"places: {check.__name__}" + (f" skipped, {skipped}" if skipped else ""))
