#pragma once

#include <string>
#include <string_view>

namespace host::plugin {

struct Origin;

/// Marks, during its lifetime, which component's function this thread is running, so that a crash
/// can be told from one of the host. Costs a few stores.
class Frame {
 public:
  /// Both must outlive this object.
  Frame(const Origin& origin, std::string_view function);
  ~Frame();
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;

  const Origin& origin() const { return *origin_; }
  std::string_view function() const { return function_; }

 private:
  const Origin* origin_;
  std::string_view function_;
  const Frame* outer_;
};

/// From now on a crash (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT), and a plugin that calls exit(),
/// end with one line on standard error that names the component and function that was running, what
/// is saved, and the exit status. The signal then takes its default action: its status and a core
/// dump are as without this. Handlers that are there already, such as a sanitizer's, stay.
void report_crashes();

/// Undoes report_crashes() for signals, in a child process whose parent tells how it ended.
void leave_crashes_to_parent();

/// What that line says is saved. Thread-safe.
void note_saved(const std::string& text);

}  // namespace host::plugin
