#include "host/base/errors.h"

#include <c10/util/Exception.h>

#include <new>

namespace host {

namespace {

std::string text_of(const std::exception& error) {
  if (const auto* from_libtorch = dynamic_cast<const c10::Error*>(&error)) {
    return from_libtorch->what_without_backtrace();
  }
  return error.what() != nullptr ? error.what() : "no message";
}

}  // namespace

bool is_out_of_memory(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) return true;
  // LibTorch reports it only in the message.
  const std::string text = text_of(error);
  return text.find("can't allocate memory") != std::string::npos ||
         text.find("not enough memory") != std::string::npos ||
         text.find("out of memory") != std::string::npos;
}

std::string message_of(const std::exception& error) {
  // The host's own messages are complete.
  if (dynamic_cast<const Error*>(&error) != nullptr) return error.what();
  if (!is_out_of_memory(error)) return text_of(error);
  return "out of memory (" + text_of(error) +
         "); reduce training.batch_size or evaluation.batch_size (the transformations multiply "
         "both), use fewer transformations or a smaller model, or set training.precision = "
         "\"bf16\"";
}

}  // namespace host
