#include "file_table.h"

#include <sla/digest.h>
#include <sla/error.h>

#include <algorithm>
#include <utility>

namespace image_folder {

namespace {

constexpr std::array kSplits{sla::Split::train, sla::Split::validation, sla::Split::test};

void check_distinct(const FileTable& table) {
  std::vector<std::pair<std::string_view, sla::Split>> all;
  all.reserve(static_cast<size_t>(table.size()));
  for (const auto split : kSplits) {
    const FileList& files = table.of(split);
    for (int64_t i = 0; i < files.size(); ++i) all.emplace_back(files.name(i), split);
  }
  std::sort(all.begin(), all.end());
  const auto twin = std::adjacent_find(
      all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first == b.first; });
  if (twin == all.end()) return;
  throw sla::Error(std::string(twin->first) + " is listed twice, for " +
                   std::string(split_text(twin->second)) + " and for " +
                   std::string(split_text(std::next(twin)->second)) +
                   "; each image may be listed once, in one split");
}

void check_classes_of(const FileTable& table, sla::Split split, const std::vector<bool>& trained) {
  const FileList& files = table.of(split);
  for (int64_t i = 0; i < files.size(); ++i) {
    const auto label = static_cast<size_t>(files.label(i));
    if (trained[label]) continue;
    throw sla::Error("class '" + table.class_names[label] + "' of " +
                     std::string(split_text(split)) + " (" + std::string(files.name(i)) +
                     ") has no training image; add some, remove the class, or set "
                     "disjoint_classes = true for few-shot learning, where classes differ");
  }
}

}  // namespace

void FileList::add(std::string_view name, int32_t label, int64_t bytes) {
  names_ += name;
  ends_.push_back(names_.size());
  labels_.push_back(label);
  bytes_.push_back(bytes);
}

std::string_view FileList::name(int64_t i) const {
  const auto at = static_cast<size_t>(i);
  const uint64_t begin = at == 0 ? 0 : ends_[at - 1];
  return std::string_view(names_).substr(begin, ends_[at] - begin);
}

void FileList::renumber(const std::vector<int32_t>& numbers) {
  for (int32_t& label : labels_) label = numbers[static_cast<size_t>(label)];
}

std::string_view split_text(sla::Split split) {
  switch (split) {
    case sla::Split::train: return "training";
    case sla::Split::validation: return "validation";
    default: return "test";
  }
}

std::string digest_of(const FileTable& table) {
  std::string text;
  for (const FileList& files : table.splits) {
    text += "split\n";
    for (int64_t i = 0; i < files.size(); ++i) {
      text += files.name(i);
      text += '\t';
      text += table.class_names[static_cast<size_t>(files.label(i))];
      text += '\t' + std::to_string(files.bytes(i)) + '\n';
    }
  }
  return sla::digest(sla::Digest::sha256, std::as_bytes(std::span(text)));
}

void check_table(const FileTable& table, bool disjoint_classes) {
  check_distinct(table);
  if (table.class_names.size() < 2) {
    throw sla::Error(table.class_names.empty()
                         ? "there is no image"
                         : "all images are of one class, '" + table.class_names.front() +
                               "'; classification needs two or more");
  }
  std::vector<bool> trained(table.class_names.size());
  for (const int32_t label : table.of(sla::Split::train).labels()) {
    trained[static_cast<size_t>(label)] = true;
  }
  if (disjoint_classes) return;
  check_classes_of(table, sla::Split::validation, trained);
  check_classes_of(table, sla::Split::test, trained);
}

}  // namespace image_folder
