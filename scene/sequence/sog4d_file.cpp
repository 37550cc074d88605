#include "scene/sequence/sog4d_file.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "scene/base/files.hpp"
#include "scene/base/half_float.hpp"
#include "scene/formats/activations.hpp"
#include "scene/formats/json_input.hpp"
#include "scene/formats/webp_image.hpp"
#include "scene/formats/zip_archive.hpp"

namespace volpress {
namespace {

using nlohmann::json;

constexpr std::uint64_t kMostSplats = 8'000'000;
constexpr std::uint64_t kMostFrames = 1'000'000;
constexpr std::uint64_t kMostSide = 16383;
constexpr std::uint64_t kMostEntries = 65535;
constexpr std::uint64_t kMostScales = 65536;
constexpr std::size_t kColors = 256;
constexpr std::size_t kDeltaHeader = 28;
constexpr std::size_t kDeltaBytes = 8;
constexpr std::uint64_t kMostPackedBytes = std::uint64_t{1} << 30;

struct LabelSegment {
  std::size_t first = 0, frames = 0;
  std::string base, delta;
};

struct Meta {
  std::size_t splats = 0, frames = 0, width = 0, height = 0;
  std::vector<std::array<float, 3>> low, high;  ///< of positions, by frame
  std::string high8, low8, scaleIndices, rotations, sh0, labels, centroids;
  std::vector<std::array<float, 3>> scales;
  std::vector<float> colors;
  unsigned bands = 0;
  std::size_t entries = 0;
  bool halves = false;
  std::vector<LabelSegment> segments;  ///< of labels as differences; else `labels` is a template
};

Result<const json*> member(const json& parent, const char* key) {
  const json* found = formats::findMember(parent, key);
  if (found == nullptr) {
    return fail(ErrorCode::CorruptData, "meta.json lacks \"{}\"", key);
  }
  return found;
}

Result<std::uint64_t> number(const json& parent, const char* key, std::uint64_t low,
                             std::uint64_t high) {
  VOLPRESS_TRY(const json* value, member(parent, key));
  return formats::wholeNumber(*value, key, low, high);
}

/// A path within the archive; with `perFrame` one that has a {frame}.
Result<std::string> path(const json& parent, const char* key, bool perFrame) {
  VOLPRESS_TRY(const json* value, member(parent, key));
  std::string text = value->is_string() ? value->get<std::string>() : std::string();
  if (!formats::isSafeRelativeName(text) ||
      (text.find("{frame}") != std::string::npos) != perFrame) {
    return fail(ErrorCode::CorruptData, "\"{}\" of meta.json is no path{}", key,
                perFrame ? " with {frame}" : "");
  }
  return text;
}

Result<std::vector<std::array<float, 3>>> triples(const json& parent, const char* key,
                                                  std::uint64_t least, std::uint64_t most) {
  VOLPRESS_TRY(const json* value, member(parent, key));
  if (!value->is_array() || value->size() < least || value->size() > most) {
    return fail(ErrorCode::CorruptData, "\"{}\" of meta.json has {} entries; {} to {} are expected",
                key, value->size(), least, most);
  }
  std::vector<std::array<float, 3>> list;
  for (const json& one : *value) {
    std::array<float, 3> triple{};
    for (std::size_t k = 0; k < 3; ++k) {
      if (!one.is_array() || one.size() != 3 || !one[k].is_number() ||
          !(std::abs(one[k].get<double>()) < 1e12)) {
        return fail(ErrorCode::CorruptData, "\"{}\" of meta.json: entry {} is no triple of numbers",
                    key, list.size());
      }
      triple[k] = one[k].get<float>();
    }
    list.push_back(triple);
  }
  return list;
}

Result<std::vector<LabelSegment>> readSegments(const json& sh, std::size_t frames) {
  VOLPRESS_TRY(const json* list, member(sh, "shNDeltaSegments"));
  std::vector<LabelSegment> segments;
  std::size_t next = 0;
  for (const json& one : list->is_array() ? *list : json::array()) {
    LabelSegment segment;
    VOLPRESS_TRY(segment.first, number(one, "startFrame", next, next));
    VOLPRESS_TRY(segment.frames, number(one, "frameCount", 1, frames - std::min(frames, next)));
    VOLPRESS_TRY(segment.base, path(one, "baseLabelsPath", false));
    VOLPRESS_TRY(segment.delta, path(one, "deltaPath", false));
    next += segment.frames;
    segments.push_back(std::move(segment));
  }
  if (next != frames) {
    return fail(ErrorCode::CorruptData, "\"shNDeltaSegments\" cover {} of {} frames", next, frames);
  }
  return segments;
}

Result<void> readSh(const json& streams, Meta& meta) {
  VOLPRESS_TRY(const json* sh, member(streams, "sh"));
  VOLPRESS_TRY(const std::uint64_t bands, number(*sh, "bands", 0, 3));
  meta.bands = static_cast<unsigned>(bands);
  VOLPRESS_TRY(meta.sh0, path(*sh, "sh0Path", true));
  VOLPRESS_TRY(const json* colors, member(*sh, "sh0Codebook"));
  for (const json& one : colors->is_array() ? *colors : json::array()) {
    meta.colors.push_back(one.is_number() ? one.get<float>() : NAN);
  }
  if (meta.colors.size() != kColors ||
      !std::all_of(meta.colors.begin(), meta.colors.end(),
                   [](float value) { return std::abs(value) < 1e6F; })) {
    return fail(ErrorCode::CorruptData, "\"sh0Codebook\" is not {} numbers", kColors);
  }
  if (meta.bands == 0) {
    return {};
  }
  VOLPRESS_TRY(meta.entries, number(*sh, "shNCount", 1, kMostEntries));
  VOLPRESS_TRY(meta.centroids, path(*sh, "shNCentroidsPath", false));
  VOLPRESS_TRY(const json* type, member(*sh, "shNCentroidsType"));
  if (*type != "f16" && *type != "f32") {
    return fail(ErrorCode::CorruptData, "\"shNCentroidsType\" is neither f16 nor f32");
  }
  meta.halves = *type == "f16";
  const json* encoding = formats::findMember(*sh, "shNLabelsEncoding");
  if (encoding == nullptr || *encoding == "full") {
    VOLPRESS_TRY(meta.labels, path(*sh, "shNLabelsPath", true));
  } else if (*encoding == "delta-v1") {
    VOLPRESS_TRY(meta.segments, readSegments(*sh, meta.frames));
  } else {
    return fail(ErrorCode::UnsupportedVersion, "this encoding of labels cannot be read");
  }
  return {};
}

Result<Meta> readMeta(ByteView bytes) {
  VOLPRESS_TRY(const json document, formats::parseJsonObject(bytes, "meta.json"));
  const json* format = formats::findMember(document, "format");
  if (format == nullptr || *format != "sog4d") {
    return fail(ErrorCode::NotThisFormat, "meta.json is not of a .sog4d");
  }
  Meta meta;
  VOLPRESS_CHECK(number(document, "version", 1, 2));
  VOLPRESS_TRY(meta.splats, number(document, "splatCount", 1, kMostSplats));
  VOLPRESS_TRY(meta.frames, number(document, "frameCount", 1, kMostFrames));
  VOLPRESS_TRY(const json* layout, member(document, "layout"));
  VOLPRESS_TRY(meta.width, number(*layout, "width", 1, kMostSide));
  VOLPRESS_TRY(meta.height, number(*layout, "height", 1, kMostSide));
  if (meta.width * meta.height < meta.splats) {
    return fail(ErrorCode::CorruptData, "{} splats in pictures of {} x {}", meta.splats, meta.width,
                meta.height);
  }
  VOLPRESS_TRY(const json* streams, member(document, "streams"));
  VOLPRESS_TRY(const json* position, member(*streams, "position"));
  VOLPRESS_TRY(meta.low, triples(*position, "rangeMin", meta.frames, meta.frames));
  VOLPRESS_TRY(meta.high, triples(*position, "rangeMax", meta.frames, meta.frames));
  VOLPRESS_TRY(meta.high8, path(*position, "hiPath", true));
  VOLPRESS_TRY(meta.low8, path(*position, "loPath", true));
  VOLPRESS_TRY(const json* scale, member(*streams, "scale"));
  VOLPRESS_TRY(meta.scales, triples(*scale, "codebook", 1, kMostScales));
  VOLPRESS_TRY(meta.scaleIndices, path(*scale, "indicesPath", true));
  VOLPRESS_TRY(const json* rotation, member(*streams, "rotation"));
  VOLPRESS_TRY(meta.rotations, path(*rotation, "path", true));
  VOLPRESS_CHECK(readSh(*streams, meta));
  return meta;
}

class Sog4dSource final : public FrameSource {
public:
  Sog4dSource(MappedFile file, formats::ZipArchive archive, Meta meta)
      : m_file(std::move(file)), m_archive(std::move(archive)), m_meta(std::move(meta)) {}

