#include "host/plugin/elf_file.h"

#include <fcntl.h>
#include <gelf.h>
#include <sla/digest.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <span>

#include "host/base/errors.h"

namespace host::plugin {

namespace {

/// The build identifier in the notes of one section.
std::string build_id_in(Elf_Data* notes) {
  GElf_Nhdr note{};
  size_t name = 0;
  size_t content = 0;
  for (size_t at = 0;
       notes != nullptr && (at = gelf_getnote(notes, at, &note, &name, &content)) > 0;) {
    const auto* bytes = static_cast<const char*>(notes->d_buf);
    if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof("GNU") &&
        std::strcmp(bytes + name, "GNU") == 0) {
      return sla::hexadecimal(std::as_bytes(std::span(bytes + content, note.n_descsz)));
    }
  }
  return "";
}

}  // namespace

void refuse(const std::filesystem::path& file, const std::string& reason) {
  throw PluginError("plugin " + file.string() + ": " + reason);
}

ElfFile::ElfFile(const std::filesystem::path& file)
    : descriptor_(open(file.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (descriptor_ < 0) refuse(file, std::string("cannot be opened: ") + std::strerror(errno));
  elf_version(EV_CURRENT);
  elf_ = elf_begin(descriptor_, ELF_C_READ, nullptr);
}

ElfFile::~ElfFile() {
  elf_end(elf_);
  close(descriptor_);
}

std::string build_id(const std::filesystem::path& file) {
  const ElfFile elf(file);
  for (Elf_Scn* section = elf_nextscn(elf.get(), nullptr); section != nullptr;
       section = elf_nextscn(elf.get(), section)) {
    GElf_Shdr header{};
    if (gelf_getshdr(section, &header) == nullptr || header.sh_type != SHT_NOTE) continue;
    std::string found = build_id_in(elf_getdata(section, nullptr));
    if (!found.empty()) return found;
  }
  return "";
}

bool has_auditors(const std::filesystem::path& file) {
  const ElfFile elf(file);
  size_t segments = 0;
  if (elf_getphdrnum(elf.get(), &segments) != 0) return false;
  for (size_t i = 0; i < segments; ++i) {
    GElf_Phdr segment{};
    if (gelf_getphdr(elf.get(), static_cast<int>(i), &segment) == nullptr) continue;
    if (segment.p_type != PT_DYNAMIC) continue;
    Elf_Data* entries = elf_getdata_rawchunk(elf.get(), static_cast<int64_t>(segment.p_offset),
                                             segment.p_filesz, ELF_T_DYN);
    GElf_Dyn entry{};
    for (int e = 0; entries != nullptr && gelf_getdyn(entries, e, &entry) != nullptr; ++e) {
      if (entry.d_tag == DT_AUDIT || entry.d_tag == DT_DEPAUDIT) return true;
    }
  }
  return false;
}

}  // namespace host::plugin
