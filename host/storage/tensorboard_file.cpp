#include "host/storage/tensorboard_file.h"

#include <unistd.h>

#include <bit>
#include <chrono>
#include <cstring>

#include <boost/crc.hpp>

#include "tensorboard.pb.h"

namespace host::storage {

namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// Masked CRC-32C (rotated and offset): the checksum of TFRecord files.
uint32_t masked_crc(const void* bytes, size_t size) {
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  crc.process_bytes(bytes, size);
  return std::rotr(static_cast<uint32_t>(crc.checksum()), 15) + 0xa282ead8U;
}

/// TensorBoard reads the files of a folder in name order.
std::string unused_name() {
  const auto stamp = std::chrono::duration_cast<std::chrono::microseconds>(
                         std::chrono::system_clock::now().time_since_epoch())
                         .count();
  return "events.out.tfevents." + std::to_string(stamp) + "." + std::to_string(getpid());
}

template <typename T>
std::string bytes_of(T value) {
  std::string bytes(sizeof(T), '\0');
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}

tensorboard::Event event_at(int64_t iteration) {
  tensorboard::Event event;
  event.set_wall_time(now());
  event.set_step(iteration);
  return event;
}

}  // namespace

TensorBoardFile::TensorBoardFile(const std::filesystem::path& folder, int64_t iteration)
    : file_(folder / unused_name(), OutputFile::Start::empty) {
  tensorboard::Event version;
  version.set_wall_time(now());
  version.set_file_version("brain.Event:2");
  write_record(version.SerializeAsString());

  tensorboard::Event start;
  start.set_wall_time(now());
  start.set_step(iteration + 1);
  start.mutable_session_log()->set_status(tensorboard::SessionLog::START);
  write_record(start.SerializeAsString());
}

void TensorBoardFile::append(int64_t iteration, const std::map<std::string, double>& metrics) {
  tensorboard::Event event = event_at(iteration);
  for (const auto& [name, number] : metrics) {
    std::string tag = name;
    if (const auto dot = tag.find('.'); dot != std::string::npos) tag[dot] = '/';
    auto* value = event.mutable_summary()->add_value();
    value->set_tag(tag);
    value->set_simple_value(static_cast<float>(number));
  }
  write_record(event.SerializeAsString());
}

void TensorBoardFile::append_text(int64_t iteration, const std::string& name,
                                  const std::string& text) {
  tensorboard::Event event = event_at(iteration);
  auto* value = event.mutable_summary()->add_value();
  value->set_tag(name);
  value->mutable_metadata()->mutable_plugin_data()->set_plugin_name("text");
  value->mutable_tensor()->set_dtype(tensorboard::Tensor::STRING);
  value->mutable_tensor()->add_string_val(text);
  write_record(event.SerializeAsString());
}

void TensorBoardFile::append_image(int64_t iteration, const std::string& name,
                                   const std::string& png, std::array<int64_t, 3> size) {
  tensorboard::Event event = event_at(iteration);
  auto* value = event.mutable_summary()->add_value();
  value->set_tag(name);
  auto* image = value->mutable_image();
  image->set_width(static_cast<int32_t>(size[0]));
  image->set_height(static_cast<int32_t>(size[1]));
  image->set_colorspace(static_cast<int32_t>(size[2]));
  image->set_encoded_image_string(png);
  write_record(event.SerializeAsString());
}

void TensorBoardFile::write_record(const std::string& data) {
  const std::string length = bytes_of(static_cast<uint64_t>(data.size()));
  // Written at once, so that a full disk leaves no partial record.
  file_.write(length + bytes_of(masked_crc(length.data(), length.size())) + data +
              bytes_of(masked_crc(data.data(), data.size())));
}

}  // namespace host::storage