  Result<void> open() {
    if (m_meta.bands == 0) {
      return {};
    }
    const std::size_t numbers = 3 * shRestCount(m_meta.bands);
    const std::size_t each = m_meta.halves ? sizeof(std::uint16_t) : sizeof(float);
    VOLPRESS_TRY(const Bytes bytes, part(m_meta.centroids, kMostPackedBytes));
    if (bytes.size() != m_meta.entries * numbers * each) {
      return fail(ErrorCode::CorruptData, "{} has {} bytes; {} entries take {}", m_meta.centroids,
                  bytes.size(), m_meta.entries, m_meta.entries * numbers * each);
    }
    ByteReader reader(bytes);
    m_centroids.resize(m_meta.entries * numbers);
    for (float& value : m_centroids) {
      if (m_meta.halves) {
        VOLPRESS_TRY(const auto half, reader.read<std::uint16_t>("centroid"));
        value = floatFromHalf(half);
      } else {
        VOLPRESS_TRY(value, reader.read<float>("centroid"));
      }
      if (!std::isfinite(value)) {
        return fail(ErrorCode::CorruptData, "{} holds a number that is not finite",
                    m_meta.centroids);
      }
    }
    return {};
  }

  [[nodiscard]] std::size_t frameCount() const noexcept override { return m_meta.frames; }

