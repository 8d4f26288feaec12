#include "host/terminal/log.h"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <memory>
#include <mutex>
#include <string>

#include "host/base/errors.h"
#include "host/terminal/status_line.h"

namespace host::terminal {

namespace {

std::string muted_as;

/// Standard error; each line first removes the status line.
class TerminalSink final : public spdlog::sinks::base_sink<std::mutex> {
 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    clear_status();
    std::fwrite(line.data(), 1, line.size(), stderr);
  }
  void flush_() override { std::fflush(stderr); }
};

}  // namespace

void start_log() {
  auto sink = std::make_shared<TerminalSink>();
  sink->set_pattern("%H:%M:%S %L %v");
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("sla_host", std::move(sink)));
}

void mute(const std::string& name) {
  muted_as = name;
  spdlog::default_logger()->sinks().clear();
  spdlog::set_level(spdlog::level::warn);
  hide_status();
}

bool is_muted() { return !muted_as.empty(); }

void log_to_file(const std::filesystem::path& file) {
  try {
    auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(file.string());
    sink->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l " + (muted_as.empty() ? "" : muted_as + " ") +
                      "%v");
    spdlog::default_logger()->sinks().push_back(std::move(sink));
    spdlog::default_logger()->flush_on(spdlog::level::info);
    // Losing log lines is tolerable; metrics and checkpoints that cannot be written stop the
    // run.
    spdlog::default_logger()->set_error_handler([](const std::string& reason) {
      static std::once_flag once;
      std::call_once(once, [&] {
        std::fprintf(stderr, "sla_host: some log lines were lost: %s\n", reason.c_str());
      });
    });
  } catch (const spdlog::spdlog_ex& error) {
    throw StorageError(error.what());
  }
}

}  // namespace host::terminal
