#include "host/storage/metrics_file.h"

#include <unistd.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "host/storage/atomic_file.h"
#include "host/storage/json_file.h"

namespace host::storage {

namespace {

using nlohmann::json;

/// Truncates the file to its first `count` lines; returns how many it then has.
int64_t keep_lines(const std::filesystem::path& file, int64_t count) {
  if (!std::filesystem::exists(file)) return 0;
  const std::vector<char> content = read_file(file);
  auto end = content.begin();
  int64_t lines = 0;
  for (; lines < count; ++lines) {
    const auto newline = std::find(end, content.end(), '\n');
    if (newline == content.end()) break;
    end = newline + 1;
  }
  // In place: a full disk has no room for a copy.
  if (end != content.end() && truncate(file.c_str(), end - content.begin()) != 0) {
    fail("shorten", file);
  }
  return lines;
}

}  // namespace

MetricsFile::MetricsFile(const std::filesystem::path& file, int64_t lines)
    : lines_(keep_lines(file, lines)), file_(file, OutputFile::Start::at_the_end) {}

void MetricsFile::append(int64_t iteration, const std::map<std::string, double>& metrics) {
  json line = {{"iteration", iteration}};
  for (const auto& [name, value] : metrics) line[name] = value;
  file_.write(json_line(line) + "\n");
  ++lines_;
}

}  // namespace host::storage
