# What the scripts share. Sourced, not run.

progress() { printf '  · %s\n' "$*" >&2; }
fail() { printf '\n%s\n' "$*" >&2; exit 1; }

# need_packages NAME...: installs the Debian packages that are missing, or says which to install.
need_packages() {
  local name missing=()
  for name in "$@"; do
    dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null || fail "Please install: ${missing[*]}"
  [ "$(id -u)" = 0 ] || fail "These Debian packages are missing, and installing them needs root: ${missing[*]}
Install them with:  sudo apt-get install ${missing[*]}"
  progress "Installing ${missing[*]}"
  # Old lists name package files that are gone from the mirror, so the lists come first.
  { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}"; } >/dev/null 2>&1 \
    || fail "apt-get could not install: ${missing[*]}"
}
