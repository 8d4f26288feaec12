#include "host/storage/metrics_file.h"

#include <cerrno>
#include <cmath>
#include <cstring>
#include <utility>

#include <nlohmann/json.hpp>

#include "host/errors.h"
#include "host/storage/atomic_file.h"

namespace host::storage {

namespace {

using nlohmann::json;

/// The lines of iterations up to `iteration`.
std::string kept_lines(const std::filesystem::path& file, int64_t iteration) {
  std::ifstream stream(file);
  std::string kept;
  for (std::string line; std::getline(stream, line);) {
    const json parsed = json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (parsed.is_object() && parsed.value("iteration", iteration + 1) <= iteration) {
      kept += line + "\n";
    }
  }
  return kept;
}

}  // namespace

MetricsFile::MetricsFile(std::filesystem::path file, int64_t iteration) : file_(std::move(file)) {
  if (std::filesystem::exists(file_)) write_atomically(file_, kept_lines(file_, iteration));
  stream_.open(file_, std::ios::app);
  if (!stream_) {
    throw StorageError("cannot write " + file_.string() + ": " + std::strerror(errno));
  }
}

void MetricsFile::append(int64_t iteration, const std::map<std::string, double>& figures) {
  json line = {{"iteration", iteration}};
  // JSON has no NaN or infinity; null says that there is no number.
  for (const auto& [name, figure] : figures) {
    line[name] = std::isfinite(figure) ? json(figure) : json();
  }
  stream_ << line.dump() << std::endl;
  if (!stream_) {
    throw StorageError("cannot write " + file_.string() + ": " + std::strerror(errno) +
                       "; free some space and resume the run");
  }
}

}  // namespace host::storage
