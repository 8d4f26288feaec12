#include "host/storage/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <string>

#include "host/storage/output_file.h"

namespace host::storage {

namespace {

namespace fs = std::filesystem;

/// A file that is gone again unless it takes another one's place.
class TemporaryFile {
 public:
  explicit TemporaryFile(const fs::path& path) : file_(path, OutputFile::Start::empty) {}
  ~TemporaryFile() {
    if (!kept_) unlink(file_.path().c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  void write(std::string_view bytes) { file_.write(bytes); }

  void keep_as(const fs::path& file) {
    file_.sync();
    if (std::rename(file_.path().c_str(), file.c_str()) != 0) fail("replace", file);
    kept_ = true;
  }

 private:
  OutputFile file_;
  bool kept_ = false;
};

fs::path folder_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : ".";
}

}  // namespace

void sync_folder(const fs::path& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;  // some file systems cannot; their renames are ordered anyway
  fsync(descriptor);
  close(descriptor);
}

void write_atomically(const fs::path& file, std::span<const std::string_view> pieces) {
  TemporaryFile temporary(file.string() + ".tmp");
  for (const std::string_view piece : pieces) temporary.write(piece);
  temporary.keep_as(file);
  sync_folder(folder_of(file));
}

void write_atomically(const fs::path& file, std::string_view content) {
  const std::array<std::string_view, 1> pieces{content};
  write_atomically(file, pieces);
}

std::vector<char> read_file(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary | std::ios::ate);
  if (!stream || fs::is_directory(file)) fail("read", file);
  std::vector<char> content(static_cast<size_t>(stream.tellg()));
  stream.seekg(0);
  if (!stream.read(content.data(), std::ssize(content))) fail("read", file);
  return content;
}

}  // namespace host::storage
