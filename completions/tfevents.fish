# fish completion for tfevents. Made from the option table by gendocs: edit that, not this.

# Succeeds when the command on the line is $argv[1], or when there is none yet and $argv is empty.
function __tfevents_command
    set -l words (commandline -opc)
    set -e words[1]
    set -l skip 0
    for word in $words
        if test $skip = 1
            set skip 0
            continue
        end
        switch $word
            case -C --logdir --now -j --jobs --color --progress
                set skip 1
            case '-*'
            case '*'
                test (count $argv) -gt 0; and test $word = $argv[1]
                return
        end
    end
    test (count $argv) -eq 0
end

function __tfevents_commands
    printf '%s\t%s\n' ls 'List runs: state, last step, age, duration, tags, size, damage'
    printf '%s\t%s\n' dump 'Print points or records as they are, as JSON lines, CSV or bytes'
    printf '%s\t%s\n' fsck 'Verify every record and report each damaged range'
    printf '%s\t%s\n' export-csv 'Write scalars as CSV: long, wide, or as TensorBoard does'
    printf '%s\t%s\n' export 'Write scalars as JSON lines or CSV'
    printf '%s\t%s\n' help 'Open the manual of a command'
    printf '%s\t%s\n' completion 'Print the completion script of a shell'
end

# What the log tree holds of kind $argv[1]: runs or tags.
function __tfevents_ask
    set -l words (commandline -opc)
    tfevents __complete $argv[1] (commandline -ct) -- $words[2..-1] 2>/dev/null
end

complete -c tfevents -f
complete -c tfevents -n __tfevents_command -a '(__tfevents_commands)'
complete -c tfevents -s 'C' -l logdir -x -a '(__fish_complete_directories)' -d 'Read DIR without a PATH, and find run names in it'
complete -c tfevents -l now -x -d 'Take TIME as the present, for reproducible ages'
complete -c tfevents -s 'j' -l jobs -x -d 'Use N threads [all processors]'
complete -c tfevents -s 'q' -l quiet -d 'Print only the answer and fatal errors'
complete -c tfevents -s 'v' -l verbose -d 'Print every problem instead of the first few'
complete -c tfevents -l color -x -a 'auto always never' -d 'Use colours: auto, always or never [auto]'
complete -c tfevents -l progress -x -a 'auto always never' -d 'Show progress: auto, always or never [auto]'
complete -c tfevents -s 'h' -d 'Print a short help'
complete -c tfevents -l help -d 'Print the full help'
complete -c tfevents -l version -d 'Print the version; -v adds what it is made of'

