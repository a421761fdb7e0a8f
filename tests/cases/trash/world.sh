# world.sh: sourced by cases in a copy of tests/data. Puts runs of `project` into its trash, as prune would: two batches of fixed
# names, one of two runs and a newer one of one, so that answers are the same on every day and on every disk.
umask 077
trash=project/.tfe-trash
mkdir $trash

# identity PATH: what a manifest says of it.
identity() {
  printf '"dev":%s,"ino":%s,"bytes":%s,"mtime_ns":%s000000000' $(stat -c '%d %i %s %Y' "$1")
}

# batch ID EPOCH RUN…
batch() {
  batch=$trash/$1
  mkdir "$batch"
  {
    printf '{"type":"batch","schema":"tfevents.trash/1","batch":"%s","time":%s.25,"dev":%s,' "$1" "$2" "$(stat -c %d $trash)"
    printf '"uid":0,"user":"ann","host":"node-1","pid":4711,"command":"tfevents prune project","policy":"--older-than 7d"}\n'
    shift 2
    number=0
    for run; do
      printf '{"type":"directory","path":"%s",%s,"atime_ns":0,"mode":493,"uid":%s,"gid":%s}\n' "$run" \
        "$(identity "project/$run")" "$(id -u)" "$(id -g)"
      for file in project/"$run"/*; do
        number=$((number + 1))
        printf '{"type":"file","number":%s,"path":"%s","trial":"%s","run":"%s","kind":"regular",%s}\n' $number \
          "${file#project/}" "$run" "$run" "$(identity "$file")"
        mv "$file" "$batch/$number"
      done
    done
    printf '{"type":"sealed","files":%s,"directories":%s}\n' $number $#
    for run; do
      rmdir "project/$run"
      printf '{"type":"gone","path":"%s"}\n' "$run"
    done
  } >"$batch/manifest.jsonl"
  : >"$batch/done"
}

batch 20261120-030001 1795143601 vision/resnet/diverged vision/resnet/seed0
batch 20261123-030001 1795402801 text/lstm/seed0
