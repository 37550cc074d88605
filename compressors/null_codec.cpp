#include "compressors/null_codec.hpp"

#include <array>
#include <cstring>

#include "compressors/container/container.hpp"

namespace volpress::compressors {
namespace {

constexpr std::uint32_t kVersion = 1;
constexpr std::array<std::string_view, 8> kChunks{"scene",     "positions", "scales", "rotations",
                                                  "opacities", "sh0",       "shN",    "extras"};

template <typename Cloud>
auto attributeArrays(Cloud& cloud) {
  return std::array{&cloud.means,         &cloud.logScales, &cloud.rotations,
                    &cloud.opacityLogits, &cloud.shDc,      &cloud.shRest};
}

Chunk zstdChunk(std::string_view name, ByteView data) {
  return {std::string(name), Bytes(data.begin(), data.end()), Packing::Zstd, true};
}

Bytes writeExtras(const GaussianCloud& cloud) {
  ByteWriter writer;
  for (const ExtraColumn& extra : cloud.extras) {
    writer.write(static_cast<std::uint32_t>(extra.name.size()));
    writer.append(extra.name);
    writer.append(viewBytes(std::span<const float>(extra.values)));
  }
  return std::move(writer).take();
}

Result<void> readFloats(ByteReader& reader, std::uint64_t count, std::string_view name,
                        FloatArray& values) {
  VOLPRESS_TRY(const ByteView bytes, reader.take(count * sizeof(float), name));
  values.resize(static_cast<std::size_t>(count));
  if (!bytes.empty()) {
    std::memcpy(values.data(), bytes.data(), bytes.size());
  }
  return {};
}

Result<void> readExtras(ByteView bytes, GaussianCloud& cloud) {
  ByteReader reader(bytes);
  while (reader.remaining() != 0) {
    ExtraColumn extra;
    VOLPRESS_TRY(const auto length, reader.read<std::uint32_t>("extra column name length"));
    VOLPRESS_TRY(const ByteView name, reader.take(length, "extra column name"));
    extra.name = viewText(name);
    VOLPRESS_CHECK(readFloats(reader, cloud.count, "extra column", extra.values));
    cloud.extras.push_back(std::move(extra));
  }
  return {};
}

class NullCodec final : public Codec {
public:
  [[nodiscard]] const CodecInfo& info() const override {
    static const CodecInfo kInfo = [] {
      CodecInfo info;
      info.id = "null";
      info.label = "None (zstd of raw floats)";
      info.summary = "Keeps every number as it is: what a general-purpose packer alone achieves.";
      info.extension = ".vpc";
      info.formatVersion = kVersion;
      info.lossless = true;
      return info;
    }();
    return kInfo;
  }

  [[nodiscard]] bool recognises(ByteView head) const override {
    return containerCodec(head) == info().id;
  }

  [[nodiscard]] Result<void> check(const Scene& /*scene*/,
                                   const ParamSet& /*params*/) const override {
    return {};
  }

  [[nodiscard]] Result<Bytes> encode(const Scene& scene, const ParamSet& params,
                                     RunContext& context) const override {
    const GaussianCloud& cloud = std::get<GaussianCloud>(scene);
    Container container;
    container.codecId = info().id;
    container.codecVersion = kVersion;
    container.parameters = paramsToJson(params);
    ByteWriter header;
    header.write(static_cast<std::uint64_t>(cloud.count));
    header.write(static_cast<std::uint8_t>(cloud.shDegree));
    header.write(static_cast<std::uint8_t>(cloud.frame));
    header.write(static_cast<std::uint8_t>(cloud.filter));
    container.chunks.push_back(zstdChunk(kChunks[0], header.bytes()));
    const auto arrays = attributeArrays(cloud);
    for (std::size_t i = 0; i < arrays.size(); ++i) {
      container.chunks.push_back(
          zstdChunk(kChunks[i + 1], viewBytes(std::span<const float>(*arrays[i]))));
    }
    if (!cloud.extras.empty()) {
      container.chunks.push_back(zstdChunk(kChunks.back(), writeExtras(cloud)));
    }
    return writeContainer(container, context.stop);
  }

  [[nodiscard]] Result<Scene> decode(ByteView file, RunContext& context) const override {
    VOLPRESS_TRY(const Container container, readContainer(file, context.stop));
    if (container.codecId != info().id) {
      return fail(ErrorCode::NotThisFormat, "the file is of codec '{}'", container.codecId);
    }
    if (container.codecVersion != kVersion) {
      return fail(ErrorCode::UnsupportedVersion, "null codec version {}; known is {}",
                  container.codecVersion, kVersion);
    }
    VOLPRESS_TRY(const std::vector<std::string> skipped, checkKnownChunks(container, kChunks));
    for (const std::string& name : skipped) {
      context.log.push_back("Skipped the unknown chunk " + name + ".");
    }
    VOLPRESS_TRY(const ByteView headerBytes, container.require(kChunks[0]));
    ByteReader header(headerBytes);
    VOLPRESS_TRY(const auto count, header.read<std::uint64_t>("splat count"));
    VOLPRESS_TRY(const auto degree, header.read<std::uint8_t>("SH degree"));
    VOLPRESS_TRY(const auto frame, header.read<std::uint8_t>("axis frame"));
    VOLPRESS_TRY(const auto filter, header.read<std::uint8_t>("filter"));
    if (degree > kMaxShDegree || frame > static_cast<std::uint8_t>(AxisFrame::LeftUpForward) ||
        filter > static_cast<std::uint8_t>(FilterMode::Antialiased) || header.remaining() != 0) {
      return fail(ErrorCode::CorruptData, "SH degree {}, axis frame {}, filter {}, {} bytes more",
                  degree, frame, filter, header.remaining());
    }
    GaussianCloud cloud;
    cloud.shDegree = degree;
    cloud.frame = static_cast<AxisFrame>(frame);
    cloud.filter = static_cast<FilterMode>(filter);
    const std::array<std::uint64_t, 6> widths{3, 3, 4, 1, 3, 3 * shRestCount(degree)};
    const auto arrays = attributeArrays(cloud);
    for (std::size_t i = 0; i < arrays.size(); ++i) {
      VOLPRESS_TRY(const ByteView bytes, container.require(kChunks[i + 1]));
      // Divided, because a hostile count times the width could leave 64 bits.
      const std::uint64_t stride = widths[i] * sizeof(float);
      if (stride == 0 ? !bytes.empty()
                      : bytes.size() % stride != 0 || bytes.size() / stride != count) {
        return fail(ErrorCode::CorruptData, "chunk {}: {} bytes for {} splats of {} bytes",
                    kChunks[i + 1], bytes.size(), count, stride);
      }
      ByteReader reader(bytes);
      VOLPRESS_CHECK(readFloats(reader, bytes.size() / sizeof(float), kChunks[i + 1], *arrays[i]));
    }
    cloud.count = static_cast<std::size_t>(count);
    if (const Chunk* extras = container.find(kChunks.back()); extras != nullptr) {
      VOLPRESS_CHECK(readExtras(extras->data, cloud));
    }
    VOLPRESS_CHECK(validate(cloud));
    return Scene(std::move(cloud));
  }

  [[nodiscard]] Result<std::vector<ByteShare>> breakdown(ByteView file) const override {
    return containerBreakdown(file);
  }
};

}  // namespace

const Codec& nullCodec() {
  static const NullCodec kCodec;
  return kCodec;
}

}  // namespace volpress::compressors
