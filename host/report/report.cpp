#include "host/report/report.h"

#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "host/base/errors.h"
#include "host/report/page.h"
#include "host/report/page_data.h"
#include "host/results/groups.h"

namespace host::report {

namespace {

void replace(std::string& text, std::string_view what, std::string_view by) {
  text.replace(text.find(what), what.size(), by);
}

/// JSON that is safe inside <script>: without "<", nothing can close it or open a comment.
std::string inside_script(const nlohmann::json& data) {
  std::string text;
  for (const char c :
       data.dump(-1, ' ', /*ensure_ascii=*/false, nlohmann::json::error_handler_t::replace)) {
    if (c == '<') {
      text.append("\\u003c");
    } else {
      text.push_back(c);
    }
  }
  return text;
}

}  // namespace

std::string page_of(std::vector<results::Run> runs, std::vector<std::string> notes) {
  const auto groups = results::group_by_experiment(runs, notes);
  try {
    results::require_one_test_split(runs);
  } catch (const ExperimentError& error) {
    notes.emplace_back(error.what());  // the curves can still be compared
  }
  std::string page(kPage);
  replace(page, "/*STYLE*/", kStyle);
  std::string script;
  for (const std::string_view part : kScripts) script += part;
  replace(page, "/*SCRIPT*/", script);
  replace(page, "/*DATA*/", inside_script(page_data(runs, groups, notes)));
  return page;
}

}  // namespace host::report
