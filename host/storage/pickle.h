#pragma once

#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace host::storage::pickle {

struct Object;
/// Owned by the Pickle that contains it.
using ObjectPtr = Object*;

/// A class or function that the pickle names; it is never called: "torch.FloatStorage".
struct Global {
  std::string name;
};

using List = std::vector<ObjectPtr>;  // lists, tuples and sets
using Dict = std::vector<std::pair<ObjectPtr, ObjectPtr>>;

/// The result that calling `function` with `arguments` would have, and what would then be put into
/// it: items (a subclass of dict), elements (of list) and its state (attributes).
struct Call {
  std::string function;
  List arguments;
  Dict items = {};
  List elements = {};
  ObjectPtr state = nullptr;
};

/// A reference from the pickle to the files next to it.
struct PersistentId {
  ObjectPtr id;
};

/// A Python object, as far as needed for weights.
struct Object {
  std::variant<std::monostate, bool, int64_t, double, std::string, List, Dict, Global, Call,
               PersistentId>
      held;
};

/// All objects of a pickle. In damaged ones, objects may contain each other or themselves.
struct Pickle {
  std::deque<Object> objects;
  ObjectPtr root = nullptr;
};

/// Decodes a pickle without executing it: classes and functions stay names. Throws StorageError at
/// opcodes that torch.save never writes and at inconsistent data; `name` is the file's name for
/// messages.
Pickle decode(std::span<const char> bytes, const std::string& name);

}  // namespace host::storage::pickle
