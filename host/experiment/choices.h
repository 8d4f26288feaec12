#pragma once

#include <sla/parameters.h>

#include <array>
#include <stdexcept>
#include <string>
#include <vector>

#include "host/experiment/options.h"

namespace host::experiment {

/// One value of a setting with a closed list of them: what experiments write, and what it means.
template <typename Enum>
struct Choice {
  const char* name;
  Enum value;
};

inline constexpr std::array kOptimizers{Choice<OptimizerKind>{"sgd", OptimizerKind::sgd},
                                        Choice<OptimizerKind>{"adamw", OptimizerKind::adamw}};
inline constexpr std::array kSchedules{Choice<ScheduleKind>{"constant", ScheduleKind::constant},
                                       Choice<ScheduleKind>{"multi_step", ScheduleKind::multi_step},
                                       Choice<ScheduleKind>{"step", ScheduleKind::step},
                                       Choice<ScheduleKind>{"cosine", ScheduleKind::cosine}};
inline constexpr std::array kSamplers{
    Choice<TrainingSampler>{"independent", TrainingSampler::independent},
    Choice<TrainingSampler>{"epoch", TrainingSampler::epoch}};
inline constexpr std::array kPrecisions{Choice<Precision>{"fp32", Precision::fp32},
                                        Choice<Precision>{"bf16", Precision::bf16},
                                        Choice<Precision>{"fp64", Precision::fp64}};
inline constexpr std::array kNonFinite{Choice<NonFinite>{"stop", NonFinite::stop},
                                       Choice<NonFinite>{"check", NonFinite::check},
                                       Choice<NonFinite>{"skip", NonFinite::skip}};
inline constexpr std::array kKernels{
    Choice<Kernels>{"auto", Kernels::automatic}, Choice<Kernels>{"own", Kernels::own},
    Choice<Kernels>{"mixed", Kernels::mixed}, Choice<Kernels>{"libtorch", Kernels::libtorch}};
inline constexpr std::array kGraphs{Choice<Graph>{"auto", Graph::automatic},
                                    Choice<Graph>{"on", Graph::on},
                                    Choice<Graph>{"off", Graph::off}};

/// The names, as a parameter's choices.
template <typename Choices>
std::vector<sla::ParameterValue> names_of(const Choices& choices) {
  std::vector<sla::ParameterValue> names;
  names.reserve(choices.size());
  for (const auto& choice : choices) names.emplace_back(std::string(choice.name));
  return names;
}

/// The value of a name that the schema has allowed.
template <typename Choices>
auto chosen(const Choices& choices, const std::string& name) {
  for (const auto& choice : choices) {
    if (name == choice.name) return choice.value;
  }
  throw std::logic_error("the schema allows '" + name + "', the program does not know it");
}

template <typename Choices, typename Enum>
const char* name_of(const Choices& choices, Enum value) {
  for (const auto& choice : choices) {
    if (value == choice.value) return choice.name;
  }
  throw std::logic_error("a setting has a value without a name");
}

}  // namespace host::experiment
