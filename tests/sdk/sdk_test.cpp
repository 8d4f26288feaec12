#include <sla/digest.h>
#include <sla/joint_labels.h>
#include <sla/parameters.h>
#include <sla/random.h>

#include <ATen/ops/arange.h>
#include <ATen/ops/tensor.h>

#include <algorithm>

#include "tests/catch.h"
#include "tests/support/scratch_folder.h"

namespace {

std::vector<int64_t> list(const at::Tensor& tensor) {
  const auto plain = tensor.contiguous();
  return {plain.data_ptr<int64_t>(), plain.data_ptr<int64_t>() + plain.numel()};
}

}  // namespace

TEST_CASE("random streams depend on their key only; names give independent streams", "[sdk]") {
  sla::RandomStream a(7);
  sla::RandomStream b(7);
  CHECK(a.next() == b.next());
  // Child streams do not depend on what was drawn.
  CHECK(a.child("x").next() == sla::RandomStream(7).child("x").next());
  CHECK(a.child("x").next() != a.child("y").next());
  CHECK(a.child(1).next() != a.child(2).next());
  CHECK(sla::RandomStream(7).next() != sla::RandomStream(8).next());
}

TEST_CASE("random integers and numbers are uniform in their range", "[sdk]") {
  sla::RandomStream random(1);
  std::vector<int> counts(6, 0);
  double sum = 0;
  for (int i = 0; i < 60'000; ++i) {
    ++counts.at(random.below(6));
    const double number = random.uniform();
    CHECK((number >= 0 && number < 1));
    sum += number;
  }
  for (const int count : counts) CHECK(std::abs(count - 10'000) < 500);
  CHECK(sum / 60'000 == Approx(0.5).margin(0.01));
}

TEST_CASE("joint labels map to class and transformation and back", "[sdk]") {
  const auto labels = at::tensor({2, 0, 1}, at::kLong);
  CHECK(list(sla::joint_labels(labels, 4)) ==
        std::vector<int64_t>{8, 9, 10, 11, 0, 1, 2, 3, 4, 5, 6, 7});
  CHECK(list(sla::repeat_labels(labels, 2)) == std::vector<int64_t>{2, 2, 0, 0, 1, 1});
  CHECK(list(sla::transformation_labels(labels, 2)) == std::vector<int64_t>{0, 1, 0, 1, 0, 1});
}

TEST_CASE("single logits select joint logits, aggregated logits average them", "[sdk]") {
  // One image, M = 2, N = 2; row j, column class * 2 + transformation.
  const auto rows = at::tensor({1.0, 2.0, 3.0, 4.0, 10.0, 20.0, 30.0, 40.0}).view({2, 4});
  CHECK(sla::single_logits(rows.slice(0, 0, 1), 2).equal(at::tensor({1.0, 3.0}).view({1, 2})));
  // Class 0: mean of row 0 column 0 and row 1 column 1; class 1: row 0 column 2 and row 1 column 3.
  CHECK(sla::aggregated_logits(rows, 2).equal(at::tensor({10.5, 21.5}).view({1, 2})));
}

TEST_CASE("parameters can be read only with their declared type", "[sdk]") {
  const sla::Parameters parameters({{"count", int64_t{3}}, {"rate", 0.5}});
  CHECK(parameters.integer("count") == 3);
  CHECK(parameters.number("rate") == 0.5);
  CHECK_THROWS_WITH(parameters.number("count"),
                    ContainsSubstring("reads parameter 'count' as number but declares it as "
                                      "integer"));
  CHECK_THROWS_WITH(parameters.text("name"), ContainsSubstring("does not declare it"));
}

TEST_CASE("digests match the standards' test vectors", "[sdk]") {
  // FIPS 180-2, appendix B.1, and RFC 1321, appendix A.5, of "abc".
  const tests::ScratchFolder folder;
  const auto file = folder.write("abc", "abc");
  CHECK(sla::file_digest(sla::Digest::sha256, file) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sla::file_digest(sla::Digest::md5, file) == "900150983cd24fb0d6963f7d28e17f72");
}
