#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/scratch_folder.h"

namespace tests {

/// Bytes of one image.
constexpr int64_t kCifarPixels = 3 * 32 * 32;

/// CIFAR-10 or CIFAR-100 in the official layout, all zeros (sparse files).
struct FakeCifar {
  explicit FakeCifar(int64_t classes) : classes(classes) {
    if (classes == 100) {
      sized("cifar-100-binary/train.bin", 50'000 * (kCifarPixels + 2));
      sized("cifar-100-binary/test.bin", 10'000 * (kCifarPixels + 2));
      names("cifar-100-binary/fine_label_names.txt");
      return;
    }
    for (const char* name : {"data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4",
                             "data_batch_5", "test_batch"}) {
      sized(std::string("cifar-10-batches-bin/") + name + ".bin", 10'000 * (kCifarPixels + 1));
    }
    names("cifar-10-batches-bin/batches.meta.txt");
  }

  void sized(const std::string& name, int64_t bytes) const {
    folder.write(name, "");
    std::filesystem::resize_file(folder / name, bytes);
  }

  void names(const std::string& name) const {
    std::string text;
    for (int64_t c = 0; c < classes; ++c) text += "class" + std::to_string(c) + "\n";
    folder.write(name, text + "\n");
  }

  void put(const std::string& name, int64_t position, const std::string& bytes) const {
    std::fstream file(folder / name, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(position);
    file << bytes;
  }

  int64_t classes;
  ScratchFolder folder;
};

}  // namespace tests
