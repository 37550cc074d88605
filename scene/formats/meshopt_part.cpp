#include "scene/formats/meshopt_part.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <meshoptimizer.h>

namespace volpress::formats {
namespace {

constexpr int kByte = 5120;
constexpr int kUnsignedByte = 5121;
constexpr int kShort = 5122;
constexpr int kUnsignedShort = 5123;
constexpr int kFloat = 5126;
constexpr int kMantissaBits = 23;  // and a sign, in the exponential filter
constexpr int kMorphNormalExponent = -8;

Bytes packVertices(const void* data, std::size_t count, std::size_t stride) {
  Bytes packed(meshopt_encodeVertexBufferBound(count, stride));
  packed.resize(meshopt_encodeVertexBuffer(reinterpret_cast<unsigned char*>(packed.data()),
                                           packed.size(), data, count, stride));
  return packed;
}

FloatArray gathered(const FloatArray& values, const std::vector<std::uint32_t>& order,
                    std::size_t width) {
  FloatArray result(order.size() * width);
  for (std::size_t i = 0; i < order.size(); ++i) {
    std::copy_n(&values[width * order[i]], width, &result[width * i]);
  }
  return result;
}

/// Multiples of 2^exponent as the filter EXPONENTIAL stores them; `values` become what decodes.
std::vector<std::uint32_t> exponential(FloatArray& values, int exponent) {
  std::vector<std::uint32_t> words(values.size());
  constexpr double kMost = (1 << kMantissaBits) - 1;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double scaled = std::ldexp(static_cast<double>(values[i]), -exponent);
    const auto mantissa =
        static_cast<std::int32_t>(std::clamp(std::nearbyint(scaled), -kMost, kMost));
    words[i] = (static_cast<std::uint32_t>(mantissa) & 0xFFFFFFU) |
               static_cast<std::uint32_t>(exponent) << 24;
    values[i] = static_cast<float>(std::ldexp(static_cast<double>(mantissa), exponent));
  }
  return words;
}

class PartPacker {
public:
  PartPacker(const MeshPart& part, const MeshoptSettings& settings)
      : m_part(part), m_settings(settings) {}

  MeshoptPart pack() {
    orderTriangles();
    addFloats("POSITION", "positions", m_part.positions, 3, m_settings.positionExponent);
    addDirections("NORMAL", "normals", m_part.normals, 3);
    addDirections("TANGENT", "tangents", m_part.tangents, 4);
    addFloats("TEXCOORD_0", "uvs", m_part.uvs[0], 2, -m_settings.uvBits);
    addFloats("TEXCOORD_1", "uvs", m_part.uvs[1], 2, -m_settings.uvBits);
    addColors();
    addSkin();
    for (const MorphTarget& morph : m_part.morphs) {
      addFloats("MORPH_POSITION", "morphs", morph.positions, 3, m_settings.positionExponent);
      addFloats("MORPH_NORMAL", "morphs", morph.normals, 3, kMorphNormalExponent);
    }
    return std::move(m_result);
  }

private:
  [[nodiscard]] bool isExact() const { return m_settings.positionBits == 0; }

  /// The triangles' vertices, of those equal in everything the first.
  [[nodiscard]] std::vector<std::uint32_t> weldedIndices() const {
    std::vector<meshopt_Stream> streams;
    const auto add = [&](const auto& values, std::size_t width) {
      if (!values.empty()) {
        const std::size_t bytes = width * sizeof(values[0]);
        streams.push_back({values.data(), bytes, bytes});
      }
    };
    add(m_part.positions, 3);
    add(m_part.normals, 3);
    add(m_part.tangents, 4);
    add(m_part.uvs[0], 2);
    add(m_part.uvs[1], 2);
    add(m_part.colors, 4);
    add(m_part.joints, 4);
    add(m_part.weights, 4);
    for (const MorphTarget& morph : m_part.morphs) {
      add(morph.positions, 3);
      add(morph.normals, 3);
    }
    std::vector<std::uint32_t> indices = m_part.indices;
    constexpr std::size_t kMostStreams = 16;  // the library's
    if (streams.size() > kMostStreams) {
      return indices;
    }
    std::vector<std::uint32_t> remap(m_part.vertexCount());
    const std::size_t count =
        meshopt_generateVertexRemapMulti(remap.data(), indices.data(), indices.size(),
                                         m_part.vertexCount(), streams.data(), streams.size());
    std::vector<std::uint32_t> first(count, ~0U);
    for (std::uint32_t v = 0; v < remap.size(); ++v) {
      if (remap[v] != ~0U) {  // a triangle names it
        first[remap[v]] = std::min(first[remap[v]], v);
      }
    }
    for (std::uint32_t& index : indices) {
      index = first[remap[index]];
    }
    return indices;
  }

