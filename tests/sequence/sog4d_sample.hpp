// A small .sog4d, made by hand: 3 frames of 5 splats with SH 1, labels as differences.
#pragma once

#include <string>
#include <vector>

#include "scene/formats/webp_image.hpp"
#include "scene/formats/zip_archive.hpp"

namespace volpress::testing {

inline constexpr std::size_t kSogSplats = 5, kSogFrames = 3;

inline Bytes sog4dSample() {
  using formats::NamedBytes;
  std::vector<NamedBytes> files;
  const auto picture = [&](const std::string& name, auto&& byteOf) {
    formats::RgbaImage image;
    image.width = 3;
    image.height = 2;
    for (std::size_t i = 0; i < 6; ++i) {
      for (std::size_t k = 0; k < 4; ++k) {
        image.pixels.push_back(static_cast<std::uint8_t>(byteOf(i, k)));
      }
    }
    files.push_back({name, formats::encodeWebp(image, 1).value()});
  };
  std::string ranges;
  for (std::size_t frame = 0; frame < kSogFrames; ++frame) {
    const std::string folder = "frames/0000" + std::to_string(frame) + "/";
    picture(folder + "hi.webp", [&](std::size_t i, std::size_t k) { return 40 * i + k + frame; });
    picture(folder + "lo.webp", [](std::size_t i, std::size_t k) { return 7 * i + k; });
    picture(folder + "scale.webp", [](std::size_t i, std::size_t k) { return k == 0 ? i % 2 : 0; });
    picture(folder + "turn.webp", [](std::size_t, std::size_t k) { return k == 0 ? 255 : 128; });
    picture(folder + "sh0.webp",
            [](std::size_t i, std::size_t k) { return k == 3 ? 204 : 50 * i; });
  }
  picture("labels.webp", [](std::size_t i, std::size_t k) { return k == 0 ? i % 2 : 0; });
  ByteWriter centroids;
  for (std::size_t k = 0; k < 2 * 9; ++k) {
    centroids.write(0.125F * static_cast<float>(k));
  }
  files.push_back({"centroids.bin", centroids.bytes()});
  ByteWriter delta;
  delta.append(std::string_view("SOG4DLB1"));
  for (const std::uint32_t value : {1U, 0U, 3U, 5U, 2U}) {
    delta.write(value);
  }
  delta.write(std::uint32_t{1});  // in frame 1 splat 2 gets label 1
  delta.write(std::uint32_t{2});
  delta.write(std::uint16_t{1});
  delta.write(std::uint16_t{0});
  delta.write(std::uint32_t{0});  // nothing in frame 2
  files.push_back({"delta.bin", delta.bytes()});
  std::string colors;
  for (int k = 0; k < 256; ++k) {
    colors += (k == 0 ? "" : ",") + std::to_string(k) + "e-2";
  }
  const std::string meta =
      R"({"format":"sog4d","version":1,"splatCount":5,"frameCount":3,
"timeMapping":{"type":"uniform"},"layout":{"type":"row-major","width":3,"height":2},"streams":{
"position":{"rangeMin":[[0,0,0],[0,0,0],[-1,0,0]],"rangeMax":[[1,1,1],[1,1,1],[1,2,3]],
"hiPath":"frames/{frame}/hi.webp","loPath":"frames/{frame}/lo.webp"},
"scale":{"codebook":[[0.1,0.2,0.3],[1,1,1]],"indicesPath":"frames/{frame}/scale.webp"},
"rotation":{"path":"frames/{frame}/turn.webp"},
"sh":{"bands":1,"sh0Path":"frames/{frame}/sh0.webp","sh0Codebook":[)" +
      colors +
      R"(],"shNCount":2,"shNCentroidsType":"f32","shNCentroidsPath":"centroids.bin",
"shNLabelsEncoding":"delta-v1","shNDeltaSegments":[{"startFrame":0,"frameCount":3,
"baseLabelsPath":"labels.webp","deltaPath":"delta.bin"}]}}})";
  ByteWriter text;
  text.append(meta);
  files.push_back({"meta.json", text.bytes()});
  return formats::writeStoredZip(files).value();
}

}  // namespace volpress::testing
