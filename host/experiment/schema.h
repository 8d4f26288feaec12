#pragma once

#include <sla/parameters.h>

#include <string>
#include <vector>

namespace host::experiment {

/// The keys allowed in an experiment's tables, declared like plugin parameters.
std::vector<sla::Parameter> root_schema();
std::vector<sla::Parameter> component_schema();
std::vector<sla::Parameter> initial_weights_schema();
std::vector<sla::Parameter> parameter_group_schema();
std::vector<sla::Parameter> normalisation_schema();
std::vector<sla::Parameter> optimizer_schema();
std::vector<sla::Parameter> schedule_schema();
std::vector<sla::Parameter> training_schema();
std::vector<sla::Parameter> checkpoints_schema();
std::vector<sla::Parameter> evaluation_schema();
std::vector<sla::Parameter> protocol_schema();
std::vector<sla::Parameter> runtime_schema();
std::vector<sla::Parameter> published_schema();

/// Names of the top-level tables.
std::vector<std::string> section_names();

}  // namespace host::experiment
