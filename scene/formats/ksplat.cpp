// A main header of 4096 bytes, a table of section headers of 1024 bytes each, then the sections:
//   u32 lengths of the partly filled buckets, 3 f32 centres of all buckets, records.
//
//   main header      u8 major (0) @0, u8 minor @1, u32 sections in the table @4, u32 splats @16,
//                    u16 compression level @20, f32 least and greatest SH @36 @40 (0: -1.5, 1.5)
//   section header   u32 splats @0, u32 records that have room @4, u32 splats of a full bucket @8,
//                    u32 buckets @12, f32 edge of a bucket @16, u16 bytes of a centre @20,
//                    u32 steps in half an edge @24, u32 full buckets @32, u32 partly filled @36,
//                    u16 SH degree @40
//   record           level 0: f32 centre, scale, rotation (w,x,y,z), RGBA u8, f32 SH
//                    level 1: u16 centre in its bucket, f16 scale, f16 rotation, RGBA u8, f16 SH
//                    level 2: the same with u8 SH
// Scales are linear. SH go band by band; within a band all red, then green, then blue.
#include "scene/formats/ksplat.hpp"

#include <algorithm>
#include <array>

#include "scene/base/half_float.hpp"
#include "scene/formats/activations.hpp"
#include "scene/formats/block_loop.hpp"
#include "scene/formats/import_checks.hpp"

namespace volpress::formats {
namespace {

constexpr std::size_t kMainHeader = 4096;
constexpr std::size_t kSectionHeader = 1024;
constexpr std::uint32_t kMostSections = 1024;
constexpr unsigned kMostDegree = 3;
constexpr std::size_t kGrain = 4096;
constexpr std::size_t kCentreBytes = 12;
constexpr float kUsualShRange = 1.5F;

/// Where the parts of a record lie.
struct RecordLayout {
  std::size_t scale;
  std::size_t rotation;
  std::size_t colour;
  std::size_t sh;
  std::size_t shNumber;  ///< bytes of one coefficient

  [[nodiscard]] std::size_t bytes(unsigned degree) const {
    return sh + 3 * shRestCount(degree) * shNumber;
  }
};
constexpr std::array<RecordLayout, 3> kLayouts{
    {{12, 24, 40, 44, 4}, {6, 12, 20, 24, 2}, {6, 12, 20, 24, 1}}};

template <typename T>
T valueAt(ByteView bytes, std::size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof(T));
  return value;
}

struct Section {
  std::size_t firstSplat = 0;
  std::size_t count = 0;
  unsigned degree = 0;
  std::size_t bucketSize = 0;
  std::size_t fullBuckets = 0;
  float step = 0;                          ///< of a quantised centre
  float range = 0;                         ///< the quantised number in the middle of a bucket
  std::vector<std::uint64_t> partialEnds;  ///< past the last splat of each partly filled bucket
  ByteView centres;
  ByteView records;
  std::uint64_t bucketBytes = 0;  ///< lengths and centres

  [[nodiscard]] std::size_t bucketOf(std::size_t splat) const {
    if (splat < fullBuckets * bucketSize) {
      return splat / bucketSize;
    }
    const auto end = std::upper_bound(partialEnds.begin(), partialEnds.end(), splat);
    return fullBuckets + static_cast<std::size_t>(end - partialEnds.begin());
  }
};

struct Contents {
  unsigned level = 0;
  float leastSh = 0;
  float greatestSh = 0;
  std::size_t count = 0;
  unsigned degree = 0;  ///< the largest of the sections'
  std::vector<Section> sections;
};

/// Reads a section's bucket table and finds its records.
class SectionReader {
public:
  SectionReader(ByteReader& data, unsigned level, bool openTruncated)
      : m_data(data), m_level(level), m_openTruncated(openTruncated) {}

