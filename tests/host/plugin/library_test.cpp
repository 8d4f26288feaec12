#include "host/plugin/library.h"

#include "host/base/errors.h"
#include "host/plugin/search_path.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/fixture.h"
#include "tests/support/scratch_folder.h"

using host::PluginError;
using host::plugin::Library;
using tests::fixture;

TEST_CASE("a plugin lists its components", "[plugin]") {
  const auto library = Library::load(fixture("good"));
  CHECK(library->name() == "good");
  REQUIRE(library->components().size() == 1);
  CHECK(library->components()[0].name == "good");
  CHECK(library->handshake().plugin_version.view() == "1.2.3");
  CHECK(Library::load(fixture("good")) == library);
}

TEST_CASE("a plugin built with an older minor version of the SDK is loaded", "[plugin]") {
  const auto library = Library::load(fixture("older_minor"));
  CHECK(library->handshake().sdk_minor == 0);
  CHECK(library->components().front().name == "older");
}

TEST_CASE("an unknown component is reported with the plugin's existing ones", "[plugin]") {
  const auto library = Library::load(fixture("good"));
  CHECK_THROWS_WITH(library->component(host::plugin::Kind::transformation, "god"),
                    ContainsSubstring("has no transformation 'god'; did you mean 'good'?"));
  CHECK_THROWS_WITH(library->component(host::plugin::Kind::model, ""),
                    ContainsSubstring("has no model"));
}

TEST_CASE("a plugin name cannot escape the search path", "[plugin]") {
  CHECK_THROWS_WITH(host::plugin::find_plugin("../fixtures/good", {SLA_FIXTURES}),
                    ContainsSubstring("is neither a name nor an absolute path"));
  CHECK(host::plugin::find_plugin("good", {SLA_FIXTURES}) == fixture("good"));
}

TEST_CASE("two components with the same name are rejected", "[plugin]") {
  CHECK_THROWS_WITH(Library::load(fixture("duplicate")),
                    ContainsSubstring("registers two transformations named 'twin'; rename one"));
}

TEST_CASE("a plugin's exception is reported with plugin, component and location", "[plugin]") {
  const auto use = [](const std::string& component) {
    const auto assembly =
        tests::assembly_of("objective.plugin = 'sla'\n[transformation]\nplugin = '" +
                           fixture("throwing") + "'\ncomponent = '" + component + "'\n");
  };
  const std::string place = "test.toml:2:2: plugin 'throwing', component '";
  CHECK_THROWS_WITH(use("error"), ContainsSubstring(place + "error': the user can fix this"));
  CHECK_THROWS_WITH(use("standard"),
                    ContainsSubstring(place + "standard', threw in its constructor: out of luck"));
  CHECK_THROWS_WITH(use("number"),
                    ContainsSubstring(place + "number', threw in its constructor: something that "
                                              "is not a std::exception"));
}

TEST_CASE("an exception of a source dataset is reported as the source's", "[plugin]") {
  const auto assembly = tests::assembly_of(
      "objective.plugin = 'baseline'\n[dataset]\n"
      "plugin = 'long_tail'\nratio = 1\n"
      "[dataset.source]\nplugin = '" +
      fixture("throwing") + "'\ncomponent = 'unreadable'\n");
  const auto read = [&] { assembly.training_loader(assembly.training_sampler(), 0, 1)->next(); };
  CHECK_THROWS_WITH(read(), ContainsSubstring("test.toml:5:10: plugin 'throwing', component "
                                              "'unreadable': image 0 is damaged"));
}