complete -c tfevents -n '__tfevents_command ls' -s 'l' -l long -d 'Add times, files, damage and dropped points'
complete -c tfevents -n '__tfevents_command ls' -l tags -d 'List the series of each run instead of the runs'
complete -c tfevents -n '__tfevents_command ls' -l tree -d 'Draw the directories, their runs summed up'
complete -c tfevents -n '__tfevents_command ls' -l all -d 'Fold nothing in --tree'
complete -c tfevents -n '__tfevents_command ls' -l sort -x -a 'run age start duration last_step tags files size state' -d 'Sort by KEY; -KEY reverses [run]'
complete -c tfevents -n '__tfevents_command ls' -s 'n' -l limit -x -d 'List the first N only'
complete -c tfevents -n '__tfevents_command ls' -s 'p' -l path -d 'Print the paths of the runs and nothing else'
complete -c tfevents -n '__tfevents_command ls' -s '0' -l null -d 'End each path of -p with a zero byte, for xargs -0'
complete -c tfevents -n '__tfevents_command ls' -F -a '(__tfevents_ask operand)'
complete -c tfevents -n '__tfevents_command ls' -s 'r' -l run -x -a '(__tfevents_ask run)' -d 'Keep runs that match PATTERN, and all below'
complete -c tfevents -n '__tfevents_command ls' -s 'x' -l exclude -x -a '(__tfevents_ask run)' -d 'Leave out runs that match PATTERN, and all below'
complete -c tfevents -n '__tfevents_command ls' -l newer-than -x -d 'Keep runs active within the last DURATION'
complete -c tfevents -n '__tfevents_command ls' -l older-than -x -d 'Keep runs silent for at least DURATION'
complete -c tfevents -n '__tfevents_command ls' -l since -x -d 'Keep runs last active at or after TIME'
complete -c tfevents -n '__tfevents_command ls' -l until -x -d 'Keep runs last active at or before TIME'
complete -c tfevents -n '__tfevents_command ls' -l live -d 'Keep runs that are still being written'
complete -c tfevents -n '__tfevents_command ls' -l finished -d 'Keep runs that are not live'
complete -c tfevents -n '__tfevents_command ls' -s 't' -l tag -x -a '(__tfevents_ask tag)' -d 'Keep tags that match PATTERN'
complete -c tfevents -n '__tfevents_command ls' -l kind -x -a 'scalars histograms images audio text tensors graphs mesh hparams run_metadata pr_curves custom_scalars' -d 'Keep values of KIND, as scalars or images'
complete -c tfevents -n '__tfevents_command ls' -l steps -x -d 'Keep steps from A to B, both included'
complete -c tfevents -n '__tfevents_command ls' -l wall -x -d 'Keep points written from A to B, both included'
complete -c tfevents -n '__tfevents_command ls' -l last -x -d 'Keep the last N points of each series'
complete -c tfevents -n '__tfevents_command ls' -l view -x -a 'clean raw' -d 'Read restarted jobs as clean or raw'
complete -c tfevents -n '__tfevents_command ls' -l max-series -x -d 'Leave out series of a run beyond N [1000000]'
complete -c tfevents -n '__tfevents_command ls' -s 'f' -l format -x -a 'table json jsonl csv md' -d 'Write table, json, jsonl, csv or md'
complete -c tfevents -n '__tfevents_command ls' -l json -d 'Write JSON: the same as --format json'
complete -c tfevents -n '__tfevents_command ls' -s 'o' -l output -r -F -d 'Write to FILE, which appears only when complete'
complete -c tfevents -n '__tfevents_command ls' -l strict -d 'Exit 2, not 3, where damaged input was skipped'

complete -c tfevents -n '__tfevents_command dump' -l records -d 'Write a line for each record and damaged range'
complete -c tfevents -n '__tfevents_command dump' -l raw -d 'Write the selected records as bytes, with framing'
complete -c tfevents -n '__tfevents_command dump' -l follow -d 'Go on as files grow and appear, until interrupted'
complete -c tfevents -n '__tfevents_command dump' -F -a '(__tfevents_ask operand)'
complete -c tfevents -n '__tfevents_command dump' -s 'r' -l run -x -a '(__tfevents_ask run)' -d 'Keep runs that match PATTERN, and all below'
complete -c tfevents -n '__tfevents_command dump' -s 'x' -l exclude -x -a '(__tfevents_ask run)' -d 'Leave out runs that match PATTERN, and all below'
complete -c tfevents -n '__tfevents_command dump' -l newer-than -x -d 'Keep runs active within the last DURATION'
complete -c tfevents -n '__tfevents_command dump' -l older-than -x -d 'Keep runs silent for at least DURATION'
complete -c tfevents -n '__tfevents_command dump' -l since -x -d 'Keep runs last active at or after TIME'
complete -c tfevents -n '__tfevents_command dump' -l until -x -d 'Keep runs last active at or before TIME'
complete -c tfevents -n '__tfevents_command dump' -l live -d 'Keep runs that are still being written'
complete -c tfevents -n '__tfevents_command dump' -l finished -d 'Keep runs that are not live'
complete -c tfevents -n '__tfevents_command dump' -s 't' -l tag -x -a '(__tfevents_ask tag)' -d 'Keep tags that match PATTERN'
complete -c tfevents -n '__tfevents_command dump' -l kind -x -a 'scalars histograms images audio text tensors graphs mesh hparams run_metadata pr_curves custom_scalars' -d 'Keep values of KIND, as scalars or images'
complete -c tfevents -n '__tfevents_command dump' -l steps -x -d 'Keep steps from A to B, both included'
complete -c tfevents -n '__tfevents_command dump' -l wall -x -d 'Keep points written from A to B, both included'
complete -c tfevents -n '__tfevents_command dump' -l last -x -d 'Keep the last N points of each series'
complete -c tfevents -n '__tfevents_command dump' -l view -x -a 'clean raw' -d 'Read restarted jobs as clean or raw'
complete -c tfevents -n '__tfevents_command dump' -l max-series -x -d 'Leave out series of a run beyond N [1000000]'
complete -c tfevents -n '__tfevents_command dump' -s 'f' -l format -x -a 'table json jsonl csv md' -d 'Write table, json, jsonl, csv or md'
complete -c tfevents -n '__tfevents_command dump' -l json -d 'Write JSON: the same as --format json'
complete -c tfevents -n '__tfevents_command dump' -s 'o' -l output -r -F -d 'Write to FILE, which appears only when complete'
complete -c tfevents -n '__tfevents_command dump' -l strict -d 'Exit 2, not 3, where damaged input was skipped'