  [[nodiscard]] Result<GaussianCloud> load(std::size_t index, TaskRunner& /*runner*/,
                                           const std::stop_token& /*stop*/) const override {
    const std::lock_guard lock(m_mutex);
    GaussianCloud cloud;
    VOLPRESS_TRY(const auto high, picture(m_meta.high8, index));
    VOLPRESS_TRY(const auto low, picture(m_meta.low8, index));
    VOLPRESS_TRY(const auto scales, picture(m_meta.scaleIndices, index));
    VOLPRESS_TRY(const auto rotations, picture(m_meta.rotations, index));
    VOLPRESS_TRY(const auto colors, picture(m_meta.sh0, index));
    resizeCloud(cloud, m_meta.splats, m_meta.bands);
    for (std::size_t i = 0; i < cloud.count; ++i) {
      const std::size_t at = 4 * i;
      const std::size_t scale = scales[at] + 256U * scales[at + 1];
      if (scale >= m_meta.scales.size()) {
        return fail(ErrorCode::CorruptData, "frame {}: scale {} of {}", index, scale,
                    m_meta.scales.size());
      }
      for (std::size_t k = 0; k < 3; ++k) {
        const float from = m_meta.low[index][k], to = m_meta.high[index][k];
        const auto level = static_cast<float>(256U * high[at + k] + low[at + k]);
        cloud.means[3 * i + k] = from + level / 65535 * (to - from);
        cloud.logScales[3 * i + k] = formats::logScaleOf(std::max(0.0F, m_meta.scales[scale][k]));
        cloud.shDc[3 * i + k] = m_meta.colors[colors[at + k]];
      }
      bool turned = false;
      for (std::size_t k = 0; k < 4; ++k) {
        cloud.rotations[4 * i + k] = (static_cast<float>(rotations[at + k]) - 128) / 128;
        turned = turned || rotations[at + k] != 128;
      }
      cloud.rotations[4 * i] = turned ? cloud.rotations[4 * i] : 1.0F;
      cloud.opacityLogits[i] = formats::logitOf(static_cast<double>(colors[at + 3]) / 255);
    }
    if (m_meta.bands > 0) {
      VOLPRESS_CHECK(paint(index, cloud));
    }
    VOLPRESS_CHECK(validate(cloud));
    return cloud;
  }

private:
  Result<Bytes> part(const std::string& name, std::uint64_t most) const {
    const formats::ZipArchive::Entry* entry = m_archive.find(name);
    if (entry == nullptr || entry->bytes > most) {
      return fail(ErrorCode::CorruptData, "{} is missing or larger than {} bytes", name, most);
    }
    return m_archive.read(name);
  }

  Result<std::vector<std::uint8_t>> pictureNamed(const std::string& name) const {
    VOLPRESS_TRY(const Bytes bytes, part(name, kMostPackedBytes));
    VOLPRESS_TRY(const formats::WebpSize size, formats::readWebpSize(bytes));
    if (size.width != m_meta.width || size.height != m_meta.height) {
      return fail(ErrorCode::CorruptData, "{} has {} x {} pixels, not {} x {}", name, size.width,
                  size.height, m_meta.width, m_meta.height);
    }
    VOLPRESS_TRY(formats::RgbaImage image, formats::decodeWebp(bytes));
    return std::move(image.pixels);
  }

  Result<std::vector<std::uint8_t>> picture(std::string name, std::size_t frame) const {
    constexpr std::string_view kFrame = "{frame}";
    return pictureNamed(
        name.replace(name.find(kFrame), kFrame.size(), fmt::format("{:05}", frame)));
  }

