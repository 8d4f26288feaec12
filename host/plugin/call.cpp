#include "host/plugin/call.h"

#include <sla/error.h>

#include "host/base/errors.h"

namespace host::plugin {

std::string subject(const Origin& origin) {
  std::string text = origin.location.empty() ? "" : origin.location + ": ";
  text += "plugin '" + origin.plugin + "'";
  if (!origin.component.empty()) text += ", component '" + origin.component + "'";
  return text;
}

void rethrow_as_plugin_error(const Origin& origin, std::string_view function) {
  const std::string where = subject(origin);
  const std::string threw = where + ", threw in " + std::string(function) + ": ";
  try {
    throw;
  } catch (const Error&) {
    throw;
  } catch (const sla::Error& error) {
    // The plugin's own message tells what the user can do.
    throw PluginError(where + ": " + error.what());
  } catch (const std::exception& error) {
    throw PluginError(threw + message_of(error));
  } catch (...) {
    throw PluginError(threw + "something that is not a std::exception");
  }
}

}  // namespace host::plugin
