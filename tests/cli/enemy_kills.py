"""Kills `prune`, `trash restore` and `trash empty` at any instant; see prune_enemy.py."""

import json
import os
import shutil

from enemy_world import (DAY, RANDOM, ROOT, age_directories, call, contents, copy_tree, count,
                         difference, expect, inventory, make_tree, prune, restore, same, trashed,
                         world)

kills = 0


def make_older(tree, seconds):
    """Every batch of the trash, as if it had been begun that much earlier."""
    trash = f"{tree}/.tfe-trash"
    for batch in os.listdir(trash):
        manifest = f"{trash}/{batch}/manifest.jsonl"
        if not os.path.exists(manifest):
            continue
        with open(manifest, encoding="utf-8") as file:
            first, rest = file.readline(), file.read()
        header = json.loads(first)
        header["time"] -= seconds
        with open(manifest, "w", encoding="utf-8") as file:
            file.write(json.dumps(header) + "\n" + rest)


def killed(call_it, seconds):
    """One call that is killed at some instant of the time that it takes."""
    global kills
    kills += 1
    return call_it(kill_after=RANDOM.uniform(0, seconds * 1.1))


def kills_that_keep(options, rounds):
    """Kills `prune`, then `restore`; nothing may ever be lost, and all come back."""
    with world("kills") as directory:
        tree = f"{directory}/runs"
        make_tree(tree, owner=1234 if ROOT else None)
        before, all_contents = inventory(tree), contents(tree)
        plain = inventory(tree, directory_times=False)
        name = f"prune {' '.join(options)} killed"

        def prune_it(**more):
            return prune(tree, *options, **more)

        def restore_it(**more):
            return restore(tree, **more)

        seconds = prune_it(wanted=(0,), what=name).seconds
        finished = inventory(tree, times=False)
        back = restore_it(wanted=(0,), what=name).seconds
        same(before, inventory(tree), f"{name}: restored")
        for i in range(rounds):
            what = f"{name}, round {i}"
            age_directories(tree)
            # Again and again, then let through, or only recovered.
            for _ in range(RANDOM.choice((1, 1, 1, 3))):
                killed(prune_it, seconds)
                same(all_contents, contents(tree), what)
            if i % 3 < 2:
                prune_it(wanted=(0,), what=f"{what}: finishes")
                same(finished, inventory(tree, times=False), f"{what}: finishes")
            else:
                call("prune", tree, "--older-than", "900d", "--yes", wanted=(0,), what=what)
            same(all_contents, contents(tree), f"{what}: finished")
            restores = RANDOM.choice((0, 1, 2))
            for _ in range(restores):
                killed(restore_it, back)
                same(all_contents, contents(tree), f"{what}: restore killed")
            restore_it(wanted=(0, 1), what=what)
            # A restore that is killed between two batches can forget the time of a directory that
            # both of them changed.
            if restores:
                same(plain, inventory(tree, directory_times=False), f"{what}: restored")
            else:
                same(before, inventory(tree), f"{what}: restored")


def kills_that_delete(rounds):
    """Kills `prune` while it deletes at once, or deletes an older batch, and `trash empty`."""
    with world("kills") as directory:
        model, tree = f"{directory}/model", f"{directory}/runs"
        make_tree(model)
        copy_tree(model, tree)
        everything = contents(tree)
        call("prune", tree, "--older-than", "7d", "-r", "p1/**", "--yes", wanted=(0,))
        some = contents(tree, trash=False)  # Without p1, which is in the first batch.
        prune(tree, wanted=(0,))
        young = contents(tree, trash=False)
        for i in range(rounds):
            shutil.rmtree(tree)
            copy_tree(model, tree)
            call("prune", tree, "--older-than", "7d", "-r", "p1/**", "--yes", wanted=(0,))
            what = f"emptying killed, round {i}"
            old_batch = i % 2 == 0
            if old_batch:
                make_older(tree, 8 * DAY)
            keep = ("--trash-keep", "0") if i % 4 > 1 else ()
            act = [lambda **more: prune(tree, *keep, **more),
                   lambda **more: call("trash", "empty", tree, "--yes", **more)][i % 3 == 2]
            must = young if keep else some if old_batch or i % 3 == 2 else everything
            if i % 3 == 2:
                must = some
            for _ in range(RANDOM.choice((1, 2))):
                killed(act, 0.02)
                now = contents(tree)
                expect(all(now.get(key) == 1 for key in must), f"{what}: {difference(must, now)}")
                expect(all(n == 1 for n in now.values()), f"{what}: twice")
                expect(set(now) <= set(everything), f"{what}: contents of its own")
            act(wanted=(0,), what=what)
            same(must, contents(tree), f"{what}: finished")
            if keep or i % 3 == 2:
                expect(os.listdir(f"{tree}/.tfe-trash") and not trashed(tree), f"{what}: not empty")


def kill_part():
    kills_that_keep((), count(12))
    kills_that_keep(("--what", "dir"), count(12))
    kills_that_delete(count(16))
    print(f"kills: {kills}")
