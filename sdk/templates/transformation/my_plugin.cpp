#include <sla/error.h>
#include <sla/plugin.h>
#include <sla/transformation.h>

#include <string>

namespace {

/// View j is the image shifted cyclically to the right by j steps; with `count` views a step is
/// width / count.
class MyPlugin final : public sla::Transformation {
 public:
  // The host checks the experiment against this, so the constructor gets only valid values.
  static std::vector<sla::Parameter> parameters() {
    return {{.name = "count",
             .default_value = 4,
             .help = "number of views M",
             .minimum = 2,
             .maximum = 16}};
  }

  MyPlugin(const sla::Parameters& parameters, sla::Host&) : count_(parameters.integer("count")) {}

  int64_t count() const override { return count_; }

  // For any dtype: training transforms uint8. View 0 must be the image itself.
  at::Tensor view(const at::Tensor& images, int64_t j) const override {
    const int64_t width = images.size(3);
    if (width % count_ != 0) {
      throw sla::Error("images " + std::to_string(width) + " pixels wide cannot be shifted in " +
                       std::to_string(count_) + " equal steps; set count to a divisor");
    }
    return j == 0 ? images : images.roll(j * width / count_, /*dims=*/3);
  }

 private:
  int64_t count_;
};

}  // namespace

SLA_PLUGIN("0.1.0", sla::component<MyPlugin>("my_plugin", "Cyclic shifts to the right"))
