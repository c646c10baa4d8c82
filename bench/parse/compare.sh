#!/bin/sh
# Reads plugin files with ImJoy's own parser, with Vue's, and with ours, side by side.
# See README.md. Needs node 18 or later, npm and go; writes only to a temporary folder.
#
#   compare.sh speed [FOLDER]     MB/s over all *.imjoy.html under FOLDER (default: $IMJOY_CORPUS)
#   compare.sh answers [N] [SEED] the same N texts made at random to ImJoy's parser and ours
set -eu

IMJOY_CORE=0.14.5
VUE=3.5.13

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
task=${1:-}

usage() {
	sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
	exit 2
}

# peers brings the pinned parsers; of imjoy-core only the one file that is the parser.
peers() {
	cp "$here/peers.mjs" "$tmp/"
	cd "$tmp"
	echo '{"private": true, "type": "module"}' >package.json
	npm install --silent --ignore-scripts --no-audit --no-fund "@vue/compiler-sfc@$VUE" >&2
	npm pack --silent "imjoy-core@$IMJOY_CORE" >/dev/null
	tar -xzf "imjoy-core-$IMJOY_CORE.tgz" package/src/pluginParser.js
	mv package/src/pluginParser.js parser.mjs
	cd "$root"
}

speed() {
	folder=${1:-${IMJOY_CORPUS:-}}
	[ -d "$folder" ] || { echo "compare.sh: name a folder with plugin files, or set IMJOY_CORPUS" >&2; usage; }
	folder=$(cd "$folder" && pwd)
	peers
	node "$tmp/peers.mjs" speed "$folder" >"$tmp/rates"
	IMJOY_CORPUS=$folder go test -run '^$' -bench '^Benchmark(BlockSplit|Parse|Hop)$' -benchtime 2s -count 3 ./pluginfile >"$tmp/bench"
	# The best of the three counts: the others were disturbed.
	awk '/^Benchmark/ {
		split($1, name, "-"); for (i = 2; i <= NF; i++) if ($i == "MB/s" && $(i-1) > best[name[1]]) best[name[1]] = $(i-1)
	} END {
		print "blocks\timjoy (Go)\t" best["BenchmarkBlockSplit"]
		print "whole\timjoy (Go), config tree with places\t" best["BenchmarkParse"]
		print "limit\tonly hop from < to <\t" best["BenchmarkHop"]
	}' "$tmp/bench" >>"$tmp/rates"
	awk -F '\t' '
		NR == 1 { print; next }
		$2 ~ /^imjoy-core/ { base[$1] = $3 }
		{ kind[++n] = $1; name[n] = $2; rate[n] = $3 }
		END {
			printf "%-7s %-44s %10s %s\n", "what", "who", "MB/s", "times imjoy-core"
			for (i = 1; i <= n; i++) printf "%-7s %-44s %10.0f %s\n", kind[i], name[i], rate[i], kind[i] in base ? sprintf("%.1f", rate[i] / base[kind[i]]) : "-"
		}' "$tmp/rates"
}

answers() {
	peers
	node "$tmp/peers.mjs" make "$tmp/texts" "${1:-20000}" "${2:-1}"
	(cd "$root" && go build -o "$tmp/imjoy" ./cmd/imjoy)
	# parse exits with 1 because most of these texts have faults.
	(cd "$tmp/texts" && find . -name '*.html' | sort | xargs "$tmp/imjoy" parse --json || true) >"$tmp/ours.jsonl"
	node "$tmp/peers.mjs" answers "$tmp/texts" "$tmp/ours.jsonl"
}

case $task in speed | answers) ;; *) usage ;; esac
shift
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
"$task" "$@"
