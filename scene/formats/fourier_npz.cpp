#include "scene/formats/fourier_npz.hpp"

#include <charconv>
#include <cmath>

#include "scene/formats/npy.hpp"
#include "scene/formats/voxel_npz.hpp"

namespace volpress::formats {
namespace {

/// "LFC31_5_9" into kind and numbers.
Result<void> parseFormat(std::string_view words, FourierTree& tree) {
  const std::string_view whole = words;
  tree.density = words.starts_with("LFC") ? FourierDensity::Logarithmic : FourierDensity::Linear;
  words.remove_prefix(words.starts_with("LFC") ? 3 : words.starts_with("FC") ? 2 : words.size());
  std::array<unsigned, 3> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto [end, code] = std::from_chars(words.data(), words.data() + words.size(), numbers[i]);
    words.remove_prefix(static_cast<std::size_t>(end - words.data()));
    const bool goesOn = i + 1 < numbers.size() ? words.starts_with('_') : words.empty();
    if (code != std::errc{} || !goesOn || numbers[i] == 0 || numbers[i] > kMaxFourierTerms) {
      return fail(
          ErrorCode::CorruptData,
          "data_format is \"{}\", read are \"LFC\" or \"FC\" and three numbers up to {}, as in "
          "LFC31_5_9",
          whole, kMaxFourierTerms);
    }
    words.remove_prefix(i + 1 < numbers.size() ? 1 : 0);
  }
  tree.densityTerms = numbers[0];
  tree.colorTerms = numbers[1];
  tree.basis = numbers[2];
  return {};
}

}  // namespace

bool isFourierFile(ByteView file) {
  if (!isVoxelFile(file)) {
    return false;
  }
  const auto archive = NpzFile::open(file);
  return archive && archive->has("time_steps") && archive->has("child");
}

Result<FourierTree> readFourierFile(ByteView file) {
  VOLPRESS_TRY(const NpzFile archive, NpzFile::open(file));
  FourierTree tree;
  VOLPRESS_TRY(tree.shape, readTreeShape(archive));
  VOLPRESS_TRY(const NpyArray format, archive.read("data_format"));
  VOLPRESS_TRY(const std::string words, format.text());
  VOLPRESS_CHECK(parseFormat(words, tree));
  VOLPRESS_TRY(const NpyArray steps, archive.read("time_steps", 1));
  VOLPRESS_TRY(const std::vector<std::int64_t> frames, steps.integers());
  if (frames[0] < 1 || frames[0] > kMaxFourierFrames) {
    return fail(ErrorCode::CorruptData, "time_steps is {}, allowed are 1 to {}", frames[0],
                kMaxFourierFrames);
  }
  tree.frames = static_cast<std::uint32_t>(frames[0]);
  VOLPRESS_TRY(const NpyArray centers, archive.read("extra_data", std::uint64_t{3} * tree.frames));
  VOLPRESS_TRY(const FloatArray middles, centers.floats());
  tree.centers.assign(middles.begin(), middles.end());
  if (archive.has("augmented_time")) {
    VOLPRESS_TRY(const NpyArray augmented, archive.read("augmented_time", 1));
    VOLPRESS_TRY(const std::vector<std::int64_t> flag, augmented.integers());
    tree.augmented = flag[0] != 0;
  } else {
    tree.augmented = false;
  }
  VOLPRESS_TRY(const NpyArray data, archive.read("data"));
  if (data.shape.size() != 5 || data.shape[4] != tree.dimension() ||
      data.count != tree.shape.child.size() * tree.dimension()) {
    return fail(ErrorCode::CorruptData, "data: has shape {}, {} needs [{}, 2, 2, 2, {}]",
                data.shapeWords(), words, tree.shape.nodes(), tree.dimension());
  }
  VOLPRESS_TRY(tree.data, data.floats());
  VOLPRESS_CHECK(validate(tree));
  return tree;
}

Result<Bytes> writeFourierFile(const FourierTree& tree, ZipPacking packing) {
  NpzWriter writer;
  writer.addInteger("data_dim", static_cast<std::int64_t>(tree.dimension()));
  writeTreeShape(tree.shape, writer);
  writer.addHalves("data", {tree.shape.nodes(), 2, 2, 2, tree.dimension()}, tree.data);
  writer.addText(
      "data_format",
      fmt::format("{}{}_{}_{}", tree.density == FourierDensity::Logarithmic ? "LFC" : "FC",
                  tree.densityTerms, tree.colorTerms, tree.basis));
  writer.addInteger("time_steps", tree.frames);
  writer.addFloats("extra_data", {1, std::uint64_t{3} * tree.frames}, tree.centers);
  writer.add("augmented_time", "|b1", {}, std::vector<std::uint8_t>(1, tree.augmented ? 1 : 0));
  return writer.finish(packing);
}

}  // namespace volpress::formats
