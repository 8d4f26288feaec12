#include "host/storage/torch_file.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <ATen/ops/empty.h>

#include "host/base/errors.h"
#include "host/storage/pickle.h"

namespace host::storage {

namespace {

// Far more than any state dictionary needs.
constexpr int64_t kDeepest = 100;
constexpr int64_t kMost = 1'000'000;

using Files = std::map<std::string, std::vector<char>>;

/// The archive's files by name, without the leading folder.
Files unzip(const std::filesystem::path& path) {
  const std::unique_ptr<archive, int (*)(archive*)> reader(archive_read_new(), &archive_read_free);
  // Zip's central directory is at the end, so a truncated file is always detected.
  archive_read_support_format_zip_seekable(reader.get());
  const auto fail = [&] {
    const char* reason = archive_error_string(reader.get());
    throw StorageError("cannot read " + path.string() + " as a torch.save file: " +
                       (reason != nullptr ? reason : "damaged zip archive") +
                       "; save files from before PyTorch 1.6 again");
  };
  if (archive_read_open_filename(reader.get(), path.c_str(), 1U << 16U) != ARCHIVE_OK) fail();
  Files files;
  size_t left = std::filesystem::file_size(path);
  archive_entry* entry = nullptr;
  int status = ARCHIVE_OK;
  while ((status = archive_read_next_header(reader.get(), &entry)) == ARCHIVE_OK) {
    const char* path_in_archive = archive_entry_pathname(entry);
    if (path_in_archive == nullptr) fail();
    const std::string full_name = path_in_archive;
    const std::string name = full_name.substr(full_name.find('/') + 1);
    // TorchScript's code, which it compresses, holds no tensors.
    if (name.starts_with("code/")) continue;
    std::vector<char>& content = files[name];
    const void* block = nullptr;
    size_t size = 0;
    la_int64_t offset = 0;
    int block_status = ARCHIVE_OK;
    while ((block_status = archive_read_data_block(reader.get(), &block, &size, &offset)) ==
           ARCHIVE_OK) {
      const auto* bytes = static_cast<const char*>(block);
      // Tensors are not compressed: an entry larger than the file is invalid.
      if (size > left) {
        throw StorageError(path.string() +
                           " is compressed, or damaged: its content exceeds its size");
      }
      left -= size;
      content.insert(content.end(), bytes, bytes + size);
    }
    if (block_status != ARCHIVE_EOF) fail();
  }
  if (status != ARCHIVE_EOF) fail();
  return files;
}

constexpr std::array<std::pair<const char*, at::ScalarType>, 10> kStorages{
    {{"torch.DoubleStorage", at::kDouble},
     {"torch.FloatStorage", at::kFloat},
     {"torch.HalfStorage", at::kHalf},
     {"torch.BFloat16Storage", at::kBFloat16},
     {"torch.LongStorage", at::kLong},
     {"torch.IntStorage", at::kInt},
     {"torch.ShortStorage", at::kShort},
     {"torch.CharStorage", at::kChar},
     {"torch.BoolStorage", at::kBool},
     {"torch.ByteStorage", at::kByte}}};

template <typename T>
const T& as(const pickle::Object* object, const std::string& complaint) {
  if (const T* value = std::get_if<T>(&object->held)) return *value;
  throw StorageError(complaint + "a tensor has an unknown format");
}

std::vector<int64_t> integers(const pickle::Object* tuple, const std::string& complaint) {
  std::vector<int64_t> values;
  for (const auto& item : as<pickle::List>(tuple, complaint)) {
    values.push_back(as<int64_t>(item, complaint));
  }
  return values;
}

/// Builds a tensor from _rebuild_tensor_v2(storage, offset, size, stride, ...); an undefined one
/// for numbers that no network here has, such as complex ones.
at::Tensor rebuild(const pickle::List& arguments, const Files& files,
                   const std::string& complaint) {
  if (arguments.size() < 4) throw StorageError(complaint + "a tensor lacks arguments");
  const auto& id =
      as<pickle::List>(as<pickle::PersistentId>(arguments[0], complaint).id, complaint);
  if (id.size() < 5) throw StorageError(complaint + "a storage lacks arguments");
  const std::string& storage_class = as<pickle::Global>(id[1], complaint).name;
  const auto* type = std::find_if(kStorages.begin(), kStorages.end(),
                                  [&](const auto& known) { return storage_class == known.first; });
  if (type == kStorages.end()) return {};
  const auto file = files.find("data/" + as<std::string>(id[2], complaint));
  if (file == files.end()) throw StorageError(complaint + "a tensor's data is missing");

  const auto offset = as<int64_t>(arguments[1], complaint);
  const auto sizes = integers(arguments[2], complaint);
  const auto strides = integers(arguments[3], complaint);
  const auto elements = static_cast<int64_t>(file->second.size() / c10::elementSize(type->second));
  at::Tensor storage = at::empty({elements}, type->second);
  if (elements > 0) std::memcpy(storage.data_ptr(), file->second.data(), storage.nbytes());
  // as_strided checks sizes, strides and offset against the storage.
  return storage.as_strided(sizes, strides, offset).clone();
}

/// Flattens nested dictionaries and lists into one map.
class Flattener {
 public:
  Flattener(const Files& files, std::string complaint)
      : files_(files), complaint_(std::move(complaint)) {}

