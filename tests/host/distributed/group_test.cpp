#include "host/distributed/group.h"

#include <unistd.h>

#include <csignal>
#include <functional>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include "host/base/errors.h"
#include "host/distributed/gradient_sum.h"
#include "tests/catch.h"
#include "tests/support/child.h"

namespace {

using host::distributed::Group;
using host::distributed::LostProcess;
using host::distributed::Place;

/// 0 if a process was told what it should be.
int status_of(const LostProcess& error, const std::string& told) {
  const std::string text = error.what();
  if (!told.empty() && text.find(told) != std::string::npos) return 0;
  std::cerr << text << std::endl;
  return 1;
}

/// Runs `work` in the processes of a group; their exit statuses, by rank. One that is lost while
/// others still connect must be told of as well.
std::vector<int> statuses(int size, int timeout, const std::function<int(Group&)>& work,
                          const std::string& told = "") {
  const int port = 20'000 + static_cast<int>(getpid() % 20'000);
  static int groups = 0;
  ++groups;
  std::vector<pid_t> children;
  for (int rank = 0; rank < size; ++rank) {
    children.push_back(tests::start_child([&] {
      Group group(Place{.rank = rank, .size = size, .local_rank = rank, .port = port + groups});
      try {
        group.connect(at::kCPU, std::chrono::seconds(timeout));
      } catch (const LostProcess& error) {
        return status_of(error, told);
      }
      return work(group);
    }));
  }
  std::vector<int> ends;
  for (const pid_t child : children) ends.push_back(tests::wait_for(child));
  return ends;
}

const std::vector<int> kAllWell{0, 0, 0};

}  // namespace

TEST_CASE("processes exchange numbers, tensors and texts", "[distributed]") {
  CHECK(statuses(3, 60, [](Group& group) {
          const auto rank = group.rank();
          at::Tensor sum = at::arange(4, at::kDouble) * static_cast<double>(rank);
          group.sum(sum);
          if (!sum.equal(at::arange(4, at::kDouble) * 3)) return 1;
          if (group.maximum({rank, -rank, 7}) != std::vector<int64_t>{2, 0, 7}) return 2;
          // Whatever its layout in memory.
          const at::Tensor grid = at::zeros({2, 3}, at::kDouble);
          const at::Tensor turned = rank == 0 ? at::arange(6, at::kDouble).view({3, 2}).t() : grid;
          group.broadcast({turned});
          if (!turned.equal(at::arange(6, at::kDouble).view({3, 2}).t())) return 3;
          const std::string own(static_cast<size_t>(rank), 'x');
          if (group.gather(own) != std::vector<std::string>{"", "x", "xx"}) return 4;
          if (group.broadcast("from " + own) != "from ") return 5;
          int done = 0;
          group.once([&] { ++done; });
          if (done != (group.is_first() ? 1 : 0)) return 6;
          if (group.from_first([&] { return "rank " + std::to_string(rank); }) != "rank 0")
            return 7;
          return group.hosts().size() == 3 && group.local_size() == 3 ? 0 : 8;
        }) == kAllWell);
}

TEST_CASE("gradients are added, also those that one process lacks", "[distributed]") {
  CHECK(statuses(3, 60, [](Group& group) {
          const auto rank = static_cast<double>(group.rank());
          std::vector<at::Tensor> parameters;
          // Large enough for several buckets, one of them in another layout.
          for (int i = 0; i < 5; ++i) {
            at::Tensor parameter = at::zeros({200, 300}, at::kFloat);
            if (i == 2) parameter = at::zeros({300, 200}, at::kFloat).t();
            parameters.push_back(parameter.requires_grad_());
          }
          host::distributed::GradientSum gradients(group, parameters);
          for (int step = 0; step < 2; ++step) {
            // Parameter 3 gets a gradient in rank 1 only, parameter 4 in none.
            at::Tensor loss = (parameters[0] + parameters[1] + parameters[2]).sum() * (rank + 1);
            if (group.rank() == 1) loss = loss + parameters[3].sum() * 5;
            // Of an earlier part of the batch, before begin().
            parameters[1].sum().backward();
            gradients.begin();
            loss.backward();
            gradients.finish();
            if (!(parameters[0].grad() == 6).all().item<bool>()) return 1;
            if (!(parameters[1].grad() == 9).all().item<bool>()) return 2;
            if (!(parameters[2].grad() == 6).all().item<bool>()) return 3;
            if (!(parameters[3].grad() == 5).all().item<bool>()) return 4;
            if (parameters[4].grad().defined()) return 5;
            for (auto& parameter : parameters) parameter.mutable_grad().reset();
          }
          return host::distributed::bucket_bytes(parameters) < 200 * 300 * 4 * 3 ? 0 : 6;
        }) == kAllWell);
}

TEST_CASE("a process that ends, stops or fails is named by the others", "[distributed]") {
  // Each survivor returns 0 if it was told what it should be.
  const auto expect = [](Group& group, const std::string& told) {
    try {
      while (true) group.maximum({1});
    } catch (const LostProcess& error) {
      return status_of(error, told);
    }
  };
  SECTION("killed") {
    const auto ends = statuses(
        3, 60,
        [&](Group& group) {
          if (group.rank() == 1) raise(SIGKILL);
          return expect(group, "rank 1 on ");
        },
        "rank 1 on ");
    CHECK(ends == std::vector<int>{0, 128 + SIGKILL, 0});
  }
  SECTION("the one that serves the store") {
    const auto ends = statuses(
        2, 60,
        [&](Group& group) {
          if (group.rank() == 0) raise(SIGKILL);
          return expect(group, "rank 0 on ");
        },
        "rank 0 on ");
    CHECK(ends == std::vector<int>{128 + SIGKILL, 0});
  }
  SECTION("throws") {
    const auto ends = statuses(
        2, 60,
        [&](Group& group) {
          if (group.rank() == 1) {
            group.tell_failure("the disk is full");
            return 7;
          }
          return expect(group, "rank 1 of 2 on ");
        },
        "rank 1 of 2 on ");
    CHECK(ends == std::vector<int>{0, 7});
  }
  SECTION("silent for too long") {
    const auto ends = statuses(
        2, 2,
        [&](Group& group) {
          if (group.rank() == 1) {
            sleep(12);
            return 7;
          }
          return expect(group, "rank 1 on ");
        },
        "rank 1 on ");
    CHECK(ends == std::vector<int>{0, 7});
  }
}

TEST_CASE("two processes on one device are refused", "[distributed]") {
  const int port = 45'000 + static_cast<int>(getpid() % 10'000);
  std::vector<pid_t> children;
  for (int rank = 0; rank < 2; ++rank) {
    children.push_back(tests::start_child([&] {
      Group group(Place{.rank = rank, .size = 2, .local_rank = rank, .port = port});
      try {
        group.connect(at::Device("cuda:1"), std::chrono::seconds(60));
      } catch (const host::ExperimentError& error) {
        const std::string text = error.what();
        const std::string told = "ranks 0 and 1 both use device cuda:1 of ";
        return text.find(told) == std::string::npos ? 1 : 0;
      }
      return 2;
    }));
  }
  for (const pid_t child : children) CHECK(tests::wait_for(child) == 0);
}