  Result<std::vector<std::uint16_t>> labelsOf(const std::vector<std::uint8_t>& pixels) const {
    std::vector<std::uint16_t> labels(m_meta.splats);
    for (std::size_t i = 0; i < labels.size(); ++i) {
      labels[i] = static_cast<std::uint16_t>(pixels[4 * i] + 256U * pixels[4 * i + 1]);
      if (labels[i] >= m_meta.entries) {
        return fail(ErrorCode::CorruptData, "label {} of {}", labels[i], m_meta.entries);
      }
    }
    return labels;
  }

  /// Labels of a frame whose file holds differences, from the beginning of its segment.
  Result<std::vector<std::uint16_t>> followLabels(std::size_t index) const {
    const auto segment = std::prev(std::upper_bound(
        m_meta.segments.begin(), m_meta.segments.end(), index,
        [](std::size_t frame, const LabelSegment& one) { return frame < one.first; }));
    VOLPRESS_TRY(const auto base, pictureNamed(segment->base));
    VOLPRESS_TRY(std::vector<std::uint16_t> labels, labelsOf(base));
    const std::uint64_t most =
        kDeltaHeader + segment->frames * (4 + kDeltaBytes * std::uint64_t{m_meta.splats});
    VOLPRESS_TRY(const Bytes bytes, part(segment->delta, std::min(most, kMostPackedBytes)));
    ByteReader reader(bytes);
    VOLPRESS_TRY(const ByteView magic, reader.take(8, "label deltas"));
    std::array<std::uint32_t, 5> head{};
    for (std::uint32_t& value : head) {
      VOLPRESS_TRY(value, reader.read<std::uint32_t>("label deltas"));
    }
    if (viewText(magic) != "SOG4DLB1" || head[0] != 1 || head[1] != segment->first ||
        head[2] != segment->frames || head[3] != m_meta.splats || head[4] != m_meta.entries) {
      return fail(ErrorCode::CorruptData, "{}: its header does not fit meta.json", segment->delta);
    }
    for (std::size_t frame = segment->first + 1; frame <= index; ++frame) {
      VOLPRESS_TRY(const auto updates, reader.read<std::uint32_t>("update count"));
      std::int64_t last = -1;
      for (std::uint32_t k = 0; k < updates; ++k) {
        VOLPRESS_TRY(const auto splat, reader.read<std::uint32_t>("label delta"));
        VOLPRESS_TRY(const auto label, reader.read<std::uint16_t>("label delta"));
        VOLPRESS_TRY(const auto reserved, reader.read<std::uint16_t>("label delta"));
        if (splat >= m_meta.splats || std::int64_t{splat} <= last || label >= m_meta.entries ||
            reserved != 0) {
          return fail(ErrorCode::CorruptData, "{}: frame {} gives splat {} label {}",
                      segment->delta, frame, splat, label);
        }
        labels[splat] = label;
        last = splat;
      }
    }
    return labels;
  }

  Result<void> paint(std::size_t index, GaussianCloud& cloud) const {
    std::vector<std::uint16_t> labels;
    if (m_meta.segments.empty()) {
      VOLPRESS_TRY(const auto pixels, picture(m_meta.labels, index));
      VOLPRESS_TRY(labels, labelsOf(pixels));
    } else {
      VOLPRESS_TRY(labels, followLabels(index));
    }
    const std::size_t numbers = 3 * shRestCount(m_meta.bands);
    for (std::size_t i = 0; i < cloud.count; ++i) {
      std::copy_n(&m_centroids[labels[i] * numbers], numbers, &cloud.shRest[i * numbers]);
    }
    return {};
  }

  MappedFile m_file;
  formats::ZipArchive m_archive;
  Meta m_meta;
  std::vector<float> m_centroids;
  mutable std::mutex m_mutex;  ///< the archive unpacks one part at a time
};

}  // namespace

Result<std::shared_ptr<const FrameSource>> openSog4d(const std::filesystem::path& path) {
  VOLPRESS_TRY(MappedFile file, MappedFile::open(path));
  const auto open = [&]() -> Result<std::shared_ptr<const FrameSource>> {
    VOLPRESS_TRY(formats::ZipArchive archive, formats::ZipArchive::open(file.bytes()));
    VOLPRESS_TRY(const Bytes bytes, archive.read("meta.json"));
    VOLPRESS_TRY(Meta meta, readMeta(bytes));
    auto source =
        std::make_shared<Sog4dSource>(std::move(file), std::move(archive), std::move(meta));
    VOLPRESS_CHECK(source->open());
    return std::shared_ptr<const FrameSource>(std::move(source));
  };
  auto opened = open();
  if (!opened) {
    return withContext(std::move(opened).error(), path.string());
  }
  return opened;
}

}  // namespace volpress
