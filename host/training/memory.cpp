#include "host/training/memory.h"

#include <malloc.h>
#include <sys/mman.h>

#include <array>
#include <cstdint>
#include <cstdlib>

namespace host::training {

namespace {

constexpr uintptr_t kHugePage = uintptr_t{1} << 21;
/// Largest allocation that stays in the heap.
constexpr int kLargest = 1 << 30;
/// As many of that size are set aside for huge pages: more than a step of the larger models takes.
constexpr size_t kReserved = 4;

void advise_huge_pages(void* block, size_t size) {
  const auto begin = reinterpret_cast<uintptr_t>(block);
  const uintptr_t first = (begin + kHugePage - 1) / kHugePage * kHugePage;
  const uintptr_t last = (begin + size) / kHugePage * kHugePage;
  // A refusal costs speed only.
  if (first < last)
    madvise(static_cast<char*>(block) + (first - begin), last - first, MADV_HUGEPAGE);
}

}  // namespace

void keep_freed_memory() {
  // Activations of tens of MiB lie beyond malloc's default threshold for mmap, and each step would
  // fault their pages in anew, a third of its time. Kept in the heap, they are reused.
  mallopt(M_MMAP_THRESHOLD, kLargest);
  mallopt(M_TRIM_THRESHOLD, -1);
  // One heap for all threads: those of their own give back what they free.
  mallopt(M_ARENA_MAX, 1);

  // Grows the heap by blocks that nobody has touched, so that they take addresses but no memory.
  // Freed again, they stay the heap's, and what comes to lie there comes in huge pages.
  std::array<void*, kReserved> blocks{};
  constexpr size_t size = kLargest - kHugePage;
  for (void*& block : blocks) {
    block = std::malloc(size);
    if (block != nullptr) advise_huge_pages(block, size);
  }
  for (void* block : blocks) std::free(block);
}

}  // namespace host::training
