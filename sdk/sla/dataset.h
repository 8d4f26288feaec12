#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sla/batch.h"
#include "sla/random.h"
#include "sla/sampler.h"

namespace sla {

/// Height, width and channels of every image of a dataset, in pixels.
struct ImageShape {
  /// C of [C, H, W].
  int64_t channels = 3;
  /// H, in pixels.
  int64_t height = 32;
  /// W, in pixels.
  int64_t width = 32;
};

/// Labelled images in three splits. Constructed with `(const Parameters&, Host&)`, or, where it is
/// made of another dataset, with `(const Parameters&, std::shared_ptr<const Dataset>, Host&)`: the
/// experiment then names that one in the table `source` (see DerivedDataset). The constructor reads
/// or maps the files and throws sla::Error where they are missing or damaged, so that batch() stays
/// clean. Immutable afterwards.
class Dataset {
 public:
  virtual ~Dataset() = default;

  /// Shape of every image.
  virtual ImageShape image_shape() const = 0;

  /// Names of the classes; their number is the number of classes N. Labels are 0..N-1.
  virtual const std::vector<std::string>& class_names() const = 0;

  /// [size] int64 on the CPU: the labels of a split in its order; empty for an empty split.
  virtual at::Tensor labels(Split split) const = 0;

  /// The images of a split at `indices` ([B] int64 on the CPU, each in [0, size)), in that order,
  /// as new tensors that the caller owns. Called from a data-loading thread and from the main
  /// thread, possibly at the same time. Throws sla::Error when an image cannot be read.
  virtual Batch batch(Split split, const at::Tensor& indices) const = 0;

  /// The dataset's own way of drawing batches of about `batch_size` images (episodes, balanced
  /// classes), which then replaces the host's; `random` fixes it. Null: the host's samplers serve.
  virtual std::unique_ptr<Sampler> sampler(Split split, int64_t batch_size,
                                           RandomStream random) const {
    (void)split, (void)batch_size, (void)random;
    return nullptr;
  }

  /// Groups of classes that are scored apart, by name, each as class numbers; a class may be in
  /// several or none. Prediction "single" with a group "few" is scored as `single.few_accuracy`.
  virtual std::map<std::string, std::vector<int64_t>> class_groups() const { return {}; }

  /// Facts that identify the data, such as hashes of files and of the validation split; recorded in
  /// each run.
  virtual std::map<std::string, std::string> provenance() const { return {}; }

  /// Text files, by name, that each run keeps in its directory, such as the list of the images that
  /// were drawn, so that another run can read it back.
  virtual std::map<std::string, std::string> documents() const { return {}; }
};

}  // namespace sla
