#include "host/storage/checkpoint.h"

#include <sla/digest.h>

#include <string_view>

#include "host/base/errors.h"
#include "host/storage/atomic_file.h"

namespace host::storage {

namespace {

constexpr std::string_view kMagic = "sla checkpoint 1\n";
constexpr size_t kDigestSize = 64;

}  // namespace

void write_checkpoint(const std::filesystem::path& path, const TensorFile& content) {
  const EncodedTensors encoded = encode_safetensors(content);
  std::vector<std::string_view> pieces = encoded.pieces();
  const std::string sum = sla::digest(sla::Digest::sha256, pieces);
  pieces.insert(pieces.begin(), {kMagic, sum});
  write_atomically(path, pieces);
}

TensorFile read_checkpoint(const std::filesystem::path& path) {
  const std::vector<char> bytes = read_file(path);
  const std::string_view text(bytes.data(), bytes.size());
  const std::span<const char> all(bytes);
  if (!text.starts_with(kMagic) || text.size() < kMagic.size() + kDigestSize) {
    throw DamagedFileError(path.string() + " is not a checkpoint, or its header is damaged");
  }
  const auto body = all.subspan(kMagic.size() + kDigestSize);
  if (sla::digest(sla::Digest::sha256, std::as_bytes(body)) !=
      text.substr(kMagic.size(), kDigestSize)) {
    throw DamagedFileError(
        path.string() +
        " is damaged: its checksum does not match its content (truncated, or bits "
        "flipped)");
  }
  return decode_safetensors(body, path.string());
}

}  // namespace host::storage
