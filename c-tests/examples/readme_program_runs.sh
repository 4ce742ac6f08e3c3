#!/bin/sh
# The README's program, compiled and run by the README's words alone: it runs
# until a Ctrl-C's signal comes, and says so.
#
# usage: readme_program_runs.sh README PREFIX SEND
set -eu
readme=$1 prefix=$2 send=$3
folder=$(mktemp -d)
program=
trap '[ -z "$program" ] || kill -KILL "$program" 2>/dev/null; rm -rf "$folder"' EXIT

# The first block in this language.
block() {
    awk -v fence="\`\`\`$1" '
        $0 == "```" && inside { exit }
        inside { print }
        $0 == fence { inside = 1 }' "$readme"
}

block c >"$folder/hello.c"
compile=$(grep '^cc .*hello\.c' "$readme")
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
export LD_LIBRARY_PATH="$prefix/lib"
cd "$folder"
eval "$compile"

./hello >output &
program=$!
# Until it catches SIGINT, signal 2, and nothing else: the shell that it was
# before it was executed catches SIGCHLD as well.
until grep -Eq '^SigCgt:[[:space:]]*0*2$' "/proc/$program/status"; do
    kill -0 "$program"
done
"$send" "$program" INT
status=0
wait "$program" || status=$?
program=
cat output
[ "$status" -eq 0 ]
grep -Eqx 'SIGINT after [0-9]+ rounds' output
