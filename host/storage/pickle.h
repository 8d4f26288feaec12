#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace host::storage::pickle {

struct Object;
using ObjectPtr = std::shared_ptr<Object>;

/// A class or function that the pickle names but that is never called: "torch.FloatStorage".
struct Global {
  std::string name;
};

/// What calling `function` with `arguments` would have made.
struct Call {
  std::string function;
  std::vector<ObjectPtr> arguments;
};

/// A reference out of the pickle, into the files beside it.
struct PersistentId {
  ObjectPtr id;
};

using List = std::vector<ObjectPtr>;  // lists, tuples and sets
using Dict = std::vector<std::pair<ObjectPtr, ObjectPtr>>;

/// A Python object as far as weights need it.
struct Object {
  std::variant<std::monostate, bool, int64_t, double, std::string, List, Dict, Global, Call,
               PersistentId>
      held;
};

/// Decodes a pickle without running any of it: classes and functions stay names. Throws
/// StorageError at opcodes that torch.save never writes and at anything that does not fit together;
/// `name` stands for the file in messages.
ObjectPtr decode(std::span<const char> bytes, const std::string& name);

}  // namespace host::storage::pickle
