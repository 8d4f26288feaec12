#pragma once

#include <cstdlib>

#include "tests/support/scratch_folder.h"

namespace tests {

/// Hides the user's cache, which may hold real datasets, during its lifetime.
class EmptyCache {
 public:
  EmptyCache() { setenv("SLA_CACHE", folder_.path().c_str(), /*overwrite=*/1); }
  ~EmptyCache() { unsetenv("SLA_CACHE"); }
  EmptyCache(const EmptyCache&) = delete;
  EmptyCache& operator=(const EmptyCache&) = delete;

  const std::filesystem::path& path() const { return folder_.path(); }
  const ScratchFolder& folder() const { return folder_; }

 private:
  ScratchFolder folder_;
};

}  // namespace tests
