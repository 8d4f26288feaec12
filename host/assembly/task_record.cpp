#include "host/assembly/task_record.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "host/base/errors.h"

namespace host::assembly {

using nlohmann::json;

std::string to_text(const TaskRecord& record) {
  const auto& [task, shape] = record;
  return json{{"class_names", task.class_names},
              {"class_counts", task.class_counts},
              {"transformations", task.transformations},
              {"image_shape", {shape.channels, shape.height, shape.width}}}
      .dump();
}

TaskRecord parse_task_record(const std::string& text, const std::string& source) {
  try {
    const json facts = json::parse(text);
    const auto& shape = facts.at("image_shape");
    TaskRecord record{.task = {.transformations = facts.at("transformations"),
                               .class_counts = facts.at("class_counts"),
                               .class_names = facts.at("class_names")},
                      .shape = {shape.at(0), shape.at(1), shape.at(2)}};
    record.task.classes = std::ssize(record.task.class_names);
    return record;
  } catch (const json::exception& error) {
    throw StorageError(source + ": its task record is damaged: " + error.what());
  }
}

void require_classes(const sla::Task& task, const std::vector<std::string>& class_names,
                     const std::string& source) {
  const auto& trained = task.class_names;
  if (trained == class_names) return;
  if (std::is_permutation(trained.begin(), trained.end(), class_names.begin(), class_names.end())) {
    const auto [then, now] = std::mismatch(trained.begin(), trained.end(), class_names.begin());
    throw StorageError(fmt::format(
        "{} was trained on the same classes in another order: class {} was '{}' and is '{}' now; "
        "list the classes as they were then",
        source, then - trained.begin(), *then, *now));
  }
  const auto list = [](const std::vector<std::string>& names) {
    constexpr size_t kShown = 3;
    const auto shown = std::min(names.size(), kShown);
    return fmt::format("{} ({}{})", names.size(),
                       fmt::join(names.begin(), names.begin() + shown, ", "),
                       names.size() > shown ? ", ..." : "");
  };
  throw StorageError(source + " was trained on other classes: " + list(trained) +
                     "; this experiment has " + list(class_names) + ", in this order");
}

}  // namespace host::assembly
