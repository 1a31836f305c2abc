# Completion of assay for bash. For this shell: source <(assay completion bash)
# For every shell: assay completion bash > ~/.local/share/bash-completion/completions/assay
_assay() {
  local word description
  COMPREPLY=()
  while IFS=$'\t' read -r word description; do
    COMPREPLY+=("$word")
  done < <("${COMP_WORDS[0]/#\~/$HOME}" completion bash -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
# Where there is nothing to say, files are completed.
complete -o bashdefault -o default -F _assay assay
