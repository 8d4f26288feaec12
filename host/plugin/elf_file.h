#pragma once

#include <libelf.h>

#include <filesystem>
#include <string>

namespace host::plugin {

/// An open ELF file. Throws PluginError where it cannot be opened.
class ElfFile {
 public:
  explicit ElfFile(const std::filesystem::path& file);
  ~ElfFile();
  ElfFile(const ElfFile&) = delete;
  ElfFile& operator=(const ElfFile&) = delete;

  Elf* get() const { return elf_; }

 private:
  int descriptor_;
  Elf* elf_ = nullptr;
};

/// The identifier that the linker gave a file, in hexadecimal; empty where it gave none. Throws
/// PluginError where the file cannot be opened.
std::string build_id(const std::filesystem::path& file);

/// Whether a file brings auditors: libraries that the dynamic linker runs as soon as it looks at the
/// file. Throws PluginError where it cannot be opened.
bool has_auditors(const std::filesystem::path& file);

/// Throws PluginError for a plugin's file.
[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& reason);

}  // namespace host::plugin
