#include <elf.h>

#include <cstdlib>
#include <cstring>

#include "host/base/errors.h"
#include "host/plugin/library.h"
#include "host/plugin/linkage.h"
#include "tests/catch.h"
#include "tests/support/fixture.h"
#include "tests/support/host_program.h"
#include "tests/support/scratch_folder.h"

using host::PluginError;
using host::plugin::Library;
using tests::fixture;

namespace {

/// Loading must fail with this message, before any code of the plugin runs.
void check_refused_unrun(const std::string& file, const std::string& reason) {
  INFO(file);
  unsetenv("SLA_FIXTURE_RAN");
  CHECK_THROWS_WITH(Library::load(file), ContainsSubstring(reason));
  CHECK(std::getenv("SLA_FIXTURE_RAN") == nullptr);
}

/// The fixture "good" with modified bytes in its ELF header.
template <typename T>
std::string good_with(size_t offset, T value) {
  std::string bytes = tests::content_of(fixture("good"));
  std::memcpy(bytes.data() + offset, &value, sizeof(value));
  return bytes;
}

}  // namespace

TEST_CASE("a file that is not a plugin is rejected with its actual type", "[plugin]") {
  const tests::ScratchFolder folder;
  CHECK_THROWS_WITH(Library::load(folder.write("text.so", "I am a text file\n")),
                    ContainsSubstring("text.so: not an ELF shared library; name the .so"));
  CHECK_THROWS_WITH(Library::load(folder / "absent.so"), ContainsSubstring("No such file"));
  CHECK_THROWS_WITH(Library::load(fixture("no_symbol")),
                    ContainsSubstring("exports no symbol 'sla_plugin'; every plugin ends with"));
  CHECK_THROWS_WITH(Library::load(SLA_HOST_PROGRAM), ContainsSubstring("exports no symbol"));
}

TEST_CASE("a plugin with an incompatible build is rejected before it runs", "[plugin]") {
  const std::string major = std::to_string(SLA_SDK_VERSION_MAJOR);
  const std::string minor = std::to_string(SLA_SDK_VERSION_MINOR);
  const std::string again = "; build the plugin again against this host's SDK";
  const std::string needs = ", this host needs " + major + ".0 to " + major + "." + minor + again;
  check_refused_unrun(fixture("other_sdk"), "built with SDK 9." + minor + needs);
  check_refused_unrun(fixture("newer_minor"), "built with SDK " + major + ".99" + needs);
  check_refused_unrun(fixture("other_libtorch"),
                      "built with LibTorch 9.9.9, this host needs " +
                          std::string(sla::detail::Handshake().libtorch.view()) + again);
  check_refused_unrun(fixture("other_abi"),
                      "built with C++ library libstdc++, cxx11 ABI 0, this host needs libstdc++, "
                      "cxx11 ABI 1" +
                          again);
}

TEST_CASE("a plugin with missing symbols or libraries is rejected before it runs", "[plugin]") {
  check_refused_unrun(
      fixture("undefined"),
      "undefined symbol sla::lost_in_sdk(long); the SDK should define it: build the "
      "plugin with sla_add_plugin()");
  // Judged by the function's namespace, not by its arguments'.
  CHECK(host::plugin::advice_for("sla::lost(at::Tensor const&)").starts_with("the SDK should"));
  CHECK(host::plugin::advice_for("mine::lost(at::Tensor const&, std::vector<c10::Scalar>)")
            .starts_with("add the source that defines it"));
  CHECK(host::plugin::advice_for("void at::lost<int>(int)").starts_with("LibTorch should"));
  CHECK(host::plugin::advice_for("vtable for c10::Lost").starts_with("LibTorch should"));
  check_refused_unrun(fixture("dependent"),
                      "needs the library libvanishing.so, which is not found; install it, or name "
                      "its folder in LD_LIBRARY_PATH");
}

TEST_CASE("a file for another processor is rejected, naming both processors", "[plugin]") {
  const tests::ScratchFolder folder;
  const auto refused = [&](const std::string& bytes, const std::string& reason) {
    check_refused_unrun(folder.write("foreign.so", bytes), "foreign.so: " + reason);
  };
  const std::string expected =
      ", expected 64 bits, little-endian, ELF machine 62 (x86-64); build it on this kind of "
      "machine";
  const std::string built = "built for a processor of ";
  refused(good_with(offsetof(Elf64_Ehdr, e_machine), uint16_t{EM_AARCH64}),
          built + "64 bits, little-endian, ELF machine 183 (AArch64)" + expected);
  refused(good_with(EI_CLASS, uint8_t{ELFCLASS32}),
          built + "32 bits, little-endian, ELF machine 62 (x86-64)" + expected);
  refused(good_with(EI_DATA, uint8_t{ELFDATA2MSB}), built + "64 bits, big-endian, ELF machine ");
  refused(good_with(offsetof(Elf64_Ehdr, e_type), uint16_t{ET_REL}),
          "an ELF file, but not a shared library");
}

TEST_CASE("a truncated plugin file is rejected as such", "[plugin]") {
  const tests::ScratchFolder folder;
  const std::string whole = tests::content_of(fixture("good"));
  for (const size_t size : {size_t{64}, size_t{1000}, whole.size() / 2, whole.size() - 1}) {
    INFO(size);
    CHECK_THROWS_WITH(Library::load(folder.write("torn.so", whole.substr(0, size))),
                      ContainsSubstring("torn.so: is truncated: the table of its sections"));
  }
  for (const size_t size : {size_t{0}, size_t{3}, size_t{40}}) {
    CHECK_THROWS_WITH(Library::load(folder.write("torn.so", whole.substr(0, size))),
                      ContainsSubstring("torn.so: not an ELF shared library"));
  }
}

TEST_CASE("a plugin that throws while loading is rejected; others still load", "[plugin]") {
  // In a separate program: the throwing thread keeps the dynamic linker's lock.
  const tests::ScratchFolder folder;
  for (const std::string name : {"good", "throwing_initialiser", "throwing_list"}) {
    std::filesystem::copy_file(fixture(name), folder / (name + ".so"));
  }
  const auto listed = tests::run_program("SLA_PLUGIN_PATH=" + folder.path().string() +
                                         " " SLA_HOST_PROGRAM " describe good");
  CHECK(listed.status == 0);
  CHECK_THAT(
      listed.output,
      ContainsSubstring("throwing_initialiser.so', threw in initialisation: no table today") &&
          ContainsSubstring("throwing_list.so', threw in SLA_PLUGIN: no list today") &&
          ContainsSubstring("transformation good: Nothing but the identity"));
}
