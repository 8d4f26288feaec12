#include "host/storage/safetensors.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/shared_files.h"

namespace {

struct Composition {
  const char* oracle_name;
  const char* experiment;
};

constexpr Composition kCompositions[] = {
    {"rotation", "[transformation]\nplugin = 'rotation'"},
    {"rotation2", "[transformation]\nplugin = 'rotation'\ncomponent = 'rotation2'"},
    {"color_perm", "[transformation]\nplugin = 'color_perm'"},
    {"color_perm3", "[transformation]\nplugin = 'color_perm'\ncomponent = 'color_perm3'"},
    {"rot_color_perm6",
     "[[transformation]]\nplugin = 'rotation'\ncomponent = 'rotation2'\n"
     "[[transformation]]\nplugin = 'color_perm'\ncomponent = 'color_perm3'"},
    {"rot_color_perm12",
     "[[transformation]]\nplugin = 'rotation'\n"
     "[[transformation]]\nplugin = 'color_perm'\ncomponent = 'color_perm3'"},
    {"rot_color_perm24",
     "[[transformation]]\nplugin = 'rotation'\n[[transformation]]\nplugin = 'color_perm'"},
};

}  // namespace

TEST_CASE("transformed images match the reference", "[oracle]") {
  const auto file = tests::shared_file("oracle/transformations.safetensors");
  if (!file) return;
  const auto oracle = host::storage::read_safetensors(*file).tensors;
  for (const auto& [name, transformations] : kCompositions) {
    INFO(name);
    const auto assembly =
        tests::assembly_of(std::string("objective.plugin = 'sla'\ntraining.precision = 'fp64'\n"
                                       "normalisation = { mean = 0, std = 1 }\n") +
                           transformations);
    const auto views = assembly.transformations.apply(oracle.at("input"), sla::Views::all);
    const auto images = assembly.normalisation(views).contiguous();
    CHECK(tests::distance(images, oracle.at(name)) == 0);
  }
}
