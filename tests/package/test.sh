#!/bin/bash
# test.sh BUILD_FOLDER CMAKE_PREFIX_PATH: makes the Debian package and unpacks it (with a LibTorch that
# is no package: installs) and, from there alone, writes a plugin of each kind, builds it, runs its
# tests and trains it on its smoke profile, without one edit.
set -euo pipefail
build=$1
libtorch=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

if [[ -z $libtorch ]]; then
  (cd "$build" && cpack -B "$work" >/dev/null)
  for library in libtorch1.13 libstdc++6 libspdlog libarchive13 libcurl4 libboost-filesystem libelf1 libssl3 libstb0 \
    libtcmalloc-minimal4; do
    dpkg-deb -f "$work"/sla-host_*.deb Depends | grep -q "$library"
  done
  dpkg-deb -x "$work"/sla-host_*.deb unpacked
  installed=$work/unpacked/usr
else
  cmake --install "$build" --prefix "$work/installed" >/dev/null
  installed=$work/installed
fi
export PATH=$installed/bin:$PATH
export CMAKE_PREFIX_PATH="$installed${libtorch:+:$libtorch}"
export CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_SLOPPINESS=pch_defines,time_macros
unset SLA_PLUGIN_PATH

for file in man/man1/sla_host.1 bash-completion/completions/sla_host zsh/vendor-completions/_sla_host; do
  [[ -s $installed/share/$file ]]
done
sla_host check "$installed/share/sla/experiments/cifar100_jigsaw.toml" --profile smoke

for kind in augmentation transformation dataset model objective; do
  echo "== $kind"
  sla_host new-plugin $kind my_$kind
  cmake -S my_$kind -B my_$kind/build -G Ninja -DCMAKE_CXX_FLAGS="-Wall -Wextra -Wpedantic -Werror" >/dev/null
  cmake --build my_$kind/build
  ctest --test-dir my_$kind/build --output-on-failure
  sla_host my_$kind/my_$kind.toml --profile smoke --set training.total_iterations=20 \
    --set training.validate_every_iterations=20
done
# All of them at once, by path and by name.
SLA_PLUGIN_PATH=my_dataset/build:my_objective/build sla_host check my_model/my_model.toml \
  --set dataset.plugin=my_dataset --set objective.plugin=my_objective \
  --set transformation.plugin=./my_transformation/build/my_transformation.so

echo "== against the build folder, nothing installed"
CMAKE_PREFIX_PATH="$build${libtorch:+:$libtorch}" cmake -S my_transformation -B here -G Ninja >/dev/null
cmake --build here
ctest --test-dir here --output-on-failure
