#pragma once

#include <sla/host.h>

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "file_table.h"
#include "source_state.h"

namespace image_folder {

/// Gathers the images of a dataset while its folders and lists are read: all that is found out once
/// and kept for later starts.
class Listing {
 public:
  /// `skip`: whether files that cannot be used are left out and counted; else they are errors.
  Listing(std::filesystem::path root, bool skip) : root_(std::move(root)), skip_(skip) {}

  const std::filesystem::path& root() const { return root_; }

  /// Adds an image, `name` relative to the root, whose existence is known. A file that is empty or
  /// a TIFF cannot be used.
  void add(sla::Split split, const std::string& name, const std::string& label);

  /// Throws sla::Error with the complaint, or counts the file as left out.
  void leave_out(const std::string& complaint);

  /// Unless files that cannot be used are errors, decodes each file once and leaves out those that
  /// fail.
  void leave_out_undecodable(sla::Host& host);

  /// Counts something that is no image, such as "hidden files".
  void ignore(const std::string& kind) { ++ignored_[kind]; }

  /// Adds a line for the log.
  void remark(std::string text) { remarks_.push_back(std::move(text)); }

  /// Notes that the listing is out of date when this file or folder, relative to the root, changes.
  /// Call it before reading it.
  void depend_on(const std::string& name) {
    if (!sources_.contains(name)) sources_.emplace(name, state_of(root_ / name));
  }

  const std::map<std::string, SourceState>& sources() const { return sources_; }

  /// The table, with classes in order, and what the log should say; leaves nothing here.
  FileTable take_table();
  std::vector<std::string> take_remarks();

 private:
  std::filesystem::path root_;
  bool skip_;
  FileTable table_;
  std::map<std::string, int32_t, std::less<>> numbers_;  // of classes, by appearance
  std::vector<std::string> left_out_;
  std::map<std::string, int64_t> ignored_;
  std::vector<std::string> remarks_;
  std::map<std::string, SourceState> sources_;
};

}  // namespace image_folder
