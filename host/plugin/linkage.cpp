#include "host/plugin/linkage.h"

#include <link.h>
#include <sys/auxv.h>

#include <algorithm>
#include <regex>
#include <sstream>

#include <boost/core/demangle.hpp>

#include "host/base/errors.h"
#include "host/base/program.h"
#include "host/plugin/elf_file.h"

namespace host::plugin {

namespace {

namespace fs = std::filesystem;

/// The shared libraries loaded in this process.
std::vector<fs::path> loaded_libraries() {
  std::vector<fs::path> files;
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* list) {
        if (*info->dlpi_name != '\0') {
          static_cast<std::vector<fs::path>*>(list)->emplace_back(info->dlpi_name);
        }
        return 0;
      },
      &files);
  return files;
}

/// Whether a file is LibTorch itself rather than a library that builds on it.
bool is_libtorch(const fs::path& file) {
  static const std::regex kName("lib(torch|torch_cpu|torch_cuda|c10|c10_cuda)\\.so.*");
  return std::regex_match(file.filename().string(), kName);
}

/// The name of a function or object from its demangled declaration: without arguments, return type
/// and compiler-generated prefixes.
std::string qualified_name(const std::string& symbol) {
  size_t begin = 0;
  int depth = 0;
  for (size_t i = 0; i < symbol.size(); ++i) {
    if (symbol[i] == '<') ++depth;
    if (symbol[i] == '>') --depth;
    if (depth > 0) continue;
    if (symbol[i] == '(') return symbol.substr(begin, i - begin);
    if (symbol[i] == ' ') begin = i + 1;
  }
  return symbol.substr(begin);
}

/// The dynamic linker that started this program.
std::string dynamic_linker() {
  std::string file;
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* found) {
        if (info->dlpi_addr != getauxval(AT_BASE)) return 0;
        *static_cast<std::string*>(found) = info->dlpi_name;
        return 1;
      },
      &file);
  if (!file.empty()) return file;
  throw PluginError("this program is not dynamically linked: it cannot load plugins");
}

/// Makes the linker load this process's LibTorch first: a plugin that needs libraries of these
/// names gets them, wherever else it would find some.
std::string preloaded() {
  std::string list;
  for (const fs::path& file : own_libtorch()) {
    if (!list.empty()) list += ':';
    list += file.string();
  }
  return list;
}

/// The dynamic linker's output when it traces a file.
std::vector<std::string> trace(const fs::path& file) {
  if (has_auditors(file)) {
    refuse(file,
           "requests audit libraries of the dynamic linker (DT_AUDIT), which no plugin needs; "
           "link it without --audit and --depaudit");
  }
  const auto linker =
      run_program({dynamic_linker(), fs::absolute(file).string()}, Output::with_errors,
                  {{"LD_TRACE_LOADED_OBJECTS", "1"},
                   {"LD_WARN", "yes"},
                   {"LD_BIND_NOW", "yes"},
                   {"LD_PRELOAD", preloaded()},
                   // Audit libraries run code, even in a trace.
                   {"LD_AUDIT", std::nullopt}});
  if (!linker || (linker->status != 0 && linker->lines.size() < 2)) {
    refuse(file, !linker || linker->lines.empty() ? "the dynamic linker cannot read it"
                                                  : linker->lines.front());
  }
  return linker->lines;
}

}  // namespace

std::vector<fs::path> own_libtorch() {
  std::vector<fs::path> files = loaded_libraries();
  std::erase_if(files, [](const fs::path& file) { return !is_libtorch(file); });
  return files;
}

Linkage trace_linkage(const fs::path& file) {
  static const std::regex kNeeded("^\\s+(\\S+) => (.+?)( \\(0x[0-9a-f]+\\))?$");
  static const std::regex kUndefined("^undefined symbol: ([^\\s,]+)\\s+\\((.+)\\)");
  static const std::regex kVersion("version `(.+)' not found");
  Linkage linkage;
  for (const std::string& line : trace(file)) {
    std::smatch match;
    if (std::regex_search(line, match, kUndefined)) {
      const fs::path needed_by = match[2].str();
      linkage.undefined.push_back(
          boost::core::demangle(match[1].str().c_str()) +
          (needed_by.filename() == file.filename() ? "" : " of " + needed_by.string()));
    } else if (std::regex_search(line, match, kVersion)) {
      linkage.versions.push_back(match[1]);
    } else if (std::regex_match(line, match, kNeeded)) {
      if (match[2] == "not found")
        linkage.missing.push_back(match[1]);
      else if (is_libtorch(match[2].str()))
        linkage.libtorch.emplace_back(match[2].str());
    }
  }
  return linkage;
}

std::string advice_for(const std::string& symbol) {
  const std::string name = qualified_name(symbol);
  const auto of = [&](const char* space) { return name.starts_with(space); };
  if (of("at::") || of("c10::") || of("torch::") || of("caffe2::")) {
    if (symbol.find("std::string") != std::string::npos) {
      return "LibTorch defines it only for libstdc++'s new ABI: compile the plugin "
             "without _GLIBCXX_USE_CXX11_ABI=0";
    }
    return "LibTorch should define it: is it the same LibTorch as the host's?";
  }
  if (of("sla::")) return "the SDK should define it: build the plugin with sla_add_plugin()";
  if (of("std::") || of("__cxa") || of("__gxx")) {
    return "the C++ library should define it: is it as new as the one the plugin was built with?";
  }
  return "add the source that defines it to SOURCES of sla_add_plugin(), or the library to LINK";
}

std::string explain_missing(const std::string& library) {
  return "needs the library " + library +
         ", which is not found; install it, or name its folder in LD_LIBRARY_PATH";
}

std::string explain_version(const std::string& version) {
  return "needs " + version +
         ", which this system's libraries do not have: the plugin was built on "
         "a newer system; build it on this one";
}

std::string explain(const std::string& complaint) {
  static const std::regex kUndefined("undefined symbol: ([A-Za-z0-9_$.@]+)");
  static const std::regex kVersion("version `(.+)' not found");
  static const std::regex kMissing("^(\\S+): cannot open shared object file: No such file");
  std::smatch match;
  if (std::regex_search(complaint, match, kUndefined)) {
    const std::string symbol = boost::core::demangle(match[1].str().c_str());
    return "undefined symbol " + symbol + "; " + advice_for(symbol);
  }
  if (std::regex_search(complaint, match, kVersion)) return explain_version(match[1]);
  if (std::regex_search(complaint, match, kMissing)) return explain_missing(match[1]);
  return complaint;
}

}  // namespace host::plugin
