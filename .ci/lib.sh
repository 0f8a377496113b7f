# Words that the scripts of this folder share. Sourced, never run.

# step NAME COMMAND…: prints the name, runs the command, names the step again if it fails.
step() {
  local name=$1
  shift
  printf '\n==> %s\n' "$name"
  local code=0
  "$@" || code=$?
  if [ "$code" -ne 0 ]; then
    printf '\n==> %s: failed with exit code %s\n' "$name" "$code" >&2
    exit "$code"
  fi
}

die() {
  printf '%s\n' "$*" >&2
  exit 1
}

# The newest PostgreSQL server programs, as a folder; nothing if there are none.
# Debian keeps them off the PATH, one folder per version.
postgres_bin() {
  local folder
  if command -v initdb >/dev/null && command -v postgres >/dev/null; then
    dirname "$(command -v initdb)"
    return
  fi
  for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV); do
    if [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ]; then
      printf '%s\n' "$folder"
      return
    fi
  done
}

chromium_bin() {
  local name
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    if [ -n "$name" ] && command -v "$name"; then
      return
    fi
  done
}
