#include "host/commands/report_errors.h"

#include <spdlog/spdlog.h>

#include <exception>
#include <filesystem>
#include <iostream>
#include <string>

#include "host/base/errors.h"
#include "host/base/exit_status.h"
#include "host/distributed/failures.h"
#include "host/terminal/log.h"
#include "host/terminal/status_line.h"

namespace host::commands {

namespace {

int fail(const std::string& message, int status) {
  if (terminal::is_muted()) {
    // The first process says it for all.
    spdlog::error("{}", message);
    return status;
  }
  terminal::clear_status();
  std::cerr << "sla_host: " << message << "\n";
  return status;
}

}  // namespace

int report_errors(const std::function<int()>& work) {
  try {
    return work();
  } catch (const distributed::LostProcess& error) {
    return fail(error.what(), kLostProcessStatus);
  } catch (const Error& error) {
    return fail(error.what(), kUserErrorStatus);
  } catch (const std::filesystem::filesystem_error& error) {
    return fail(error.what(), kUserErrorStatus);
  } catch (const std::exception& error) {
    if (is_out_of_memory(error)) return fail(message_of(error), kUserErrorStatus);
    return fail("internal error: " + message_of(error), kInternalErrorStatus);
  }
}

}  // namespace host::commands
