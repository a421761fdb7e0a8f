"""Prunes under a writer that does not stop; see prune_enemy.py."""

import contextlib
import json
import os
import random
import re
import signal
import time

from enemy_world import (OLD, RANDOM, count, event_file, expect, fail, prune, record, trashed,
                         world)


def write_for_ever(tree, ledger, seed):
    """Appends to old files, opens new ones, sets their times back; notes what it has done."""
    chance = random.Random(seed)
    number = 0
    held = []
    with open(ledger, "a", encoding="ascii", buffering=1) as notes:

        def note(kind, file, *more):
            words = [kind, os.fstat(file).st_ino, f"{time.time():.6f}", *more]
            notes.write(" ".join(map(str, words)) + "\n")

        def append(file):
            nonlocal number
            number += 1
            tag = f"w{seed}x{number}x"
            os.write(file, record(OLD, number, tag))
            if chance.random() < 0.8:
                os.utime(file, (OLD, OLD))
            note("wrote", file, os.lseek(file, 0, os.SEEK_END), tag)

        while True:
            run = f"{tree}/r{chance.randrange(12)}"
            new = chance.random() < 0.4
            try:
                if new:
                    os.makedirs(run, exist_ok=True)
                    os.utime(run, (OLD, OLD))
                    name = f"{run}/events.out.tfevents.{chance.randrange(10 ** 9)}.w"
                else:
                    name = f"{run}/{chance.choice(os.listdir(run))}"
                file = os.open(name, os.O_RDWR | os.O_APPEND | (os.O_CREAT if new else 0), 0o644)
            except (OSError, IndexError):
                time.sleep(0.0005)
                continue
            note("opened", file)
            if new:
                os.write(file, record(OLD, None))
            if chance.random() < 0.7:
                append(file)
            held.append(file)
            for _ in range(chance.randrange(3)):
                time.sleep(chance.random() * 0.004)
                append(chance.choice(held))
            while len(held) > 6 or held and chance.random() < 0.3:
                file = held.pop(chance.randrange(len(held)))
                note("closing", file)
                os.close(file)


def all_bytes(tree):
    """Everything in the tree and its trash, in one piece."""
    pieces = []
    for path, _, files in os.walk(tree):
        for name in files:
            with open(f"{path}/{name}", "rb") as file:
                pieces.append(file.read())
    return b"".join(pieces)


class Ledger:
    """What the writer says it did."""

    def __init__(self, path):
        self.wrote, self.held, opened = [], [], {}
        with open(path, encoding="ascii") as file:
            for line in file:
                words = line.split()
                kind, inode, when = words[0], int(words[1]), float(words[2])
                if kind == "wrote":
                    self.wrote.append((inode, when, int(words[3]), words[4]))
                elif kind == "opened":
                    opened.setdefault(inode, []).append(when)
                else:
                    self.held.append((inode, opened[inode].pop(0), when))
        self.held += [(inode, when, 1e12) for inode, all_of in opened.items() for when in all_of]


def writer_rounds(keep, rounds):
    """Prunes while a process writes. What was written after a plan is never deleted by it, and what
    is open all the time stays where it is."""
    with world("writer") as directory:
        tree, ledger = f"{directory}/runs", f"{directory}/ledger"
        os.mkdir(tree)
        for i in range(12):
            event_file(f"{tree}/r{i}/events.out.tfevents.1.host")
        open(ledger, "w", encoding="ascii").close()
        writer = os.fork()
        if writer == 0:
            with contextlib.suppress(BaseException):
                write_for_ever(tree, ledger, RANDOM.randrange(1 << 20))
            os._exit(1)
        deleted, trashed_files = [], 0
        try:
            for i in range(rounds):
                what = f"writer, --trash-keep {keep}, round {i}"
                start = time.time()
                done = prune(tree, "--trash-keep", keep, "--json", wanted=(0, 2, 3, 4), what=what)
                if not done.out:
                    continue
                for row in json.loads(done.out)["rows"]:
                    if row["result"] in ("trashed", "deleted", "failed"):
                        trashed_files += len(row["files"])
                        deleted += [(file["ino"], file["bytes"], start, time.time(), row["result"])
                                    for file in row["files"]]
        finally:
            os.kill(writer, signal.SIGKILL)
            os.waitpid(writer, 0)
        there, book = all_bytes(tree), Ledger(ledger)
        tags = set(re.findall(rb"w\d+x\d+x", there))
        planned = {}
        for inode, size, _, until, _ in deleted:
            planned.setdefault(inode, []).append((size, until))
        lost = 0
        for inode, when, end, tag in book.wrote:
            allowed = keep == "0" and any(
                end <= size and when < until for size, until in planned.get(inode, []))
            lost += tag.encode() not in tags and not allowed
        expect(lost == 0, f"writer, --trash-keep {keep}: {lost} of {len(book.wrote)} records lost")
        held = {}
        for inode, opened, closed in book.held:
            held.setdefault(inode, []).append((opened, closed))
        for inode, _, start, until, result in deleted:
            # "failed": files that stay, of a trial that is half moved.
            for opened, closed in held.get(inode, []) if result != "failed" else []:
                if opened < start and closed > until:
                    fail(f"writer, --trash-keep {keep}: a file that is open was {result}")
        print(f"writer: {rounds} prunes with --trash-keep {keep}, {len(book.wrote)} records, "
              f"{trashed_files} files of theirs went")


def writer_part():
    writer_rounds("0", count(60))
    writer_rounds("7d", count(20))
