#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace host::plugin {

/// What the dynamic linker would make of a library.
struct Linkage {
  /// Libraries that it needs and that are nowhere.
  std::vector<std::string> missing;
  /// Symbols, demangled, that none of the libraries it needs defines.
  std::vector<std::string> undefined;
  /// Versions of libraries that it needs and that are not there, in the linker's words.
  std::vector<std::string> versions;
  /// Files of LibTorch that it would be bound to.
  std::vector<std::filesystem::path> libtorch;
};

/// Asks the dynamic linker, in a process of its own that runs no code of the library. Throws
/// PluginError with what the linker says where it cannot read the file.
Linkage trace_linkage(const std::filesystem::path& file);

/// Where a symbol (demangled) that is not defined should come from, by its namespace, and what to
/// do.
std::string advice_for(const std::string& symbol);

/// What it means that a library is not there.
std::string explain_missing(const std::string& library);

/// What it means that a version of a library, such as GLIBCXX_3.4.31, is not there.
std::string explain_version(const std::string& version);

/// What the dynamic linker complains of at loading, with symbols demangled and advice.
std::string explain(const std::string& complaint);

/// The files of LibTorch in this process.
std::vector<std::filesystem::path> own_libtorch();

}  // namespace host::plugin
