# complete.fish COMPLETIONS LINE WORK: prints the candidates for the last word of LINE.
source $argv[1]/tfevents.fish
complete -C $argv[2] | string replace -r '\t.*' ''
true
