#pragma once

#include <sla/split.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace image_folder {

/// Image files and their classes, in some 60 bytes per image: all names lie in one string.
class FileList {
 public:
  /// `name` is relative to the root; `bytes` is the file's size.
  void add(std::string_view name, int32_t label, int64_t bytes);

  int64_t size() const { return std::ssize(labels_); }
  std::string_view name(int64_t i) const;
  int32_t label(int64_t i) const { return labels_[static_cast<size_t>(i)]; }
  int64_t bytes(int64_t i) const { return bytes_[static_cast<size_t>(i)]; }
  const std::vector<int32_t>& labels() const { return labels_; }

  /// Replaces label l with `numbers[l]`.
  void renumber(const std::vector<int32_t>& numbers);

  /// Passes what it consists of to a writer or reader.
  template <typename Archive>
  void archive(Archive& with) {
    with(names_), with(ends_), with(labels_), with(bytes_);
  }

 private:
  std::string names_;
  std::vector<uint64_t> ends_;  // where each name ends
  std::vector<int32_t> labels_;
  std::vector<int64_t> bytes_;
};

/// The images of a dataset.
struct FileTable {
  /// Sorted by bytes, as torchvision numbers classes.
  std::vector<std::string> class_names;
  std::array<FileList, 3> splits;  // in the order of sla::Split

  FileList& of(sla::Split split) { return splits.at(static_cast<size_t>(split)); }
  const FileList& of(sla::Split split) const { return splits.at(static_cast<size_t>(split)); }

  int64_t size() const { return splits[0].size() + splits[1].size() + splits[2].size(); }
};

/// "training", "validation" or "test".
std::string_view split_text(sla::Split split);

/// SHA-256 of all names, classes and sizes by split: the same wherever the folder lies.
std::string digest_of(const FileTable& table);

/// Throws sla::Error if a file is listed twice, there are fewer than two classes, or, unless
/// `disjoint_classes`, validation or testing has a class that training lacks.
void check_table(const FileTable& table, bool disjoint_classes);

}  // namespace image_folder
