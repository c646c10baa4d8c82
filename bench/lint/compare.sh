#!/bin/sh
# Judges plugin files with node (ImJoy's own parser and ajv) and with `imjoy lint`, each as
# a whole process. See README.md. Needs node 18 or later, npm and go; writes only to a
# temporary folder.
#
#   compare.sh [FOLDER] [ROUNDS]     all *.imjoy.html under FOLDER (default: $IMJOY_CORPUS)
set -eu

IMJOY_CORE=0.14.5
AJV=6.12.6

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
folder=${1:-${IMJOY_CORPUS:-}}
rounds=${2:-11}
[ -d "$folder" ] || { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }
folder=$(cd "$folder" && pwd)

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cp "$here/peer.mjs" "$here/measure.go" "$tmp/"
cd "$tmp"
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund "ajv@$AJV" >&2
npm pack --silent "imjoy-core@$IMJOY_CORE" >/dev/null
tar -xzf "imjoy-core-$IMJOY_CORE.tgz" package/src/pluginParser.js
mv package/src/pluginParser.js parser.mjs
(cd "$root" && CGO_ENABLED=0 go build -o "$tmp/imjoy" ./cmd/imjoy) # as it is installed by action.yml
./imjoy schema config >config.schema.json

cp -R "$folder" changing

IMJOY_HOME="$tmp/home"
export IMJOY_HOME
GO111MODULE=off go run measure.go "$folder" "$rounds"
