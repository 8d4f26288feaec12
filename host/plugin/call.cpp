#include "host/plugin/call.h"

#include <sla/error.h>

#include <filesystem>

#include "host/base/errors.h"
#include "host/plugin/services.h"

namespace host::plugin {

namespace {

/// What to do about a file that a plugin cannot access.
std::string cache_advice(const std::filesystem::path& file) {
  const std::string cache = cache_directory().string();
  if (!file.string().starts_with(cache)) return "";
  return "; it belongs to the cache: make " + cache +
         " writable, or set the variable SLA_CACHE to a folder that you may write to";
}

}  // namespace

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
  } catch (const std::filesystem::filesystem_error& error) {
    throw PluginError(threw + "cannot access " + error.path1().string() + ": " +
                      error.code().message() + cache_advice(error.path1()));
  } catch (const std::exception& error) {
    throw PluginError(threw + message_of(error));
  } catch (...) {
    throw PluginError(threw + "something that is not a std::exception");
  }
}

}  // namespace host::plugin
