#include "download.h"

#include <curl/curl.h>
#include <sla/digest.h>
#include <sla/error.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace cifar {

namespace {

struct Progress {
  sla::Host* host;
  std::string name;
  curl_off_t resumed_from;
};

int show_progress(void* pointer, curl_off_t total, curl_off_t done, curl_off_t, curl_off_t) {
  const auto& progress = *static_cast<Progress*>(pointer);
  if (total > 0) {
    progress.host->progress("download " + progress.name, progress.resumed_from + done,
                            progress.resumed_from + total);
  }
  return 0;
}

/// A partial download that no other program can write to meanwhile.
class Part {
 public:
  /// Waits for another program that is downloading the same file.
  Part(const std::filesystem::path& path, sla::Host& host)
      : path_(path), file_(std::fopen(path.c_str(), "ab"), &std::fclose) {
    if (!file_) throw sla::Error("cannot write " + path.string() + ": " + std::strerror(errno));
    if (flock(fileno(file_.get()), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return;
    host.log(sla::LogLevel::info, "another program is downloading " + path.string() + "; waiting");
    while (flock(fileno(file_.get()), LOCK_EX) != 0 && errno == EINTR) continue;
  }

  /// Whether the other program has meanwhile finished or given up this file.
  bool is_stale() const {
    struct stat here {};
    struct stat there {};
    return fstat(fileno(file_.get()), &here) != 0 || stat(path_.c_str(), &there) != 0 ||
           here.st_ino != there.st_ino;
  }

  void empty() const {
    if (ftruncate(fileno(file_.get()), 0) != 0) {
      throw sla::Error("cannot write " + path_.string() + ": " + std::strerror(errno));
    }
  }

  FILE* stream() const { return file_.get(); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  std::unique_ptr<FILE, int (*)(FILE*)> file_;
};

/// Appends the rest of `url` to a partial download. Returns whether the server can go on from
/// there.
bool fetch(const std::string& url, const Part& part, sla::Host& host) {
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), &curl_easy_cleanup);
  if (!curl) throw sla::Error("cannot start a download: libcurl failed to initialise");

  std::array<char, CURL_ERROR_SIZE> reason{};
  Progress progress{&host, part.path().stem().string(),
                    static_cast<curl_off_t>(std::filesystem::file_size(part.path()))};
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_CONNECTTIMEOUT, 30L);
  curl_easy_setopt(curl.get(), CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_LOW_SPEED_TIME, 60L);
  curl_easy_setopt(curl.get(), CURLOPT_RESUME_FROM_LARGE, progress.resumed_from);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, part.stream());
  curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, reason.data());
  curl_easy_setopt(curl.get(), CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl.get(), CURLOPT_XFERINFOFUNCTION, &show_progress);
  curl_easy_setopt(curl.get(), CURLOPT_XFERINFODATA, &progress);

  const CURLcode result = curl_easy_perform(curl.get());
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  constexpr long kRangeNotSatisfiable = 416;
  if (progress.resumed_from > 0 &&
      (result == CURLE_RANGE_ERROR || status == kRangeNotSatisfiable)) {
    return false;
  }
  if (result != CURLE_OK) {
    throw sla::Error("cannot download " + url + ": " +
                     (reason.front() != '\0' ? reason.data() : curl_easy_strerror(result)) +
                     "; the partial download is kept in " + part.path().string() +
                     ", and the next run resumes it");
  }
  if (std::fflush(part.stream()) != 0) {
    throw sla::Error("cannot write " + part.path().string() + ": " + std::strerror(errno));
  }
  return true;
}

}  // namespace

void download(const std::string& url, const std::string& md5, const std::filesystem::path& file,
              sla::Host& host) {
  std::filesystem::create_directories(file.parent_path());
  const Part part(file.string() + ".part", host);
  if (part.is_stale()) {
    // Another program has finished it, or found it damaged and deleted it.
    if (!std::filesystem::exists(file)) download(url, md5, file, host);
    return;
  }
  std::string found = sla::file_digest(sla::Digest::md5, part.path());
  if (found != md5) {
    host.log(sla::LogLevel::info, "downloading " + url + " to " + file.string());
    if (!fetch(url, part, host)) {
      part.empty();
      fetch(url, part, host);
    }
    found = sla::file_digest(sla::Digest::md5, part.path());
  }
  if (found != md5) {
    std::filesystem::remove(part.path());
    throw sla::Error("the download of " + url + " has MD5 " + found + ", expected " + md5 +
                     "; it was deleted, run again");
  }
  std::filesystem::rename(part.path(), file);
}

}  // namespace cifar
