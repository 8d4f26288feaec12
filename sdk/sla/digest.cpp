#include "sla/digest.h"

#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <vector>

#include "sla/error.h"

namespace sla {

namespace {

class Hasher {
 public:
  explicit Hasher(Digest algorithm) : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    const EVP_MD* type = algorithm == Digest::sha256 ? EVP_sha256() : EVP_md5();
    if (EVP_DigestInit_ex(context_.get(), type, nullptr) != 1) {
      throw std::runtime_error("OpenSSL refuses the digest " + std::string(EVP_MD_get0_name(type)));
    }
  }

  void add(const void* bytes, std::size_t size) { EVP_DigestUpdate(context_.get(), bytes, size); }

  std::string result() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned int size = 0;
    EVP_DigestFinal_ex(context_.get(), bytes.data(), &size);
    return hexadecimal(std::as_bytes(std::span(bytes)).first(size));
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

}  // namespace

std::string hexadecimal(std::span<const std::byte> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::byte byte : bytes) {
    text += kDigits[std::to_integer<unsigned>(byte) >> 4U];
    text += kDigits[std::to_integer<unsigned>(byte) & 15U];
  }
  return text;
}

std::string digest(Digest algorithm, std::span<const std::byte> bytes) {
  Hasher hasher(algorithm);
  hasher.add(bytes.data(), bytes.size());
  return hasher.result();
}

std::string digest(Digest algorithm, std::span<const std::string_view> pieces) {
  Hasher hasher(algorithm);
  for (const std::string_view piece : pieces) hasher.add(piece.data(), piece.size());
  return hasher.result();
}

std::string file_digest(Digest algorithm, const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  Hasher hasher(algorithm);
  std::vector<char> buffer(1U << 20U);
  while (stream.read(buffer.data(), std::ssize(buffer)) || stream.gcount() > 0) {
    hasher.add(buffer.data(), stream.gcount());
  }
  if (!stream.eof()) throw Error("cannot read " + file.string());
  return hasher.result();
}

std::string index_digest(const at::Tensor& indices) {
  const at::Tensor list = indices.contiguous();
  const std::span<const int64_t> values(list.data_ptr<int64_t>(), list.numel());
  return digest(Digest::sha256, std::as_bytes(values));
}

}  // namespace sla
