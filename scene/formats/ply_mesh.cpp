#include "scene/formats/ply_mesh.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "scene/formats/mesh_import.hpp"
#include "scene/formats/ply_header.hpp"

namespace volpress::formats {
namespace {

/// Values of one element after the other, whatever the encoding.
class PlyValues {
public:
  PlyValues(const PlyHeader& header, ByteView file)
      : m_header(header),
        m_rest(file.subspan(std::min(header.dataOffset, file.size()))),
        m_tokens(m_rest) {}

  /// The next value; CorruptData at the end of the file.
  Result<double> next(PlyType type) {
    if (m_header.encoding == PlyEncoding::Ascii) {
      const std::string_view token = m_tokens.next();
      const auto number = parsePlyFloat(token);
      if (!number) {
        return fail(ErrorCode::CorruptData, "\"{}\" stands where a number should",
                    token.substr(0, 40));
      }
      return wholeToken(token).value_or(static_cast<double>(*number));
    }
    const std::size_t bytes = plyTypeBytes(type);
    if (m_rest.size() < bytes) {
      return fail(ErrorCode::CorruptData, "the file ends within its rows");
    }
    const double value =
        readPlyValue(m_rest.data(), type, m_header.encoding == PlyEncoding::BigEndian);
    m_rest = m_rest.subspan(bytes);
    return value;
  }

  [[nodiscard]] std::size_t remaining() const noexcept {
    return m_header.encoding == PlyEncoding::Ascii ? m_rest.size() - m_tokens.offset()
                                                   : m_rest.size();
  }

private:
  /// Indices above 2^24 are not exact as float32.
  static std::optional<double> wholeToken(std::string_view token) {
    double value = 0;
    for (const char c : token) {
      if (c < '0' || c > '9' || token.size() > 10) {
        return std::nullopt;
      }
      value = 10 * value + (c - '0');
    }
    return value;
  }

