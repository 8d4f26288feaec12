#include "operation.h"

#include <cmath>

#include "operations.h"

namespace image_operations {

void apply(Operation operation, const at::Tensor& image, double magnitude, double fill) {
  switch (operation) {
    case Operation::identity: return;
    case Operation::shear_x: return shear_x(image, magnitude, fill);
    case Operation::shear_y: return shear_y(image, magnitude, fill);
    case Operation::translate_x: return translate_x(image, static_cast<int64_t>(magnitude), fill);
    case Operation::translate_y: return translate_y(image, static_cast<int64_t>(magnitude), fill);
    case Operation::rotate: return rotate(image, magnitude, fill);
    case Operation::brightness: return brightness(image, 1 + magnitude);
    case Operation::color: return saturation(image, 1 + magnitude);
    case Operation::contrast: return contrast(image, 1 + magnitude);
    case Operation::sharpness: return sharpness(image, 1 + magnitude);
    case Operation::posterize: return posterize(image, static_cast<int64_t>(magnitude));
    case Operation::solarize: return solarize(image, magnitude);
    case Operation::autocontrast: return autocontrast(image);
    case Operation::equalize: return equalize(image);
    case Operation::invert: return invert(image);
  }
}

bool is_signed(Operation operation) {
  return operation >= Operation::shear_x && operation <= Operation::sharpness;
}

Strengths usual_strengths(int64_t height, int64_t width) {
  return {.shear = 0.3,
          .translate_x = 150.0 / 331 * static_cast<double>(width),
          .translate_y = 150.0 / 331 * static_cast<double>(height),
          .rotate = 30,
          .factor = 0.9,
          .dropped_bits = 4};
}

Strengths wide_strengths() {
  return {.shear = 0.99,
          .translate_x = 32,
          .translate_y = 32,
          .rotate = 135,
          .factor = 0.99,
          .dropped_bits = 6};
}

double magnitude(Operation operation, double level, const Strengths& full) {
  switch (operation) {
    case Operation::shear_x:
    case Operation::shear_y: return level * full.shear;
    case Operation::translate_x: return level * full.translate_x;
    case Operation::translate_y: return level * full.translate_y;
    case Operation::rotate: return level * full.rotate;
    case Operation::brightness:
    case Operation::color:
    case Operation::contrast:
    case Operation::sharpness: return level * full.factor;
    case Operation::posterize:
      return 8 - std::nearbyint(level * static_cast<double>(full.dropped_bits));
    case Operation::solarize: return 1 - level;
    case Operation::identity:
    case Operation::autocontrast:
    case Operation::equalize:
    case Operation::invert: return 0;
  }
  return 0;
}

}  // namespace image_operations
