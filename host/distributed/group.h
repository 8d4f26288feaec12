#pragma once

#include <ATen/core/Tensor.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/distributed/failures.h"
#include "host/distributed/place.h"

namespace host::distributed {

/// The processes that train together. All of them call every function in the same order, from one
/// thread; in a group of one they do nothing. If a process ends or does not answer in time, the
/// others throw LostProcess, and what was to be exchanged is undefined.
class Group {
 public:
  /// A group of one.
  Group();
  /// Waits until all processes have joined.
  explicit Group(const Place& place);
  ~Group();
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

  /// Connects the processes for tensors on `device` and on the CPU; call it before all below.
  /// `timeout` bounds every later exchange.
  void connect(at::Device device, std::chrono::seconds timeout);

  const Place& place() const { return place_; }
  int64_t rank() const { return place_.rank; }
  int64_t size() const { return place_.size; }
  bool is_first() const { return place_.rank == 0; }

  /// The machine of each rank.
  const std::vector<std::string>& hosts() const { return hosts_; }
  /// How many of the processes run on this machine.
  int64_t local_size() const;

  /// Adds the tensors of all processes, in place: the same bits in each of them.
  void sum(at::Tensor& tensor) const;
  /// Starts that; the result waits for its end. Sums end in the order in which they start.
  std::function<void()> start_sum(at::Tensor& tensor) const;

  /// The largest of the processes' numbers, one by one.
  std::vector<int64_t> maximum(const std::vector<int64_t>& numbers) const;

  /// Replaces tensors by the first process's.
  void broadcast(const std::vector<at::Tensor>& tensors) const;
  /// The first process's text.
  std::string broadcast(std::string text) const;

  /// The texts of all processes, by rank.
  std::vector<std::string> gather(const std::string& text) const;

  /// Runs `make` in the first process while the others wait, however long it takes, and returns its
  /// text in all. If it throws, the others throw LostProcess. Needs no connect().
  std::string from_first(const std::function<std::string()>& make) const;
  /// The same for work without a result.
  void once(const std::function<void()>& work) const;

  /// Tells the others why this process ends.
  void tell_failure(const std::string& reason) const;

 private:
  struct Connection;

  template <typename Exchange>
  auto exchange(Exchange&& work) const;

  Place place_;
  std::vector<std::string> hosts_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace host::distributed
