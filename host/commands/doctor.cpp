#include <iostream>
#include <set>

#include "host/base/errors.h"
#include "host/base/exit_status.h"
#include "host/commands/child.h"
#include "host/commands/plugin_commands.h"
#include "host/plugin/diagnosis.h"
#include "host/plugin/library.h"
#include "host/plugin/search_path.h"

namespace host::commands {

namespace {

namespace fs = std::filesystem;
using plugin::Finding;

void print(const Finding& finding) {
  switch (finding.verdict) {
    case Finding::Verdict::fine: std::cout << "  ok       "; break;
    case Finding::Verdict::notice: std::cout << "           "; break;
    case Finding::Verdict::problem: std::cout << "  PROBLEM  "; break;
  }
  std::cout << finding.text << "\n";
}

/// Prints the findings on a file and returns whether it can be used.
bool examine(const fs::path& file) {
  std::cout << file.string() << "\n";
  const auto findings = plugin::diagnose_file(file);
  for (const Finding& finding : findings) print(finding);
  if (plugin::any_problem(findings)) {
    std::cout << "none of its code was run\n";
    return false;
  }
  // Loading runs the plugin's code, which may crash.
  const auto ended = to_the_end_in_child([&] {
    try {
      const auto library = plugin::Library::load(file);
      print({Finding::Verdict::fine,
             "loads; components: " + std::to_string(library->components().size())});
      return 0;
    } catch (const PluginError& error) {
      print({Finding::Verdict::problem, error.what()});
      return kUserErrorStatus;
    }
  });
  if (!ended.by_itself.empty()) {
    print({Finding::Verdict::problem, "its code ends the program " + ended.by_itself +
                                          " at loading: check its static initialisers"});
  }
  if (fs::exists(file)) print(plugin::diagnose_place(file));
  return ended.status == 0;
}

/// Reports plugins shadowed by a file of the same name in an earlier folder.
void print_hidden() {
  std::set<fs::path> names;
  for (const fs::path& folder : plugin::search_path({})) {
    for (const fs::path& file : plugin::list_plugins({folder})) {
      if (names.insert(file.filename()).second) continue;
      print({Finding::Verdict::notice,
             file.string() + " is shadowed by a plugin of the same name in an earlier folder"});
    }
  }
}

}  // namespace

int doctor(const fs::path& file) {
  if (!file.empty()) {
    const bool usable = examine(file);
    std::cout << (usable ? "the plugin can be used\n" : "the plugin cannot be used\n");
    return usable ? 0 : kUserErrorStatus;
  }
  std::cout << "sla_host\n";
  const auto findings = plugin::diagnose_host();
  for (const Finding& finding : findings) print(finding);
  print_hidden();
  int broken = plugin::any_problem(findings) ? 1 : 0;
  for (const fs::path& plugin : plugin::list_plugins(plugin::search_path({}))) {
    if (!examine(plugin)) ++broken;
  }
  return broken == 0 ? 0 : kUserErrorStatus;
}

}  // namespace host::commands
