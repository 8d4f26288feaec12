#include "host/plugin/call.h"

#include <sla/error.h>

#include "host/errors.h"

namespace host::plugin {

void rethrow_as_plugin_error(const Origin& origin, std::string_view function) {
  std::string where;
  if (!origin.location.empty()) where += origin.location + ": ";
  where += "plugin '" + origin.plugin + "'";
  if (!origin.component.empty()) where += ", component '" + origin.component + "'";
  const std::string threw = where + ", threw in " + std::string(function) + ": ";
  try {
    throw;
  } catch (const Error&) {
    throw;
  } catch (const sla::Error& error) {
    // The plugin says itself what the user can do.
    throw PluginError(where + ": " + error.what());
  } catch (const std::exception& error) {
    throw PluginError(threw + message_of(error));
  } catch (...) {
    throw PluginError(threw + "something that is not a std::exception");
  }
}

}  // namespace host::plugin
