#pragma once

#include <stb/stb_image_write.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/scratch_folder.h"

namespace tests {

/// A folder of single-colour images with lists: the usual layout in miniature.
struct PictureFolder {
  PictureFolder() {
    picture("images/a0.png", 8, 8, {255, 0, 0});
    picture("images/a1.png", 4, 4, {250, 0, 0});
    picture("images/b0.jpg", 16, 8, {0, 200, 0});
    picture("images/c/c0.bmp", 4, 4, {1, 2, 3});  // in the folder of its class
    picture("images/d0.png", 4, 4, {9, 9, 9});
    list("train.csv", "a0.png,a\nb0.jpg,b\na1.png,a\n");
    list("val.csv", "c0.bmp,c\r\n");
    list("test.csv", "d0.png,d\n");
  }

  void list(const std::string& name, const std::string& lines) const {
    folder.write(name, "filename,label\n" + lines);
  }

  void picture(const std::string& name, int width, int height,
               std::array<uint8_t, 3> colour) const {
    const std::string path = folder.write(name, "").string();
    std::vector<uint8_t> pixels;
    for (int i = 0; i < width * height; ++i)
      pixels.insert(pixels.end(), colour.begin(), colour.end());
    if (name.ends_with(".png")) stbi_write_png(path.c_str(), width, height, 3, pixels.data(), 0);
    if (name.ends_with(".jpg")) stbi_write_jpg(path.c_str(), width, height, 3, pixels.data(), 95);
    if (name.ends_with(".bmp")) stbi_write_bmp(path.c_str(), width, height, 3, pixels.data());
  }

  ScratchFolder folder;
};

/// A folder without images, for other layouts.
struct EmptyPictureFolder : PictureFolder {
  EmptyPictureFolder() {
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
      std::filesystem::remove_all(entry);
    }
  }
};

}  // namespace tests
