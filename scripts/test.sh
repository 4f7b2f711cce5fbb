#!/usr/bin/env bash
# The whole gate: fetch the programs that tests drive, then check format, lint, types and run every test.
# Where Chromium or PostgreSQL is missing and may not be installed, their tests are skipped with the reason;
# TEST_WITHOUT_BROWSER and TEST_WITHOUT_POSTGRES hold it and may also be set by hand.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin

have_browser() {
  { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null &&
    command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn family)" ]
}

have_postgres() {
  command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

why_no_apt() {
  if ! command -v apt-get >/dev/null; then
    echo "it is not installed and this system has no apt-get"
  elif [ "$(id -u)" -ne 0 ] && ! sudo -n true 2>/dev/null; then
    echo "it is not installed and installing it needs root: sudo apt-get install chromium fonts-noto-cjk fontconfig postgresql"
  fi
}

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi; }

apt() {
  as_root env DEBIAN_FRONTEND=noninteractive timeout 900 apt-get -y -qq \
    -o Acquire::Retries=3 -o Acquire::http::Timeout=60 -o Acquire::https::Timeout=60 -o DPkg::Lock::Timeout=300 \
    -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 "$@" </dev/null >/dev/null
}

# Tests start their own PostgreSQL in a temporary folder: the package must not set up one for the machine.
no_system_cluster() {
  as_root mkdir -p /etc/postgresql-common/createcluster.d
  echo 'create_main_cluster = false' |
    as_root tee /etc/postgresql-common/createcluster.d/no-main-cluster.conf >/dev/null
}

fetch_programs() {
  local packages=() reason
  if [ -z "${TEST_WITHOUT_BROWSER:-}" ] && ! have_browser; then packages+=(chromium fonts-noto-cjk fontconfig); fi
  if [ -z "${TEST_WITHOUT_POSTGRES:-}" ] && ! have_postgres; then packages+=(postgresql); fi
  if [ ${#packages[@]} -eq 0 ]; then return; fi
  reason=$(why_no_apt)
  if [ -z "$reason" ]; then
    echo "▸ apt-get install ${packages[*]}"
    if [[ " ${packages[*]} " == *" postgresql "* ]]; then no_system_cluster; fi
    apt update || echo "  (the package lists could not be refreshed; trying with those at hand)"
    if ! apt install --no-install-recommends "${packages[@]}"; then
      echo "✗ apt-get could not install ${packages[*]}: see above, mend it and run make test again," >&2
      echo "  or leave those tests out: TEST_WITHOUT_BROWSER=offline TEST_WITHOUT_POSTGRES=offline make test" >&2
      exit 1
    fi
    reason="apt-get installed it, but not where these tests look"
  fi
  if ! have_browser; then export TEST_WITHOUT_BROWSER=${TEST_WITHOUT_BROWSER:-"no Chromium with Chinese fonts: $reason"}; fi
  if ! have_postgres; then export TEST_WITHOUT_POSTGRES=${TEST_WITHOUT_POSTGRES:-"no PostgreSQL: $reason"}; fi
}

fetch_programs
for skipped in "${TEST_WITHOUT_BROWSER:-}" "${TEST_WITHOUT_POSTGRES:-}"; do
  if [ -n "$skipped" ]; then echo "! skipped tests: $skipped"; fi
done
echo "▸ ruff format" && "$bin/ruff" format --check .
echo "▸ ruff check" && "$bin/ruff" check .
echo "▸ mypy" && "$bin/mypy"
echo "▸ pytest" && exec "$bin/pytest" -m "" -ra "$@"
