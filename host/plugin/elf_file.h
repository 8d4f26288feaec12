#pragma once

#include <libelf.h>

#include <filesystem>
#include <string>

namespace host::plugin {

/// An open ELF file. Throws PluginError if it cannot be opened.
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

/// The linker's build identifier of a file, in hexadecimal; empty if there is none. Throws
/// PluginError if the file cannot be opened.
std::string build_id(const std::filesystem::path& file);

/// Whether a file requests audit libraries (rtld-audit), whose code the dynamic linker runs as soon
/// as it reads the file. Throws PluginError if the file cannot be opened.
bool has_auditors(const std::filesystem::path& file);

/// Throws PluginError about a plugin file.
[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& reason);

}  // namespace host::plugin
