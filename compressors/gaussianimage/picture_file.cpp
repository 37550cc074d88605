#include "compressors/gaussianimage/picture_file.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "compressors/coding/symbol_coder.hpp"
#include "compressors/gaussianimage/place_coder.hpp"
#include "compressors/gaussianimage/settings.hpp"
#include "scene/base/half_float.hpp"

namespace volpress::gaussianimage {
namespace {

using compressors::Packing;

constexpr std::uint64_t kMostPixels = 64'000'000;
constexpr std::uint64_t kMostSide = 65535;
/// Pixels that a file may stand for: some always, and many a byte, as flat parts cost nothing.
constexpr std::uint64_t kAlwaysPixels = 1'000'000;
constexpr std::uint64_t kPixelsAByte = 8192;
constexpr std::uint64_t kGaussiansAByte = 8;
/// Times that a picture may be covered by what its Gaussians reach. Fitted ones cover it 20 times.
constexpr double kMostCover = 1024;

Result<void> checkCover(const renderer::GaussianPicture& picture) {
  const auto pixels = static_cast<double>(picture.width * picture.height);
  const auto height = static_cast<double>(picture.height);
  const double reach = 2 * std::numbers::pi * std::log(255.0);  // of a round one of deviation 1
  double cover = 0;
  for (std::size_t i = 0; i < picture.count(); ++i) {
    const float* const shape = picture.shapes.data() + 3 * i;
    for (std::size_t k = 0; k < 3; ++k) {
      if (!std::isfinite(shape[k]) || !std::isfinite(picture.colors[3 * i + k])) {
        return fail(ErrorCode::CorruptData, "Gaussian {} is not finite", i);
      }
    }
    const double rows =
        7 * std::hypot(static_cast<double>(shape[1]), static_cast<double>(shape[2]));
    cover += std::min(pixels, reach * std::abs(static_cast<double>(shape[0]) *
                                               static_cast<double>(shape[2]))) +
             4 * std::min(height, rows);
  }
  if (cover > kMostCover * pixels) {
    return fail(ErrorCode::CorruptData,
                "the Gaussians cover the picture {:.0f} times, allowed are {:.0f}", cover / pixels,
                kMostCover);
  }
  return {};
}

template <typename Value>
std::vector<std::uint8_t> narrowed(const Value& values) {
  std::vector<std::uint8_t> result(values.size());
  std::transform(values.begin(), values.end(), result.begin(),
                 [](std::int32_t value) { return static_cast<std::uint8_t>(value); });
  return result;
}

/// The values in rows of `channels`, in another order.
std::vector<std::int32_t> reordered(const std::vector<std::uint8_t>& values, std::size_t channels,
                                    const std::vector<std::uint32_t>& order) {
  std::vector<std::int32_t> result;
  result.reserve(values.size());
  for (const std::uint32_t row : order) {
    for (std::size_t c = 0; c < channels; ++c) {
      result.push_back(values[channels * row + c]);
    }
  }
  return result;
}

Result<std::vector<std::uint8_t>> readSymbols(const compressors::Container& container,
                                              std::string_view name, std::size_t rows,
                                              std::size_t channels, std::size_t most,
                                              TaskRunner& runner, const std::stop_token& stop) {
  VOLPRESS_TRY(const ByteView stream, container.require(name));
  VOLPRESS_TRY(const coding::SymbolArray values,
               coding::decodeSymbols(stream, {rows, channels, channels, {}}, runner, stop));
  for (const std::int32_t value : values) {
    if (value < 0 || static_cast<std::size_t>(value) > most) {
      return fail(ErrorCode::CorruptData, "{}: code {}, allowed are 0 to {}", name, value, most);
    }
  }
  return narrowed(values);
}

}  // namespace

Result<void> addCodes(const PictureCodes& codes, compressors::Container& container,
                      TaskRunner& runner, const std::stop_token& stop) {
  const std::size_t count = codes.places.size();
  ByteWriter picture;
  picture.write(static_cast<std::uint32_t>(codes.width));
  picture.write(static_cast<std::uint32_t>(codes.height));
  picture.write(static_cast<std::uint32_t>(count));
  EncodedPlaces places = encodePlaces(codes.places, kPlaceBits);
  VOLPRESS_TRY(Bytes shapes, coding::encodeSymbols(reordered(codes.shapes, 3, places.order),
                                                   {count, 3, 3, {}}, runner, stop));
  VOLPRESS_TRY(Bytes colors, coding::encodeSymbols(reordered(codes.colors, 2, places.order),
                                                   {count, 2, 2, {}}, runner, stop));
  ByteWriter books;
  const auto& [steps, offsets, entries] = codes.quantiser;
  books.write(std::array{steps[0], offsets[0], steps[1], offsets[1], steps[2], offsets[2]});
  books.write(static_cast<std::uint8_t>(entries[0].size() / 3));
  for (const FloatArray& book : entries) {
    for (const float value : book) {
      books.write(halfFromFloat(value));
    }
  }
  container.chunks.push_back(
      {std::string(kPictureChunk), std::move(picture).take(), Packing::Stored, true});
  container.chunks.push_back(
      {std::string(kPlacesChunk), std::move(places.bytes), Packing::Stored, true});
  container.chunks.push_back({std::string(kShapesChunk), std::move(shapes), Packing::Stored, true});
  container.chunks.push_back({std::string(kColorsChunk), std::move(colors), Packing::Stored, true});
  container.chunks.push_back(
      {std::string(kBooksChunk), std::move(books).take(), Packing::Stored, true});
  return {};
}

Result<PictureCodes> readCodes(const compressors::Container& container, std::size_t fileBytes,
                               TaskRunner& runner, const std::stop_token& stop) {
  PictureCodes codes;
  VOLPRESS_TRY(const ByteView picture, container.require(kPictureChunk));
  ByteReader reader(picture);
  VOLPRESS_TRY(codes.width, reader.read<std::uint32_t>("width"));
  VOLPRESS_TRY(codes.height, reader.read<std::uint32_t>("height"));
  VOLPRESS_TRY(const auto count, reader.read<std::uint32_t>("count"));
  const std::uint64_t pixels = std::uint64_t{codes.width} * codes.height;
  const std::uint64_t mostPixels = std::min(kMostPixels, kAlwaysPixels + kPixelsAByte * fileBytes);
  if (pixels == 0 || codes.width > kMostSide || codes.height > kMostSide || pixels > mostPixels) {
    return fail(ErrorCode::CorruptData, "picture: {} x {} pixels in {} bytes, allowed are {}",
                codes.width, codes.height, fileBytes, mostPixels);
  }
  const std::uint64_t most = std::min<std::uint64_t>(kMostGaussians, kGaussiansAByte * fileBytes);
  if (count == 0 || count > most || reader.remaining() != 0) {
    return fail(ErrorCode::CorruptData, "picture: {} Gaussians in {} bytes, allowed are 1 to {}",
                count, fileBytes, most);
  }
  VOLPRESS_TRY(const ByteView books, container.require(kBooksChunk));
  reader = ByteReader(books);
  for (std::size_t c = 0; c < 3; ++c) {
    VOLPRESS_TRY(codes.quantiser.steps[c], reader.read<float>("step"));
    VOLPRESS_TRY(codes.quantiser.offsets[c], reader.read<float>("offset"));
  }
  VOLPRESS_TRY(const auto entries, reader.read<std::uint8_t>("entries"));
  if (entries == 0 || entries > kMostEntries) {
    return fail(ErrorCode::CorruptData, "codebooks: {} entries, allowed are 1 to {}", entries,
                kMostEntries);
  }
  for (FloatArray& book : codes.quantiser.books) {
    for (std::size_t k = 0; k < std::size_t{3} * entries; ++k) {
      VOLPRESS_TRY(const auto half, reader.read<std::uint16_t>("codebook"));
      book.push_back(floatFromHalf(half));
    }
  }
  if (reader.remaining() != 0) {
    return fail(ErrorCode::CorruptData, "codebooks: {} bytes more than {} entries take",
                reader.remaining(), entries);
  }
  VOLPRESS_TRY(const ByteView places, container.require(kPlacesChunk));
  VOLPRESS_TRY(codes.places, decodePlaces(places, count, kPlaceBits));
  VOLPRESS_TRY(codes.shapes,
               readSymbols(container, kShapesChunk, count, 3, kMostShapeCode, runner, stop));
  VOLPRESS_TRY(codes.colors, readSymbols(container, kColorsChunk, count, 2,
                                         std::size_t{entries} - 1, runner, stop));
  VOLPRESS_CHECK(checkCover(decodeCodes(codes)));
  return codes;
}

}  // namespace volpress::gaussianimage
