# shellcheck shell=bash
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

# The oldest Node that Punchline runs on is 20.12; 24 is the one to take for a new installation.
check_node() {
  command -v node >/dev/null || fail "Node is missing. Install Node 24 (or 22, or 20.12 and later) from https://nodejs.org"
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 12) ? 0 : 1)' \
    || fail "Node $(node --version) is too old. Punchline runs on Node 20.12 and later; take 24 for a new installation."
}

# install_npm_packages: those of package-lock.json, unless they are there. SQLite is compiled, which needs a compiler.
install_npm_packages() {
  if [ node_modules/.package-lock.json -nt package-lock.json ]; then return; fi
  if ! command -v g++ || ! command -v make || ! command -v python3; then need_packages g++ make python3; fi >/dev/null
  progress "Installing npm packages (one to two minutes: SQLite is compiled)"
  JOBS=max npm ci --no-audit --no-fund --loglevel=error || fail "npm could not install the packages."
  touch node_modules/.package-lock.json
}

build() {
  if [ -f dist/.built ] && [ -z "$(find src package.json tsconfig.build.json -newer dist/.built -print -quit)" ]; then return; fi
  progress "Building"
  rm -rf dist
  npm run --silent build
  touch dist/.built
}

# setting NAME [DEFAULT]: a variable of the environment, or else of .env, read as Punchline itself reads it.
setting() {
  node -e 'try { process.loadEnvFile(".env") } catch {} console.log(process.env[process.argv[1]] || process.argv[2] || "")' "$@"
}

# wait_for SECONDS PID COMMAND...: until the command succeeds; fails when the process has ended or the time is up.
wait_for() {
  local deadline=$((SECONDS + $1)) pid=$2
  shift 2
  while kill -0 "$pid" 2>/dev/null && [ $SECONDS -lt $deadline ]; do
    if "$@" >/dev/null 2>&1; then return; fi
    sleep 0.1
  done
  return 1
}
