#include "host/storage/checkpoint.h"

#include <sla/digest.h>

#include <array>
#include <string_view>

#include "host/errors.h"
#include "host/storage/atomic_file.h"

namespace host::storage {

namespace {

constexpr std::string_view kMagic = "sla checkpoint 1\n";
constexpr size_t kDigestSize = 64;

}  // namespace

void write_checkpoint(const std::filesystem::path& path, const TensorFile& content) {
  const std::vector<char> body = encode_safetensors(content);
  const std::string sum = sla::digest(sla::Digest::sha256, std::as_bytes(std::span(body)));
  const std::array<std::string_view, 3> pieces{kMagic, sum,
                                               std::string_view(body.data(), body.size())};
  write_atomically(path, pieces);
}

TensorFile read_checkpoint(const std::filesystem::path& path) {
  const std::vector<char> bytes = read_file(path);
  const std::string_view text(bytes.data(), bytes.size());
  const std::span<const char> all(bytes);
  if (!text.starts_with(kMagic) || text.size() < kMagic.size() + kDigestSize) {
    throw StorageError(path.string() + " is not a checkpoint, or its beginning is damaged");
  }
  const auto body = all.subspan(kMagic.size() + kDigestSize);
  if (sla::digest(sla::Digest::sha256, std::as_bytes(body)) !=
      text.substr(kMagic.size(), kDigestSize)) {
    throw StorageError(path.string() +
                       " is damaged: its checksum does not match its content (truncated, or bits "
                       "have flipped); resume from a copy or start again");
  }
  return decode_safetensors(body, path.string());
}

}  // namespace host::storage
