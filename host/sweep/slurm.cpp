#include "host/sweep/slurm.h"

#include <spdlog/fmt/fmt.h>

#include "host/base/installation.h"
#include "host/sweep/cell_command.h"

namespace host::sweep {

namespace {

namespace fs = std::filesystem;

std::string enter_this_folder() {
  return "cd " + shell_text({fs::current_path().string()}) + " || exit\n";
}

/// What a job of several tasks needs.
std::string directives(int64_t processes) {
  return fmt::format(
      "#SBATCH --ntasks={}\n"
      "#SBATCH --open-mode=append\n"
      "#SBATCH --requeue\n"
      "#SBATCH --signal=B:USR1@120\n",
      processes);
}

/// Runs `words`, text of the shell, in all tasks of the job, and queues the job again if it was
/// warned of its time limit.
std::string run_and_requeue(const std::string& words) {
  return "again=\n"
         "trap 'again=yes; scancel --signal=TERM \"$SLURM_JOB_ID\"' USR1\n"
         "srun --kill-on-bad-exit=1 " +
         words +
         " &\n"
         "# The trap interrupts the first wait; the processes then save and end.\n"
         "wait $!\n"
         "wait $!\n"
         "status=$?\n"
         "if [ -n \"$again\" ]; then scontrol requeue \"$SLURM_JOB_ID\"; fi\n"
         "exit $status\n";
}

}  // namespace

std::string slurm_script(const Plan& plan, const fs::path& file, bool any_build,
                         int64_t processes) {
  const fs::path out = fs::absolute(plan.out()).lexically_normal();
  std::vector<std::string> words{this_program().string(), "sweep",
                                 fs::absolute(file).lexically_normal().string(), "--out",
                                 out.string()};
  for (const std::string& setting : plan.settings()) {
    words.insert(words.end(), {"--set", setting});
  }
  if (any_build) words.emplace_back("--any-build");
  words.emplace_back("--only");
  const std::string cell = shell_text(words) + " \"$SLURM_ARRAY_TASK_ID\"";
  const bool has_tasks = processes > 1;
  return fmt::format(
             "#!/bin/bash\n"
             "# Runs the sweep {name} on a cluster, one job per run ({count} runs): sbatch "
             "THIS_FILE.\n"
             "# Slurm tells jobs to save before the time limit; resubmit to resume unfinished "
             "runs\n"
             "# and skip finished ones. Add what your cluster requires, such as --gres=gpu:1.\n"
             "#SBATCH --job-name=\"{name}\"\n"
             "#SBATCH --array=0-{last}\n"
             "#SBATCH --output=\"{out}/slurm-%A_%a.log\"\n",
             fmt::arg("name", plan.name()), fmt::arg("count", plan.cells().size()),
             fmt::arg("last", plan.cells().size() - 1), fmt::arg("out", out.string())) +
         (has_tasks ? directives(processes) : "#SBATCH --signal=B:TERM@120\n") +
         enter_this_folder() +
         (has_tasks ? "command=$(" + cell + " --print-command) || exit\n" +
                          "if [ -z \"$command\" ]; then exit 0; fi\n" +
                          run_and_requeue("bash -c \"exec $command\"")
                    : "exec " + cell + "\n");
}

std::string slurm_script(const std::string& name, int64_t processes,
                         const std::vector<std::string>& command) {
  return fmt::format(
             "#!/bin/bash\n"
             "# Trains {name} in {processes} processes: sbatch THIS_FILE. Two minutes before the "
             "time limit\n"
             "# it saves and queues itself again, and the run goes on. Add what your cluster "
             "requires,\n"
             "# such as --time, --gpus-per-task=1 or --cpus-per-task.\n"
             "#SBATCH --job-name=\"{name}\"\n"
             "#SBATCH --output=\"slurm-%j.log\"\n",
             fmt::arg("name", name), fmt::arg("processes", processes)) +
         directives(processes) + enter_this_folder() + run_and_requeue(shell_text(command));
}

}  // namespace host::sweep
