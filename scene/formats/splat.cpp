#include "scene/formats/splat.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "scene/base/morton.hpp"
#include "scene/formats/activations.hpp"
#include "scene/formats/block_loop.hpp"
#include "scene/formats/export_checks.hpp"
#include "scene/formats/import_checks.hpp"

namespace volpress::formats {
namespace {

/// One splat as the file holds it.
struct Record {
  std::array<float, 3> position;
  std::array<float, 3> scale;            ///< linear
  std::array<std::uint8_t, 4> colour;    ///< RGB and opacity, 255 = 1
  std::array<std::uint8_t, 4> rotation;  ///< w,x,y,z; 128 = 0, one unit = 1/128
};
static_assert(sizeof(Record) == 32);

constexpr std::size_t kGrain = 4096;
/// What points without a rotation were written as.
constexpr std::array<std::uint8_t, 4> kNoRotation{255, 0, 0, 0};

Record recordAt(ByteView file, std::size_t index) {
  Record record;
  std::memcpy(&record, file.data() + index * sizeof(Record), sizeof(Record));
  return record;
}

/// The quaternion's part that a byte stands for.
float partOf(std::uint8_t byte) { return (static_cast<float>(byte) - 128) / 128; }

bool isPlausible(const Record& record) {
  for (std::size_t c = 0; c < 3; ++c) {
    if (!(std::abs(record.position[c]) < 1e7F) ||
        !(record.scale[c] > 0 && record.scale[c] < 1e4F)) {
      return false;
    }
  }
  float length2 = 0;
  for (const std::uint8_t byte : record.rotation) {
    length2 += partOf(byte) * partOf(byte);
  }
  return record.rotation == kNoRotation || (length2 > 0.9F && length2 < 1.1F);
}

/// A stored fraction of one: the nearest of 0..255.
std::uint8_t byteOf(float value) {
  return static_cast<std::uint8_t>(std::lround(255 * std::clamp(value, 0.0F, 1.0F)));
}

void decodeSplat(const Record& record, std::size_t i, GaussianCloud& cloud) {
  for (std::size_t c = 0; c < 3; ++c) {
    cloud.means[3 * i + c] = record.position[c];
    cloud.logScales[3 * i + c] = logScaleOf(record.scale[c]);
    cloud.shDc[3 * i + c] = dcOf(record.colour[c] / 255.0);
  }
  cloud.opacityLogits[i] = logitOf(record.colour[3] / 255.0);
  std::array<float, 4> q{1, 0, 0, 0};
  if (record.rotation != kNoRotation) {
    float length2 = 0;
    for (std::size_t c = 0; c < 4; ++c) {
      q[c] = partOf(record.rotation[c]);
      length2 += q[c] * q[c];
    }
    const float length = std::sqrt(length2);
    for (float& part : q) {
      part = length > 0 ? part / length : 0;
    }
  }
  std::copy(q.begin(), q.end(), &cloud.rotations[4 * i]);
}

Record encodeSplat(const GaussianCloud& cloud, std::size_t i) {
  Record record;
  for (std::size_t c = 0; c < 3; ++c) {
    record.position[c] = cloud.means[3 * i + c];
    record.scale[c] =
        std::min(std::exp(cloud.logScales[3 * i + c]), std::numeric_limits<float>::max());
    record.colour[c] = byteOf(colourOf(cloud.shDc[3 * i + c]));
  }
  record.colour[3] = byteOf(opacityOf(cloud.opacityLogits[i]));
  const float* q = &cloud.rotations[4 * i];
  // In double, so that no valid float quaternion overflows or vanishes.
  double length2 = 0;
  for (std::size_t c = 0; c < 4; ++c) {
    length2 += static_cast<double>(q[c]) * static_cast<double>(q[c]);
  }
  for (std::size_t c = 0; c < 4; ++c) {
    const double part = static_cast<double>(q[c]) / std::sqrt(length2);
    record.rotation[c] =
        static_cast<std::uint8_t>(std::clamp(std::lround(part * 128 + 128), 0L, 255L));
  }
  return record;
}

/// Splats by decreasing volume times opacity, so that the first part of a file is a preview.
std::vector<std::uint32_t> importanceOrder(const GaussianCloud& cloud) {
  std::vector<std::uint64_t> keys(cloud.count);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    double logImportance = -std::log1p(std::exp(-static_cast<double>(cloud.opacityLogits[i])));
    for (std::size_t c = 0; c < 3; ++c) {
      logImportance += static_cast<double>(cloud.logScales[3 * i + c]);
    }
    // exp keeps the order and makes the number positive: then its bits order like it.
    const double importance = std::exp(std::clamp(logImportance, -700.0, 700.0));
    keys[i] = ~std::bit_cast<std::uint64_t>(importance);
  }
  return sortedOrder(keys);
}

class SplatFormat final : public Format {
public:
  [[nodiscard]] const FormatInfo& info() const override {
    static const FormatInfo kInfo{
        "splat",
        ".splat",
        {".splat"},
        true,
        {{"order",
          "Order of the splats",
          "Most important first lets viewers show a preview while loading; along a Morton curve "
          "the file packs better in an archive. The size and the picture stay the same.",
          "",
          "",
          std::string("importance"),
          std::nullopt,
          {{"importance", "Most important first"}, {"morton", "Along a Morton curve"}},
          false}},
        "All view-dependent colour, colours outside 0..1 and extra columns; colour, opacity and "
        "rotation keep 8 bits a number."};
    return kInfo;
  }

