#include "host/base/metric_name.h"

namespace host {

MetricName MetricName::parse(const std::string& name) {
  const auto last = name.rfind('.');
  if (last == std::string::npos) return {"", "", name};
  const std::string metric = name.substr(last + 1);
  const std::string before = name.substr(0, last);
  // Everything before the prediction is the split: "test", or "best.test".
  const auto dot = before.rfind('.');
  if (dot == std::string::npos) return {"", before, metric};
  return {before.substr(0, dot), before.substr(dot + 1), metric};
}

}  // namespace host
