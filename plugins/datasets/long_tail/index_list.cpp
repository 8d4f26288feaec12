#include "index_list.h"

#include <sla/class_positions.h>
#include <sla/digest.h>
#include <sla/error.h>
#include <sla/random.h>

#include <algorithm>
#include <fstream>
#include <vector>

#include <ATen/ops/tensor.h>
#include <nlohmann/json.hpp>

#include "profile.h"

namespace long_tail {

namespace {

using nlohmann::json;

constexpr const char* kFormat = "sla long-tailed index list 1";

std::string text(const Recipe& recipe) {
  return recipe.profile + ", ratio " + json(recipe.ratio).dump() + ", seed " +
         std::to_string(recipe.seed);
}

}  // namespace

at::Tensor draw(const Recipe& recipe, const at::Tensor& source_labels,
                const std::vector<std::string>& class_names) {
  auto positions = sla::class_positions(source_labels, std::ssize(class_names));
  size_t largest = positions.front().size();
  for (size_t c = 0; c < positions.size(); ++c) {
    if (positions[c].empty()) {
      throw sla::Error(
          "class '" + class_names[c] + "' (" + std::to_string(c) +
          ") has no training images in the source; a long tail needs images of every class");
    }
    largest = std::min(largest, positions[c].size());
  }
  const auto counts = class_counts(recipe.profile, std::ssize(class_names),
                                   static_cast<int64_t>(largest), recipe.ratio);
  std::vector<int64_t> chosen;
  for (size_t c = 0; c < positions.size(); ++c) {
    if (counts[c] == 0) {
      throw sla::Error("class '" + class_names[c] + "' (" + std::to_string(c) +
                       ") would lose all its images: ratio = " + json(recipe.ratio).dump() +
                       ", but the largest class has " + std::to_string(largest) +
                       "; use a ratio of at most that");
    }
    // Each class has its own shuffle, so that a smaller ratio keeps what a larger one kept.
    auto random = sla::RandomStream(static_cast<uint64_t>(recipe.seed))
                      .child("long_tail")
                      .child(static_cast<int64_t>(c));
    auto& class_positions = positions[c];
    for (int64_t i = 0; i < counts[c]; ++i) {
      std::swap(class_positions[i],
                class_positions[i + random.below(std::ssize(class_positions) - i)]);
    }
    chosen.insert(chosen.end(), class_positions.begin(), class_positions.begin() + counts[c]);
  }
  std::sort(chosen.begin(), chosen.end());
  return at::tensor(chosen, at::kLong);
}

std::string to_document(const at::Tensor& indices, const Recipe& recipe,
                        const at::Tensor& source_labels) {
  const auto* first = indices.data_ptr<int64_t>();
  const json document = {{"format", kFormat},
                         {"profile", recipe.profile},
                         {"ratio", recipe.ratio},
                         {"seed", recipe.seed},
                         {"source_labels_sha256", sla::index_digest(source_labels)},
                         {"sha256", sla::index_digest(indices)},
                         {"indices", std::vector<int64_t>(first, first + indices.numel())}};
  return document.dump() + "\n";
}

at::Tensor read_document(const std::filesystem::path& file, const Recipe& recipe,
                         const at::Tensor& source_labels) {
  std::ifstream stream(file);
  if (!stream) {
    throw sla::Error("cannot open index_file " + file.string() +
                     "; omit it to draw the images from the seed");
  }
  try {
    const json document = json::parse(stream);
    if (document.at("format") != kFormat) {
      throw sla::Error("index_file " + file.string() + " is not an index list of this plugin");
    }
    const Recipe stored{document.at("profile"), document.at("ratio"), document.at("seed")};
    if (stored != recipe) {
      throw sla::Error("index_file " + file.string() + " was drawn with " + text(stored) +
                       ", but the experiment says " + text(recipe) + "; change one of them");
    }
    if (document.at("source_labels_sha256") != sla::index_digest(source_labels)) {
      throw sla::Error(
          "index_file " + file.string() +
          " was drawn from a different training split: the labels of this source have a "
          "different SHA-256; use its dataset and validation split");
    }
    auto indices = at::tensor(document.at("indices").get<std::vector<int64_t>>(), at::kLong);
    if (document.at("sha256") != sla::index_digest(indices)) {
      throw sla::Error("index_file " + file.string() +
                       " is damaged: its indices do not match its SHA-256");
    }
    return indices;
  } catch (const json::exception& error) {
    throw sla::Error("index_file " + file.string() + " is damaged: " + error.what());
  }
}

}  // namespace long_tail
