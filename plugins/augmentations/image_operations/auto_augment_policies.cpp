#include "auto_augment_policies.h"

#include <sla/error.h>

#include <string>

namespace image_operations {

namespace {

using Do = Operation;

constexpr Policy kCifar10{{
    {{{Do::invert, 1, 0}, {Do::contrast, 2, 6}}},
    {{{Do::rotate, 7, 2}, {Do::translate_x, 3, 9}}},
    {{{Do::sharpness, 8, 1}, {Do::sharpness, 9, 3}}},
    {{{Do::shear_y, 5, 8}, {Do::translate_y, 7, 9}}},
    {{{Do::autocontrast, 5, 0}, {Do::equalize, 9, 0}}},
    {{{Do::shear_y, 2, 7}, {Do::posterize, 3, 7}}},
    {{{Do::color, 4, 3}, {Do::brightness, 6, 7}}},
    {{{Do::sharpness, 3, 9}, {Do::brightness, 7, 9}}},
    {{{Do::equalize, 6, 0}, {Do::equalize, 5, 0}}},
    {{{Do::contrast, 6, 7}, {Do::sharpness, 6, 5}}},
    {{{Do::color, 7, 7}, {Do::translate_x, 5, 8}}},
    {{{Do::equalize, 3, 0}, {Do::autocontrast, 4, 0}}},
    {{{Do::translate_y, 4, 3}, {Do::sharpness, 2, 6}}},
    {{{Do::brightness, 9, 6}, {Do::color, 2, 8}}},
    {{{Do::solarize, 5, 2}, {Do::invert, 0, 0}}},
    {{{Do::equalize, 2, 0}, {Do::autocontrast, 6, 0}}},
    {{{Do::equalize, 2, 0}, {Do::equalize, 6, 0}}},
    {{{Do::color, 9, 9}, {Do::equalize, 6, 0}}},
    {{{Do::autocontrast, 8, 0}, {Do::solarize, 2, 8}}},
    {{{Do::brightness, 1, 3}, {Do::color, 7, 0}}},
    {{{Do::solarize, 4, 5}, {Do::autocontrast, 9, 0}}},
    {{{Do::translate_y, 9, 9}, {Do::translate_y, 7, 9}}},
    {{{Do::autocontrast, 9, 0}, {Do::solarize, 8, 3}}},
    {{{Do::equalize, 8, 0}, {Do::invert, 1, 0}}},
    {{{Do::translate_y, 7, 9}, {Do::autocontrast, 9, 0}}},
}};

constexpr Policy kImageNet{{
    {{{Do::posterize, 4, 8}, {Do::rotate, 6, 9}}},
    {{{Do::solarize, 6, 5}, {Do::autocontrast, 6, 0}}},
    {{{Do::equalize, 8, 0}, {Do::equalize, 6, 0}}},
    {{{Do::posterize, 6, 7}, {Do::posterize, 6, 6}}},
    {{{Do::equalize, 4, 0}, {Do::solarize, 2, 4}}},
    {{{Do::equalize, 4, 0}, {Do::rotate, 8, 8}}},
    {{{Do::solarize, 6, 3}, {Do::equalize, 6, 0}}},
    {{{Do::posterize, 8, 5}, {Do::equalize, 10, 0}}},
    {{{Do::rotate, 2, 3}, {Do::solarize, 6, 8}}},
    {{{Do::equalize, 6, 0}, {Do::posterize, 4, 6}}},
    {{{Do::rotate, 8, 8}, {Do::color, 4, 0}}},
    {{{Do::rotate, 4, 9}, {Do::equalize, 6, 0}}},
    {{{Do::equalize, 0, 0}, {Do::equalize, 8, 0}}},
    {{{Do::invert, 6, 0}, {Do::equalize, 10, 0}}},
    {{{Do::color, 6, 4}, {Do::contrast, 10, 8}}},
    {{{Do::rotate, 8, 8}, {Do::color, 10, 2}}},
    {{{Do::color, 8, 8}, {Do::solarize, 8, 7}}},
    {{{Do::sharpness, 4, 7}, {Do::invert, 6, 0}}},
    {{{Do::shear_x, 6, 5}, {Do::equalize, 10, 0}}},
    {{{Do::color, 4, 0}, {Do::equalize, 6, 0}}},
    {{{Do::equalize, 4, 0}, {Do::solarize, 2, 4}}},
    {{{Do::solarize, 6, 5}, {Do::autocontrast, 6, 0}}},
    {{{Do::invert, 6, 0}, {Do::equalize, 10, 0}}},
    {{{Do::color, 6, 4}, {Do::contrast, 10, 8}}},
    {{{Do::equalize, 8, 0}, {Do::equalize, 6, 0}}},
}};

constexpr Policy kSvhn{{
    {{{Do::shear_x, 9, 4}, {Do::invert, 2, 0}}},
    {{{Do::shear_y, 9, 8}, {Do::invert, 7, 0}}},
    {{{Do::equalize, 6, 0}, {Do::solarize, 6, 6}}},
    {{{Do::invert, 9, 0}, {Do::equalize, 6, 0}}},
    {{{Do::equalize, 6, 0}, {Do::rotate, 9, 3}}},
    {{{Do::shear_x, 9, 4}, {Do::autocontrast, 8, 0}}},
    {{{Do::shear_y, 9, 8}, {Do::invert, 4, 0}}},
    {{{Do::shear_y, 9, 5}, {Do::solarize, 2, 6}}},
    {{{Do::invert, 9, 0}, {Do::autocontrast, 8, 0}}},
    {{{Do::equalize, 6, 0}, {Do::rotate, 9, 3}}},
    {{{Do::shear_x, 9, 4}, {Do::solarize, 3, 3}}},
    {{{Do::shear_y, 8, 8}, {Do::invert, 7, 0}}},
    {{{Do::equalize, 9, 0}, {Do::translate_y, 6, 6}}},
    {{{Do::invert, 9, 0}, {Do::equalize, 6, 0}}},
    {{{Do::contrast, 3, 3}, {Do::rotate, 8, 4}}},
    {{{Do::invert, 8, 0}, {Do::translate_y, 0, 2}}},
    {{{Do::shear_y, 7, 6}, {Do::solarize, 4, 8}}},
    {{{Do::invert, 6, 0}, {Do::rotate, 8, 4}}},
    {{{Do::shear_y, 3, 7}, {Do::translate_x, 9, 3}}},
    {{{Do::shear_x, 1, 6}, {Do::invert, 6, 0}}},
    {{{Do::solarize, 7, 2}, {Do::translate_y, 6, 7}}},
    {{{Do::shear_y, 8, 4}, {Do::invert, 8, 0}}},
    {{{Do::shear_x, 7, 9}, {Do::translate_y, 8, 3}}},
    {{{Do::shear_y, 8, 5}, {Do::autocontrast, 7, 0}}},
    {{{Do::shear_x, 7, 2}, {Do::invert, 1, 0}}},
}};

}  // namespace

const Policy& auto_augment_policy(std::string_view name) {
  if (name == "cifar10") return kCifar10;
  if (name == "imagenet") return kImageNet;
  if (name == "svhn") return kSvhn;
  throw sla::Error("no AutoAugment policy '" + std::string(name) +
                   "'; there are cifar10, imagenet and svhn");
}

}  // namespace image_operations