  void flatten(const pickle::Object* object, const std::string& name) {
    // In damaged files objects may contain each other endlessly or repeat exponentially.
    if (++depth_ > kDeepest) throw StorageError(complaint_ + "it is nested too deeply");
    if (++visited_ > kMost) throw StorageError(complaint_ + "it holds too many objects");
    const std::string prefix = name.empty() ? "" : name + ".";
    if (const auto* dict = std::get_if<pickle::Dict>(&object->held)) {
      for (const auto& [key, value] : *dict) {
        if (const auto* text = std::get_if<std::string>(&key->held)) flatten(value, prefix + *text);
      }
    } else if (const auto* list = std::get_if<pickle::List>(&object->held)) {
      for (size_t i = 0; i < list->size(); ++i) flatten(list->at(i), prefix + std::to_string(i));
    } else if (const auto* call = std::get_if<pickle::Call>(&object->held)) {
      flatten_call(*call, name);
    }
    --depth_;
  }

  std::map<std::string, at::Tensor> tensors;

 private:
  void flatten_call(const pickle::Call& call, const std::string& name) {
    const std::string prefix = name.empty() ? "" : name + ".";
    if (call.function == "torch._utils._rebuild_tensor_v2") {
      if (at::Tensor tensor = rebuild(call.arguments, files_, complaint_); tensor.defined()) {
        tensors[name] = std::move(tensor);
      }
      return;
    }
    if (call.function.starts_with("torch._utils._rebuild_parameter") && !call.arguments.empty()) {
      return flatten(call.arguments[0], name);
    }
    // A dictionary or list of a class of its own, or an object with attributes.
    for (const auto& [key, value] : call.items) {
      if (const auto* text = std::get_if<std::string>(&key->held)) flatten(value, prefix + *text);
    }
    for (size_t i = 0; i < call.elements.size(); ++i) {
      flatten(call.elements[i], prefix + std::to_string(i));
    }
    if (call.state != nullptr) flatten_state(*call.state, name);
  }

  /// The attributes of an object; those of a whole torch.nn.Module under the names that its state
  /// dictionary has.
  void flatten_state(const pickle::Object& state, const std::string& name) {
    const auto* attributes = std::get_if<pickle::Dict>(&state.held);
    if (attributes == nullptr) return;
    for (const auto& [key, value] : *attributes) {
      const auto* text = std::get_if<std::string>(&key->held);
      if (text == nullptr) continue;
      const bool is_state = *text == "_parameters" || *text == "_buffers" || *text == "_modules";
      flatten(value, is_state ? name : (name.empty() ? "" : name + ".") + *text);
    }
  }

  const Files& files_;
  std::string complaint_;
  int64_t depth_ = 0;
  int64_t visited_ = 0;
};

}  // namespace

bool is_torch_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<char, 2> start{};
  if (!std::filesystem::is_regular_file(path) || !file.read(start.data(), start.size())) {
    throw StorageError("cannot read " + path.string() +
                       "; expected a run directory, or a file of weights: .ckpt, .safetensors, or "
                       "by torch.save");
  }
  const bool is_zip = start[0] == 'P' && start[1] == 'K';
  const bool is_pickle = start[0] == '\x80' && start[1] == '\x02';
  return is_zip || is_pickle;
}

std::map<std::string, at::Tensor> read_torch_file(const std::filesystem::path& path) {
  const Files files = unzip(path);
  const auto pickled = files.find("data.pkl");
  if (pickled == files.end()) {
    throw StorageError(path.string() +
                       " is a zip archive, but torch.save did not write it: it has "
                       "no data.pkl");
  }
  Flattener flattener(files, path.string() + ": ");
  try {
    const auto decoded = pickle::decode(pickled->second, path.string());
    flattener.flatten(decoded.root, "");
  } catch (const c10::Error& error) {
    throw StorageError(path.string() +
                       ": a tensor does not fit its data: " + error.what_without_backtrace());
  }
  return std::move(flattener.tensors);
}

}  // namespace host::storage
