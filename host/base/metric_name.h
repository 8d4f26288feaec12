#pragma once

#include <string>

namespace host {

/// A parsed metric name, [SPLIT.]PREDICTION.METRIC, such as
/// "validation.aggregated.accuracy". The only place that parses such names.
struct MetricName {
  /// Empty if the name has no split.
  std::string split;
  std::string prediction;
  std::string metric;

  /// Parses a name. A name without dots is a metric alone.
  static MetricName parse(const std::string& name);

  /// Whether it is a measured time, such as "train.seconds.forward".
  bool is_seconds() const { return prediction == "seconds"; }

  /// Whether it is a measured time or speed, which no two runs share.
  bool is_time() const { return metric == "images_per_second" || is_seconds(); }

  /// Whether a larger value is better.
  bool larger_is_better() const { return metric != "loss"; }
};

}  // namespace host
