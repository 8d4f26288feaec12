#include "host/sweep/slurm.h"

#include <spdlog/fmt/fmt.h>

namespace host::sweep {

namespace {

namespace fs = std::filesystem;

/// Quotes a word for the shell.
std::string quoted(const std::string& text) {
  std::string word = "'";
  for (const char c : text) word.append(c == '\'' ? "'\\''" : std::string(1, c));
  return word.append("'");
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

std::string slurm_script(const std::string& name, int64_t processes,
                         const std::vector<std::string>& command) {
  std::string words;
  for (const std::string& word : command) words.append(" ").append(quoted(word));
  return fmt::format(
      "#!/bin/bash\n"
      "# Trains {name} in {processes} processes: sbatch THIS_FILE. Two minutes before the time "
      "limit\n"
      "# it saves and queues itself again, and the run goes on. Add what your cluster requires,\n"
      "# such as --time, --gpus-per-task=1 or --cpus-per-task.\n"
      "#SBATCH --job-name=\"{name}\"\n"
      "#SBATCH --ntasks={processes}\n"
      "#SBATCH --output=\"slurm-%j.log\"\n"
      "#SBATCH --open-mode=append\n"
      "#SBATCH --requeue\n"
      "#SBATCH --signal=B:USR1@120\n"
      "cd {folder} || exit\n"
      "again=\n"
      "trap 'again=yes; scancel --signal=TERM \"$SLURM_JOB_ID\"' USR1\n"
      "srun --kill-on-bad-exit=1 {program}{words} &\n"
      "# The trap interrupts the first wait; the processes then save and end.\n"
      "wait $!\n"
      "wait $!\n"
      "status=$?\n"
      "if [ -n \"$again\" ]; then scontrol requeue \"$SLURM_JOB_ID\"; fi\n"
      "exit $status\n",
      fmt::arg("name", name), fmt::arg("processes", processes),
      fmt::arg("folder", quoted(fs::current_path().string())),
      fmt::arg("program", quoted(fs::read_symlink("/proc/self/exe").string())),
      fmt::arg("words", words));
}

}  // namespace host::sweep
