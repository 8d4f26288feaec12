#pragma once

#include <exception>
#include <stdexcept>
#include <string>

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

/// A file whose content is not what was once written into it.
class DamagedFileError : public StorageError {
 public:
  using StorageError::StorageError;
};

/// Whether an exception says that memory, of the machine or of a GPU, is used up.
bool is_out_of_memory(const std::exception& error);

/// What an exception says, without a backtrace; where memory is used up, also what to reduce.
std::string message_of(const std::exception& error);

}  // namespace host
