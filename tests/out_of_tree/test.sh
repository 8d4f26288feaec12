#!/bin/bash
# test.sh BUILD_FOLDER CMAKE_PREFIX_PATH: installs SDK and host, builds a transformation against them
# in a folder of its own, trains with it, changes it, builds it alone and trains again; the host's
# program stays as it was.
set -euo pipefail
build=$1
export CMAKE_PREFIX_PATH=$2
sources=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --prefix "$work/installed" >/dev/null
host=$work/installed/bin/sla_host
before=$(sha256sum "$host")
cp -r "$sources" "$work/author"
cd "$work/author"

cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_PREFIX_PATH="$work/installed;$2" >/dev/null
cmake --build build
"$host" conformance build/invert.so
"$host" invert.toml --out first
[[ $("$host" check invert.toml) == *"10 classes, 2 transformations"* ]]

# A third view: the picture upside down.
sed -i 's/return 2;/return 3;/; s/if (j == 0) return images;/&\n    if (j == 2) return images.flip({2});/' invert.cpp
cmake --build build
[[ $("$host" check invert.toml) == *"10 classes, 3 transformations"* ]]
"$host" invert.toml --out second
[[ $(sha256sum "$host") == "$before" ]]
