#include "host/gallery/gallery.h"

#include <stb/stb_image.h>

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

#include <memory>

#include <nlohmann/json.hpp>

#include "host/gallery/canvas.h"
#include "host/gallery/drawing.h"
#include "host/gallery/picture.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/host_program.h"
#include "tests/support/scratch_folder.h"

namespace gallery = host::gallery;

namespace {

/// The pixels of a PNG file, [C, H, W].
at::Tensor decoded(const std::string& png) {
  int width = 0;
  int height = 0;
  int channels = 0;
  const std::unique_ptr<stbi_uc, void (*)(void*)> pixels(
      stbi_load_from_memory(reinterpret_cast<const stbi_uc*>(png.data()),
                            static_cast<int>(png.size()), &width, &height, &channels, 0),
      &stbi_image_free);
  REQUIRE(pixels);
  return at::from_blob(pixels.get(), {height, width, channels}, at::kByte)
      .permute({2, 0, 1})
      .clone();
}

}  // namespace

TEST_CASE("images form a grid, and survive a PNG file", "[gallery]") {
  const auto images = at::arange(3 * 3 * 2 * 2, at::kByte).view({3, 3, 2, 2});
  const auto grid = gallery::tiled(images, 2);
  REQUIRE(grid.sizes() == at::IntArrayRef({3, 4, 4}));
  CHECK(grid.narrow(1, 0, 2).narrow(2, 2, 2).equal(images[1]));
  CHECK(grid.narrow(1, 2, 2).narrow(2, 0, 2).equal(images[2]));
  CHECK(grid.narrow(1, 2, 2).narrow(2, 2, 2).eq(0).all().item<bool>());
  CHECK(decoded(gallery::png(grid)).equal(grid));

  // Floating point, one channel of two.
  const auto half = gallery::tiled(at::full({1, 2, 1, 1}, 0.5, at::kDouble), 1);
  CHECK(half.equal(at::full({1, 1, 1}, 128, at::kByte)));
  CHECK(decoded(gallery::png(half)).equal(half));
}

TEST_CASE("an image's data URL is its PNG in base64", "[gallery]") {
  const std::string address = gallery::data_address(at::zeros({1, 1, 1}, at::kByte));
  CHECK(address.starts_with("data:image/png;base64,iVBORw0KGgo"));  // PNG's signature
  CHECK((address.size() - 22) % 4 == 0);
}

TEST_CASE("text wraps at words, and letters are drawn inside their box", "[gallery]") {
  using gallery::Canvas;
  const auto width = Canvas::width_of("rotation 1,");
  CHECK(Canvas::wrapped("rotation 1, color_perm 2", width) ==
        std::vector<std::string>{"rotation 1,", "color_perm", "2"});
  Canvas canvas(200, 60);
  canvas.write("Mg", 10, 20);
  const auto drawn = canvas.pixels()[0].ne(255);
  CHECK(drawn.any().item<bool>());
  const auto box = drawn.narrow(0, 20, Canvas::kLineHeight).narrow(1, 10, Canvas::width_of("Mg"));
  CHECK(box.sum().item<int64_t>() == drawn.sum().item<int64_t>());
  canvas.fill(190, 50, 100, 100, {1, 2, 3});  // clipped
  CHECK(canvas.pixels()[2][59][199].item<int>() == 3);
}

TEST_CASE("the gallery shows the training batch under every transformation", "[gallery]") {
  const auto assembly = tests::assembly_of(
      "training.batch_size = 4\ndataset.classes = 3\n"
      "transformation = [{ plugin = 'rotation' }, { plugin = 'flip' }]\nobjective.plugin = 'sla'");
  const auto panels = gallery::panels(assembly);
  REQUIRE(panels.size() == 1);
  const auto& panel = panels[0];
  const auto batch = assembly.training_loader(assembly.training_sampler(), 0, 1)->next();
  CHECK(panel.images.equal(assembly.transformations.apply(batch.images, sla::Views::all)));
  CHECK(panel.column_names == std::vector<std::string>{"identity", "flip 1", "rotation 1",
                                                       "rotation 1, flip 1", "rotation 2",
                                                       "rotation 2, flip 1", "rotation 3",
                                                       "rotation 3, flip 1"});
  const auto label = batch.labels[1].item<int64_t>();
  CHECK(panel.row_names[1] == "stripes" + std::to_string(label));
  CHECK(panel.captions[8 + 3] == "joint " + std::to_string(label * 8 + 3));

  const auto facts = gallery::to_json(panels);
  CHECK(facts[0]["columns"] == 8);
  CHECK(facts[0]["captions"].size() == 32);
}

TEST_CASE("a dataset with episodes shows one", "[gallery]") {
  const auto assembly = tests::assembly_of(
      "[dataset]\nplugin = 'episodes'\nway = 2\nshot = 1\nquery = 2\nepisodes_per_batch = 3\n"
      "evaluation_way = 2\nevaluation_shot = 1\nevaluation_query = 1\n"
      "validation_classes = ['stripes0', 'stripes1']\ntest_classes = ['stripes2', 'stripes3']\n"
      "source = { plugin = 'synthetic', classes = 8 }\n"
      "[objective]\nplugin = 'few_shot'\ncomponent = 'prototypical'\n");
  const auto panels = gallery::panels(assembly);
  REQUIRE(panels.size() == 2);
  const auto batch = assembly.training_loader(assembly.training_sampler(), 0, 1)->next();
  CHECK(panels[0].column_names == std::vector<std::string>{"support 0", "query 0", "query 1"});
  CHECK(panels[0].images.equal(batch.images.narrow(0, 0, 6)));
  const auto names = assembly.dataset.object()->class_names();
  CHECK(panels[0].row_names == std::vector<std::string>{names[batch.labels[0].item<int64_t>()],
                                                        names[batch.labels[3].item<int64_t>()]});
  // Labels local to an episode are not shown.
  CHECK(panels[1].captions.empty());
}

TEST_CASE("the drawing has a histogram if classes are imbalanced", "[gallery]") {
  const auto panels = gallery::panels(tests::assembly_of("objective.plugin = 'baseline'"));
  const auto height = [&](const std::vector<int64_t>& counts) {
    return gallery::drawing(panels, counts).size(1);
  };
  CHECK(height({10, 12, 9}) == height({10, 10, 10}));
  CHECK(height({0, 10, 10}) == height({10, 10, 10}));
  CHECK(height({100, 10, 5}) > height({10, 10, 10}));
}

TEST_CASE("the command writes the gallery as a PNG file", "[gallery]") {
  const tests::ScratchFolder folder;
  const auto file = folder / "gallery.png";
  const auto drawn = tests::run_host({"gallery", SLA_SOURCE_DIRECTORY "/experiments/cifar.toml",
                                      "--profile", "sla,product12,smoke", "-o", file});
  CHECK(drawn.status == 0);
  CHECK_THAT(drawn.output, ContainsSubstring("THESE METRICS MEAN NOTHING"));
  // Twelve columns of 128 pixels and their gaps.
  CHECK(decoded(tests::content_of(file)).size(2) > 12 * 140);
}
