#include "plugins/datasets/cifar/download.h"

#include <sla/error.h>

#include "tests/catch.h"
#include "tests/support/child.h"
#include "tests/support/scratch_folder.h"

namespace {

/// A host that records the download's progress.
class Listener final : public sla::Host {
 public:
  void log(sla::LogLevel, std::string_view) override {}
  void progress(std::string_view, int64_t done, int64_t total) override { reached = {done, total}; }
  sla::RandomStream random(std::string_view) const override { return sla::RandomStream(0); }
  std::filesystem::path cache_directory() const override { return {}; }
  at::Device device() const override { return at::kCPU; }
  int64_t rank() const override { return 0; }
  int64_t processes() const override { return 1; }
  void once_per_job(const std::function<void()>& work) override { work(); }
  std::shared_ptr<sla::FrozenNetwork> frozen_network(const std::filesystem::path&) override {
    return nullptr;
  }

  std::pair<int64_t, int64_t> reached;
};

constexpr const char* kMd5OfAbc = "900150983cd24fb0d6963f7d28e17f72";  // RFC 1321, appendix A.5

}  // namespace

TEST_CASE("an interrupted download is resumed, not restarted", "[datasets]") {
  const tests::ScratchFolder folder;
  const auto source = folder.write("source", "Xbc");
  folder.write("target.part", "a");
  Listener host;
  // After a restart the first letter would be the source's, and the checksum wrong.
  cifar::download("file://" + source.string(), kMd5OfAbc, folder / "target", host);
  CHECK(tests::content_of(folder / "target") == "abc");
  CHECK(host.reached == std::pair<int64_t, int64_t>(3, 3));
  CHECK(!std::filesystem::exists(folder / "target.part"));
}

TEST_CASE("a download with the wrong checksum is deleted", "[datasets]") {
  const tests::ScratchFolder folder;
  const auto source = folder.write("source", "abd");
  Listener host;
  CHECK_THROWS_WITH(
      cifar::download("file://" + source.string(), kMd5OfAbc, folder / "target", host),
      ContainsSubstring("expected 900150983cd24fb0d6963f7d28e17f72; it was deleted, run again"));
  CHECK(!std::filesystem::exists(folder / "target"));
  CHECK(!std::filesystem::exists(folder / "target.part"));
}

TEST_CASE("a failed download keeps what has arrived", "[datasets]") {
  const tests::ScratchFolder folder;
  folder.write("target.part", "a");
  Listener host;
  CHECK_THROWS_WITH(cifar::download("file:///no/such/file", kMd5OfAbc, folder / "target", host),
                    ContainsSubstring("is kept in " + (folder / "target.part").string()));
  CHECK(tests::content_of(folder / "target.part") == "a");
}

TEST_CASE("a download that is complete but for its name is not fetched again", "[datasets]") {
  const tests::ScratchFolder folder;
  folder.write("target.part", "abc");
  Listener host;
  cifar::download("file:///no/such/file", kMd5OfAbc, folder / "target", host);
  CHECK(tests::content_of(folder / "target") == "abc");
}

TEST_CASE("two programs that download the same file do not disturb each other", "[datasets]") {
  const tests::ScratchFolder folder;
  const auto source = folder.write("source", "abc");
  std::vector<pid_t> children;
  for (int i = 0; i < 8; ++i) {
    children.push_back(tests::start_child([&] {
      Listener host;
      cifar::download("file://" + source.string(), kMd5OfAbc, folder / "target", host);
      return tests::content_of(folder / "target") == "abc" ? 0 : 1;
    }));
  }
  for (const pid_t child : children) CHECK(tests::wait_for(child) == 0);
  CHECK(!std::filesystem::exists(folder / "target.part"));
}
