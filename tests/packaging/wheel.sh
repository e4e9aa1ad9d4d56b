#!/usr/bin/env bash
# Builds the wheel, installs it with the locked dependencies in an empty environment, and tries `dibs` far from the checkout.
# Usage: tests/packaging/wheel.sh PYTHON (one that has hatchling)
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$1" -m hatchling build -t wheel -d "$work/dist"
"$1" -m venv "$work/venv"
pip() { "$work/venv/bin/python" -m pip --quiet --disable-pip-version-check "$@"; }
pip install --require-hashes --requirement requirements.lock
pip install --no-deps "$work"/dist/*.whl

mkdir "$work/elsewhere"
cd "$work/elsewhere"
# try STATUSES ARGUMENTS…: `dibs ARGUMENTS…` without settings says something, ends in one of STATUSES, shows no traceback.
try() {
  local allowed=$1 status=0
  shift
  env -i PATH="$PATH" HOME="$work" "$work/venv/bin/dibs" "$@" >output 2>&1 || status=$?
  if [[ ! -s output || ! $allowed == *$status* ]] || grep -q Traceback output; then
    cat output
    echo "FAILED: dibs $* exited $status" >&2
    exit 1
  fi
  echo "dibs $*: exit $status, as it should"
}
try 0 --help
try 01 check # there are no settings here, which it may call a failure
