# complete.zsh COMPLETIONS LINE WORK: prints the candidates for the last word of LINE. Completion exists only in the line
# editor, so an interactive shell in a pseudo-terminal is sent the line and a tab; it writes what is offered to a file.
zmodload zsh/zpty
found=$3/found
rm -f $found $found.done
cat >$3/setup.zsh <<SETUP
fpath=($1 \$fpath)
autoload -Uz compinit
compinit -u -d $3/zcompdump
compadd() {
  # Calls that ask for matches are passed on as they are, all others are listened to first.
  if [[ \${@[1,(i)(-|--)]} != *-(O|A|D)* ]]; then
    local -a hits
    builtin compadd -A hits "\$@"
    print -rl -- \$hits >>$found
  fi
  builtin compadd "\$@"
}
capture() { _main_complete; : >>$found.done }
zle -C capture list-choices capture
bindkey '^I' capture
PROMPT=
SETUP
zpty shell zsh -f -i
zpty -w shell "source $3/setup.zsh; : >>$3/ready"
for ((i = 0; i < 200; i++)); do
  [[ -e $3/ready ]] && break
  sleep 0.05
done
zpty -w -n shell "$2"$'\t'
for ((i = 0; i < 200; i++)); do
  [[ -e $found.done ]] && break
  zpty -r -t shell discarded
  sleep 0.05
done
zpty -d shell
rm -f $3/ready
[[ -e $found.done ]] || { print 'no answer within 10 s'; exit 1 }
[[ -e $found ]] && sort -u $found | sed '/^$/d'
exit 0
