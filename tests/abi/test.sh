#!/bin/bash
# test.sh [--update]: compares the SDK's binary interface with the one stored for its major version, and
# fails on any change, because most changes break old plugins. For a compatible change, such as
# a function added at the end of sla::Host, --update stores the new interface. Also checks that a virtual
# function added in the middle of a class is detected. The stored interface is GCC's: others skip (77).
set -euo pipefail
cd "$(dirname "$0")"
sdk=$PWD/../../sdk
major=$(sed -n 's/#define SLA_SDK_VERSION_MAJOR //p' "$sdk/sla/version.h")
kept=sdk-$major.abi.xz
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
command -v abidw >/dev/null || { echo "skipped: abidw is not installed (abigail-tools)"; exit 77; }

# describe SDK FILE: writes the interface of the probe, built against the headers in SDK, to FILE.
describe() {
  g++ -g -O1 -shared -fPIC -std=c++20 -fvisibility=hidden -Istubs -I"$1" probe.cpp -o "$work/probe.so" \
    -Wl,--version-script=probe.version
  abidw --no-show-locs --no-corpus-path --no-comp-dir-path "$work/probe.so" >"$2"
}

describe "$sdk" "$work/now.abi"
if [[ ${1:-} == --update ]]; then
  xz -9 -c "$work/now.abi" >"$kept"
  exit
fi
xz -dc "$kept" >"$work/kept.abi"
if ! abidiff "$work/kept.abi" "$work/now.abi" >"$work/report"; then
  grep -v '^$' "$work/report" | head -60
  echo "The SDK's binary interface differs from that of version $major. Undo the change, or raise the"
  echo "major version; if old plugins still work, store the new one with tests/abi/test.sh --update."
  exit 1
fi

cp -r "$sdk" "$work/changed"
sed -i 's/  virtual bool accepts_mixed_labels/  virtual bool inserted() const { return true; }\n&/' \
  "$work/changed/sla/objective.h"
describe "$work/changed" "$work/changed.abi"
if abidiff "$work/kept.abi" "$work/changed.abi" >/dev/null; then
  echo "a virtual function in the middle of sla::Objective was not detected"
  exit 1
fi
