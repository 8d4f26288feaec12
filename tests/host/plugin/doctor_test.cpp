#include <sys/stat.h>
#include <torch/version.h>

#include <cstdlib>

#include "tests/catch.h"
#include "tests/support/host_program.h"
#include "tests/support/scratch_folder.h"

namespace fs = std::filesystem;
using tests::run_host;

namespace {

tests::Finished doctor(const std::string& name) {
  return run_host({"doctor", SLA_FIXTURES "/" + name + ".so"});
}

/// A copy of the host program in its own folder, with `plugins` beside it.
fs::path copy_of_host(const tests::ScratchFolder& folder) {
  fs::create_directory(folder / "plugins");
  fs::copy_file(SLA_FIXTURES "/good.so", folder / "plugins/good.so");
  fs::copy_file(SLA_HOST_PROGRAM, folder / "sla_host");
  return folder / "sla_host";
}

}  // namespace

TEST_CASE("doctor tells how to name a usable plugin", "[plugin]") {
  const auto finished = doctor("good");
  CHECK(finished.status == 0);
  CHECK_THAT(finished.output, ContainsSubstring("a plugin, version 1.2.3") &&
                                  ContainsSubstring("finds all its libraries and symbols") &&
                                  ContainsSubstring("loads; components: 1") &&
                                  ContainsSubstring("not in the search path: name it by its path"));
}

TEST_CASE("doctor lists all missing symbols and libraries of a plugin", "[plugin]") {
  const auto undefined = doctor("undefined");
  CHECK(undefined.status == 2);
  CHECK_THAT(undefined.output,
             ContainsSubstring("PROBLEM  undefined symbol sla::lost_in_sdk(long); the SDK") &&
                 ContainsSubstring("PROBLEM  undefined symbol at::lost_in_libtorch(at::Tensor") &&
                 ContainsSubstring("LibTorch should define it") &&
                 ContainsSubstring("none of its code was run"));
  const auto dependent = doctor("dependent");
  CHECK(dependent.status == 2);
  CHECK_THAT(dependent.output,
             ContainsSubstring("PROBLEM  needs the library libvanishing.so") &&
                 ContainsSubstring("undefined symbol vanishing(); perhaps the missing library"));
}

TEST_CASE("doctor tells what an incompatible plugin was built with", "[plugin]") {
  const auto finished = doctor("other_abi");
  CHECK(finished.status == 2);
  CHECK_THAT(finished.output,
             ContainsSubstring("PROBLEM  built with C++ library libstdc++, cxx11 ABI 0") &&
                 ContainsSubstring("none of its code was run"));
}

TEST_CASE("doctor survives a plugin that ends the program", "[plugin]") {
  const auto throwing = doctor("throwing_initialiser");
  CHECK(throwing.status == 2);
  CHECK_THAT(throwing.output, ContainsSubstring("threw in initialisation: no table today"));
  const auto crashing = doctor("crashing_initialiser");
  CHECK(crashing.status == 2);
  CHECK_THAT(crashing.output,
             ContainsSubstring("ends the program with signal 6 (Aborted) at loading"));
}

TEST_CASE("doctor without a file checks the search path and all its plugins", "[plugin]") {
  const tests::ScratchFolder folder;
  fs::copy_file(SLA_FIXTURES "/good.so", folder / "good.so");
  folder.write("bad.so", "text");
  const char* before = std::getenv("SLA_PLUGIN_PATH");
  const std::string old = before == nullptr ? "" : before;
  setenv("SLA_PLUGIN_PATH", folder.path().c_str(), /*overwrite=*/1);
  const auto finished = run_host({"doctor"});
  setenv("SLA_PLUGIN_PATH", old.c_str(), /*overwrite=*/1);
  CHECK(finished.status == 2);
  CHECK_THAT(finished.output,
             ContainsSubstring(folder.path().string() + " (SLA_PLUGIN_PATH): 2 plugins") &&
                 ContainsSubstring("found by the name 'good'") &&
                 ContainsSubstring("bad.so: not an ELF shared library"));
}

