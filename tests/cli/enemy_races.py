"""Prunes, restores and empties as root while the owner of the tree swaps what is in it; see
prune_enemy.py."""

import contextlib
import os
import random
import shutil
import signal
import stat
import struct
import time

from enemy_world import (LIBC, NOBODY, RANDOM, ROOT, age_directories, call, copy_tree, count,
                         event_file, expect, inventory, make_tree, prune, restore, same, some_file,
                         world)


class Attacker:
    """The owner of a tree that root prunes. Never destroys what is not theirs: what is missing
    afterwards root's program has lost."""

    def __init__(self, play, canary, seed):
        self.play, self.tree, self.canary = play, f"{play}/runs", canary
        self.chance = random.Random(seed)
        self.acts = 0
        self.trash = f"{self.tree}/.tfe-trash"

    def run_for_ever(self, report):
        acts = [self.link_run, self.link_parent, self.link_file, self.hard_link, self.fifo,
                self.move_run, self.exchange, self.plant_trash, self.hide_trash, self.link_operand,
                self.look_into, self.grow, self.other_file]
        while True:
            self.acts += 1
            if self.acts % 256 == 0:
                os.pwrite(report, struct.pack("<Q", self.acts), 0)
            with contextlib.suppress(OSError, IndexError):
                self.chance.choice(acts)()

    def some_run(self):
        i = self.chance.randrange(8)
        return f"p{i % 3}/run{i}"

    def some_file(self):
        run = self.some_run()
        return f"{run}/{self.chance.choice(os.listdir(f'{self.tree}/{run}'))}"

    def wait(self):
        if self.chance.random() < 0.3:
            time.sleep(self.chance.random() * 0.002)

    def in_place_of(self, path, hidden, plant):
        """Something else at a path for a while."""
        os.rename(path, hidden)
        try:
            plant(path)
            self.wait()
            os.unlink(path)
        finally:
            os.rename(hidden, path)

    def link_run(self):
        run = self.some_run()
        self.in_place_of(f"{self.tree}/{run}", f"{self.play}/away",
                         lambda path: os.symlink(f"{self.canary}/{run}", path))

    def link_parent(self):
        parent = f"p{self.chance.randrange(3)}"
        self.in_place_of(f"{self.tree}/{parent}", f"{self.tree}/hidden",
                         lambda path: os.symlink(f"{self.canary}/{parent}", path))

    def link_file(self):
        name = self.some_file()
        self.in_place_of(f"{self.tree}/{name}", f"{self.play}/file",
                         lambda path: os.symlink(f"{self.canary}/{name}", path))

    def hard_link(self):
        name = self.some_file()
        self.in_place_of(f"{self.tree}/{name}", f"{self.play}/file",
                         lambda path: os.link(f"{self.canary}/{name}", path))

    def fifo(self):
        self.in_place_of(f"{self.tree}/{self.some_file()}", f"{self.play}/file", os.mkfifo)

    def other_file(self):
        name = self.some_file()
        with open(f"{self.play}/other", "wb") as file:
            file.write(b"x")
        os.rename(f"{self.play}/other", f"{self.tree}/{name}")

    def move_run(self):
        run = f"{self.tree}/{self.some_run()}"
        os.rename(run, f"{self.play}/moved")
        self.wait()
        os.rename(f"{self.play}/moved", run)

    def exchange(self):
        a, b = (f"{self.tree}/{self.some_run()}" for _ in range(2))
        LIBC.renameat2(-100, a.encode(), -100, b.encode(), 2)

    def plant_trash(self):
        if self.chance.random() < 0.5:
            os.symlink(self.canary, self.trash)
            self.wait()
            os.unlink(self.trash)
        else:
            os.mkdir(self.trash, 0o700)
            os.makedirs(f"{self.trash}/20200101-000000")
            with open(f"{self.trash}/20200101-000000/manifest.jsonl", "wb") as file:
                file.write(b"{}\n")
            self.wait()
            shutil.rmtree(self.trash)

    def hide_trash(self):
        hidden = f"{self.tree}/.tfe-{self.chance.randrange(3)}"
        os.rename(self.trash, hidden)
        self.wait()
        os.rename(hidden, self.trash)

    def link_operand(self):
        self.in_place_of(self.tree, f"{self.play}/runs-away",
                         lambda path: os.symlink(self.canary, path))

    def look_into(self):
        """What is root's is closed."""
        for name in os.listdir(self.tree):
            path = f"{self.tree}/{name}"
            if not name.startswith(".tfe-") or os.lstat(path).st_uid != 0:
                continue
            with contextlib.suppress(PermissionError, FileNotFoundError, NotADirectoryError):
                os.listdir(path)
                # It may have become one of ours on the way.
                if os.lstat(path).st_uid == 0:
                    os.write(2, f"ATTACKER: could list {path}\n".encode())

    def grow(self):
        i = self.chance.randrange(8)
        run = f"{self.tree}/p{i % 3}/run{i}"
        os.makedirs(run, exist_ok=True)
        event_file(f"{run}/events.out.tfevents.{self.chance.randrange(3)}.host")


