#include <c10/util/Exception.h>
#include <sla/error.h>

#include <exception>
#include <filesystem>
#include <iostream>

#include "host/commands/command_line.h"
#include "host/errors.h"
#include "host/terminal/log.h"
#include "host/terminal/status_line.h"

namespace {

// Standing for what the user can mend, and for what only we can.
constexpr int kUserError = 2;
constexpr int kInternalError = 1;

int fail(const char* kind, const char* message, int status) {
  host::terminal::clear_status();
  std::cerr << "sla_host: " << kind << message << "\n";
  return status;
}

}  // namespace

int main(int argument_count, char** arguments) {
  try {
    host::terminal::start_log();
    return host::commands::run_command_line(argument_count, arguments);
  } catch (const host::Error& error) {
    return fail("", error.what(), kUserError);
  } catch (const std::filesystem::filesystem_error& error) {
    return fail("", error.what(), kUserError);
  } catch (const c10::Error& error) {
    return fail("internal error: ", error.what_without_backtrace(), kInternalError);
  } catch (const std::exception& error) {
    return fail("internal error: ", error.what(), kInternalError);
  }
}