  /// `missing` grows by the splats of a section that ends before its records do.
  Result<Section> read(ByteView header, std::size_t index, std::uint64_t& missing) {
    Section section;
    section.count = valueAt<std::uint32_t>(header, 0);
    const std::uint64_t room = valueAt<std::uint32_t>(header, 4);
    section.degree = valueAt<std::uint16_t>(header, 40);
    if (section.count > room || section.degree > kMostDegree) {
      return fail(ErrorCode::CorruptData,
                  "section {} has {} splats of SH degree {}, but at most {} and {} are allowed",
                  index, section.count, section.degree, room, kMostDegree);
    }
    VOLPRESS_CHECK(readBuckets(header, index, section));
    const std::uint64_t size = kLayouts[m_level].bytes(section.degree);
    // The last section may leave out what room it does not use.
    VOLPRESS_TRY(section.records,
                 m_data.take(std::min<std::uint64_t>(room * size, m_data.remaining()), "records"));
    const std::size_t whole = section.records.size() / size;
    if (whole < section.count) {
      if (!m_openTruncated) {
        return fail(ErrorCode::CorruptData,
                    "section {} has {} splats of {} bytes, but only {} bytes are left: {} complete "
                    "splats",
                    index, section.count, size, section.records.size(), whole);
      }
      missing += section.count - whole;
      section.count = whole;
    }
    return section;
  }

private:
  Result<void> readBuckets(ByteView header, std::size_t index, Section& section) {
    const std::uint64_t bucketSize = valueAt<std::uint32_t>(header, 8);
    const std::uint64_t buckets = valueAt<std::uint32_t>(header, 12);
    const auto edge = valueAt<float>(header, 16);
    const std::uint64_t centreBytes = valueAt<std::uint16_t>(header, 20);
    const auto range = valueAt<std::uint32_t>(header, 24);
    const std::uint64_t fullBuckets = valueAt<std::uint32_t>(header, 32);
    const std::uint64_t partialBuckets = valueAt<std::uint32_t>(header, 36);
    VOLPRESS_TRY(const ByteView lengths, m_data.take(4 * partialBuckets, "bucket lengths"));
    VOLPRESS_TRY(section.centres, m_data.take(centreBytes * buckets, "bucket centres"));
    section.bucketBytes = lengths.size() + section.centres.size();
    if (m_level == 0 || section.count == 0) {
      return {};  // centres are not used
    }
    if (centreBytes != kCentreBytes || fullBuckets + partialBuckets > buckets ||
        (fullBuckets != 0 && bucketSize == 0)) {
      return fail(ErrorCode::CorruptData,
                  "section {} has {} full and {} other buckets of {} with {} bytes each and room "
                  "for {} splats: they do not fit together",
                  index, fullBuckets, partialBuckets, buckets, centreBytes, bucketSize);
    }
    // Below 2^64: both factors are of 32 bits.
    std::uint64_t end = fullBuckets * bucketSize;
    section.partialEnds.reserve(static_cast<std::size_t>(partialBuckets));
    for (std::size_t i = 0; i < partialBuckets; ++i) {
      end += valueAt<std::uint32_t>(lengths, 4 * i);
      section.partialEnds.push_back(end);
    }
    if (end < section.count) {
      return fail(ErrorCode::CorruptData, "section {} has {} splats, but its buckets hold {}",
                  index, section.count, end);
    }
    section.bucketSize = static_cast<std::size_t>(bucketSize);
    section.fullBuckets = static_cast<std::size_t>(fullBuckets);
    section.range = range == 0 ? 32767.0F : static_cast<float>(range);
    section.step = edge / 2 / section.range;
    return {};
  }

