#include "sla/draft/images/image_file.h"

#include <fcntl.h>
#include <sla/error.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <string>
#include <vector>

namespace sla::images {

namespace {

[[noreturn]] void fail_to_read(const std::filesystem::path& file) {
  throw sla::Error("cannot read " + file.string() + ": " + std::strerror(errno));
}

/// An open file, closed at the end of its scope.
class OpenFile {
 public:
  explicit OpenFile(const std::filesystem::path& file)
      : descriptor_(open(file.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor_ < 0) fail_to_read(file);
  }
  ~OpenFile() { close(descriptor_); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

std::vector<uint8_t> bytes_of(const std::filesystem::path& file) {
  const OpenFile opened(file);
  struct stat status {};
  if (fstat(opened.descriptor(), &status) != 0) fail_to_read(file);
  std::vector<uint8_t> content(static_cast<size_t>(status.st_size));
  size_t done = 0;
  while (done < content.size()) {
    const ssize_t count = read(opened.descriptor(), content.data() + done, content.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail_to_read(file);
    if (count == 0) break;  // the decoder complains about what is missing
    done += static_cast<size_t>(count);
  }
  content.resize(done);
  return content;
}

}  // namespace

void with_decoder(const std::filesystem::path& file,
                  const std::function<void(ImageDecoder&)>& use) {
  const auto content = bytes_of(file);
  try {
    use(*open_image(content));
  } catch (const sla::Error& error) {
    throw sla::Error("cannot decode " + file.string() + ": " + error.what());
  } catch (const std::bad_alloc&) {
    throw sla::Error("cannot decode " + file.string() + ": its pixels do not fit into memory");
  }
}

}  // namespace sla::images
