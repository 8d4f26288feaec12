#include "host/run/shared_images.h"

#include <sla/digest.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include <ATen/ops/arange.h>
#include <nlohmann/json.hpp>

#include "host/base/errors.h"
#include "host/evaluation/evaluation.h"
#include "host/experiment/flat.h"
#include "host/plugin/services.h"
#include "host/storage/atomic_file.h"
#include "host/storage/json_file.h"

namespace host::run {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Hashes = std::unordered_set<size_t>;

/// Comparing more would take from minutes to hours at the first start: each image must be decoded.
constexpr int64_t kMostImages = 100'000;

constexpr std::array kSplits{sla::Split::train, sla::Split::validation, sla::Split::test};

/// All that decides which images the splits hold.
std::string key_of(const assembly::Assembly& assembly) {
  json facts{{"parameters", experiment::flatten(assembly.experiment.dataset.table, {})},
             {"provenance", assembly.dataset.provenance()},
             {"plugins", json::array({assembly.dataset.library().sha256()})}};
  for (auto source = assembly.dataset.source(); source; source = source->source()) {
    facts["plugins"].push_back(source->library().sha256());
  }
  for (const auto split : kSplits) {
    facts["labels"].push_back(sla::index_digest(assembly.dataset.labels(split)));
  }
  const std::string text = facts.dump();
  return sla::digest(sla::Digest::sha256, std::as_bytes(std::span(text)));
}

Hashes hashes_of(const assembly::Assembly& assembly, sla::Split split) {
  Hashes hashes;
  const int64_t size = assembly.dataset.size(split);
  const int64_t at_once = assembly.experiment.evaluation.batch_size;
  for (int64_t begin = 0; begin < size; begin += at_once) {
    const auto indices = at::arange(begin, std::min(size, begin + at_once), at::kLong);
    const auto images = assembly.dataset.batch(sla::Request::plain(split, indices)).images;
    const size_t bytes = images.nbytes() / static_cast<size_t>(images.size(0));
    const auto* image = static_cast<const char*>(images.data_ptr());
    for (int64_t i = 0; i < images.size(0); ++i, image += bytes) {
      hashes.insert(std::hash<std::string_view>()({image, bytes}));
    }
  }
  return hashes;
}

/// The fraction of `split` that is also in `others`.
double share_in(const Hashes& split, const Hashes& others) {
  if (split.empty()) return 0;
  const auto shared =
      std::count_if(split.begin(), split.end(), [&](size_t hash) { return others.contains(hash); });
  return static_cast<double>(shared) / static_cast<double>(split.size());
}

SharedImages compare(const assembly::Assembly& assembly) {
  const auto train = hashes_of(assembly, sla::Split::train);
  const auto validation = hashes_of(assembly, sla::Split::validation);
  const auto test = hashes_of(assembly, sla::Split::test);
  return {share_in(test, train), share_in(validation, train), share_in(validation, test)};
}

std::optional<SharedImages> remembered(const fs::path& file) try {
  if (!fs::exists(file)) return std::nullopt;
  const json facts = storage::read_json(file);
  return SharedImages{facts.at("test_in_training"), facts.at("validation_in_training"),
                      facts.at("validation_in_test")};
} catch (const std::exception&) {
  return std::nullopt;  // compared again
}

void remember(const fs::path& file, const SharedImages& shared) try {
  fs::create_directories(file.parent_path());
  storage::write_atomically(
      file, storage::json_text({{"test_in_training", shared.test_in_training},
                                {"validation_in_training", shared.validation_in_training},
                                {"validation_in_test", shared.validation_in_test}}));
} catch (const std::exception& error) {
  spdlog::debug("the comparison of the splits is not remembered: {}", error.what());
}

}  // namespace

SharedImages shared_images(const assembly::Assembly& assembly) {
  int64_t images = 0;
  for (const auto split : kSplits) images += assembly.dataset.size(split);
  if (images > kMostImages) {
    spdlog::info("{} images are too many to compare: whether the splits share any is not checked",
                 images);
    return {};
  }
  const fs::path file = plugin::cache_directory() / "splits" / (key_of(assembly) + ".json");
  if (const auto known = remembered(file)) return *known;
  const SharedImages shared = compare(assembly);
  remember(file, shared);
  return shared;
}

}  // namespace host::run
