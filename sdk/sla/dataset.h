#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sla/batch.h"
#include "sla/exhibit.h"
#include "sla/random.h"
#include "sla/request.h"
#include "sla/sampler.h"
#include "sla/split.h"

namespace sla {

/// Channels, height and width of every image of a dataset.
struct ImageShape {
  /// C of [C, H, W].
  int64_t channels = 3;
  /// H, in pixels.
  int64_t height = 32;
  /// W, in pixels.
  int64_t width = 32;
};

/// Labelled images in three splits. Constructed with `(const Parameters&, Host&)`, or, if it is
/// derived from another dataset, with `(const Parameters&, std::shared_ptr<const Dataset>, Host&)`:
/// the experiment names that source in the table `source` (see DerivedDataset). The constructor
/// reads or maps the files and throws sla::Error if they are missing or damaged, so that batch()
/// need not check them. Immutable afterwards; every function may be called concurrently.
class Dataset {
 public:
  virtual ~Dataset() = default;

  /// The shape of every image.
  virtual ImageShape image_shape() const = 0;

  /// The names of the N classes. Labels are 0..N-1.
  virtual const std::vector<std::string>& class_names() const = 0;

  /// [size] int64 on the CPU, contiguous, each in [0, N): the labels of a split, in order; empty
  /// for an empty split.
  virtual at::Tensor labels(Split split) const = 0;

  /// The requested images, in the order of the request, with the labels that labels() has for them,
  /// as new contiguous CPU tensors that the caller owns and may edit. Sets no mixed labels. Depends
  /// on the request alone. Called from loading threads and from the main thread. Throws sla::Error
  /// if an image cannot be read.
  virtual Batch batch(const Request& request) const = 0;

  /// The dataset's own sampler, with batches of about `batch_size` images (episodes, balanced
  /// classes), which replaces the host's; its randomness comes from `random`. Null: the host's.
  /// Called for every split, with the batch size of training or of evaluation.
  virtual std::unique_ptr<Sampler> sampler(Split split, int64_t batch_size,
                                           RandomStream random) const {
    (void)split, (void)batch_size, (void)random;
    return nullptr;
  }

  /// Groups of classes to score separately, as class numbers by group name; a class may be in
  /// several or none. Prediction "single" and group "few" give the metric `single.few_accuracy`. A
  /// name is not empty, has no dot, and is neither "balanced" nor "top5".
  virtual std::map<std::string, std::vector<int64_t>> class_groups() const { return {}; }

  /// Facts that identify the data, such as hashes of the files and of the validation split;
  /// recorded in each run, in UTF-8. Facts whose names end in "sha256" must be the same wherever
  /// and whenever the data are: runs and processes with others are told apart.
  virtual std::map<std::string, std::string> provenance() const { return {}; }

  /// Text files in UTF-8 that each run keeps in its directory, such as the list of selected images,
  /// so that another run can read it back. By plain file name, none of the run's own.
  virtual std::map<std::string, std::string> documents() const { return {}; }

  /// How the gallery lays out a training batch (or its beginning) of the dataset's own sampler, if
  /// the order of its images has a meaning, as in an episode. Nullopt: as a plain list of images.
  /// Called from the main thread.
  virtual std::optional<Exhibit> exhibit(const Batch& batch) const {
    (void)batch;
    return std::nullopt;
  }
};

}  // namespace sla
