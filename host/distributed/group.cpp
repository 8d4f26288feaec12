#include "host/distributed/group.h"

#include <spdlog/fmt/fmt.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <thread>
#include <utility>

#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>

#include "host/cuda/library.h"
#include "host/distributed/backend.h"
#include "host/distributed/meeting.h"

namespace host::distributed {

namespace {

constexpr std::chrono::seconds kJoining{300};
constexpr std::chrono::milliseconds kBetweenLooks{50};

std::string host_name() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

at::Tensor bytes_of(const std::string& text) {
  at::Tensor bytes = at::empty({std::ssize(text)}, at::kByte);
  std::copy(text.begin(), text.end(), bytes.data_ptr<uint8_t>());
  return bytes;
}

std::string text_of(const at::Tensor& bytes) {
  const auto* first = bytes.data_ptr<uint8_t>();
  return {first, first + bytes.numel()};
}

}  // namespace

struct Group::Connection {
  explicit Connection(const Place& place) : meeting(place, kJoining) {}

  Meeting meeting;
  /// For tensors on the CPU, and for those on the device.
  Backend cpu;
  Backend device;
  /// How many calls of from_first() there were.
  int64_t calls = 0;

  const Backend& of(const at::Tensor& tensor) const { return tensor.is_cpu() ? cpu : device; }
};

template <typename Exchange>
auto Group::exchange(Exchange&& work) const {
  try {
    return work();
  } catch (const std::exception& error) {
    throw lost_process(connection_->meeting, place_, hosts_, first_line(error));
  }
}

Group::Group() : Group(Place{}) {}

Group::Group(const Place& place) : place_(place), hosts_{host_name()} {
  if (place.size == 1) return;
  try {
    connection_ = std::make_unique<Connection>(place);
    hosts_ = connection_->meeting.hosts(place, host_name(), kJoining);
  } catch (const std::exception& error) {
    throw LostProcess(fmt::format(
        "rank {} of {} gave up waiting for the others at {}:{} (MASTER_ADDR, MASTER_PORT): {}",
        place.rank, place.size, place.host, place.port, first_line(error)));
  }
}

Group::~Group() {
  // Rank 0 may serve the store that the others still read.
  if (connection_ == nullptr) return;
  const auto done = [](int64_t rank) { return fmt::format("done/{}", rank); };
  connection_->meeting.leave(done(rank()), "");
  if (!is_first()) return;
  std::vector<std::string> all;
  for (int64_t rank = 0; rank < size(); ++rank) all.push_back(done(rank));
  connection_->meeting.missing(all, std::chrono::seconds(2));
}

void Group::connect(at::Device device, std::chrono::seconds timeout) {
  if (connection_ == nullptr) return;
  const auto& store = connection_->meeting.store();
  exchange([&] { connection_->cpu = gloo_backend(store, place_, timeout); });
  if (!device.is_cuda()) {
    connection_->device = connection_->cpu;
    return;
  }
  const auto devices = gather(device.str());
  for (size_t a = 0; a < devices.size(); ++a) {
    for (size_t b = a + 1; b < devices.size(); ++b) {
      if (devices[a] != devices[b] || hosts_[a] != hosts_[b]) continue;
      throw ExperimentError(fmt::format(
          "ranks {} and {} both use device {} of {}: each process needs one of its own; start as "
          "many processes as there are devices, and leave the device to them (--device cuda)",
          a, b, devices[a], hosts_[a]));
    }
  }
  const auto& library = cuda::library();
  if (library.functions == nullptr) {
    throw ExperimentError("several processes on GPUs need NCCL: " + library.obstacle);
  }
  connection_->device = library.functions->nccl(store, place_.rank, place_.size, timeout);
}

int64_t Group::local_size() const {
  return std::count(hosts_.begin(), hosts_.end(), hosts_.at(hosts_.size() == 1 ? 0 : rank()));
}

void Group::sum(at::Tensor& tensor) const { start_sum(tensor)(); }

std::function<void()> Group::start_sum(at::Tensor& tensor) const {
  if (connection_ == nullptr) return [] {};
  std::vector<at::Tensor> tensors{tensor};
  auto work = exchange([&] { return connection_->of(tensor)->allreduce(tensors); });
  return [this, work] { exchange([&] { work->wait(); }); };
}

std::vector<int64_t> Group::maximum(const std::vector<int64_t>& numbers) const {
  if (connection_ == nullptr) return numbers;
  std::vector<at::Tensor> tensors{at::tensor(numbers, at::kLong)};
  c10d::AllreduceOptions options;
  options.reduceOp = c10d::ReduceOp::MAX;
  exchange([&] { connection_->cpu->allreduce(tensors, options)->wait(); });
  const auto* first = tensors.front().data_ptr<int64_t>();
  return {first, first + numbers.size()};
}

void Group::broadcast(const std::vector<at::Tensor>& tensors) const {
  if (connection_ == nullptr) return;
  for (const at::Tensor& tensor : tensors) {
    if (tensor.numel() == 0) continue;
    // Dense copies: the layout in memory is each process's own matter.
    std::vector<at::Tensor> copy{tensor.detach().contiguous()};
    exchange([&] { connection_->of(tensor)->broadcast(copy)->wait(); });
    tensor.detach().copy_(copy.front());
  }
}

std::string Group::broadcast(std::string text) const {
  if (connection_ == nullptr) return text;
  const at::Tensor size = at::tensor(std::vector<int64_t>{std::ssize(text)}, at::kLong);
  broadcast({size});
  text.resize(static_cast<size_t>(size.item<int64_t>()));
  const at::Tensor bytes = bytes_of(text);
  broadcast({bytes});
  return text_of(bytes);
}

std::vector<std::string> Group::gather(const std::string& text) const {
  if (connection_ == nullptr) return {text};
  std::vector<int64_t> own(static_cast<size_t>(size()), 0);
  own.at(static_cast<size_t>(rank())) = std::ssize(text);
  const auto sizes = maximum(own);
  const int64_t longest = std::max<int64_t>(1, *std::max_element(sizes.begin(), sizes.end()));
  std::vector<at::Tensor> padded{at::empty({longest}, at::kByte)};
  std::memcpy(padded.front().data_ptr(), text.data(), text.size());
  std::vector<std::vector<at::Tensor>> all(1);
  for (int64_t i = 0; i < size(); ++i) all.front().push_back(at::empty_like(padded.front()));
  exchange([&] { connection_->cpu->allgather(all, padded)->wait(); });
  std::vector<std::string> texts;
  for (size_t i = 0; i < sizes.size(); ++i)
    texts.push_back(text_of(all[0][i].slice(0, 0, sizes[i])));
  return texts;
}

std::string Group::from_first(const std::function<std::string()>& make) const {
  if (connection_ == nullptr) return make();
  const Meeting& meeting = connection_->meeting;
  const std::string key = fmt::format("from_first/{}", connection_->calls++);
  if (is_first()) {
    std::string text = make();
    meeting.leave(key, text);
    return text;
  }
  while (true) {
    if (const auto text = exchange([&] { return meeting.find(key); })) return *text;
    if (failure_of(meeting)) throw lost_process(meeting, place_, hosts_, "");
    std::this_thread::sleep_for(kBetweenLooks);
  }
}

void Group::once(const std::function<void()>& work) const {
  from_first([&] {
    work();
    return std::string();
  });
}

void Group::tell_failure(const std::string& reason) const {
  if (connection_ == nullptr) return;
  distributed::tell_failure(connection_->meeting, place_, host_name(), reason);
}

}  // namespace host::distributed
