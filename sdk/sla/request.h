#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "sla/batch_random.h"
#include "sla/split.h"

namespace sla {

/// A request for images of a dataset.
struct Request {
  /// The split that `indices` refer to.
  Split split = Split::train;
  /// [B] int64 on the CPU, contiguous, each in [0, size of the split): whoever makes a request
  /// guarantees it, and the host checks those of derived datasets. May repeat: if an objective
  /// requests K copies of each image, these are K consecutive rows.
  at::Tensor indices;
  /// Whether the images are for training: a dataset that crops images while decoding then takes a
  /// random crop, using `random.image(row)`; else the fixed crop of evaluation.
  bool augment = false;
  /// One random stream per row.
  BatchRandom random;

  /// An unaugmented request.
  static Request plain(Split split, at::Tensor indices) {
    auto random = BatchRandom::whole(RandomStream(0), indices.numel());
    return {split, std::move(indices), /*augment=*/false, std::move(random)};
  }

  /// Requests the images `positions` ([n] int64) of another split or dataset in place of `rows` of
  /// this request, as a derived dataset does from its source.
  Request from(Split source_split, at::Tensor positions, const std::vector<int64_t>& rows) const {
    return {source_split, std::move(positions), augment, random.rows(rows)};
  }

  /// The same request with other positions, one per row, in order.
  Request at_positions(at::Tensor positions) const {
    return {split, std::move(positions), augment, random};
  }
};

}  // namespace sla
