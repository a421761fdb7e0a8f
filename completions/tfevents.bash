# bash completion for tfevents. Made from the option table by gendocs: edit that, not this.

# Adds the words of $1 that begin with $cur.
_tfevents_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
}

# Adds files (-f) or directories (-d).
_tfevents_files() {
  compopt -o filenames
  mapfile -t COMPREPLY < <(compgen "$1" -- "$cur")
}

# Adds files, and the runs that a name without a file means.
_tfevents_operand() {
  _tfevents_files -f
  _tfevents_ask operand
}

# Adds what the log tree holds of kind $1: runs or tags. Names are quoted where the shell needs it; operands
# are quoted by readline, like files.
_tfevents_ask() {
  local value
  while IFS=$'\t' read -r value _; do
    [[ $1 == operand ]] || printf -v value '%q' "$value"
    COMPREPLY+=("$value")
  done < <("${COMP_WORDS[0]}" __complete "$1" "$cur" -- "${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)
}

_tfevents() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command='' i
  COMPREPLY=()
  # Bash makes --format=json three words.
  if [[ $cur == '=' ]]; then
    cur=''
  elif [[ $prev == '=' ]]; then
    prev=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
      -C | --logdir | --now | -j | --jobs | --color | --progress) ((i++)) ;;
      -*) ;;
      *)
        command=${COMP_WORDS[i]}
        break
        ;;
    esac
  done
  case $command:$prev in
    *:-C | *:--logdir)
      _tfevents_files -d
      return
      ;;
    *:--now)
      :
      return
      ;;
    *:-j | *:--jobs)
      :
      return
      ;;
    *:--color)
      _tfevents_words 'auto always never'
      return
      ;;
    *:--progress)
      _tfevents_words 'auto always never'
      return
      ;;
    ls:-c | ls:--columns)
      :
      return
      ;;
    ls:--sort)
      _tfevents_words 'run age start duration last_step tags files size state'
      return
      ;;
    ls:-n | ls:--limit)
      :
      return
      ;;
    ls:-r | ls:--run)
      _tfevents_ask run
      return
      ;;
    ls:-x | ls:--exclude)
      _tfevents_ask run
      return
      ;;
    ls:--newer-than)
      :
      return
      ;;
    ls:--older-than)
      :
      return
      ;;
    ls:--since)
      :
      return
      ;;
    ls:--until)
      :
      return
      ;;
    ls:--age)
      _tfevents_words 'newest event'
      return
      ;;
    ls:-w | ls:--where)
      :
      return
      ;;
    ls:--layout)
      :
      return
      ;;
    ls:-t | ls:--tag)
      _tfevents_ask tag
      return
      ;;
    ls:--kind)
      _tfevents_words 'scalars histograms images audio text tensors graphs mesh hparams run_metadata pr_curves custom_scalars'
      return
      ;;
    ls:--steps)
      :
      return
      ;;
    ls:--wall)
      :
      return
      ;;
    ls:--last)
      :
      return
      ;;
    ls:--view)
      _tfevents_words 'clean raw'
      return
      ;;
    ls:--max-series)
      :
      return
      ;;
    ls:-f | ls:--format)
      _tfevents_words 'table json jsonl csv md'
      return
      ;;
    ls:-o | ls:--output)
      _tfevents_files -f
      return
      ;;
    show:--text)
      _tfevents_ask tag
      return
      ;;
    show:--hist)
      _tfevents_ask tag
      return
      ;;
    show:-r | show:--run)
      _tfevents_ask run
      return
      ;;
    show:-x | show:--exclude)
      _tfevents_ask run
      return
      ;;
    show:--newer-than)
      :
      return
      ;;
    show:--older-than)
      :
      return
      ;;
    show:--since)
      :
      return
      ;;
    show:--until)
      :
      return
      ;;
    show:-t | show:--tag)
      _tfevents_ask tag
      return
      ;;
    show:--kind)
      _tfevents_words 'scalars histograms images audio text tensors graphs mesh hparams run_metadata pr_curves custom_scalars'
      return
      ;;
    show:--steps)
      :
      return
      ;;
    show:--wall)
      :
      return
      ;;
    show:--last)
      :
      return
      ;;
    show:--view)
      _tfevents_words 'clean raw'
      return
      ;;
    show:--max-series)
      :
      return
      ;;
    show:-f | show:--format)
      _tfevents_words 'table json jsonl csv md'
      return
      ;;
    show:-o | show:--output)
      _tfevents_files -f
      return
      ;;
    dump:--extract)
      _tfevents_files -d
      return
      ;;
    dump:-r | dump:--run)
      _tfevents_ask run
      return
      ;;
    dump:-x | dump:--exclude)
      _tfevents_ask run
      return
      ;;
    dump:--newer-than)
      :
      return
      ;;
    dump:--older-than)
      :
      return
      ;;
    dump:--since)
      :
      return
      ;;
    dump:--until)
      :
      return
      ;;
    dump:-w | dump:--where)
      :
      return
      ;;
    dump:--layout)
      :
      return
      ;;
    dump:-t | dump:--tag)
      _tfevents_ask tag
      return
      ;;
    dump:--kind)
      _tfevents_words 'scalars histograms images audio text tensors graphs mesh hparams run_metadata pr_curves custom_scalars'
      return
      ;;
    dump:--steps)
      :
      return
      ;;
    dump:--wall)
      :
      return
      ;;
    dump:--last)
      :
      return
      ;;
    dump:--view)
      _tfevents_words 'clean raw'
      return
      ;;
    dump:--max-series)
      :
      return
      ;;
    dump:-f | dump:--format)
      _tfevents_words 'table json jsonl csv md'
      return
      ;;
    dump:-o | dump:--output)
      _tfevents_files -f
      return
      ;;
    fsck:-r | fsck:--run)
      _tfevents_ask run
      return
      ;;
    fsck:-x | fsck:--exclude)
      _tfevents_ask run
      return
      ;;
    fsck:--newer-than)
      :
      return
      ;;
    fsck:--older-than)
      :
      return
      ;;
    fsck:--since)
      :
      return
      ;;
    fsck:--until)
      :
      return
      ;;
    fsck:-w | fsck:--where)
      :
      return
      ;;
    fsck:--layout)
      :
      return
      ;;
    fsck:-f | fsck:--format)
      _tfevents_words 'table json jsonl csv md'
      return
      ;;
    fsck:-o | fsck:--output)
      _tfevents_files -f
      return
      ;;
    lint:--rule)
      _tfevents_words 'nonfinite spike loss-spike divergence collapse stuck missing-steps pause silent-tag step-back repeated-steps all-one-step scalar-dtype scalar-shape not-a-scalar no-metadata late-metadata unknown-plugin plugin-conflict plugin-ignored mixed-kinds no-value no-tag invalid-utf8 histogram-limits wall-time-nan wall-time-infinite overlapping-writers file-order duplicate-copy compressed empty-file empty-record no-version odd-version mixed-versions repeated-hparams no-session-end'
      return
      ;;
    lint:--ignore)
      _tfevents_words 'nonfinite spike loss-spike divergence collapse stuck missing-steps pause silent-tag step-back repeated-steps all-one-step scalar-dtype scalar-shape not-a-scalar no-metadata late-metadata unknown-plugin plugin-conflict plugin-ignored mixed-kinds no-value no-tag invalid-utf8 histogram-limits wall-time-nan wall-time-infinite overlapping-writers file-order duplicate-copy compressed empty-file empty-record no-version odd-version mixed-versions repeated-hparams no-session-end'
      return
      ;;
    lint:--fail-on)
      _tfevents_words 'warn error'
      return
      ;;
    lint:-r | lint:--run)
      _tfevents_ask run
      return
      ;;
    lint:-x | lint:--exclude)
      _tfevents_ask run
      return
      ;;
    lint:--newer-than)
      :
      return
      ;;
    lint:--older-than)
      :
      return
      ;;
    lint:--since)
      :
      return
      ;;
    lint:--until)
      :
      return
      ;;
    lint:-w | lint:--where)
      :
      return
      ;;
    lint:--layout)
      :
      return
      ;;
    lint:-t | lint:--tag)
      _tfevents_ask tag
      return
      ;;
    lint:--kind)
      _tfevents_words 'scalars histograms images audio text tensors graphs mesh hparams run_metadata pr_curves custom_scalars'
      return
      ;;
    lint:--max-series)
      :
      return
      ;;
    lint:-f | lint:--format)
      _tfevents_words 'table json jsonl csv md'
      return
      ;;
    lint:-o | lint:--output)
      _tfevents_files -f
      return
      ;;
    du:--by)
      :
      return
      ;;
    du:--sort)
      _tfevents_words 'size values runs run kind tag'
      return
      ;;
    du:-n | du:--limit)
      :
      return
      ;;
    du:-r | du:--run)
      _tfevents_ask run
      return
      ;;
    du:-x | du:--exclude)
      _tfevents_ask run
      return
      ;;
    du:--newer-than)
      :
      return
      ;;
    du:--older-than)
      :
      return
      ;;
    du:--since)
      :
      return
      ;;
    du:--until)
      :
      return
      ;;
    du:-w | du:--where)
      :
      return
      ;;
    du:--layout)
      :
      return
      ;;
    du:-t | du:--tag)
      _tfevents_ask tag
      return
      ;;
    du:--kind)
      _tfevents_words 'scalars histograms images audio text tensors graphs mesh hparams run_metadata pr_curves custom_scalars'
      return
      ;;
    du:--steps)
      :
      return
      ;;
    du:--wall)
      :
      return
      ;;
    du:--last)
      :
      return
      ;;
    du:--view)
      _tfevents_words 'clean raw'
      return
      ;;
    du:--max-series)
      :
      return
      ;;
    du:-f | du:--format)
      _tfevents_words 'table json jsonl csv md'
      return
      ;;
    du:-o | du:--output)
      _tfevents_files -f
      return
      ;;
    graph:--depth)
      :
      return
      ;;
    graph:-r | graph:--run)
      _tfevents_ask run
      return
      ;;
    graph:-x | graph:--exclude)
      _tfevents_ask run
      return
      ;;
    graph:--newer-than)
      :
      return
      ;;
    graph:--older-than)
      :
      return
      ;;
    graph:--since)
      :
      return
      ;;
    graph:--until)
      :
      return
      ;;
    graph:-t | graph:--tag)
      _tfevents_ask tag
      return
      ;;
    graph:--steps)
      :
      return
      ;;
    graph:--wall)
      :
      return
      ;;
    graph:--last)
      :
      return
      ;;
    graph:--view)
      _tfevents_words 'clean raw'
      return
      ;;
    graph:--max-series)
      :
      return
      ;;
    graph:-f | graph:--format)
      _tfevents_words 'table json jsonl csv md'
      return
      ;;
    graph:-o | graph:--output)
      _tfevents_files -f
      return
      ;;
    prune:--older-than)
      :
      return
      ;;
    prune:--min-steps)
      :
      return
      ;;
    prune:--max-size)
      :
      return
      ;;
    prune:--remove-if)
      :
      return
      ;;
    prune:--keep-last)
      :
      return
      ;;
    prune:--keep-within)
      :
      return
      ;;
    prune:--keep-best)
      :
      return
      ;;
    prune:--keep)
      _tfevents_ask run
      return
      ;;
    prune:--keep-if)
      :
      return
      ;;
    prune:--by)
      :
      return
      ;;
    prune:--age)
      _tfevents_words 'newest event'
      return
      ;;
    prune:--what)
      _tfevents_words 'events dir'
      return
      ;;
    prune:--plan)
      _tfevents_files -f
      return
      ;;
    prune:--apply)
      _tfevents_operand
      return
      ;;
    prune:--trash-keep)
      :
      return
      ;;
    prune:--lock-wait)
      :
      return
      ;;
    prune:-r | prune:--run)
      _tfevents_ask run
      return
      ;;
    prune:-x | prune:--exclude)
      _tfevents_ask run
      return
      ;;
    prune:--layout)
      :
      return
      ;;
    prune:--max-series)
      :
      return
      ;;
    prune:-f | prune:--format)
      _tfevents_words 'table json jsonl csv md'
      return
      ;;
    prune:-o | prune:--output)
      _tfevents_files -f
      return
      ;;
    trash:--batch)
      :
      return
      ;;
    trash:--older-than)
      :
      return
      ;;
    trash:--trash-keep)
      :
      return
      ;;
    trash:--lock-wait)
      :
      return
      ;;
    trash:-f | trash:--format)
      _tfevents_words 'table json jsonl csv md'
      return
      ;;
    trash:-o | trash:--output)
      _tfevents_files -f
      return
      ;;
    best:-r | best:--run)
      _tfevents_ask run
      return
      ;;
    best:-x | best:--exclude)
      _tfevents_ask run
      return
      ;;
    best:--newer-than)
      :
      return
      ;;
    best:--older-than)
      :
      return
      ;;
    best:--since)
      :
      return
      ;;
    best:--until)
      :
      return
      ;;
    best:-c | best:--columns)
      :
      return
      ;;
    best:--by)
      :
      return
      ;;
    best:-n | best:--limit)
      :
      return
      ;;
    best:--smooth)
      :
      return
      ;;
    best:--window)
      :
      return
      ;;
    best:--files)
      :
      return
      ;;
    best:-w | best:--where)
      :
      return
      ;;
    best:--layout)
      :
      return
      ;;
    best:-t | best:--tag)
      _tfevents_ask tag
      return
      ;;
    best:--steps)
      :
      return
      ;;
    best:--wall)
      :
      return
      ;;
    best:--last)
      :
      return
      ;;
    best:--view)
      _tfevents_words 'clean raw'
      return
      ;;
    best:--max-series)
      :
      return
      ;;
    best:-f | best:--format)
      _tfevents_words 'table json jsonl csv md'
      return
      ;;
    best:-o | best:--output)
      _tfevents_files -f
      return
      ;;
    compare:-c | compare:--columns)
      :
      return
      ;;
    compare:--vs)
      :
      return
      ;;
    compare:--by)
      :
      return
      ;;
    compare:--sort)
      _tfevents_words 'run'
      return
      ;;
    compare:-n | compare:--limit)
      :
      return
      ;;
    compare:-r | compare:--run)
      _tfevents_ask run
      return
      ;;
    compare:-x | compare:--exclude)
      _tfevents_ask run
      return
      ;;
    compare:--newer-than)
      :
      return
      ;;
    compare:--older-than)
      :
      return
      ;;
    compare:--since)
      :
      return
      ;;
    compare:--until)
      :
      return
      ;;
    compare:-w | compare:--where)
      :
      return
      ;;
    compare:--layout)
      :
      return
      ;;
    compare:-t | compare:--tag)
      _tfevents_ask tag
      return
      ;;
    compare:--steps)
      :
      return
      ;;
    compare:--wall)
      :
      return
      ;;
    compare:--last)
      :
      return
      ;;
    compare:--view)
      _tfevents_words 'clean raw'
      return
      ;;
    compare:--max-series)
      :
      return
      ;;
    compare:-f | compare:--format)
      _tfevents_words 'table json jsonl csv md'
      return
      ;;
    compare:-o | compare:--output)
      _tfevents_files -f
      return
      ;;
    hparams:-c | hparams:--columns)
      :
      return
      ;;
    hparams:--metric-by)
      _tfevents_words 'last best first min max mean median'
      return
      ;;
    hparams:--bars)
      :
      return
      ;;
    hparams:--sort)
      _tfevents_words 'run session group status start'
      return
      ;;
    hparams:-n | hparams:--limit)
      :
      return
      ;;
    hparams:-r | hparams:--run)
      _tfevents_ask run
      return
      ;;
    hparams:-x | hparams:--exclude)
      _tfevents_ask run
      return
      ;;
    hparams:--newer-than)
      :
      return
      ;;
    hparams:--older-than)
      :
      return
      ;;
    hparams:--since)
      :
      return
      ;;
    hparams:--until)
      :
      return
      ;;
    hparams:-w | hparams:--where)
      :
      return
      ;;
    hparams:--layout)
      :
      return
      ;;
    hparams:-t | hparams:--tag)
      _tfevents_ask tag
      return
      ;;
    hparams:--steps)
      :
      return
      ;;
    hparams:--wall)
      :
      return
      ;;
    hparams:--last)
      :
      return
      ;;
    hparams:--view)
      _tfevents_words 'clean raw'
      return
      ;;
    hparams:--max-series)
      :
      return
      ;;
    hparams:-f | hparams:--format)
      _tfevents_words 'table json jsonl csv md'
      return
      ;;
    hparams:-o | hparams:--output)
      _tfevents_files -f
      return
      ;;
    export-csv:--sort)
      :
      return
      ;;
    export-csv:--split-by)
      _tfevents_words 'run series'
      return
      ;;
    export-csv:--dialect)
      _tfevents_words 'tensorboard'
      return
      ;;
    export-csv:-o | export-csv:--output)
      _tfevents_files -f
      return
      ;;
    export-csv:-r | export-csv:--run)
      _tfevents_ask run
      return
      ;;
    export-csv:-x | export-csv:--exclude)
      _tfevents_ask run
      return
      ;;
    export-csv:--newer-than)
      :
      return
      ;;
    export-csv:--older-than)
      :
      return
      ;;
    export-csv:--since)
      :
      return
      ;;
    export-csv:--until)
      :
      return
      ;;
    export-csv:-w | export-csv:--where)
      :
      return
      ;;
    export-csv:--layout)
      :
      return
      ;;
    export-csv:-t | export-csv:--tag)
      _tfevents_ask tag
      return
      ;;
    export-csv:--kind)
      _tfevents_words 'scalars histograms images audio text tensors graphs mesh hparams run_metadata pr_curves custom_scalars'
      return
      ;;
    export-csv:--steps)
      :
      return
      ;;
    export-csv:--wall)
      :
      return
      ;;
    export-csv:--last)
      :
      return
      ;;
    export-csv:--view)
      _tfevents_words 'clean raw'
      return
      ;;
    export-csv:--max-series)
      :
      return
      ;;
    export:-f | export:--format)
      _tfevents_words 'jsonl csv'
      return
      ;;
    export:--sort)
      :
      return
      ;;
    export:--split-by)
      _tfevents_words 'run series'
      return
      ;;
    export:-o | export:--output)
      _tfevents_files -f
      return
      ;;
    export:-r | export:--run)
      _tfevents_ask run
      return
      ;;
    export:-x | export:--exclude)
      _tfevents_ask run
      return
      ;;
    export:--newer-than)
      :
      return
      ;;
    export:--older-than)
      :
      return
      ;;
    export:--since)
      :
      return
      ;;
    export:--until)
      :
      return
      ;;
    export:-w | export:--where)
      :
      return
      ;;
    export:--layout)
      :
      return
      ;;
    export:-t | export:--tag)
      _tfevents_ask tag
      return
      ;;
    export:--kind)
      _tfevents_words 'scalars histograms images audio text tensors graphs mesh hparams run_metadata pr_curves custom_scalars'
      return
      ;;
    export:--steps)
      :
      return
      ;;
    export:--wall)
      :
      return
      ;;
    export:--last)
      :
      return
      ;;
    export:--view)
      _tfevents_words 'clean raw'
      return
      ;;
    export:--max-series)
      :
      return
      ;;
    assert:--checks)
      _tfevents_operand
      return
      ;;
    assert:--min-steps)
      :
      return
      ;;
    assert:--max-age)
      :
      return
      ;;
    assert:-r | assert:--run)
      _tfevents_ask run
      return
      ;;
    assert:-x | assert:--exclude)
      _tfevents_ask run
      return
      ;;
    assert:--newer-than)
      :
      return
      ;;
    assert:--older-than)
      :
      return
      ;;
    assert:--since)
      :
      return
      ;;
    assert:--until)
      :
      return
      ;;
    assert:-w | assert:--where)
      :
      return
      ;;
    assert:--layout)
      :
      return
      ;;
    assert:-t | assert:--tag)
      _tfevents_ask tag
      return
      ;;
    assert:--steps)
      :
      return
      ;;
    assert:--wall)
      :
      return
      ;;
    assert:--last)
      :
      return
      ;;
    assert:--view)
      _tfevents_words 'clean raw'
      return
      ;;
    assert:--max-series)
      :
      return
      ;;
    assert:-f | assert:--format)
      _tfevents_words 'table json jsonl csv md'
      return
      ;;
    assert:-o | assert:--output)
      _tfevents_files -f
      return
      ;;
    assert:--junit)
      _tfevents_files -f
      return
      ;;
  esac
  if [[ $cur == -* ]]; then
    case $command in
      ls) _tfevents_words '-l --long --tags --tree --all -c --columns --sort -n --limit -p --path -0 --null -r --run -x --exclude --newer-than --older-than --since --until --live --finished --age -w --where --layout -t --tag --kind --steps --wall --last --view --max-series -f --format --json -o --output --strict -C --logdir --now -j --jobs -q --quiet -v --verbose --color --progress -h --help --version' ;;
      show) _tfevents_words '--text --hist --all -r --run -x --exclude --newer-than --older-than --since --until --live --finished -t --tag --kind --steps --wall --last --view --max-series -f --format --json -o --output --strict -C --logdir --now -j --jobs -q --quiet -v --verbose --color --progress -h --help --version' ;;
      dump) _tfevents_words '--records --raw --follow --full --extract -r --run -x --exclude --newer-than --older-than --since --until --live --finished -w --where --layout -t --tag --kind --steps --wall --last --view --max-series -f --format --json -o --output --strict -C --logdir --now -j --jobs -q --quiet -v --verbose --color --progress -h --help --version' ;;
      fsck) _tfevents_words '--all -r --run -x --exclude --newer-than --older-than --since --until --live --finished -w --where --layout -f --format --json -o --output --strict -C --logdir --now -j --jobs -q --quiet -v --verbose --color --progress -h --help --version' ;;
      lint) _tfevents_words '--rule --ignore --fail-on --all -r --run -x --exclude --newer-than --older-than --since --until --live --finished -w --where --layout -t --tag --kind --max-series -f --format --json -o --output --strict -C --logdir --now -j --jobs -q --quiet -v --verbose --color --progress -h --help --version' ;;
      du) _tfevents_words '--by --sort -n --limit -r --run -x --exclude --newer-than --older-than --since --until --live --finished -w --where --layout -t --tag --kind --steps --wall --last --view --max-series -f --format --json -o --output --strict -C --logdir --now -j --jobs -q --quiet -v --verbose --color --progress -h --help --version' ;;
      graph) _tfevents_words '--ops --depth --all --dot --pbtxt -r --run -x --exclude --newer-than --older-than --since --until --live --finished -t --tag --steps --wall --last --view --max-series -f --format --json -o --output --strict -C --logdir --now -j --jobs -q --quiet -v --verbose --color --progress -h --help --version' ;;
      prune) _tfevents_words '--older-than --min-steps --empty --max-size --remove-if --keep-last --keep-within --keep-best --keep --keep-if --by --age --what --dry-run --yes --plan --apply --trash-keep --allow-empty --lock-wait -r --run -x --exclude --layout --fold --no-fold --max-series --all -f --format --json -o --output -C --logdir --now -j --jobs -q --quiet -v --verbose --color --progress -h --help --version' ;;
      trash) _tfevents_words '--batch --older-than --trash-keep --all --dry-run --yes --lock-wait -f --format --json -o --output -C --logdir --now -j --jobs -q --quiet -v --verbose --color --progress -h --help --version' ;;
      best) _tfevents_words '-r --run -x --exclude --newer-than --older-than --since --until --live --finished --max --min -c --columns --by -n --limit --smooth --window --files -p --path -0 --null -w --where --layout --fold --no-fold -t --tag --steps --wall --last --view --max-series -f --format --json -o --output --strict -C --logdir --now -j --jobs -q --quiet -v --verbose --color --progress -h --help --version' ;;
      compare) _tfevents_words '-c --columns --vs --by --max --min --changed --exit-code --sort -n --limit -p --path -0 --null -r --run -x --exclude --newer-than --older-than --since --until --live --finished -w --where --layout --fold --no-fold -t --tag --steps --wall --last --view --max-series -f --format --json -o --output --strict -C --logdir --now -j --jobs -q --quiet -v --verbose --color --progress -h --help --version' ;;
      hparams) _tfevents_words '-c --columns --metric-by --max --min --space --bars --coords --sort -n --limit -p --path -0 --null -r --run -x --exclude --newer-than --older-than --since --until --live --finished -w --where --layout --fold --no-fold -t --tag --steps --wall --last --view --max-series -f --format --json -o --output --strict -C --logdir --now -j --jobs -q --quiet -v --verbose --color --progress -h --help --version' ;;
      export-csv) _tfevents_words '--wide --sort --split-by --dialect -o --output -r --run -x --exclude --newer-than --older-than --since --until --live --finished -w --where --layout -t --tag --kind --steps --wall --last --view --max-series --strict -C --logdir --now -j --jobs -q --quiet -v --verbose --color --progress -h --help --version' ;;
      export) _tfevents_words '-f --format --wide --sort --split-by -o --output -r --run -x --exclude --newer-than --older-than --since --until --live --finished -w --where --layout -t --tag --kind --steps --wall --last --view --max-series --strict -C --logdir --now -j --jobs -q --quiet -v --verbose --color --progress -h --help --version' ;;
      assert) _tfevents_words '--checks --each --any --min-steps --max-age --allow-nonfinite -r --run -x --exclude --newer-than --older-than --since --until --live --finished -w --where --layout --fold --no-fold -t --tag --steps --wall --last --view --max-series -f --format --json -o --output --junit -C --logdir --now -j --jobs -q --quiet -v --verbose --color --progress -h --help --version' ;;
      help) _tfevents_words '-C --logdir --now -j --jobs -q --quiet -v --verbose --color --progress -h --help --version' ;;
      completion) _tfevents_words '-C --logdir --now -j --jobs -q --quiet -v --verbose --color --progress -h --help --version' ;;
      *) _tfevents_words '-C --logdir --now -j --jobs -q --quiet -v --verbose --color --progress -h --help --version' ;;
    esac
    return
  fi
  case $command in
    '') _tfevents_words 'ls show dump fsck lint du graph prune trash best compare hparams export-csv export assert help completion' ;;
    ls) _tfevents_operand ;;
    show) _tfevents_operand ;;
    dump) _tfevents_operand ;;
    fsck) _tfevents_operand ;;
    lint) _tfevents_operand ;;
    du) _tfevents_operand ;;
    graph) _tfevents_operand ;;
    prune) _tfevents_files -d ;;
    trash) if [[ $prev == trash ]]; then _tfevents_words 'ls restore empty'; else _tfevents_files -d; fi ;;
    best) _tfevents_ask tag ;;
    compare) _tfevents_operand ;;
    hparams) _tfevents_operand ;;
    export-csv) _tfevents_operand ;;
    export) _tfevents_operand ;;
    assert) _tfevents_operand ;;
    help) _tfevents_words 'ls show dump fsck lint du graph prune trash best compare hparams export-csv export assert help completion' ;;
    completion) _tfevents_words 'bash zsh fish' ;;
  esac
}
complete -F _tfevents tfevents
