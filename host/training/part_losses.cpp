#include "host/training/part_losses.h"

#include <spdlog/fmt/fmt.h>

#include <sstream>
#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include "host/base/errors.h"

namespace host::training {

namespace {

at::Tensor as_double(const at::Tensor& value) { return value.detach().to(at::kDouble).squeeze(); }

/// One name a line, preceded by what kind of name it is.
std::string text_of(const std::vector<std::string>& terms, const std::vector<std::string>& logged,
                    bool is_weighted) {
  std::string text;
  for (const auto& name : terms) text += "term " + name + "\n";
  for (const auto& name : logged) text += "logged " + name + "\n";
  return text + (is_weighted ? "weighted \n" : "");
}

}  // namespace

PartLosses::PartLosses(const distributed::Group& group, const data::Parts& parts, at::Device device)
    : group_(group), parts_(parts), device_(device) {}

PartLosses::Layout PartLosses::layout_of(const sla::Loss& loss) {
  Layout layout;
  for (const auto& term : loss.terms) {
    layout.terms.push_back(term.name);
    layout.is_weighted = layout.is_weighted || term.weight.defined();
  }
  for (const auto& [name, value] : loss.logged) layout.logged.push_back(name);
  return layout;
}

void PartLosses::agree_on_layout() {
  if (!parts_.some_empty) return;
  const auto text = group_.broadcast(text_of(layout_.terms, layout_.logged, layout_.is_weighted));
  std::istringstream lines(text);
  layout_ = {};
  std::string kind;
  std::string name;
  while (std::getline(lines, kind, ' ') && std::getline(lines, name)) {
    if (kind == "term") layout_.terms.push_back(name);
    if (kind == "logged") layout_.logged.push_back(name);
    layout_.is_weighted = layout_.is_weighted || kind == "weighted";
  }
}

at::Tensor PartLosses::zeros(size_t count) const {
  return at::zeros({static_cast<int64_t>(count)}, at::TensorOptions(device_).dtype(at::kDouble));
}

at::Tensor PartLosses::contribution(size_t number, const at::Tensor& shares) {
  const sla::Loss& loss = losses_[number];
  const double images = parts_.share(parts_.own[number]);
  at::Tensor total;
  std::vector<at::Tensor> values;
  for (size_t i = 0; i < loss.terms.size(); ++i) {
    const at::Tensor& mean = loss.terms[i].mean;
    const at::Tensor share = shares[static_cast<int64_t>(i)];
    const at::Tensor term = mean * share.to(mean.scalar_type());
    total = total.defined() ? total + term : term;
    values.push_back(as_double(mean) * share);
  }
  for (const auto& [name, value] : loss.logged) values.push_back(as_double(value) * images);
  const at::Tensor own = at::stack(values);
  sum_ = sum_.defined() ? sum_ + own : own;
  return total;
}

at::Tensor PartLosses::add(sla::Loss loss) {
  losses_.push_back(std::move(loss));
  const size_t number = losses_.size() - 1;
  const Layout layout = layout_of(losses_.back());
  if (number == 0) {
    layout_ = layout;
    agree_on_layout();
  }
  if (layout.terms != layout_.terms || layout.logged != layout_.logged) {
    throw PluginError(fmt::format(
        "the objective's loss has the terms and values '{}' for one part of the batch, and '{}' "
        "for another; they must not depend on the images",
        fmt::join(layout_.terms, ", "), fmt::join(layout.terms, ", ")));
  }
  if (layout_.is_weighted) return {};
  return contribution(number,
                      at::full({std::ssize(layout_.terms)}, parts_.share(parts_.own[number]),
                               at::TensorOptions(device_).dtype(at::kDouble)));
}

std::vector<at::Tensor> PartLosses::remaining() {
  if (parts_.own.empty()) agree_on_layout();
  if (!layout_.is_weighted) return {};
  // The parts' weights, by term.
  std::vector<at::Tensor> weights;
  for (size_t number = 0; number < losses_.size(); ++number) {
    std::vector<at::Tensor> of_terms;
    for (const auto& term : losses_[number].terms) {
      const auto images = static_cast<double>(parts_.own[number].batch.labels.numel());
      of_terms.push_back(term.weight.defined() ? as_double(term.weight)
                                               : at::ones_like(as_double(term.mean)) * images);
    }
    weights.push_back(at::stack(of_terms));
  }
  at::Tensor total = zeros(layout_.terms.size());
  for (const at::Tensor& one : weights) total = total + one;
  group_.sum(total);
  std::vector<at::Tensor> contributions;
  for (size_t number = 0; number < weights.size(); ++number) {
    contributions.push_back(contribution(number, weights[number] / total));
  }
  return contributions;
}

sla::Loss PartLosses::whole() {
  const auto names = layout_.terms.size();
  if (!sum_.defined()) sum_ = zeros(names + layout_.logged.size());
  group_.sum(sum_);
  sla::Loss loss(sum_[0]);
  loss.terms.clear();
  for (size_t i = 0; i < names; ++i) {
    loss.terms.push_back({layout_.terms[i], sum_[static_cast<int64_t>(i)]});
  }
  for (size_t i = 0; i < layout_.logged.size(); ++i) {
    loss.logged[layout_.logged[i]] = sum_[static_cast<int64_t>(names + i)];
  }
  return loss;
}

}  // namespace host::training
