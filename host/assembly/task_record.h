#pragma once

#include <sla/dataset.h>
#include <sla/task.h>

#include <string>
#include <vector>

namespace host::assembly {

/// The task that weights were trained for. Stored with them, so that they can be used without the
/// dataset but not for other classes.
struct TaskRecord {
  sla::Task task;
  sla::ImageShape shape;
};

/// Converts to and from JSON for a file's metadata. `source` names the file in messages. Throws
/// StorageError.
std::string to_text(const TaskRecord& record);
TaskRecord parse_task_record(const std::string& text, const std::string& source);

/// Throws StorageError unless weights trained for `task` are for these classes in this order:
/// logits have no names, so another order would be scored without a word. `source` names the
/// weights.
void require_classes(const sla::Task& task, const std::vector<std::string>& class_names,
                     const std::string& source);

}  // namespace host::assembly
