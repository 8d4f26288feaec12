#include "listing.h"

#include <sla/error.h>
#include <sla/parallel.h>

#include <atomic>
#include <mutex>
#include <utility>

#include <sla/draft/images/extensions.h>
#include <sla/draft/images/load_image.h>

namespace image_folder {

namespace {

constexpr size_t kMostComplaints = 5;  // of the files left out

}  // namespace

void Listing::add(sla::Split split, const std::string& name, const std::string& label) {
  const auto file = root_ / name;
  std::error_code failure;
  const auto bytes = std::filesystem::file_size(file, failure);
  if (failure) return leave_out("cannot read " + file.string() + ": " + failure.message());
  if (bytes == 0) return leave_out("cannot decode " + file.string() + ": the file is empty");
  if (sla::images::is_tiff(name)) {
    return leave_out("cannot decode " + file.string() + ": TIFF is not supported; convert it");
  }
  const auto [number, _] = numbers_.try_emplace(label, static_cast<int32_t>(numbers_.size()));
  table_.of(split).add(name, number->second, static_cast<int64_t>(bytes));
}

void Listing::leave_out(const std::string& complaint) {
  if (!skip_) {
    throw sla::Error(complaint + "; or set unreadable = \"skip\" to leave such files out");
  }
  left_out_.push_back(complaint);
}

void Listing::leave_out_undecodable(sla::Host& host) {
  if (!skip_) return;
  std::atomic<int64_t> done = 0;
  const int64_t total = table_.size();
  for (FileList& files : table_.splits) {
    std::mutex mutex;
    std::map<int64_t, std::string> damaged;  // in the order of the files
    sla::parallel_for(files.size(), /*grain=*/1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        try {
          sla::images::check_image(root_ / files.name(i));
        } catch (const sla::Error& error) {
          const std::lock_guard lock(mutex);
          damaged.emplace(i, error.what());
        }
        host.progress("check images", ++done, total);
      }
    });
    if (damaged.empty()) continue;
    FileList kept;
    for (int64_t i = 0; i < files.size(); ++i) {
      if (!damaged.contains(i)) kept.add(files.name(i), files.label(i), files.bytes(i));
    }
    files = std::move(kept);
    for (const auto& [_, complaint] : damaged) leave_out(complaint);
  }
}

FileTable Listing::take_table() {
  std::vector<bool> used(numbers_.size());
  for (const FileList& files : table_.splits) {
    for (const int32_t label : files.labels()) used[static_cast<size_t>(label)] = true;
  }
  std::vector<int32_t> sorted(numbers_.size());
  for (const auto& [name, number] : numbers_) {
    if (!used[static_cast<size_t>(number)]) continue;
    sorted[static_cast<size_t>(number)] = static_cast<int32_t>(table_.class_names.size());
    table_.class_names.push_back(name);
  }
  for (FileList& files : table_.splits) files.renumber(sorted);
  return std::exchange(table_, {});
}

std::vector<std::string> Listing::take_remarks() {
  std::string ignored;
  for (const auto& [kind, count] : ignored_) {
    ignored += (ignored.empty() ? "ignored " : ", ") + std::to_string(count) + " " + kind;
  }
  if (!ignored.empty()) remarks_.push_back(ignored);
  if (!left_out_.empty()) {
    remarks_.push_back("left out " + std::to_string(left_out_.size()) +
                       " files that cannot be used:");
    for (size_t i = 0; i < left_out_.size() && i < kMostComplaints; ++i)
      remarks_.push_back(left_out_[i]);
    if (left_out_.size() > kMostComplaints) remarks_.push_back("... and more");
  }
  return std::exchange(remarks_, {});
}

}  // namespace image_folder
