#include "host/base/environment.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

namespace host {

std::optional<std::string> environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

std::optional<std::filesystem::path> home_folder() {
  if (const auto home = environment("HOME")) return *home;
  const passwd* user = getpwuid(getuid());
  if (user == nullptr || user->pw_dir == nullptr || *user->pw_dir == '\0') return std::nullopt;
  return user->pw_dir;
}

}  // namespace host
