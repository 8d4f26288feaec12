#pragma once

#include <string>

namespace tests {

/// An experiment on the tiny model of the fixture "faulty", at about a millisecond per iteration,
/// with the objective that fails in the way `how` at iteration `at`.
inline std::string faulty_experiment(const std::string& how, int64_t at) {
  const std::string fixture = "plugin = '" SLA_FIXTURES "/faulty.so', component = '";
  return "model = { " + fixture + "tiny' }\nobjective = { " + fixture + "failing_loss', how = '" +
         how + "', at = " + std::to_string(at) + " }\n";
}

/// The fixture's dataset, which reads `file` at each batch; `more` are further keys.
inline std::string record_dataset(const std::string& file, const std::string& more = "") {
  return "dataset = { plugin = '" SLA_FIXTURES "/faulty.so', component = 'record_file', file = '" +
         file + "'" + more + " }\n";
}

/// The content of such a file: all images are distinct.
inline std::string records() {
  std::string content(300 * 192, '\0');
  for (size_t i = 0; i < content.size(); ++i) {
    content[i] = static_cast<char>(i * 2654435761U >> 13U);
  }
  return content;
}

}  // namespace tests
