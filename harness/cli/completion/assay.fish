# Completion of assay for fish. For this shell: assay completion fish | source
# For every shell: assay completion fish > ~/.config/fish/completions/assay.fish
function __assay_candidates
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l candidates ($before[1] completion fish -- $before[2..-1] "$current" 2>/dev/null)
    # Where there is nothing to say, files are completed.
    if test (count $candidates) -gt 0
        printf '%s\n' $candidates
    else
        __fish_complete_path "$current"
    end
end
complete -c assay -f -a '(__assay_candidates)'
