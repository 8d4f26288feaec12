#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cifar {

/// Bytes of an image: three planes of 32 x 32.
constexpr int64_t kPixels = int64_t{3} * 32 * 32;

/// The layout of one dataset as its authors publish it (Krizhevsky, "Learning Multiple Layers of
/// Features from Tiny Images", 2009): files of records, each a few label bytes and 3,072 pixel
/// bytes.
struct Layout {
  int64_t classes;
  /// Folder inside the archive.
  std::string folder;
  std::vector<std::string> train_files;
  std::string test_file;
  int64_t records_per_train_file;
  int64_t records_in_test_file;
  /// Label bytes per record; the last one is the class.
  int64_t label_bytes;
  /// File of class names, one per line.
  std::string names_file;
  /// The archive's file name, without what follows ".tar".
  std::string archive_stem;
  std::string url;
  std::string archive_md5;

  int64_t record_bytes() const { return label_bytes + kPixels; }
};

/// CIFAR-10 or CIFAR-100.
inline Layout layout_of(int64_t classes) {
  const std::string site = "https://www.cs.toronto.edu/~kriz/";
  if (classes == 10) {
    return {.classes = 10,
            .folder = "cifar-10-batches-bin",
            .train_files = {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                            "data_batch_4.bin", "data_batch_5.bin"},
            .test_file = "test_batch.bin",
            .records_per_train_file = 10'000,
            .records_in_test_file = 10'000,
            .label_bytes = 1,
            .names_file = "batches.meta.txt",
            .archive_stem = "cifar-10-binary.tar",
            .url = site + "cifar-10-binary.tar.gz",
            .archive_md5 = "c32a1d4ab5d03f1284b67883e8d87530"};
  }
  return {.classes = 100,
          .folder = "cifar-100-binary",
          .train_files = {"train.bin"},
          .test_file = "test.bin",
          .records_per_train_file = 50'000,
          .records_in_test_file = 10'000,
          .label_bytes = 2,
          .names_file = "fine_label_names.txt",
          .archive_stem = "cifar-100-binary.tar",
          .url = site + "cifar-100-binary.tar.gz",
          .archive_md5 = "03b5dce01913d631647c71ecec9e9cb8"};
}

}  // namespace cifar
