#include <sla/error.h>

#include "plugins/datasets/cifar/records.h"
#include "tests/fuzz/input_file.h"

/// Any file is one of CIFAR's or an error; the smallest possible number of records stands in for
/// the official one.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const cifar::Layout layout = cifar::layout_of(size % 2 == 0 ? 10 : 100);
  const fuzz::InputFile file(bytes, size);
  const auto records = static_cast<int64_t>(size) / (layout.label_bytes + 3072);
  for (const int64_t expected : {records, records + 1}) {
    try {
      cifar::read_records(layout, {file.path()}, expected);
    } catch (const sla::Error&) {
    }
  }
  try {
    cifar::read_class_names(layout, file.path());
  } catch (const sla::Error&) {
  }
  return 0;
}
