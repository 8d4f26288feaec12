#!/bin/bash
# test.sh BUILD_FOLDER CMAKE_PREFIX_PATH: installs SDK and host, and builds plugins against them in
# separate folders. Each passes conformance, trains, and resumes bit for bit; one is edited and rebuilt
# on its own. The host binary must not change.
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

# build_plugin NAME: configures and builds the plugin in its folder.
build_plugin() {
  cd "$work/author/$1"
  cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_PREFIX_PATH="$work/installed;$CMAKE_PREFIX_PATH" >/dev/null
  cmake --build build
}

# refused STATUS TEXT COMMAND...: the command must exit with this status and print this text.
refused() {
  local status=0 output
  output=$("${@:3}" 2>&1) || status=$?
  [[ $status == "$1" && $output == *"$2"* ]] || { echo "expected status $1 and '$2', got $status: $output" >&2; exit 1; }
}

build_plugin invert
"$host" conformance build/invert.so
"$host" invert.toml --out first
[[ $("$host" check invert.toml) == *"10 classes, 2 transformations"* ]]
# A third view: the image upside down.
sed -i 's/return 2;/return 3;/; s/if (j == 0) return images;/&\n    if (j == 2) return images.flip({2});/' invert.cpp
cmake --build build
[[ $("$host" check invert.toml) == *"10 classes, 3 transformations"* ]]
"$host" invert.toml --out second
# The same experiment by other code is not averaged with it.
[[ $("$host" compare first second 2>&1) == *"not merged, because other code or weights made them: plugin invert ("* ]]
# With the address sanitizer, which the host does without.
cmake -S . -B sanitized -G Ninja -DCMAKE_PREFIX_PATH="$work/installed;$CMAKE_PREFIX_PATH" \
  -DCMAKE_CXX_COMPILER=g++ -DCMAKE_CXX_FLAGS=-fsanitize=address >/dev/null
cmake --build sanitized
LD_PRELOAD=$(g++ -print-file-name=libasan.so) "$host" check invert.toml --set 'plugin_path=["sanitized"]'

build_plugin quadrant
"$host" conformance build/quadrant.so
"$host" verify-resume quadrant.toml --at 1 --at 3 --out runs
grep -q '"train.turn_accuracy"' runs/straight/metrics.jsonl
# Without the augmentation the annotation is missing.
refused 2 "the batch has no annotation 'turned'" \
  "$host" check quadrant.toml --set 'augmentation=[{plugin="random_flip"}]'

build_plugin contrastive
"$host" conformance build/contrastive.so
"$host" verify-resume contrastive.toml --at 1 --at 3

build_plugin distillation
refused 2 "no run $PWD/teacher_run" "$host" check distillation.toml
"$host" teacher.toml --out teacher_run --stop-after 2
refused 2 "teacher_run is not finished" "$host" check distillation.toml
"$host" teacher.toml --out teacher_run --resume
"$host" conformance build/distillation.so --set distillation.teacher=teacher_run
"$host" verify-resume distillation.toml --at 1 --at 3 --out runs
grep -q "\"run\": \"$PWD/teacher_run\"" runs/straight/provenance.json
refused 2 "was trained on other classes: 10 (stripes0, stripes1, stripes2, ...)" \
  "$host" check distillation.toml --set dataset.classes=4
refused 2 "teacher and model must both offer feature maps" \
  "$host" check distillation.toml --set model.plugin="$build/tests/fixtures/lifetime.so" --set model.component=graph

if command -v nvcc >/dev/null; then
  build_plugin solarize
  "$host" conformance build/solarize.so
  "$host" verify-resume solarize.toml --at 1 --at 3
  rm -r build
  sed -i 's/ CUDA)/)/' CMakeLists.txt
  refused 1 'solarize has CUDA sources' build_plugin solarize
else
  echo "no nvcc: the plugin with a CUDA source is not built"
fi

[[ $(sha256sum "$host") == "$before" ]]
