#include "host/conformance/conformance.h"

#include <algorithm>
#include <utility>

#include "host/base/errors.h"
#include "host/conformance/report.h"
#include "host/conformance/subject.h"
#include "host/experiment/document.h"
#include "host/experiment/suggest.h"
#include "host/plugin/library.h"

namespace host::conformance {

namespace {

/// The settings as one table per component. Throws ExperimentError for unknown components.
experiment::Table tables_of(const plugin::Library& library,
                            const std::vector<std::string>& settings) {
  experiment::Table tables;
  experiment::apply_settings(tables, settings);
  std::vector<std::string> known;
  for (const auto& component : library.components()) known.push_back(component.name);
  for (const auto& [name, value] : tables) {
    if (value.table() == nullptr) {
      throw ExperimentError("--set " + name + "=...: name the component too: COMPONENT." + name +
                            "=VALUE");
    }
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      throw ExperimentError("--set " + name + ": plugin '" + library.name() +
                            "' has no component '" + name + "'" + experiment::suggest(name, known));
    }
  }
  return tables;
}

/// Throws if a component cannot be constructed: checking it would be pointless.
void check_settings(const Subject& subject) {
  try {
    subject.parameters();
  } catch (const ExperimentError& error) {
    throw ExperimentError(std::string(error.what()) + "; set it with --set " +
                          subject.description().name + ".KEY=VALUE");
  }
}

}  // namespace

Outcome check_plugin(const std::filesystem::path& file, const std::vector<std::string>& settings,
                     std::ostream& out) {
  const auto library = plugin::Library::load(file);
  const auto tables = tables_of(*library, settings);
  Report report(out);
  for (const auto& component : library->components()) {
    const auto given = tables.find(component.name);
    Subject subject(component, given == tables.end() ? experiment::Table() : *given->second.table(),
                    library->components());
    check_settings(subject);
    const auto kind = plugin::kind_of(component);
    report.begin(plugin::kind_name(kind) + " " + component.name);
    switch (kind) {
      case plugin::Kind::augmentation: check_augmentation(subject, report); break;
      case plugin::Kind::transformation: check_transformation(subject, report); break;
      case plugin::Kind::dataset: check_dataset(subject, report); break;
      case plugin::Kind::model: check_model(subject, report); break;
      case plugin::Kind::objective: check_objective(subject, report); break;
    }
  }
  return {report.checks(), report.failures()};
}

}  // namespace host::conformance
