#include "download.h"

#include <curl/curl.h>
#include <sla/digest.h>
#include <sla/error.h>

#include <array>
#include <cstdio>
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

void fetch(const std::string& url, const std::filesystem::path& part, sla::Host& host) {
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(part.c_str(), "ab"), &std::fclose);
  if (!file) throw sla::Error("cannot write " + part.string());
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), &curl_easy_cleanup);
  if (!curl) throw sla::Error("cannot start a download: libcurl failed to initialise");

  std::array<char, CURL_ERROR_SIZE> reason{};
  Progress progress{&host, part.stem().string(),
                    static_cast<curl_off_t>(std::filesystem::file_size(part))};
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_CONNECTTIMEOUT, 30L);
  curl_easy_setopt(curl.get(), CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_LOW_SPEED_TIME, 60L);
  curl_easy_setopt(curl.get(), CURLOPT_RESUME_FROM_LARGE, progress.resumed_from);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, file.get());
  curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, reason.data());
  curl_easy_setopt(curl.get(), CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl.get(), CURLOPT_XFERINFOFUNCTION, &show_progress);
  curl_easy_setopt(curl.get(), CURLOPT_XFERINFODATA, &progress);

  const CURLcode result = curl_easy_perform(curl.get());
  if (result != CURLE_OK) {
    throw sla::Error("cannot download " + url + ": " +
                     (reason.front() != '\0' ? reason.data() : curl_easy_strerror(result)) +
                     "; the partial download is kept in " + part.string() +
                     ", and the next run resumes it");
  }
}

}  // namespace

void download(const std::string& url, const std::string& md5, const std::filesystem::path& file,
              sla::Host& host) {
  std::filesystem::create_directories(file.parent_path());
  const std::filesystem::path part = file.string() + ".part";
  host.log(sla::LogLevel::info, "downloading " + url + " to " + file.string());
  fetch(url, part, host);
  const std::string found = sla::file_digest(sla::Digest::md5, part);
  if (found != md5) {
    std::filesystem::remove(part);
    throw sla::Error("the download of " + url + " has MD5 " + found + ", expected " + md5 +
                     "; it was deleted, run again");
  }
  std::filesystem::rename(part, file);
}

}  // namespace cifar
