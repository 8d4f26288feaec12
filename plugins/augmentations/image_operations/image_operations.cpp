#include <sla/plugin.h>

#include "color_changes.h"
#include "policies.h"

SLA_PLUGIN("1.0.0",
           sla::component<image_operations::AutoAugment>(
               "auto_augment", "AutoAugment: a learned policy of 25 pairs of operations"),
           sla::component<image_operations::RandAugment>(
               "rand_augment", "RandAugment: random operations of one magnitude"),
           sla::component<image_operations::TrivialAugment>(
               "trivial_augment", "TrivialAugment: one random operation of random magnitude"),
           sla::component<image_operations::ColorJitter>(
               "color_jitter", "Random brightness, contrast, saturation and hue"),
           sla::component<image_operations::RandomGrayscale>("random_grayscale",
                                                             "Random conversion to gray"))
