#include "host/data/transformations.h"

namespace host::data {

int64_t Transformations::count() const {
  int64_t product = 1;
  for (const auto& transformation : transformations_) product *= transformation.count();
  return product;
}

std::vector<std::string> Transformations::names() const {
  std::vector<std::string> names{""};
  for (const auto& transformation : transformations_) {
    std::vector<std::string> product;
    for (const std::string& name : names) {
      product.push_back(name);
      for (int64_t j = 1; j < transformation.count(); ++j) {
        const std::string own = transformation.origin().component + " " + std::to_string(j);
        product.push_back(name.empty() ? own : name + ", " + own);
      }
    }
    names = std::move(product);
  }
  names.front() = "identity";
  return names;
}

at::Tensor Transformations::apply(const at::Tensor& images, sla::Views views) const {
  at::Tensor expanded = images;
  if (views == sla::Views::identity) return expanded;
  for (const auto& transformation : transformations_) expanded = transformation.apply(expanded);
  return expanded;
}

}  // namespace host::data