def roots_things_are_closed(tree):
    for path, names, files in os.walk(tree):
        for name in names + files:
            info = os.lstat(f"{path}/{name}")
            if info.st_uid == 0 and info.st_nlink < 2 + stat.S_ISDIR(info.st_mode) * 1000:
                expect(info.st_mode & 0o077 == 0 or stat.S_ISLNK(info.st_mode),
                       f"races: {path}/{name} is root's and has mode {info.st_mode:o}")


def race_part():
    if not ROOT:
        print("races: skipped, needs root")
        return
    with world("races") as directory:
        play, canary = f"{directory}/play", f"{directory}/canary"
        tree = f"{play}/runs"
        make_tree(tree, owner=NOBODY)
        event_file(f"{tree}/others/events.out.tfevents.1.host", mtime=time.time())
        some_file(f"{tree}/others/notes", "theirs")
        for name in ("", "/notes", "/events.out.tfevents.1.host"):
            os.chown(f"{tree}/others{name}", 1234, 1234)
        os.chown(play, NOBODY, NOBODY)
        os.chown(tree, NOBODY, NOBODY)
        # As like the tree as can be: names, sizes, times.
        copy_tree(tree, canary)
        some_file(f"{canary}/secret", "root's")
        os.chmod(f"{canary}/secret", 0o600)
        age_directories(canary)
        before, others = inventory(canary), inventory(f"{tree}/others")
        model = f"{directory}/model"
        copy_tree(tree, model)
        report = os.open(f"{directory}/acts", os.O_RDWR | os.O_CREAT)
        attacker = os.fork()
        if attacker == 0:
            with contextlib.suppress(BaseException):
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
                Attacker(play, canary, RANDOM.randrange(1 << 30)).run_for_ever(report)
            os._exit(1)
        runs, statuses, moved, rounds = 0, {}, 0, count(40)
        try:
            for i in range(rounds):
                act = RANDOM.randrange(6)
                any_of = (0, 1, 2, 3, 4)
                what = f"races, round {i}"
                if act < 3:
                    more = [(), ("--what", "dir"), ("--trash-keep", "0")][act]
                    done = prune(tree, *more, wanted=any_of, what=what)
                elif act < 5:
                    done = restore(tree, wanted=any_of, what=what)
                else:
                    done = call("trash", "empty", tree, "--yes", wanted=any_of, what=what)
                runs += 1
                moved += "moved" in done.out or "deleted" in done.out or "restored" in done.out
                statuses[done.status] = statuses.get(done.status, 0) + 1
                if i % 10 == 9 or i == rounds - 1:
                    os.kill(attacker, signal.SIGSTOP)
                    try:
                        same(before, inventory(canary), what)
                        away = f"{play}/runs-away"
                        real = away if os.path.isdir(away) else tree
                        same(others, inventory(f"{real}/others"), what)
                        roots_things_are_closed(play)
                        tidy(play, tree, model)
                    finally:
                        os.kill(attacker, signal.SIGCONT)
        finally:
            os.kill(attacker, signal.SIGKILL)
            os.waitpid(attacker, 0)
        acts = struct.unpack("<Q", os.pread(report, 8, 0))[0]
        print(f"races: {runs} runs against {acts} acts; {moved} did something; exits {statuses}")


def tidy(play, tree, model):
    """What the attacker has lost on the way, and what lies where it blocks all further acts."""
    if not os.path.isdir(tree) or os.path.islink(tree):
        return
    for name in os.listdir(tree):
        path = f"{tree}/{name}"
        if name.startswith(".tfe-") and not os.path.islink(path) and os.path.isdir(path):
            shutil.rmtree(path, ignore_errors=True)
    for path, names, files in os.walk(model):
        there = tree + path[len(model):]
        if "/others" in there or os.path.realpath(there) != there:
            continue
        with contextlib.suppress(OSError):
            os.makedirs(there, exist_ok=True)
            os.chown(there, NOBODY, NOBODY)
            for name in files:
                if not os.path.lexists(f"{there}/{name}"):
                    shutil.copy2(f"{path}/{name}", f"{there}/{name}")
                    os.chown(f"{there}/{name}", NOBODY, NOBODY)
