#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace host::plugin {

/// The result of one check.
struct Finding {
  enum class Verdict { fine, notice, problem };

  Verdict verdict;
  /// What was checked and found; for a problem, also what to do.
  std::string text;
};

/// Everything that can be told about a plugin file without running its code: its type, what it was
/// built with, which libraries and symbols it lacks.
std::vector<Finding> diagnose_file(const std::filesystem::path& file);

/// Whether the search path finds this plugin file by its name, or another file of that name.
Finding diagnose_place(const std::filesystem::path& file);

/// What this program was built with, and each folder of the search path.
std::vector<Finding> diagnose_host();

/// Whether any finding is a problem.
bool any_problem(const std::vector<Finding>& findings);

}  // namespace host::plugin
