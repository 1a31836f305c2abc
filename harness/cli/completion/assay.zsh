#compdef assay
# Completion of assay for zsh. For this shell: source <(assay completion zsh)
# For every shell: assay completion zsh > a folder of $fpath, as _assay
_assay() {
  local word description
  local -a candidates
  while IFS=$'\t' read -r word description; do
    candidates+=("${word//:/\\:}:$description")
  done < <("${words[1]/#\~/$HOME}" completion zsh -- "${(@)words[2,CURRENT]}" 2>/dev/null)
  # Where there is nothing to say, files are completed.
  if (( $#candidates )); then
    _describe assay candidates
  else
    _files
  fi
}
if [[ "${zsh_eval_context[-1]}" == loadautofunc ]]; then
  _assay "$@"
else
  compdef _assay assay
fi
