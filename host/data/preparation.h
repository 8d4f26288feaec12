#pragma once

#include <sla/batch.h>
#include <sla/objective.h>
#include <sla/transformation.h>

#include <ATen/core/Tensor.h>

#include <vector>

#include "host/data/normalisation.h"
#include "host/plugin/factory.h"

namespace host::data {

/// The way of a batch from the loader to the model: to the device, through the transformations,
/// into normalised floating point. Bytes stay bytes as long as possible.
class Preparation {
 public:
  Preparation(std::vector<plugin::Component<sla::Transformation>> transformations,
              Normalisation normalisation, at::Device device);

  const std::vector<plugin::Component<sla::Transformation>>& components() const {
    return transformations_;
  }

  /// M of the product of all transformations.
  int64_t transformations() const;

  /// Labels, images and annotations on the device.
  sla::Batch to_device(sla::Batch batch) const;

  /// The images [B, C, H, W] as they are, or under all transformations: [B*M, C, H, W] with row
  /// b*M + j transformation j of image b; in a product j counts the first transformation slowest.
  at::Tensor views(const at::Tensor& images, sla::Views views) const;

  /// What the model sees: views(), normalised.
  at::Tensor model_input(const at::Tensor& images, sla::Views views) const;

 private:
  std::vector<plugin::Component<sla::Transformation>> transformations_;
  Normalisation normalisation_;
  at::Device device_;
};

}  // namespace host::data
