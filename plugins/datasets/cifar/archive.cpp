#include "archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <sla/digest.h>
#include <sla/error.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
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
    // As sha256sum writes them ("*" marks binary mode), or find, or PowerShell with capitals.
    if (file.starts_with('*')) file.erase(0, 1);
    if (file.starts_with("./")) file.erase(0, 2);
    if (file != name) continue;
    std::transform(digest.begin(), digest.end(), digest.begin(),
                   [](unsigned char digit) { return std::tolower(digit); });
    return digest;
  }
  return std::nullopt;
}

/// What a folder lacks of the unpacked files; empty if it is complete.
std::string missing_from(const fs::path& folder, const Layout& layout) {
  const auto lacks = [&](const std::string& name, int64_t records) -> std::string {
    std::error_code unreadable;
    const auto size = fs::file_size(folder / name, unreadable);
    if (unreadable) return name;
    const auto expected = static_cast<uintmax_t>(records * layout.record_bytes());
    if (records == 0 ? size > 0 : size == expected) return "";
    return name + " (" + std::to_string(size) + " bytes instead of " + std::to_string(expected) +
           ")";
  };
  std::string missing = lacks(layout.names_file, 0);
  for (const std::string& name : layout.train_files) {
    if (missing.empty()) missing = lacks(name, layout.records_per_train_file);
  }
  return missing.empty() ? lacks(layout.test_file, layout.records_in_test_file) : missing;
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
  // Another process may have been faster; what an older one left incomplete makes way.
  const fs::path unpacked = target / layout.folder;
  if (fs::exists(unpacked) && !missing_from(unpacked, layout).empty()) {
    const fs::path aside = unpacked.string() + ".incomplete";
    fs::remove_all(aside);
    fs::rename(unpacked, aside);
  }
  std::error_code failure;
  fs::rename(partial, unpacked, failure);
  if (!failure) return;
  fs::remove_all(partial);
  if (!fs::is_directory(unpacked)) {
    throw sla::Error("cannot create " + unpacked.string() + ": " + failure.message());
  }
}

/// The folder of unpacked files in `place`, or `place` itself if it holds them; empty if there is
/// none. Adds an incomplete one to `incomplete`.
fs::path unpacked_files(const fs::path& place, const Layout& layout, std::string& incomplete) {
  if (place.empty()) return {};
  const fs::path inner = place / layout.folder;
  std::error_code unreadable;
  if (!fs::is_directory(inner, unreadable)) {
    return fs::exists(place / layout.names_file, unreadable) && missing_from(place, layout).empty()
               ? place
               : fs::path();
  }
  const std::string missing = missing_from(inner, layout);
  if (missing.empty()) return inner;
  incomplete += inner.string() + " is incomplete: it lacks " + missing + "; ";
  return {};
}

}  // namespace

fs::path provide_files(const Layout& layout, const Source& source, sla::Host& host) {
  const fs::path cache = host.cache_directory();
  std::string incomplete;
  for (const fs::path& place : {source.root, cache}) {
    const fs::path files = unpacked_files(place, layout, incomplete);
    if (!files.empty()) return files;
  }
  if (!incomplete.empty()) {
    host.log(sla::LogLevel::warning, incomplete + "looking for the archive instead");
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
  if (!incomplete.empty()) {
    throw sla::Error(
        incomplete + "there is no archive " + layout.archive_stem +
        ".gz beside it; delete the folder to download the archive, or unpack it again");
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
  const fs::path folder = fs::canonical(file.parent_path());
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
