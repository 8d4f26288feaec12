#pragma once

#include <nlohmann/json_fwd.hpp>

#include <map>
#include <string>
#include <vector>

namespace host::storage {

/// The code that a run's provenance names: the host's build, LibTorch's version, and each plugin's
/// SHA-256, by "host", "LibTorch" and "plugin COMPONENT"; with it the SHA-256 of the weights that
/// it began with or learnt from, by "initial weights" and "frozen run PATH". Empty if it is not
/// recorded.
std::map<std::string, std::string> recorded_code(const nlohmann::json& provenance);

/// The digests of a run's data that its provenance names, by "train labels" and the like: of
/// each split's labels, and those that the dataset records. Empty if there are none.
std::map<std::string, std::string> recorded_data(const nlohmann::json& provenance);

/// The SHA-256 that these weights have now, by the same names; without files that are gone.
std::map<std::string, std::string> weights_of_now(const nlohmann::json& provenance);

/// Which of its code, and whether its "data", a session of the provenance found changed since the
/// run began.
std::vector<std::string> code_changed_in(const nlohmann::json& session);

/// A build as people read it: the first digits of a digest, or of each of several; a version as it
/// is.
std::string short_build(const std::string& build);

}  // namespace host::storage
