#!/bin/sh
# judge.sh BINARY: the corpus has a judge of its own, which runs a program over every tree and
# compares what it prints, bit for bit. Ends with 77 (skipped) where there is no corpus.
set -eu

corpus=${TFEVENTS_CORPUS:-$(dirname "$0")/../../../shared/corpus}
if [ ! -f "$corpus/oracle/judge.py" ]; then
  echo "Skipped: no $corpus/oracle/judge.py (\$TFEVENTS_CORPUS names another place)"
  exit 77
fi
exec python3 "$corpus/oracle/judge.py" "$1" "$corpus" "$corpus/oracle/ORACLE.jsonl.gz"
