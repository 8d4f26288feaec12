#pragma once

#include <ATen/core/Tensor.h>

/// Operations on one image [C, H, W], contiguous, on the CPU: uint8 in 0..255 or floating point in
/// 0..1. Each edits the image in place; the results are those of torchvision's functional v2
/// operations on tensors. Any thread may call them.
namespace image_operations {

// Tone: each pixel's value is replaced independently of its neighbours.

/// Multiplies by `factor` >= 0.
void brightness(const at::Tensor& image, double factor);
/// Keeps the `bits` (0 to 8) most significant bits of each value.
void posterize(const at::Tensor& image, int64_t bits);
/// Inverts values of at least `threshold`, in 0..1.
void solarize(const at::Tensor& image, double threshold);
/// Stretches each channel to the whole range of values.
void autocontrast(const at::Tensor& image);
/// Equalises the histogram of each channel, over 256 levels.
void equalize(const at::Tensor& image);
/// Replaces each value by its negative.
void invert(const at::Tensor& image);

// Colour: these need 1 or 3 channels (red, green, blue), and throw sla::Error for others. Gray is
// 0.2989 R + 0.587 G + 0.114 B (ITU-R BT.601).

/// Replaces all three channels by gray; an image with one channel is gray already.
void grayscale(const at::Tensor& image);
/// Blends with the mean gray: `factor` >= 0 of the image, 1 - factor of the mean.
void contrast(const at::Tensor& image, double factor);
/// Blends with gray: `factor` >= 0 of the image, 1 - factor of gray.
void saturation(const at::Tensor& image, double factor);
/// Turns the hue by `turn` in -0.5..0.5, where 1 is the whole circle.
void hue(const at::Tensor& image, double turn);

// Neighbourhood.

/// Blends the interior with its smoothed version (3x3, weights 1, 1, 1, 1, 5, 1, 1, 1, 1 over 13):
/// `factor` >= 0 of the image, 1 - factor of that. Images less than 3 pixels high or wide stay.
void sharpness(const at::Tensor& image, double factor);

// Geometry: nearest pixels; what comes from outside gets the value `fill`, in 0..1.

/// Shears about the top left corner: the pixel at (x, y) comes from x + amount * (y + 1/2).
void shear_x(const at::Tensor& image, double amount, double fill);
/// The same along y: from y + amount * (x + 1/2).
void shear_y(const at::Tensor& image, double amount, double fill);
/// Shifts to the right.
void translate_x(const at::Tensor& image, int64_t pixels, double fill);
/// Shifts downwards.
void translate_y(const at::Tensor& image, int64_t pixels, double fill);
/// Rotates about the centre, counterclockwise.
void rotate(const at::Tensor& image, double degrees, double fill);

}  // namespace image_operations
