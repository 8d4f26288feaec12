// Injects faults while a small run trains and saves, checks that nothing saved is lost and that the
// resumed run ends bit-identical, and prints a table.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <random>
#include <stdexcept>

#include <sys/wait.h>
#include <unistd.h>

#include "host/base/exit_status.h"
#include "tests/faults/storage_faults.h"
#include "tests/faults/trial.h"
#include "tests/support/child.h"
#include "tests/support/scratch_folder.h"

namespace {

namespace fs = std::filesystem;
using faults::Row;
using faults::Storage;
using faults::Trial;
using faults::Victim;

/// A signal to the run, or to one of its processes if it has several, after a random time,
/// repeatedly.
Row at_random(const std::string& name, int signal, int64_t times, double longest,
              const Victim& straight, std::mt19937_64& random) {
  const bool is_group = straight.processes() > 1;
  Row row{name};
  Trial trial(straight);
  while (row.provoked < times) {
    const pid_t run = trial.start(Storage::nothing, 0);
    const double seconds = std::uniform_real_distribution(0.0, longest)(random);
    usleep(static_cast<useconds_t>(1e6 * seconds));
    const auto targets = is_group ? tests::children_of(run) : std::vector<pid_t>{run};
    const size_t target = targets.size() > 1 ? random() % targets.size() : 0;
    if (!targets.empty()) kill(targets[target], signal);
    const int status = tests::wait_for(run);
    if (status == 0) {
      trial.complete();
    } else if (status == (is_group ? host::kLostProcessStatus : 128 + signal)) {
      trial.check(/*may_lose=*/0, row);
    } else {
      throw std::runtime_error(name + ": the run ended with status " + std::to_string(status));
    }
  }
  return row;
}

/// Something that a run must survive: it ends as if nothing had happened. `prepare` is called in
/// the run's process at its start, `disturb` in ours after its first checkpoint.
Row survived(const std::string& name, int64_t times, const Victim& straight,
             const std::function<void()>& prepare, const std::function<void()>& disturb) {
  Row row{name, 0, 0, {0}};
  for (Trial trial(straight); row.provoked < times; ++row.provoked) {
    const pid_t child = trial.victim().start(prepare);
    for (int tries = 0; tries < 10'000 && trial.victim().saved_iteration() == 0; ++tries)
      usleep(1000);
    disturb();
    if (const int status = tests::wait_for(child); status != 0) {
      throw std::runtime_error(name + ": the run ended with status " + std::to_string(status));
    }
    trial.complete();
  }
  return row;
}

/// The output goes to a pipe that nobody reads.
Row unread(int64_t times, const Victim& straight) {
  const auto redirect = [] {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
    for (const int output : {STDOUT_FILENO, STDERR_FILENO}) dup2(ends[1], output);
    for (const int end : ends) close(end);
  };
  return survived("nobody reads its output", times, straight, redirect, [] {});
}

/// Input, output and errors are closed, so that the run's own files could take their numbers.
Row closed(int64_t times, const Victim& straight) {
  const auto close_all = [] {
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) close(descriptor);
  };
  return survived("standard descriptors closed", times, straight, close_all, [] {});
}

/// The plugins are overwritten in place, as a compiler or `cp` does, while the run uses them.
Row overwritten(int64_t times, const Victim& straight) {
  const tests::ScratchFolder folder;
  const fs::path plugins = std::getenv("SLA_PLUGIN_PATH");
  const auto copies = folder.path() / "plugins";
  const auto use_copies = [&] {
    fs::copy(plugins, copies, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    setenv("SLA_PLUGIN_PATH", copies.c_str(), 1);
  };
  const auto overwrite = [&] {
    for (const auto& entry : fs::directory_iterator(copies)) {
      if (entry.is_regular_file()) std::ofstream(entry.path()) << "no plugin any more";
    }
  };
  return survived("plugins overwritten in place", times, straight, use_copies, overwrite);
}

/// A fault at every single call that writes to disk, from the first to the last of a run.
Row at_each_storage_call(const std::string& name, Storage fault, int status, int64_t step,
                         const Victim& straight) {
  Row row{name};
  for (int64_t call = 1;; call += step) {
    Trial trial(straight);
    const int ended = tests::wait_for(trial.start(fault, call));
    if (!faults::watched().happened) {
      trial.complete();
      return row;
    }
    if (ended == 0) {
      // It hit the report, without which a run is complete.
      ++row.provoked;
      trial.complete();
      continue;
    }
    if (ended != status) {
      throw std::runtime_error(name + ", call " + std::to_string(call) +
                               ": the run ended with status " + std::to_string(ended));
    }
    trial.check(/*may_lose=*/0, row);
    trial.victim().finish();
    trial.complete();
  }
}

void flip_a_bit(const fs::path& file, uint64_t where) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  const auto position = static_cast<std::streamoff>(where % fs::file_size(file));
  stream.seekg(position);
  const auto byte = static_cast<char>(stream.get() ^ (1 << where % 8));
  stream.seekp(position);
  stream.put(byte);
}

/// Stops a run, damages its last checkpoint, and resumes the run.
Row damaged(const std::string& name, int64_t times, bool truncate, const Victim& straight,
            std::mt19937_64& random) {
  Row row{name};
  for (; row.provoked < times;) {
    Trial trial(straight);
    const int64_t call = std::uniform_int_distribution<int64_t>(60, 200)(random);
    tests::wait_for(trial.start(Storage::killed, call));
    const auto last = trial.victim().run() / "last.ckpt";
    if (!fs::exists(last)) continue;
    if (truncate) {
      fs::resize_file(last, random() % fs::file_size(last));
    } else {
      flip_a_bit(last, random());
    }
    trial.check(/*may_lose=*/1, row);
    trial.victim().finish();
    trial.complete();
  }
  return row;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

void print(const Row& row) {
  std::printf("| %-41s | %8ld | %4ld | %5.0f ms | %5.0f ms |\n", row.fault.c_str(),
              static_cast<long>(row.provoked), static_cast<long>(row.most_lost),
              1e3 * median(row.recoveries),
              1e3 * *std::max_element(row.recoveries.begin(), row.recoveries.end()));
  std::fflush(stdout);
}

void provoke_all(int64_t kills, int64_t sparseness, uint64_t seed) {
  std::mt19937_64 random(seed);
  const tests::ScratchFolder folder;
  const Victim straight(folder.path());
  const auto start = std::chrono::steady_clock::now();
  straight.finish();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;

  std::printf(
      "| fault | provoked | saved iterations lost, at most | recovery, median | longest |\n");
  std::printf("| --- | --- | --- | --- | --- |\n");
  const tests::ScratchFolder another;
  const Victim pair(another.path(), 2);
  const auto begun = std::chrono::steady_clock::now();
  pair.finish();
  const std::chrono::duration<double> together = std::chrono::steady_clock::now() - begun;
  print(at_random("SIGKILL of one of two processes", SIGKILL, std::max<int64_t>(1, kills / 2),
                  together.count(), pair, random));
  print(at_random("SIGSTOP of one of two processes", SIGSTOP, std::max<int64_t>(1, kills / 20),
                  together.count(), pair, random));
  print(at_each_storage_call("disk full, two processes", Storage::full, 2, 61, pair));
  print(at_random("SIGKILL at a random moment", SIGKILL, kills, seconds.count(), straight, random));
  print(at_random("SIGTERM at a random moment", SIGTERM, std::max<int64_t>(1, kills / 10),
                  seconds.count(), straight, random));
  print(at_random("SIGHUP at a random moment", SIGHUP, std::max<int64_t>(1, kills / 10),
                  seconds.count(), straight, random));
  for (const auto survive : {unread, closed, overwritten}) {
    print(survive(std::max<int64_t>(1, kills / 50), straight));
  }
  print(at_each_storage_call("SIGKILL at a call that writes to the disk", Storage::killed,
                             128 + SIGKILL, 3 * sparseness, straight));
  print(
      at_each_storage_call("disk full at such a call", Storage::full, 2, 7 * sparseness, straight));
  print(at_each_storage_call("disk broken at such a call", Storage::broken, 2, 7 * sparseness,
                             straight));
  print(damaged("bit flipped in the last checkpoint", std::max<int64_t>(1, kills / 10), false,
                straight, random));
  print(damaged("last checkpoint cut short", std::max<int64_t>(1, kills / 10), true, straight,
                random));
}

}  // namespace

int main(int argument_count, char** arguments) {
  CLI::App app("Provokes faults while a small run trains and saves, and checks what is left");
  int64_t kills = 200;
  int64_t sparseness = 1;
  uint64_t seed = 0;
  app.add_option("--kills", kills, "How often the run is killed at a random moment")
      ->capture_default_str();
  app.add_option("--sparseness", sparseness,
                 "Hit the disk at every Nth of the calls that are hit by default")
      ->capture_default_str();
  app.add_option("--seed", seed, "Of the random moments")->capture_default_str();
  CLI11_PARSE(app, argument_count, arguments);
  try {
    provoke_all(kills, sparseness, seed);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "sla_faults: " << error.what() << "\n";
    return 1;
  }
}
