#pragma once

#include <torch/csrc/distributed/c10d/Store.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "host/distributed/place.h"

namespace host::distributed {

/// The store through which processes find each other and say why they end. Rank 0 or the launcher
/// serves it, so it may fall silent; nothing here waits longer for it than it says.
class Meeting {
 public:
  /// Waits until all processes have joined. Throws std::exception after `timeout`.
  Meeting(const Place& place, std::chrono::seconds timeout);

  const c10::intrusive_ptr<c10d::Store>& store() const { return store_; }

  /// The machine of each rank, once all have told theirs. Throws std::exception after `timeout`.
  std::vector<std::string> hosts(const Place& place, const std::string& own,
                                 std::chrono::seconds timeout) const;

  /// Leaves a text for the others; false if the store does not answer.
  bool leave(const std::string& key, const std::string& text) const;

  /// The text of a key; nullopt if there is none. Throws std::exception if the store does not
  /// answer.
  std::optional<std::string> find(const std::string& key) const;

  /// The keys of `keys` that have no text when `patience` is over; all of them if the store does
  /// not answer.
  std::vector<std::string> missing(const std::vector<std::string>& keys,
                                   std::chrono::milliseconds patience) const;

 private:
  c10::intrusive_ptr<c10d::Store> store_;
};

}  // namespace host::distributed
