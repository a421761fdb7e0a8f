# complete.bash COMPLETIONS LINE WORK: prints the candidates for the last word of LINE.
# shellcheck disable=SC1091,SC2034,SC2206,SC2317  # the function reads COMP_WORDS and calls compopt
source "$1/tfevents.bash"
# Only the line editor has these; the function works without.
compopt() { :; }
COMP_WORDS=($2)
[[ $2 == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_tfevents
((${#COMPREPLY[@]})) && printf '%s\n' "${COMPREPLY[@]}"
exit 0
