#include "catalogue_file.h"

#include <sla/digest.h>
#include <sla/error.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <type_traits>
#include <utility>
#include <vector>

namespace image_folder {

namespace {

namespace fs = std::filesystem;
using Sources = std::map<std::string, SourceState>;

/// Changes with the format.
constexpr std::string_view kMagic = "sla image_folder catalogue 1\n";
constexpr size_t kDigest = 64;  // hexadecimal digits of the SHA-256 at the end

std::string sha256(std::string_view text) {
  return sla::digest(sla::Digest::sha256, std::as_bytes(std::span(text)));
}

/// Appends values to bytes: numbers as the machine has them, everything of variable size after its
/// size.
struct Writer {
  std::string bytes;

  template <typename T>
  void operator()(T& value) {
    if constexpr (std::is_trivially_copyable_v<T>) {
      bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
    } else {
      auto size = static_cast<uint64_t>(value.size());
      (*this)(size);
      if constexpr (std::is_trivially_copyable_v<typename T::value_type>) {
        bytes.append(reinterpret_cast<const char*>(value.data()), size * sizeof value[0]);
      } else {
        for (auto& element : value) (*this)(element);
      }
    }
  }
};

/// Takes the same values from bytes.
struct Reader {
  std::string_view bytes;

  void take(void* target, size_t size) {
    if (size > bytes.size()) throw std::length_error("the catalogue ends early");
    if (size > 0) std::memcpy(target, bytes.data(), size);
    bytes.remove_prefix(size);
  }

  template <typename T>
  void operator()(T& value) {
    if constexpr (std::is_trivially_copyable_v<T>) {
      take(&value, sizeof value);
    } else {
      uint64_t size = 0;
      (*this)(size);
      if (size > bytes.size()) throw std::length_error("the catalogue ends early");
      value.resize(size);
      if constexpr (std::is_trivially_copyable_v<typename T::value_type>) {
        take(value.data(), size * sizeof value[0]);
      } else {
        for (auto& element : value) (*this)(element);
      }
    }
  }
};

/// A map as a list of its entries.
template <typename Value>
struct Entries {
  std::vector<std::string> keys;
  std::vector<Value> values;

  Entries() = default;
  explicit Entries(const std::map<std::string, Value>& map) {
    for (const auto& [key, value] : map) keys.push_back(key), values.push_back(value);
  }
  std::map<std::string, Value> map() const {
    std::map<std::string, Value> map;
    for (size_t i = 0; i < keys.size(); ++i) map.emplace(keys[i], values.at(i));
    return map;
  }
};

template <typename Archive>
void archive(Archive& with, Entries<SourceState>& sources, Catalogue& catalogue,
             Entries<std::string>& facts) {
  with(sources.keys), with(sources.values);
  with(catalogue.table.class_names);
  for (FileList& files : catalogue.table.splits) files.archive(with);
  with(catalogue.remarks);
  with(facts.keys), with(facts.values);
}

/// Whether a source changed so shortly before it was read that another change could leave the same
/// modification time.
bool may_change_unseen(const Sources& sources, std::chrono::system_clock::time_point read) {
  using namespace std::chrono;
  const int64_t limit = duration_cast<nanoseconds>((read - 2s).time_since_epoch()).count();
  return std::any_of(sources.begin(), sources.end(),
                     [&](const auto& source) { return source.second.modified > limit; });
}

}  // namespace

std::optional<Catalogue> CatalogueFile::read(const fs::path& root) const {
  std::error_code none;
  const auto size = fs::file_size(file_, none);
  if (none) return std::nullopt;
  std::string content(size, '\0');
  std::ifstream(file_, std::ios::binary).read(content.data(), std::ssize(content));
  const std::string_view text = content;
  if (text.size() < kMagic.size() + kDigest || !text.starts_with(kMagic)) return std::nullopt;
  const auto body = text.substr(0, text.size() - kDigest);
  if (text.substr(body.size()) != sha256(body)) return std::nullopt;
  Entries<SourceState> sources;
  Entries<std::string> facts;
  Catalogue catalogue;
  Reader reader{body.substr(kMagic.size())};
  archive(reader, sources, catalogue, facts);
  for (const auto& [name, state] : sources.map()) {
    if (state_of(root / name) != state) return std::nullopt;
  }
  catalogue.facts = facts.map();
  return catalogue;
}

void CatalogueFile::write(Catalogue catalogue, const Sources& sources,
                          std::chrono::system_clock::time_point read) const {
  if (may_change_unseen(sources, read)) return;
  Writer writer{std::string(kMagic)};
  Entries<SourceState> states(sources);
  Entries<std::string> facts(catalogue.facts);
  archive(writer, states, catalogue, facts);
  writer.bytes += sha256(writer.bytes);
  // Renamed into place, so that other processes never read half of it.
  fs::create_directories(file_.parent_path());
  const fs::path partial = file_.string() + "." + std::to_string(getpid()) + ".part";
  std::ofstream stream(partial, std::ios::binary);
  if (!stream.write(writer.bytes.data(), std::ssize(writer.bytes)).flush()) {
    const std::string reason = std::strerror(errno);
    fs::remove(partial);
    throw sla::Error("cannot write " + partial.string() + ": " + reason);
  }
  fs::rename(partial, file_);
}

}  // namespace image_folder
