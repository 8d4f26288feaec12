#include "archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <sla/digest.h>
#include <sla/error.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <optional>

#include "download.h"

namespace cifar {

namespace {

namespace fs = std::filesystem;

/// The digest for `name` in the SHA256SUMS file of `folder`.
std::optional<std::string> published_sha256(const fs::path& folder, const std::string& name) {
  std::ifstream sums(folder / "SHA256SUMS");
  for (std::string digest, file; sums >> digest >> file;) {
    if (file == name || file == "*" + name) return digest;
  }
  return std::nullopt;
}

/// Whether `folder` contains `file`; throws if its digest differs from the published one.
bool found_intact(const fs::path& folder, const std::string& name,
                  const std::string& official_md5) {
  const fs::path file = folder / name;
  if (!fs::exists(file)) return false;
  const auto published = published_sha256(folder, name);
  const auto algorithm = published ? sla::Digest::sha256 : sla::Digest::md5;
  const std::string expected = published.value_or(official_md5);
  const std::string found = sla::file_digest(algorithm, file);
  if (found != expected) {
    throw sla::Error(file.string() + " has " + (published ? "SHA-256 " : "MD5 ") + found +
                     ", expected " + expected +
                     "; it is damaged or not the official archive: "
                     "delete it and run again");
  }
  return true;
}

/// Unpacks the files of `layout` into `target`/<folder>, all or none.
void unpack(const fs::path& archive_file, const Layout& layout, const fs::path& target,
            sla::Host& host) {
  host.log(sla::LogLevel::info, "unpacking " + archive_file.string() + " into " + target.string());
  // Unique to this process: another one may be unpacking too.
  const fs::path partial = target / (layout.folder + "." + std::to_string(getpid()) + ".part");
  fs::remove_all(partial);
  fs::create_directories(partial);

  const std::unique_ptr<archive, int (*)(archive*)> reader(archive_read_new(), &archive_read_free);
  archive_read_support_format_tar(reader.get());
  archive_read_support_filter_all(reader.get());
  const auto fail = [&] {
    const char* reason = archive_error_string(reader.get());
    throw sla::Error("cannot unpack " + archive_file.string() + ": " +
                     (reason != nullptr ? reason : "damaged archive"));
  };
  if (archive_read_open_filename(reader.get(), archive_file.c_str(), 1U << 20U) != ARCHIVE_OK)
    fail();

  archive_entry* entry = nullptr;
  int status = ARCHIVE_OK;
  while ((status = archive_read_next_header(reader.get(), &entry)) == ARCHIVE_OK) {
    if (archive_entry_filetype(entry) != AE_IFREG) continue;
    // Only the file name is used, so an entry cannot choose where it is written.
    const fs::path name = fs::path(archive_entry_pathname(entry)).filename();
    host.progress("unpack " + name.string(), 0, 0);
    std::ofstream out(partial / name, std::ios::binary);
    const void* block = nullptr;
    size_t size = 0;
    la_int64_t offset = 0;
    int block_status = ARCHIVE_OK;
    while ((block_status = archive_read_data_block(reader.get(), &block, &size, &offset)) ==
           ARCHIVE_OK) {
      out.write(static_cast<const char*>(block), static_cast<std::streamsize>(size));
    }
    if (block_status != ARCHIVE_EOF) fail();
    if (!out.flush())
      throw sla::Error("cannot write " + (partial / name).string() + ": disk full?");
  }
  if (status != ARCHIVE_EOF) fail();
  std::error_code failure;
  fs::rename(partial, target / layout.folder, failure);
  if (!failure) return;
  fs::remove_all(partial);
  if (!fs::is_directory(target / layout.folder)) {
    throw sla::Error("cannot create " + (target / layout.folder).string() + ": " +
                     failure.message());
  }
}

}  // namespace

fs::path provide_files(const Layout& layout, const Source& source, sla::Host& host) {
  const fs::path cache = host.cache_directory();
  for (const fs::path& place : {source.root, cache}) {
    if (!place.empty() && fs::is_directory(place / layout.folder)) return place / layout.folder;
  }
  for (const fs::path& place : {source.root, cache}) {
    for (const char* compression : {".gz", ".xz"}) {
      const std::string name = layout.archive_stem + compression;
      if (!place.empty() && found_intact(place, name, layout.archive_md5)) {
        unpack(place / name, layout, cache, host);
        return cache / layout.folder;
      }
    }
  }
  if (!source.may_download) {
    throw sla::Error("no folder " + layout.folder + " and no archive " + layout.archive_stem +
                     ".gz in " + (source.root.empty() ? "" : source.root.string() + " or ") +
                     cache.string() +
                     "; put one there, set root (or the variable SLA_DATA) to its folder, or set "
                     "download = true");
  }
  const fs::path downloaded = cache / (layout.archive_stem + ".gz");
  download(layout.url, layout.archive_md5, downloaded, host);
  unpack(downloaded, layout, cache, host);
  return cache / layout.folder;
}

std::string verified_sha256(const fs::path& file) {
  const fs::path folder = file.parent_path();
  const std::string name = folder.filename() / file.filename();
  std::string found = sla::file_digest(sla::Digest::sha256, file);
  const std::string expected = published_sha256(folder.parent_path(), name).value_or(found);
  if (found != expected) {
    throw sla::Error(file.string() + " has SHA-256 " + found + ", expected " + expected +
                     " from SHA256SUMS; it is damaged: unpack the archive again");
  }
  return found;
}

}  // namespace cifar
