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
/// Owned by the Pickle it is part of.
using ObjectPtr = Object*;

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

/// All objects of a pickle. Damaged ones may hold one another, or themselves.
struct Pickle {
  std::deque<Object> objects;
  ObjectPtr root = nullptr;
};

/// Decodes a pickle without running any of it: classes and functions stay names. Throws
/// StorageError at opcodes that torch.save never writes and at anything that does not fit together;
/// `name` stands for the file in messages.
Pickle decode(std::span<const char> bytes, const std::string& name);

}  // namespace host::storage::pickle
