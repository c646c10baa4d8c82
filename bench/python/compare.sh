#!/bin/sh
# Small calls in turn and all at once, and an array of 64 MiB, from one Python
# plugin to another with `imjoy run`, and from one client of hypha-rpc to another. See
# README.md. Needs go and a python3 with venv; writes only to a temporary folder.
#
#   compare.sh [CALLS]     how many small calls (default: 10000)
#
# HYPHA_PYTHON is a python3 that has the peer already, IMJOY a program that is built.
set -eu

calls=${1:-10000}
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

python=${HYPHA_PYTHON:-$tmp/peer/bin/python}
if [ -z "${HYPHA_PYTHON:-}" ]; then
  python3 -m venv "$tmp/peer"
  # The server does not start with a newer SQLAlchemy.
  "$tmp/peer/bin/pip" install --quiet --disable-pip-version-check numpy hypha-rpc==0.21.47 hypha==0.21.137 aiobotocore 'sqlmodel==0.0.24' 'SQLAlchemy<2.1' >&2
fi
imjoy=${IMJOY:-$tmp/imjoy}
[ -n "${IMJOY:-}" ] || (cd "$root" && go build -o "$imjoy" ./cmd/imjoy)

plugin() { # NAME, then its script on stdin
  printf '<config lang="json">\n{"name": "%s", "type": "native-python", "version": "0.1.0", "api_version": "0.1.8", "description": "", "requirements": []}\n</config>\n\n<script lang="python">\n' "$1"
  cat
  printf '</script>\n'
}
printf "api.export({'setup': lambda: None, 'echo': lambda x: x})\n" | plugin Echo >"$tmp/Echo.imjoy.html"
{
  cat "$here/measure.py"
  printf "\n\nasync def run(ctx):\n    return await measure((await api.getPlugin('Echo')).echo, %s)\n\n\napi.export({'setup': lambda: None, 'run': run})\n" "$calls"
} | plugin Measure >"$tmp/Measure.imjoy.html"

IMJOY_HOME="$tmp/home"
export IMJOY_HOME
printf 'imjoy:     '
"$imjoy" run "$tmp/Measure.imjoy.html" --python "$python" --python-env none --timeout 0
printf 'hypha-rpc: '
cd "$tmp" && mkdir server && cd server
CALLS="$calls" PYTHONPATH="$here" PYTHONDONTWRITEBYTECODE=1 "$python" "$here/peer.py"
