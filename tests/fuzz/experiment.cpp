#include <cstdlib>

#include "host/base/errors.h"
#include "host/experiment/experiment.h"
#include "host/experiment/published.h"

using namespace host::experiment;

/// Any text is an experiment, with all its profiles applied, or an error with its location; an
/// experiment is the same after writing and reading it.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  try {
    const std::string text(reinterpret_cast<const char*>(bytes), size);
    const Table document = parse_document(text, "fuzz.toml");
    const std::string written = to_toml(document);
    if (to_toml(parse_document(written, "written.toml")) != written) abort();
    Table root = document;
    Profiles profiles;
    profiles.take_from(root);
    profiles.lay_over(root, profiles.names());
    keep_published(root, profiles.names(), profiles.names(),
                   [&](const auto&, const auto&) { return document; });
    interpret(root, "fuzz");
  } catch (const host::ExperimentError&) {
  }
  return 0;
}