  ByteReader& m_data;
  unsigned m_level;
  bool m_openTruncated;
};

Result<Contents> parse(ByteView file, IoContext* context) {
  ByteReader reader(file);
  VOLPRESS_TRY(const ByteView header, reader.take(kMainHeader, "the header of the .ksplat"));
  const auto major = std::to_integer<unsigned>(header[0]);
  const auto minor = std::to_integer<unsigned>(header[1]);
  if (major != 0 || minor < 1) {
    return fail(ErrorCode::UnsupportedVersion, ".ksplat version {}.{}, but 0.1 is read", major,
                minor);
  }
  Contents contents;
  contents.level = valueAt<std::uint16_t>(header, 20);
  const auto sections = valueAt<std::uint32_t>(header, 4);
  const auto splats = valueAt<std::uint32_t>(header, 16);
  if (contents.level >= kLayouts.size() || sections > kMostSections) {
    return fail(ErrorCode::CorruptData,
                ".ksplat of compression level {} with {} sections, but at most {} and {} are "
                "allowed",
                contents.level, sections, kLayouts.size() - 1, kMostSections);
  }
  const auto orUsual = [](float value, float usual) { return value == 0 ? usual : value; };
  contents.leastSh = orUsual(valueAt<float>(header, 36), -kUsualShRange);
  contents.greatestSh = orUsual(valueAt<float>(header, 40), kUsualShRange);
  VOLPRESS_TRY(const ByteView table,
               reader.take(std::uint64_t{sections} * kSectionHeader, "the section table"));
  SectionReader sectionReader(reader, contents.level,
                              context != nullptr && context->options.openTruncated);
  std::uint64_t missing = 0;
  for (std::size_t i = 0; i < sections; ++i) {
    VOLPRESS_TRY(Section section,
                 sectionReader.read(table.subspan(i * kSectionHeader, kSectionHeader), i, missing));
    section.firstSplat = contents.count;
    contents.count += section.count;
    contents.degree = std::max(contents.degree, section.degree);
    contents.sections.push_back(std::move(section));
  }
  if (contents.count + missing != splats) {
    return fail(ErrorCode::CorruptData, ".ksplat header says {} splats, but its sections hold {}",
                splats, contents.count + missing);
  }
  if (missing != 0) {
    noteTruncation(splats, contents.count, *context);
  }
  return contents;
}

/// Channel and coefficient of the numbers of a record's SH, in their order.
std::array<std::uint8_t, 3 * shRestCount(kMostDegree)> shPlaces() {
  std::array<std::uint8_t, 3 * shRestCount(kMostDegree)> places{};
  std::size_t at = 0;
  for (unsigned band = 1; band <= kMostDegree; ++band) {
    for (std::size_t channel = 0; channel < 3; ++channel) {
      for (std::size_t k = shRestCount(band - 1); k < shRestCount(band); ++k) {
        places[at++] = static_cast<std::uint8_t>(3 * k + channel);
      }
    }
  }
  return places;
}

void decodeRecord(const Contents& contents, const Section& section, std::size_t local,
                  GaussianCloud& cloud) {
  static const auto kPlaces = shPlaces();
  const RecordLayout& layout = kLayouts[contents.level];
  const std::size_t size = layout.bytes(section.degree);
  const ByteView record = section.records.subspan(local * size, size);
  const std::size_t i = section.firstSplat + local;
  const bool exact = contents.level == 0;
  const auto number = [&](std::size_t offset, std::size_t index) {
    return exact ? valueAt<float>(record, offset + 4 * index)
                 : floatFromHalf(valueAt<std::uint16_t>(record, offset + 2 * index));
  };
  const std::size_t bucket = exact ? 0 : section.bucketOf(local);
  for (std::size_t c = 0; c < 3; ++c) {
    cloud.means[3 * i + c] =
        exact ? valueAt<float>(record, 4 * c)
              : (static_cast<float>(valueAt<std::uint16_t>(record, 2 * c)) - section.range) *
                        section.step +
                    valueAt<float>(section.centres, kCentreBytes * bucket + 4 * c);
    cloud.logScales[3 * i + c] = logScaleOf(number(layout.scale, c));
    cloud.shDc[3 * i + c] = dcOf(std::to_integer<int>(record[layout.colour + c]) / 255.0);
  }
  for (std::size_t c = 0; c < 4; ++c) {
    cloud.rotations[4 * i + c] = number(layout.rotation, c);
  }
  cloud.opacityLogits[i] = logitOf(std::to_integer<int>(record[layout.colour + 3]) / 255.0);
  const std::size_t width = 3 * shRestCount(cloud.shDegree);
  const std::size_t stored = 3 * shRestCount(section.degree);
  float* rest = cloud.shRest.data() + i * width;
  std::fill(rest, rest + width, 0.0F);
  for (std::size_t j = 0; j < stored; ++j) {
    rest[kPlaces[j]] =
        layout.shNumber == 1
            ? contents.leastSh + static_cast<float>(std::to_integer<int>(record[layout.sh + j])) /
                                     255 * (contents.greatestSh - contents.leastSh)
            : number(layout.sh, j);
  }
}

class KsplatFormat final : public Format {
public:
  [[nodiscard]] const FormatInfo& info() const override {
    static const FormatInfo kInfo{"ksplat", ".ksplat", {".ksplat"}, false, {}, ""};
    return kInfo;
  }

