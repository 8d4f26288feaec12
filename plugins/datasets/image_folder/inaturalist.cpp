#include "inaturalist.h"

#include <sla/error.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <nlohmann/json.hpp>

namespace image_folder {

namespace {

using nlohmann::json;
using Texts = std::unordered_map<int64_t, std::string>;

/// Reads the file without what is not needed here, which is most of it.
json annotations_of(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) throw sla::Error("cannot read list " + file.string());
  static constexpr std::array<std::string_view, 8> kKeys{
      "images", "annotations", "categories", "id", "file_name", "image_id", "category_id", "name"};
  return json::parse(stream, [](int, json::parse_event_t event, json& parsed) {
    if (event != json::parse_event_t::key) return true;
    return std::find(kKeys.begin(), kKeys.end(), parsed.get_ref<const std::string&>()) !=
           kKeys.end();
  });
}

/// The texts `key` of the entries of a list, by their id.
Texts by_id(const json& list, const char* key) {
  Texts texts;
  for (const json& entry : list) {
    const auto id = entry.at("id").get<int64_t>();
    if (!texts.emplace(id, entry.at(key).get<std::string>()).second) {
      throw std::invalid_argument("two entries have the id " + std::to_string(id));
    }
  }
  return texts;
}

const std::string& text_of(const Texts& texts, int64_t id, const std::string& kind) {
  const auto found = texts.find(id);
  if (found == texts.end()) {
    throw std::invalid_argument("an annotation refers to the missing " + kind + " " +
                                std::to_string(id));
  }
  return found->second;
}

void add_all(Listing& listing, const json& content, sla::Split split) {
  const Texts images = by_id(content.at("images"), "file_name");
  const Texts categories = by_id(content.at("categories"), "name");
  std::unordered_map<std::string_view, int64_t> ids;
  for (const auto& [id, name] : categories) {
    if (!ids.emplace(name, id).second) {
      throw std::invalid_argument("two categories have the name '" + name + "'");
    }
  }
  for (const json& annotation : content.at("annotations")) {
    const auto& name = text_of(images, annotation.at("image_id").get<int64_t>(), "image");
    const auto& label =
        text_of(categories, annotation.at("category_id").get<int64_t>(), "category");
    const std::filesystem::path path = std::filesystem::path(name).lexically_normal();
    listing.depend_on(path.parent_path());
    listing.add(split, path, label);
  }
}

}  // namespace

bool read_inaturalist(Listing& listing, const std::string& file, sla::Split split) {
  const auto path = listing.root() / file;
  listing.depend_on(file);
  try {
    const json content = annotations_of(path);
    if (!content.contains("annotations")) return false;
    add_all(listing, content, split);
  } catch (const json::exception& error) {
    throw sla::Error(path.string() + " is no annotation file of iNaturalist: " + error.what());
  } catch (const std::invalid_argument& error) {
    throw sla::Error(path.string() + ": " + error.what());
  }
  return true;
}

}  // namespace image_folder
