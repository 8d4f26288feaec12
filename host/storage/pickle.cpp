#include "host/storage/pickle.h"

#include <bit>
#include <cstring>
#include <map>

#include "host/base/errors.h"

namespace host::storage::pickle {

namespace {

/// The pickle machine: a stack of objects, marks on it, and a memo.
class Machine {
 public:
  Machine(std::span<const char> bytes, std::string name) : bytes_(bytes), name_(std::move(name)) {}

  Pickle run() {
    for (;;) {
      const auto opcode = take<unsigned char>();
      if (opcode == '.') break;
      step(opcode);
    }
    pickle_.root = pop();
    return std::move(pickle_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw StorageError(name_ + ": cannot read the pickle at byte " + std::to_string(position_) +
                       ": " + what);
  }

  std::string_view take_bytes(size_t size) {
    if (size > bytes_.size() - position_) fail("it is truncated");
    const std::string_view taken(bytes_.data() + position_, size);
    position_ += size;
    return taken;
  }

  template <typename T>
  T take() {
    T value;
    std::memcpy(&value, take_bytes(sizeof(T)).data(), sizeof(T));
    return value;
  }

  std::string take_line() {
    const std::string_view rest(bytes_.data() + position_, bytes_.size() - position_);
    const auto end = rest.find('\n');
    if (end == std::string_view::npos) fail("it is truncated");
    position_ += end + 1;
    return std::string(rest.substr(0, end));
  }

  /// A little-endian two's complement integer. One of more than 8 bytes is no part of a tensor; it
  /// becomes None.
  void push_long(size_t size) {
    const std::string_view taken = take_bytes(size);
    if (size > sizeof(int64_t)) return push(std::monostate{});
    int64_t value = 0;
    std::memcpy(&value, taken.data(), size);
    const auto unused = static_cast<int>(8 * (sizeof(int64_t) - size));
    push(size == 0 ? int64_t{0} : (value << unused) >> unused);
  }

  double take_big_endian_double() {
    return std::bit_cast<double>(__builtin_bswap64(take<uint64_t>()));
  }

  void push(auto value) {
    stack_.push_back(&pickle_.objects.emplace_back(Object{std::move(value)}));
  }

  ObjectPtr pop() {
    if (stack_.empty()) fail("its stack is empty");
    ObjectPtr top = stack_.back();
    stack_.pop_back();
    return top;
  }

  /// Pops the objects above the last mark, and the mark.
  List pop_to_mark() {
    if (marks_.empty() || marks_.back() > stack_.size()) fail("a mark is missing");
    const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    List above(begin, stack_.end());
    stack_.erase(begin, stack_.end());
    marks_.pop_back();
    return above;
  }

  void push_tuple(size_t size) {
    List items(size);
    for (size_t i = size; i-- > 0;) items[i] = pop();
    push(std::move(items));
  }

  void append(const List& items) {
    if (stack_.empty()) fail("its stack is empty");
    auto* list = std::get_if<List>(&stack_.back()->held);
    if (auto* call = std::get_if<Call>(&stack_.back()->held)) list = &call->elements;
    if (list == nullptr) fail("it appends to something that is not a list");
    list->insert(list->end(), items.begin(), items.end());
  }

  void set_items(const List& items) {
    if (stack_.empty() || items.size() % 2 != 0) fail("keys and values do not pair up");
    auto* dict = std::get_if<Dict>(&stack_.back()->held);
    if (auto* call = std::get_if<Call>(&stack_.back()->held)) dict = &call->items;
    if (dict == nullptr) fail("it sets items of something that is not a dictionary");
    for (size_t i = 0; i < items.size(); i += 2) dict->emplace_back(items[i], items[i + 1]);
  }

  void reduce() {
    const Object* arguments = pop();
    const Object* function = pop();
    const auto* global = std::get_if<Global>(&function->held);
    const auto* tuple = std::get_if<List>(&arguments->held);
    if (global == nullptr || tuple == nullptr) fail("a call is malformed");
    if (global->name == "collections.OrderedDict") return push(Dict{});
    push(Call{global->name, *tuple});
  }

  /// NEWOBJ_EX: like reduce(), with keyword arguments, which matter to no tensor.
  void reduce_with_keywords() {
    pop();
    reduce();
  }

  void build() {
    ObjectPtr state = pop();
    if (stack_.empty()) fail("its stack is empty");
    if (auto* call = std::get_if<Call>(&stack_.back()->held)) call->state = state;
  }

  void duplicate() {
    if (stack_.empty()) fail("its stack is empty");
    stack_.push_back(stack_.back());
  }

  ObjectPtr memoised(size_t index) {
    const auto found = memo_.find(index);
    if (found == memo_.end()) fail("a memo entry is missing");
    return found->second;
  }

  void memoise(size_t index) {
    if (stack_.empty()) fail("its stack is empty");
    memo_[index] = stack_.back();
  }

  void step(unsigned char opcode);

  std::span<const char> bytes_;
  std::string name_;
  size_t position_ = 0;
  Pickle pickle_;
  List stack_;
  std::vector<size_t> marks_;
  std::map<size_t, ObjectPtr> memo_;
};

void Machine::step(unsigned char opcode) {
  // A table, one opcode per line.
  // clang-format off
  // NOLINTBEGIN(bugprone-branch-clone)
  switch (opcode) {
    case 0x80: take<uint8_t>(); break;   // PROTO
    case 0x95: take<uint64_t>(); break;  // FRAME
    case '(': marks_.push_back(stack_.size()); break;                  // MARK
    case '0': pop(); break;                                            // POP
    case 'N': push(std::monostate{}); break;                           // NONE
    case 0x88: push(true); break;                                      // NEWTRUE
    case 0x89: push(false); break;                                     // NEWFALSE
    case 'J': push(int64_t{take<int32_t>()}); break;                   // BININT
    case 'K': push(int64_t{take<uint8_t>()}); break;                   // BININT1
    case 'M': push(int64_t{take<uint16_t>()}); break;                  // BININT2
    case 0x8a: push_long(take<uint8_t>()); break;                      // LONG1
    case 0x8b: push_long(take<uint32_t>()); break;                     // LONG4
    case 'G': push(take_big_endian_double()); break;                   // BINFLOAT
    case 'X': push(std::string(take_bytes(take<uint32_t>()))); break;  // BINUNICODE
    case 0x8c: push(std::string(take_bytes(take<uint8_t>()))); break;  // SHORT_BINUNICODE
    case 0x8d: push(std::string(take_bytes(take<uint64_t>()))); break;  // BINUNICODE8
    case 'T': push(std::string(take_bytes(take<uint32_t>()))); break;  // BINSTRING
    case 'U': push(std::string(take_bytes(take<uint8_t>()))); break;   // SHORT_BINSTRING
    case 'C': push(std::string(take_bytes(take<uint8_t>()))); break;   // SHORT_BINBYTES
    case 'B': push(std::string(take_bytes(take<uint32_t>()))); break;  // BINBYTES
    case 0x8e:
    case 0x96: push(std::string(take_bytes(take<uint64_t>()))); break;  // BINBYTES8, BYTEARRAY8
    case ']':
    case ')':
    case 0x8f: push(List{}); break;  // EMPTY_LIST/TUPLE/SET
    case '}': push(Dict{}); break;   // EMPTY_DICT
    case 't':
    case 'l':
    case 0x91: push(pop_to_mark()); break;  // TUPLE, LIST, FROZENSET
    case '1': pop_to_mark(); break;         // POP_MARK
    case '2': duplicate(); break;           // DUP
    case 0x85: push_tuple(1); break;       // TUPLE1
    case 0x86: push_tuple(2); break;       // TUPLE2
    case 0x87: push_tuple(3); break;       // TUPLE3
    case 'a': append({pop()}); break;      // APPEND
    case 'e':
    case 0x90: append(pop_to_mark()); break;  // APPENDS, ADDITEMS
    case 's': {
      const ObjectPtr value = pop();
      set_items({pop(), value});
      break;
    }                                                               // SETITEM
    case 'u': set_items(pop_to_mark()); break;                      // SETITEMS
    case 'q': memoise(take<uint8_t>()); break;                      // BINPUT
    case 'r': memoise(take<uint32_t>()); break;                     // LONG_BINPUT
    case 0x94: memoise(memo_.size()); break;                        // MEMOIZE
    case 'h': stack_.push_back(memoised(take<uint8_t>())); break;   // BINGET
    case 'j': stack_.push_back(memoised(take<uint32_t>())); break;  // LONG_BINGET
    case 'c': {
      const std::string module = take_line();
      push(Global{module + "." + take_line()});
      break;
    }
    case 0x93: {  // STACK_GLOBAL
      const Object* item = pop();
      const Object* module = pop();
      const auto* item_name = std::get_if<std::string>(&item->held);
      const auto* module_name = std::get_if<std::string>(&module->held);
      if (item_name == nullptr || module_name == nullptr) fail("a global is malformed");
      push(Global{*module_name + "." + *item_name});
      break;
    }
    case 'Q': {
      push(PersistentId{pop()});
      break;
    }  // BINPERSID
    case 'R':
    case 0x81: reduce(); break;  // REDUCE, NEWOBJ
    case 0x92: reduce_with_keywords(); break;  // NEWOBJ_EX
    case 'b': build(); break;    // BUILD
    default: fail("opcode " + std::to_string(opcode) + " is never written by torch.save");
  }
  // NOLINTEND(bugprone-branch-clone)
  // clang-format on
}

}  // namespace

Pickle decode(std::span<const char> bytes, const std::string& name) {
  return Machine(bytes, name).run();
}

}  // namespace host::storage::pickle