  [[nodiscard]] bool recognises(ByteView head, std::string_view name) const override {
    if (name.ends_with(".ksplat")) {
      return true;
    }
    // Major version 0 and an unused half word, with counts that can be true.
    return head.size() >= kMainHeader + kSectionHeader && head[0] == std::byte{0} &&
           head[1] != std::byte{0} && valueAt<std::uint16_t>(head, 2) == 0 &&
           valueAt<std::uint16_t>(head, 20) < kLayouts.size() &&
           valueAt<std::uint32_t>(head, 4) >= 1 && valueAt<std::uint32_t>(head, 4) <= kMostSections;
  }

  [[nodiscard]] Result<GaussianCloud> decode(ByteView file, IoContext& context) const override {
    VOLPRESS_TRY(const Contents contents, parse(file, &context));
    GaussianCloud cloud;
    resizeCloud(cloud, contents.count, contents.degree);
    for (const Section& section : contents.sections) {
      const auto decodeBlock = [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
          decodeRecord(contents, section, i, cloud);
        }
      };
      VOLPRESS_CHECK(
          forEachBlock(context, section.count, kGrain, "reading the .ksplat", decodeBlock));
    }
    VOLPRESS_CHECK(finishImport(cloud, context));
    return cloud;
  }

  [[nodiscard]] Result<Bytes> encode(const GaussianCloud& /*cloud*/, const ParamSet& /*params*/,
                                     IoContext& /*context*/) const override {
    return fail(ErrorCode::InvalidParameter, ".ksplat is read only; SPZ or SOG take its place");
  }

  [[nodiscard]] Result<std::vector<ByteShare>> breakdown(ByteView file) const override {
    VOLPRESS_TRY(const Contents contents, parse(file, nullptr));
    const RecordLayout& layout = kLayouts[contents.level];
    std::vector<ByteShare> shares{{"positions", 0}, {"scales", 0}, {"rotations", 0}, {"sh0", 0},
                                  {"opacities", 0}, {"shN", 0},    {"header", 0}};
    std::uint64_t known = 0;
    for (const Section& section : contents.sections) {
      const std::uint64_t n = section.count;
      shares[0].bytes += n * layout.scale + section.bucketBytes;
      shares[1].bytes += n * (layout.rotation - layout.scale);
      shares[2].bytes += n * (layout.colour - layout.rotation);
      shares[3].bytes += 3 * n;
      shares[4].bytes += n;
      shares[5].bytes += n * 3 * shRestCount(section.degree) * layout.shNumber;
      known += n * layout.bytes(section.degree) + section.bucketBytes;
    }
    shares[6].bytes = file.size() - known;
    return shares;
  }
};

}  // namespace

const Format& ksplatFormat() {
  static const KsplatFormat kFormat;
  return kFormat;
}

}  // namespace volpress::formats
