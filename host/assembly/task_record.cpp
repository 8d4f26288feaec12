#include "host/assembly/task_record.h"

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

}  // namespace host::assembly
