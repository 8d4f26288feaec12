#include "host/storage/json_file.h"

#include <limits>

#include "tests/catch.h"

using host::storage::json_line;
using host::storage::json_text;
using nlohmann::json;

TEST_CASE("JSON has a line per key, and per row of a matrix", "[storage]") {
  const json value = {{"confusion", {{"single", {{3, 0}, {1, 2}}}}},
                      {"empty", {{"list", json::array()}, {"object", json::object()}}},
                      {"names", {"ant", "b\"ee"}},
                      {"runs", {{{"seed", 0}}, {{"seed", 1}}}}};
  const std::string text = R"({
  "confusion": {
    "single": [
      [3,0],
      [1,2]
    ]
  },
  "empty": {
    "list": [],
    "object": {}
  },
  "names": ["ant","b\"ee"],
  "runs": [
    {
      "seed": 0
    },
    {
      "seed": 1
    }
  ]
}
)";
  CHECK(json_text(value) == text);
  CHECK(json::parse(text) == value);
  CHECK(json::parse(json_line(value)) == value);
  CHECK(json_line(value).find('\n') == std::string::npos);
  CHECK(json_text(1.5) == "1.5\n");
}

TEST_CASE("JSON holds what it has no words for", "[storage]") {
  CHECK(json_text({{"loss", std::numeric_limits<double>::quiet_NaN()}}) ==
        "{\n  \"loss\": null\n}\n");
  CHECK(json_line({{"name", "caf\xe9"}}) == "{\"name\":\"caf\xef\xbf\xbd\"}");
}