  void orderTriangles() {
    const std::vector<std::uint32_t> welded = weldedIndices();
    std::vector<std::uint32_t> indices(welded.size());
    meshopt_optimizeVertexCache(indices.data(), welded.data(), indices.size(),
                                m_part.vertexCount());
    std::vector<std::uint32_t> remap(m_part.vertexCount());
    const std::size_t used = meshopt_optimizeVertexFetchRemap(remap.data(), indices.data(),
                                                              indices.size(), m_part.vertexCount());
    m_order.resize(used);
    for (std::uint32_t v = 0; v < remap.size(); ++v) {
      if (remap[v] != ~0U) {
        m_order[remap[v]] = v;
      }
    }
    for (std::uint32_t& index : indices) {
      index = remap[index];
    }
    m_result.vertices = used;
    m_result.indices = indices.size();
    m_result.indexStride = used <= 65535 ? 2 : 4;
    Bytes packed(meshopt_encodeIndexBufferBound(indices.size(), used));
    packed.resize(meshopt_encodeIndexBuffer(reinterpret_cast<unsigned char*>(packed.data()),
                                            packed.size(), indices.data(), indices.size()));
    m_result.packedIndices = std::move(packed);
  }

  MeshoptStream& add(const char* attribute, const char* section, const void* data,
                     std::size_t stride, std::size_t width, int componentType) {
    static constexpr std::array<const char*, 5> kTypes{"", "SCALAR", "VEC2", "VEC3", "VEC4"};
    MeshoptStream stream;
    stream.attribute = attribute;
    stream.section = section;
    stream.packed = packVertices(data, m_order.size(), stride);
    stream.stride = stride;
    stream.type = kTypes[width];
    stream.componentType = componentType;
    m_result.streams.push_back(std::move(stream));
    return m_result.streams.back();
  }

  void addFloats(const char* attribute, const char* section, const FloatArray& values,
                 std::size_t width, int exponent) {
    if (values.empty()) {
      return;
    }
    FloatArray ordered = gathered(values, m_order, width);
    if (isExact()) {
      setBounds(add(attribute, section, ordered.data(), 4 * width, width, kFloat), ordered, width);
      return;
    }
    const std::vector<std::uint32_t> words = exponential(ordered, exponent);
    MeshoptStream& stream = add(attribute, section, words.data(), 4 * width, width, kFloat);
    stream.filter = "EXPONENTIAL";
    setBounds(stream, ordered, width);
  }

  static void setBounds(MeshoptStream& stream, const FloatArray& values, std::size_t width) {
    if (!stream.attribute.ends_with("POSITION")) {
      return;
    }
    stream.min.assign(width, std::numeric_limits<float>::max());
    stream.max.assign(width, std::numeric_limits<float>::lowest());
    for (std::size_t i = 0; i < values.size(); ++i) {
      stream.min[i % width] = std::min(stream.min[i % width], values[i]);
      stream.max[i % width] = std::max(stream.max[i % width], values[i]);
    }
  }

  void addDirections(const char* attribute, const char* section, const FloatArray& values,
                     std::size_t width) {
    if (values.empty()) {
      return;
    }
    if (isExact()) {
      addFloats(attribute, section, values, width, 0);
      return;
    }
    const FloatArray ordered = gathered(values, m_order, width);
    std::vector<float> four(4 * m_order.size(), 0.0F);
    for (std::size_t v = 0; v < m_order.size(); ++v) {
      std::copy_n(&ordered[width * v], width, &four[4 * v]);
    }
    const bool narrow = m_settings.normalBits <= 8;
    const std::size_t stride = narrow ? 4 : 8;
    Bytes filtered(stride * m_order.size());
    meshopt_encodeFilterOct(filtered.data(), m_order.size(), stride, m_settings.normalBits,
                            four.data());
    MeshoptStream& stream =
        add(attribute, section, filtered.data(), stride, width, narrow ? kByte : kShort);
    stream.filter = "OCTAHEDRAL";
    stream.normalised = true;
  }