  const PlyHeader& m_header;
  ByteView m_rest;
  PlyTokens m_tokens;
};

/// Where a vertex property goes.
struct Target {
  FloatArray* values = nullptr;
  std::size_t width = 0;
  std::size_t component = 0;
  double scale = 1;
};

double fullScale(PlyType type) {
  switch (type) {
    case PlyType::UInt8: return 255;
    case PlyType::UInt16: return 65535;
    default: return 1;
  }
}

Target targetOf(const PlyProperty& property, MeshPart& part) {
  struct Name {
    const char* name;
    int array;
    std::size_t component;
  };
  static constexpr Name kNames[] = {
      {"x", 0, 0},   {"y", 0, 1},     {"z", 0, 2},         {"nx", 1, 0},       {"ny", 1, 1},
      {"nz", 1, 2},  {"s", 2, 0},     {"t", 2, 1},         {"u", 2, 0},        {"v", 2, 1},
      {"red", 3, 0}, {"green", 3, 1}, {"blue", 3, 2},      {"alpha", 3, 3},    {"r", 3, 0},
      {"g", 3, 1},   {"b", 3, 2},     {"texture_u", 2, 0}, {"texture_v", 2, 1}};
  for (const Name& known : kNames) {
    if (property.name == known.name && !property.isList) {
      switch (known.array) {
        case 0: return {&part.positions, 3, known.component, 1};
        case 1: return {&part.normals, 3, known.component, 1};
        case 2: return {&part.uvs[0], 2, known.component, 1};
        default: return {&part.colors, 4, known.component, 1 / fullScale(property.type)};
      }
    }
  }
  return {};
}

/// A list's length, believed only as far as bytes are left.
Result<std::size_t> listLength(PlyValues& values, const PlyProperty& property) {
  VOLPRESS_TRY(const double length, values.next(property.countType));
  if (!(length >= 0 && length <= static_cast<double>(values.remaining()))) {
    return fail(ErrorCode::CorruptData, "a list of {} has {} entries, but {} bytes are left",
                property.name, length, values.remaining());
  }
  return static_cast<std::size_t>(length);
}

Result<void> skipRow(PlyValues& values, const PlyElement& element) {
  for (const PlyProperty& property : element.properties) {
    std::size_t count = 1;
    if (property.isList) {
      VOLPRESS_TRY(count, listLength(values, property));
    }
    for (std::size_t i = 0; i < count; ++i) {
      VOLPRESS_CHECK(values.next(property.type));
    }
  }
  return {};
}

Result<void> readVertices(PlyValues& values, const PlyElement& element, MeshPart& part,
                          const std::stop_token& stop) {
  const auto count = static_cast<std::size_t>(element.count);
  std::vector<Target> targets;
  for (const PlyProperty& property : element.properties) {
    targets.push_back(targetOf(property, part));
    if (Target& target = targets.back(); target.values != nullptr && target.values->empty()) {
      target.values->assign(target.width * count, target.width == 4 ? 1.0F : 0.0F);
    }
  }
  for (std::size_t v = 0; v < count; ++v) {
    if (v % 65536 == 0 && stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled");
    }
    for (std::size_t p = 0; p < targets.size(); ++p) {
      const PlyProperty& property = element.properties[p];
      std::size_t entries = 1;
      if (property.isList) {
        VOLPRESS_TRY(entries, listLength(values, property));
      }
      for (std::size_t i = 0; i < entries; ++i) {
        VOLPRESS_TRY(const double value, values.next(property.type));
        if (targets[p].values != nullptr) {
          (*targets[p].values)[v * targets[p].width + targets[p].component] =
              static_cast<float>(value * targets[p].scale);
        }
      }
    }
  }
  return {};
}

Result<void> readFaces(PlyValues& values, const PlyElement& element, MeshPart& part,
                       const std::stop_token& stop) {
  std::vector<std::uint32_t> corners;
  for (std::uint64_t f = 0; f < element.count; ++f) {
    if (f % 65536 == 0 && stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled");
    }
    for (const PlyProperty& property : element.properties) {
      std::size_t count = 1;
      if (property.isList) {
        VOLPRESS_TRY(count, listLength(values, property));
      }
      const bool isFace = property.name == "vertex_indices" || property.name == "vertex_index";
      corners.clear();
      for (std::size_t i = 0; i < count; ++i) {
        VOLPRESS_TRY(const double value, values.next(property.type));
        if (isFace) {
          const bool fits = value >= 0 && value < 4294967295.0;
          corners.push_back(fits ? static_cast<std::uint32_t>(value) : 0xFFFFFFFFU);
        }
      }
      for (std::size_t i = 2; i < corners.size(); ++i) {
        part.indices.insert(part.indices.end(), {corners[0], corners[i - 1], corners[i]});
      }
    }
  }
  return {};
}

}  // namespace

bool isPlyMesh(ByteView head) {
  if (!hasPlyMagic(head)) {
    return false;
  }
  const PlyHeader header = peekPlyHeader(head);
  const PlyElement* face = header.find("face");
  const PlyElement* vertex = header.find("vertex");
  return face != nullptr && face->count != 0 && face->hasLists() && vertex != nullptr &&
         !vertex->find("f_dc_0") && !vertex->find("scale_0");
}

Result<Mesh> readPlyMesh(ByteView file, IoContext& context) {
  VOLPRESS_TRY(const PlyHeader header, parsePlyHeader(file));
  PlyValues values(header, file);
  MeshPart part;
  for (const PlyElement& element : header.elements) {
    // Every row takes a byte at least, as text or not, unless it has no properties.
    if (element.count > values.remaining() && !element.properties.empty()) {
      return fail(ErrorCode::CorruptData, "the PLY states {} rows of \"{}\", but {} bytes are left",
                  element.count, element.name.substr(0, 40), values.remaining());
    }
    if (element.name == "vertex") {
      VOLPRESS_CHECK(readVertices(values, element, part, context.stop));
    } else if (element.name == "face") {
      VOLPRESS_CHECK(readFaces(values, element, part, context.stop));
    } else {
      for (std::uint64_t row = 0; row < element.count && !element.properties.empty(); ++row) {
        VOLPRESS_CHECK(skipRow(values, element));
      }
    }
    context.progress.report(0.5);
  }
  for (std::size_t i = 1; i < part.uvs[0].size(); i += 2) {
    part.uvs[0][i] = 1 - part.uvs[0][i];  // PLYs count v from the bottom
  }
  linearise(part.colors);
  Mesh mesh;
  mesh.parts.push_back(std::move(part));
  return finishImport(std::move(mesh), context);
}

}  // namespace volpress::formats