TEST_CASE("doctor says by which name a build for this LibTorch is found", "[plugin]") {
  const tests::ScratchFolder folder;
  fs::create_directory(folder / TORCH_VERSION);
  const fs::path build = fs::path(folder / TORCH_VERSION) / "good.so";
  fs::copy_file(SLA_FIXTURES "/good.so", build);
  fs::copy_file(SLA_FIXTURES "/good.so", folder / "good.so");
  const auto examined = [&](const fs::path& file) {
    return tests::run_program("env SLA_PLUGIN_PATH=" + folder.path().string() +
                              " " SLA_HOST_PROGRAM " doctor " + file.string())
        .output;
  };
  CHECK_THAT(examined(build), ContainsSubstring("found by the name 'good'"));
  CHECK_THAT(examined(folder / "good.so"),
             ContainsSubstring("the name 'good' means " + build.string()));
}

TEST_CASE("a world-writable folder is searched only if named explicitly", "[plugin]") {
  const tests::ScratchFolder folder;
  const std::string host = copy_of_host(folder);
  const auto listed = [&](const std::string& environment) {
    return tests::run_program("env SLA_PLUGIN_PATH=" + environment + " '" + host + "' plugins");
  };
  CHECK_THAT(listed("").output, ContainsSubstring("good"));
  chmod((folder / "plugins").c_str(), 0777);
  const auto refused = listed("");
  CHECK_THAT(refused.output, ContainsSubstring("anyone may write to it") &&
                                 !ContainsSubstring("Nothing but the identity"));
  CHECK_THAT(listed(folder / "plugins").output, ContainsSubstring("Nothing but the identity"));
  chmod((folder / "plugins").c_str(), 0755);
  chmod(folder.path().c_str(), 0777);
  CHECK_THAT(listed("").output, ContainsSubstring("or to one of its parent folders"));
}

TEST_CASE("the current directory is never searched for plugins", "[plugin]") {
  const tests::ScratchFolder folder;
  fs::copy_file(SLA_FIXTURES "/good.so", folder / "good.so");
  const std::string experiment = folder.write(
      "mine.toml",
      "dataset.plugin = 'synthetic'\nmodel.plugin = 'cresnet'\nobjective.plugin = 'sla'\n"
      "transformation.plugin = 'good'\n"
      "training = { batch_size = 4, total_iterations = 1, validate_every_iterations = 1 }\n");
  const auto check = [&](const std::string& more) {
    return tests::run_program("cd '" + folder.path().string() +
                              "' && '" SLA_HOST_PROGRAM "' check mine.toml " + more);
  };
  CHECK_THAT(check("").output, ContainsSubstring("no plugin 'good' in the search path"));
  // An explicit path works.
  CHECK_THAT(check("--set transformation.plugin=./good.so").output, ContainsSubstring("is fine"));
}

TEST_CASE("doctor tells whether CUDA graphs and NCCL are there", "[plugin]") {
  // Fails to load where LibTorch has no CUDA.
  CHECK_THAT(run_host({"doctor"}).output,
             ContainsSubstring("no CUDA graphs or NCCL: libsla_cuda.so: cannot open") ||
                 ContainsSubstring("ok       libsla_cuda.so"));
}

TEST_CASE("a plugin that ends the program does not hide the others", "[plugin]") {
  const tests::ScratchFolder folder;
  for (const std::string name : {"crashing_initialiser", "exiting", "good"}) {
    fs::copy_file(std::string(SLA_FIXTURES "/") + name + ".so", folder / (name + ".so"));
  }
  const auto finished = tests::run_program("SLA_PLUGIN_PATH=" + folder.path().string() +
                                           " " SLA_HOST_PROGRAM " plugins");
  CHECK(finished.status == 2);
  CHECK_THAT(finished.output,
             ContainsSubstring("crashing_initialiser.so: its code ends the program with signal 6 "
                               "(Aborted) at loading") &&
                 ContainsSubstring("exiting.so: its code ends the program by calling exit(0)") &&
                 ContainsSubstring("Nothing but the identity") && ContainsSubstring("jigsaw"));
  const auto conformance = run_host({"conformance", SLA_FIXTURES "/exiting.so"});
  CHECK(conformance.status == 2);
  CHECK_THAT(conformance.output, ContainsSubstring("ended the process by calling exit(0)"));
}