  void addColors() {
    if (m_part.colors.empty()) {
      return;
    }
    if (isExact()) {
      addFloats("COLOR_0", "colors", m_part.colors, 4, 0);
      return;
    }
    const FloatArray ordered = gathered(m_part.colors, m_order, 4);
    std::vector<std::uint8_t> bytes(ordered.size());
    std::transform(ordered.begin(), ordered.end(), bytes.begin(), [this](float value) {
      return static_cast<std::uint8_t>(meshopt_quantizeUnorm(value, 8) >>
                                       (8 - m_settings.colorBits) << (8 - m_settings.colorBits));
    });
    add("COLOR_0", "colors", bytes.data(), 4, 4, kUnsignedByte).normalised = true;
  }

  void addSkin() {
    if (m_part.joints.empty()) {
      return;
    }
    std::vector<std::uint16_t> joints(4 * m_order.size());
    std::vector<std::uint8_t> weights(4 * m_order.size());
    for (std::size_t v = 0; v < m_order.size(); ++v) {
      std::copy_n(&m_part.joints[4 * std::size_t{m_order[v]}], 4, &joints[4 * v]);
      quantiseWeights(&m_part.weights[4 * std::size_t{m_order[v]}], &weights[4 * v]);
      for (std::size_t k = 0; k < 4; ++k) {
        joints[4 * v + k] = weights[4 * v + k] == 0 && !isExact() ? 0 : joints[4 * v + k];
      }
    }
    const bool narrow =
        std::all_of(joints.begin(), joints.end(), [](std::uint16_t joint) { return joint < 256; });
    if (narrow) {
      const std::vector<std::uint8_t> bytes(joints.begin(), joints.end());
      add("JOINTS_0", "joints", bytes.data(), 4, 4, kUnsignedByte);
    } else {
      add("JOINTS_0", "joints", joints.data(), 8, 4, kUnsignedShort);
    }
    if (isExact()) {
      addFloats("WEIGHTS_0", "joints", m_part.weights, 4, 0);
    } else {
      add("WEIGHTS_0", "joints", weights.data(), 4, 4, kUnsignedByte).normalised = true;
    }
  }

  /// Bytes that sum to 255: what is missing goes to the largest.
  static void quantiseWeights(const float* from, std::uint8_t* to) {
    int sum = 0;
    std::size_t largest = 0;
    std::array<int, 4> whole{};
    for (std::size_t k = 0; k < 4; ++k) {
      whole[k] = meshopt_quantizeUnorm(from[k], 8);
      sum += whole[k];
      largest = whole[k] > whole[largest] ? k : largest;
    }
    whole[largest] = std::clamp(whole[largest] + 255 - sum, 0, 255);
    for (std::size_t k = 0; k < 4; ++k) {
      to[k] = static_cast<std::uint8_t>(whole[k]);
    }
  }

  const MeshPart& m_part;
  const MeshoptSettings& m_settings;
  std::vector<std::uint32_t> m_order;  ///< old vertex at each new place
  MeshoptPart m_result;
};

}  // namespace

int positionExponent(const Mesh& mesh, int bits) {
  float longest = 0;
  float farthest = 0;
  std::array<float, 3> low{};
  std::array<float, 3> high{};
  bool any = false;
  for (const MeshPart& part : mesh.parts) {
    for (std::size_t i = 0; i < part.positions.size(); ++i) {
      const float value = part.positions[i];
      low[i % 3] = any || i >= 3 ? std::min(low[i % 3], value) : value;
      high[i % 3] = any || i >= 3 ? std::max(high[i % 3], value) : value;
      farthest = std::max(farthest, std::fabs(value));
    }
    any = any || !part.positions.empty();
  }
  for (std::size_t c = 0; c < 3; ++c) {
    longest = std::max(longest, high[c] - low[c]);
  }
  if (!(longest > 0)) {
    return -kMantissaBits;
  }
  const int wanted = static_cast<int>(std::floor(std::log2(longest / std::ldexp(1.0F, bits))));
  const int needed = static_cast<int>(std::floor(std::log2(farthest))) + 1 - kMantissaBits;
  return std::clamp(std::max(wanted, needed), -100, 100);
}

Result<MeshoptPart> encodeMeshoptPart(const MeshPart& part, const MeshoptSettings& settings) {
  if (part.indices.empty()) {
    return fail(ErrorCode::InvalidParameter, "a part without triangles cannot be packed");
  }
  meshopt_encodeVertexVersion(0);
  meshopt_encodeIndexVersion(1);
  return PartPacker(part, settings).pack();
}

}  // namespace volpress::formats
