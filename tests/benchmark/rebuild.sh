#!/bin/bash
# rebuild.sh: how long an edit of one plugin takes to build, against a full build of host, SDK and
# plugins without tests; no compiler cache. Not a test: it depends on the machine.
set -euo pipefail
cd "$(dirname "$0")/../.."
export CCACHE_DISABLE=1
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT

seconds() { # COMMAND...: how long it takes
  local begin end
  begin=$(date +%s.%N)
  "$@" >/dev/null
  end=$(date +%s.%N)
  awk "BEGIN { printf \"%.1f\", $end - $begin }"
}

cmake --preset release -B "$build" -DBUILD_TESTING=OFF >/dev/null
full=$(seconds cmake --build "$build")
echo "full build: $full s"
for plugin in transformations/flip datasets/synthetic models/conv4 objectives/sla; do
  name=$(basename "$plugin")
  # As new as an edit makes it.
  touch "plugins/$plugin/$name.cpp"
  one=$(seconds cmake --build "$build")
  echo "$name edited: $one s, 1/$(awk "BEGIN { printf \"%.0f\", $full / $one }") of the full build"
done

for kind in transformation dataset model objective; do
  "$build/sla_host" new-plugin $kind my_$kind --dir "$build/$kind" >/dev/null
  cmake -S "$build/$kind" -B "$build/$kind/build" -DCMAKE_PREFIX_PATH="$build" >/dev/null
  cmake --build "$build/$kind/build" >/dev/null
  touch "$build/$kind/my_$kind.cpp"
  echo "a $kind of an author's own edited: $(seconds cmake --build "$build/$kind/build") s"
done