complete -c tfevents -n '__tfevents_command fsck' -l all -d 'List all findings; a terminal shows 20 a file'
complete -c tfevents -n '__tfevents_command fsck' -F -a '(__tfevents_ask operand)'
complete -c tfevents -n '__tfevents_command fsck' -s 'r' -l run -x -a '(__tfevents_ask run)' -d 'Keep runs that match PATTERN, and all below'
complete -c tfevents -n '__tfevents_command fsck' -s 'x' -l exclude -x -a '(__tfevents_ask run)' -d 'Leave out runs that match PATTERN, and all below'
complete -c tfevents -n '__tfevents_command fsck' -l newer-than -x -d 'Keep runs active within the last DURATION'
complete -c tfevents -n '__tfevents_command fsck' -l older-than -x -d 'Keep runs silent for at least DURATION'
complete -c tfevents -n '__tfevents_command fsck' -l since -x -d 'Keep runs last active at or after TIME'
complete -c tfevents -n '__tfevents_command fsck' -l until -x -d 'Keep runs last active at or before TIME'
complete -c tfevents -n '__tfevents_command fsck' -l live -d 'Keep runs that are still being written'
complete -c tfevents -n '__tfevents_command fsck' -l finished -d 'Keep runs that are not live'
complete -c tfevents -n '__tfevents_command fsck' -s 'f' -l format -x -a 'table json jsonl csv md' -d 'Write table, json, jsonl, csv or md'
complete -c tfevents -n '__tfevents_command fsck' -l json -d 'Write JSON: the same as --format json'
complete -c tfevents -n '__tfevents_command fsck' -s 'o' -l output -r -F -d 'Write to FILE, which appears only when complete'
complete -c tfevents -n '__tfevents_command fsck' -l strict -d 'Exit 2, not 3, where input could not be read'

complete -c tfevents -n '__tfevents_command export-csv' -l wide -d 'Write a row for each run and step, a column for each tag'
complete -c tfevents -n '__tfevents_command export-csv' -l sort -x -d 'Sort the points of each run by tag, step or wall'
complete -c tfevents -n '__tfevents_command export-csv' -l split-by -x -a 'run series' -d 'Write a file for each run or series, below --output'
complete -c tfevents -n '__tfevents_command export-csv' -l dialect -x -a 'tensorboard' -d 'Write what TensorBoard\'s CSV download writes'
complete -c tfevents -n '__tfevents_command export-csv' -s 'o' -l output -r -F -d 'Write to FILE, which appears only when complete'
complete -c tfevents -n '__tfevents_command export-csv' -F -a '(__tfevents_ask operand)'
complete -c tfevents -n '__tfevents_command export-csv' -s 'r' -l run -x -a '(__tfevents_ask run)' -d 'Keep runs that match PATTERN, and all below'
complete -c tfevents -n '__tfevents_command export-csv' -s 'x' -l exclude -x -a '(__tfevents_ask run)' -d 'Leave out runs that match PATTERN, and all below'
complete -c tfevents -n '__tfevents_command export-csv' -l newer-than -x -d 'Keep runs active within the last DURATION'
complete -c tfevents -n '__tfevents_command export-csv' -l older-than -x -d 'Keep runs silent for at least DURATION'
complete -c tfevents -n '__tfevents_command export-csv' -l since -x -d 'Keep runs last active at or after TIME'
complete -c tfevents -n '__tfevents_command export-csv' -l until -x -d 'Keep runs last active at or before TIME'
complete -c tfevents -n '__tfevents_command export-csv' -l live -d 'Keep runs that are still being written'
complete -c tfevents -n '__tfevents_command export-csv' -l finished -d 'Keep runs that are not live'
complete -c tfevents -n '__tfevents_command export-csv' -s 't' -l tag -x -a '(__tfevents_ask tag)' -d 'Keep tags that match PATTERN'
complete -c tfevents -n '__tfevents_command export-csv' -l kind -x -a 'scalars histograms images audio text tensors graphs mesh hparams run_metadata pr_curves custom_scalars' -d 'Keep values of KIND, as scalars or images'
complete -c tfevents -n '__tfevents_command export-csv' -l steps -x -d 'Keep steps from A to B, both included'
complete -c tfevents -n '__tfevents_command export-csv' -l wall -x -d 'Keep points written from A to B, both included'
complete -c tfevents -n '__tfevents_command export-csv' -l last -x -d 'Keep the last N points of each series'
complete -c tfevents -n '__tfevents_command export-csv' -l view -x -a 'clean raw' -d 'Read restarted jobs as clean or raw'
complete -c tfevents -n '__tfevents_command export-csv' -l max-series -x -d 'Leave out series of a run beyond N [1000000]'
complete -c tfevents -n '__tfevents_command export-csv' -l strict -d 'Exit 2, not 3, where damaged input was skipped'

