#include "host/sweep/slurm.h"

#include <spdlog/fmt/fmt.h>

namespace host::sweep {

namespace {

namespace fs = std::filesystem;

/// A word of a shell's command line.
std::string quoted(const std::string& text) {
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

}  // namespace

std::string slurm_script(const Plan& plan, const fs::path& file) {
  const fs::path out = fs::absolute(plan.out()).lexically_normal();
  return fmt::format(
      "#!/bin/bash\n"
      "# Runs the sweep {name} on a cluster, a job for each of its {count} runs: sbatch "
      "THIS_FILE.\n"
      "# Before the time limit a job is told to save; submitted again, unfinished runs go on and\n"
      "# finished ones are not run again. Add what your cluster asks for, such as --gres=gpu:1.\n"
      "#SBATCH --job-name=\"{name}\"\n"
      "#SBATCH --array=0-{last}\n"
      "#SBATCH --output=\"{out}/slurm-%A_%a.log\"\n"
      "#SBATCH --signal=B:TERM@120\n"
      "set -euo pipefail\n"
      "cd {folder}\n"
      "exec {program} sweep {file} --out {quoted_out} --only \"$SLURM_ARRAY_TASK_ID\"\n",
      fmt::arg("name", plan.name()), fmt::arg("count", plan.cells().size()),
      fmt::arg("last", plan.cells().size() - 1), fmt::arg("out", out.string()),
      fmt::arg("folder", quoted(fs::current_path().string())),
      fmt::arg("program", quoted(fs::read_symlink("/proc/self/exe").string())),
      fmt::arg("file", quoted(fs::absolute(file).lexically_normal().string())),
      fmt::arg("quoted_out", quoted(out.string())));
}

}  // namespace host::sweep