  [[nodiscard]] bool recognises(ByteView head, std::string_view name) const override {
    constexpr std::string_view kExtension = ".splat";
    if (name.size() >= kExtension.size() &&
        name.substr(name.size() - kExtension.size()) == kExtension) {
      return true;
    }
    const std::size_t count = head.size() / sizeof(Record);
    bool plausible = count != 0 && head.size() % sizeof(Record) == 0;
    for (std::size_t i = 0; plausible && i < count; ++i) {
      plausible = isPlausible(recordAt(head, i));
    }
    return plausible;
  }

  [[nodiscard]] Result<GaussianCloud> decode(ByteView file, IoContext& context) const override {
    if (context.options.openTruncated && file.size() % sizeof(Record) != 0) {
      const std::size_t whole = file.size() / sizeof(Record);
      noteTruncation(whole + 1, whole, context);
      file = file.first(whole * sizeof(Record));
    }
    VOLPRESS_TRY(const std::size_t count, countOf(file));
    GaussianCloud cloud;
    resizeCloud(cloud, count, 0);
    const auto decodeBlock = [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        decodeSplat(recordAt(file, i), i, cloud);
      }
    };
    VOLPRESS_CHECK(forEachBlock(context, count, kGrain, "reading the .splat", decodeBlock));
    VOLPRESS_CHECK(finishImport(cloud, context));
    return cloud;
  }

  [[nodiscard]] Result<Bytes> encode(const GaussianCloud& cloud, const ParamSet& params,
                                     IoContext& context) const override {
    warnOfDropped(cloud, {0, false}, context);
    const std::vector<std::uint32_t> order = paramChoice(params, "order") == "morton"
                                                 ? mortonOrder(cloud.means, context.runner)
                                                 : importanceOrder(cloud);
    Bytes bytes(cloud.count * sizeof(Record));
    const auto encodeBlock = [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const Record record = encodeSplat(cloud, order[i]);
        std::memcpy(&bytes[i * sizeof(Record)], &record, sizeof(Record));
      }
    };
    VOLPRESS_CHECK(forEachBlock(context, cloud.count, kGrain, "writing the .splat", encodeBlock));
    return bytes;
  }

  [[nodiscard]] Result<std::vector<ByteShare>> breakdown(ByteView file) const override {
    VOLPRESS_TRY(const std::uint64_t count, countOf(file));
    return std::vector<ByteShare>{{"positions", 12 * count},
                                  {"scales", 12 * count},
                                  {"sh0", 3 * count},
                                  {"opacities", count},
                                  {"rotations", 4 * count}};
  }

private:
  static Result<std::size_t> countOf(ByteView file) {
    if (file.size() % sizeof(Record) != 0) {
      return fail(ErrorCode::CorruptData,
                  ".splat data of {} bytes is not a multiple of {}: {} complete splats and {} "
                  "bytes more",
                  file.size(), sizeof(Record), file.size() / sizeof(Record),
                  file.size() % sizeof(Record));
    }
    return file.size() / sizeof(Record);
  }
};

}  // namespace

const Format& splatFormat() {
  static const SplatFormat kFormat;
  return kFormat;
}

}  // namespace volpress::formats
