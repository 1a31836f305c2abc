# For scripts that build example masters; sourced, not run. Errors, missing programs, and being root where one is not.

PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
# Every time that goes into an image, so that two builds of the same packages are as equal as is cheap to have.
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-1735689600}"

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# Ends the script. The first argument is the exit code: 1 the build failed, 2 used wrongly, 3 something is missing.
give_up() {
  local code=$1
  shift
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  shift
  if (($# > 0)); then printf '  %s\n' "$@" >&2; fi
  exit "$code"
}

# Arguments are `program=package` or `/path/to/file=package`; ends with 3 and the command that installs what is missing.
require_programs() {
  local pair missing=()
  for pair in "$@"; do
    local wanted=${pair%%=*} package=${pair#*=}
    if [[ $wanted == /* ]]; then [[ -e $wanted ]] && continue; else command -v "$wanted" >/dev/null && continue; fi
    [[ " ${missing[*]-} " == *" $package "* ]] || missing+=("$package")
  done
  ((${#missing[@]} == 0)) ||
    give_up 3 "programs are missing, of these Debian packages: ${missing[*]}" \
      "apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
}

# Runs a command as root, or as the root of a user namespace of its own: file owners in a tree are then real to the
# programs that read it, and no right on the host is needed.
as_root() {
  if ((EUID == 0)); then
    "$@"
    return
  fi
  unshare --map-root-user --map-auto true 2>/dev/null ||
    give_up 3 "this user cannot have a user namespace with several user IDs" \
      "run it as root, or give the user some: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $USER" \
      "(Debian: apt-get install -y --no-install-recommends uidmap; kernel.unprivileged_userns_clone has to be 1)"
  unshare --map-root-user --map-auto -- "$@"
}
