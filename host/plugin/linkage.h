#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace host::plugin {

/// How the dynamic linker would resolve a library.
struct Linkage {
  /// Needed libraries that are not found.
  std::vector<std::string> missing;
  /// Symbols, demangled, that none of the needed libraries defines.
  std::vector<std::string> undefined;
  /// Needed library versions that are not found, in the linker's words.
  std::vector<std::string> versions;
  /// LibTorch files that it would be bound to.
  std::vector<std::filesystem::path> libtorch;
};

/// Asks the dynamic linker, in a separate process that runs none of the library's code. Throws
/// PluginError with the linker's message if it cannot read the file.
Linkage trace_linkage(const std::filesystem::path& file);

/// Where an undefined symbol (demangled) should come from, judging by its namespace, and what to
/// do.
std::string advice_for(const std::string& symbol);

/// Explains a missing library.
std::string explain_missing(const std::string& library);

/// Explains a missing library version, such as GLIBCXX_3.4.31.
std::string explain_version(const std::string& version);

/// Explains the dynamic linker's error message: with demangled symbols and advice.
std::string explain(const std::string& complaint);

/// The LibTorch files loaded in this process.
std::vector<std::filesystem::path> own_libtorch();

}  // namespace host::plugin