complete -c tfevents -n '__tfevents_command export' -s 'f' -l format -x -a 'jsonl csv' -d 'Write jsonl or csv [jsonl]'
complete -c tfevents -n '__tfevents_command export' -l wide -d 'Write a row for each run and step, a column for each tag'
complete -c tfevents -n '__tfevents_command export' -l sort -x -d 'Sort the points of each run by tag, step or wall'
complete -c tfevents -n '__tfevents_command export' -l split-by -x -a 'run series' -d 'Write a file for each run or series, below --output'
complete -c tfevents -n '__tfevents_command export' -s 'o' -l output -r -F -d 'Write to FILE, which appears only when complete'
complete -c tfevents -n '__tfevents_command export' -F -a '(__tfevents_ask operand)'
complete -c tfevents -n '__tfevents_command export' -s 'r' -l run -x -a '(__tfevents_ask run)' -d 'Keep runs that match PATTERN, and all below'
complete -c tfevents -n '__tfevents_command export' -s 'x' -l exclude -x -a '(__tfevents_ask run)' -d 'Leave out runs that match PATTERN, and all below'
complete -c tfevents -n '__tfevents_command export' -l newer-than -x -d 'Keep runs active within the last DURATION'
complete -c tfevents -n '__tfevents_command export' -l older-than -x -d 'Keep runs silent for at least DURATION'
complete -c tfevents -n '__tfevents_command export' -l since -x -d 'Keep runs last active at or after TIME'
complete -c tfevents -n '__tfevents_command export' -l until -x -d 'Keep runs last active at or before TIME'
complete -c tfevents -n '__tfevents_command export' -l live -d 'Keep runs that are still being written'
complete -c tfevents -n '__tfevents_command export' -l finished -d 'Keep runs that are not live'
complete -c tfevents -n '__tfevents_command export' -s 't' -l tag -x -a '(__tfevents_ask tag)' -d 'Keep tags that match PATTERN'
complete -c tfevents -n '__tfevents_command export' -l kind -x -a 'scalars histograms images audio text tensors graphs mesh hparams run_metadata pr_curves custom_scalars' -d 'Keep values of KIND, as scalars or images'
complete -c tfevents -n '__tfevents_command export' -l steps -x -d 'Keep steps from A to B, both included'
complete -c tfevents -n '__tfevents_command export' -l wall -x -d 'Keep points written from A to B, both included'
complete -c tfevents -n '__tfevents_command export' -l last -x -d 'Keep the last N points of each series'
complete -c tfevents -n '__tfevents_command export' -l view -x -a 'clean raw' -d 'Read restarted jobs as clean or raw'
complete -c tfevents -n '__tfevents_command export' -l max-series -x -d 'Leave out series of a run beyond N [1000000]'
complete -c tfevents -n '__tfevents_command export' -l strict -d 'Exit 2, not 3, where damaged input was skipped'

complete -c tfevents -n '__tfevents_command help' -x -a '(__tfevents_commands)'

complete -c tfevents -n '__tfevents_command completion' -x -a 'bash zsh fish'
