#pragma once

#include <exception>
#include <stdexcept>
#include <string>

namespace host {

/// An error the user can fix; `main` prints it and exits with status 2. The derived types tell
/// where to look.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// An invalid experiment file, profile or --set; the text begins with file:line:column.
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

/// A file whose content has been corrupted.
class DamagedFileError : public StorageError {
 public:
  using StorageError::StorageError;
};

/// Whether an exception reports that the machine or a GPU is out of memory.
bool is_out_of_memory(const std::exception& error);

/// An exception's message without a backtrace; if out of memory, also what to reduce.
std::string message_of(const std::exception& error);

}  // namespace host
