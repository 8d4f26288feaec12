#include "host/sweep/slurm.h"

#include <spdlog/fmt/fmt.h>

namespace host::sweep {

namespace {

namespace fs = std::filesystem;

/// Quotes a word for the shell.
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
      "# Runs the sweep {name} on a cluster, one job per run ({count} runs): sbatch "
      "THIS_FILE.\n"
      "# Slurm tells jobs to save before the time limit; resubmit to resume unfinished runs\n"
      "# and skip finished ones. Add what your cluster requires, such as --gres=gpu:1.\n"
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
