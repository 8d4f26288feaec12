#pragma once

#include <stdexcept>

namespace host {

/// Something the user can mend; `main` prints it and exits with status 2. The derived types say
/// where to look.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// An experiment file, profile or --set that cannot be used; the text begins with file:line:column.
class ExperimentError : public Error {
 public:
  using Error::Error;
};

/// A plugin that cannot be loaded, or that threw.
class PluginError : public Error {
 public:
  using Error::Error;
};

/// A run directory, checkpoint or weights file that cannot be read or written.
class StorageError : public Error {
 public:
  using Error::Error;
};

}  // namespace host
