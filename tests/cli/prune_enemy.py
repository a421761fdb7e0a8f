#!/usr/bin/env python3
"""prune_enemy.py PROGRAM [PART...]: attacks `tfevents prune` and `trash` as whole programs.

Parts: kills, writer, races, places (default: all). TFEVENTS_ENEMY_ROUNDS is how often (default 1: a
few seconds), TFEVENTS_ENEMY_SEED repeats a failure. What needs root or a tool that is not there is
named and skipped. Exits 1 where anything was lost, changed, opened to others, or badly said.
"""

import sys

from enemy_kills import kill_part
from enemy_places import place_part
from enemy_races import race_part
from enemy_world import SEED, failures
from enemy_writer import writer_part

PARTS = {"kills": kill_part, "writer": writer_part, "races": race_part, "places": place_part}


def main():
    print(f"seed {SEED}")
    for name in sys.argv[2:] or PARTS:
        PARTS[name]()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
