#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace host::plugin {

/// One thing that was looked at.
struct Finding {
  enum class Verdict { fine, notice, problem };

  Verdict verdict;
  /// What was looked at and found; of a problem, also what to do.
  std::string text;
};

/// Everything about a plugin's file that can be told without running any code of it: what file it
/// is, what it was built with, which libraries and symbols it lacks.
std::vector<Finding> diagnose_file(const std::filesystem::path& file);

/// Whether a plugin is found by its name in the search path, and which file of that name is.
Finding diagnose_place(const std::filesystem::path& file);

/// What this program is built with and each folder of the search path.
std::vector<Finding> diagnose_host();

/// Whether any of them is a problem.
bool any_problem(const std::vector<Finding>& findings);

}  // namespace host::plugin
