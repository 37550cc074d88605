#include "scene/formats/draco_part.hpp"

#include <memory>
#include <new>

#include <draco/compression/decode.h>
#include <draco/compression/expert_encode.h>
#include <draco/mesh/mesh.h>

namespace volpress::formats {
namespace {

using draco::GeometryAttribute;

constexpr std::string_view kMagic = "DRACO";
constexpr std::uint64_t kMostTrianglesPerByte = 256;
constexpr std::uint64_t kFreeTriangles = 65536;

struct Kind {
  const char* name;
  GeometryAttribute::Type type;
  int components;
};

constexpr Kind kKinds[] = {{"POSITION", GeometryAttribute::POSITION, 3},
                           {"NORMAL", GeometryAttribute::NORMAL, 3},
                           {"TEXCOORD_0", GeometryAttribute::TEX_COORD, 2},
                           {"TEXCOORD_1", GeometryAttribute::TEX_COORD, 2},
                           {"COLOR_0", GeometryAttribute::COLOR, 4},
                           {"TANGENT", GeometryAttribute::GENERIC, 4},
                           {"WEIGHTS_0", GeometryAttribute::GENERIC, 4}};

template <typename Part>
auto* arrayOf(Part& part, std::string_view name) {
  return name == "POSITION"     ? &part.positions
         : name == "NORMAL"     ? &part.normals
         : name == "TEXCOORD_0" ? &part.uvs[0]
         : name == "TEXCOORD_1" ? &part.uvs[1]
         : name == "COLOR_0"    ? &part.colors
         : name == "TANGENT"    ? &part.tangents
         : name == "WEIGHTS_0"  ? &part.weights
                                : nullptr;
}

int bitsOf(const DracoSettings& settings, std::string_view name) {
  return name == "POSITION"                             ? settings.positionBits
         : name == "NORMAL" || name == "TANGENT"        ? settings.normalBits
         : name == "TEXCOORD_0" || name == "TEXCOORD_1" ? settings.uvBits
         : name == "COLOR_0"                            ? settings.colorBits
                                                        : settings.weightBits;
}

int addAttribute(draco::Mesh& mesh, GeometryAttribute::Type type, int components,
                 draco::DataType number, std::size_t numberBytes, const void* values,
                 std::size_t count) {
  GeometryAttribute attribute;
  attribute.Init(type, nullptr, static_cast<std::uint8_t>(components), number, false,
                 static_cast<std::int64_t>(numberBytes) * components, 0);
  const int id = mesh.AddAttribute(attribute, true, static_cast<std::uint32_t>(count));
  mesh.attribute(id)->buffer()->Write(0, values,
                                      numberBytes * static_cast<std::size_t>(components) * count);
  return id;
}

/// The library's own words, in our kind of error.
tl::unexpected<Error> refused(const draco::Status& status, ErrorCode code, const char* what) {
  return fail(code, "{}: {}", what, status.error_msg_string());
}

Result<void> copyAttribute(const draco::Mesh& mesh, const draco::PointAttribute& attribute,
                           int components, FloatArray& values) {
  const std::uint32_t points = mesh.num_points();
  const int stored = attribute.num_components();
  if (stored < 1 || stored > 4) {
    return fail(ErrorCode::CorruptData, "a Draco attribute has {} components, allowed are 1 to 4",
                stored);
  }
  values.resize(static_cast<std::size_t>(points) * static_cast<std::size_t>(components));
  for (std::uint32_t p = 0; p < points; ++p) {
    std::array<float, 4> number{0, 0, 0, 1};
    if (!attribute.ConvertValue<float>(attribute.mapped_index(draco::PointIndex(p)),
                                       static_cast<std::int8_t>(stored), number.data())) {
      return fail(ErrorCode::CorruptData, "a Draco attribute of type {} is not readable",
                  static_cast<int>(attribute.attribute_type()));
    }
    std::copy_n(number.begin(), components,
                values.begin() + static_cast<std::ptrdiff_t>(p) * components);
  }
  return {};
}

Result<void> copyJoints(const draco::Mesh& mesh, const draco::PointAttribute& attribute,
                        std::vector<std::uint16_t>& joints) {
  joints.resize(4 * static_cast<std::size_t>(mesh.num_points()));
  for (std::uint32_t p = 0; p < mesh.num_points(); ++p) {
    if (attribute.num_components() != 4 ||
        !attribute.ConvertValue<std::uint16_t>(attribute.mapped_index(draco::PointIndex(p)), 4,
                                               &joints[4 * static_cast<std::size_t>(p)])) {
      return fail(ErrorCode::CorruptData, "the joints of a Draco stream are not readable");
    }
  }
  return {};
}

std::uint64_t readVarint(ByteView& bytes) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 63 && !bytes.empty(); shift += 7) {
    const auto byte = std::to_integer<std::uint64_t>(bytes.front());
    bytes = bytes.subspan(1);
    value |= (byte & 127) << shift;
    if (byte < 128) {
      break;
    }
  }
  return value;
}

/// What the header of a mesh (version 2.2) says of its size, before anything is allocated.
Result<void> checkStatedSize(ByteView stream) {
  constexpr std::size_t kHeader = 11;
  if (stream.size() < kHeader + 2) {
    return fail(ErrorCode::CorruptData, "the Draco stream has only {} bytes", stream.size());
  }
  const auto byteAt = [&](std::size_t i) { return std::to_integer<unsigned>(stream[i]); };
  if (byteAt(7) != 1) {
    return fail(ErrorCode::UnsupportedVersion,
                "the Draco stream holds a point cloud, not a mesh; only meshes are read");
  }
  if (byteAt(5) * 100 + byteAt(6) < 202) {
    return {};  // older layouts state 32-bit counts, which the library checks
  }
  ByteView rest = stream.subspan(kHeader);
  const bool edgebreaker = byteAt(8) == 1;
  if (edgebreaker) {
    rest = rest.subspan(1);
  }
  const std::uint64_t first = readVarint(rest);
  const std::uint64_t second = readVarint(rest);
  const std::uint64_t most = stream.size() * kMostTrianglesPerByte + kFreeTriangles;
  if (first > most || second > most) {
    return fail(ErrorCode::CorruptData,
                "the Draco stream states {} and {} elements, but its {} bytes can hold {}", first,
                second, stream.size(), most);
  }
  return {};
}

Result<MeshPart> partOf(const draco::Mesh& mesh, std::span<const DracoAttribute> attributes) {
  MeshPart part;
  const auto take = [&](const draco::PointAttribute* attribute, std::string_view name,
                        int components) -> Result<void> {
    FloatArray* values = arrayOf(part, name);
    return attribute == nullptr || values == nullptr
               ? Result<void>()
               : copyAttribute(mesh, *attribute, components, *values);
  };
  if (attributes.empty()) {
    for (const Kind& kind : std::span(kKinds).first(3)) {
      VOLPRESS_CHECK(take(mesh.GetNamedAttribute(kind.type), kind.name, kind.components));
    }
    VOLPRESS_CHECK(take(mesh.GetNamedAttribute(GeometryAttribute::COLOR), "COLOR_0", 4));
  }
  for (const DracoAttribute& wanted : attributes) {
    const draco::PointAttribute* attribute = mesh.GetAttributeByUniqueId(wanted.id);
    if (attribute == nullptr) {
      return fail(ErrorCode::CorruptData, "the Draco stream has no attribute {} for {}", wanted.id,
                  wanted.name);
    }
    for (const Kind& kind : kKinds) {
      if (wanted.name == kind.name) {
        VOLPRESS_CHECK(take(attribute, kind.name, kind.components));
      }
    }
    if (wanted.name == "JOINTS_0") {
      VOLPRESS_CHECK(copyJoints(mesh, *attribute, part.joints));
    }
  }
  part.indices.resize(3 * static_cast<std::size_t>(mesh.num_faces()));
  for (std::uint32_t f = 0; f < mesh.num_faces(); ++f) {
    const draco::Mesh::Face& face = mesh.face(draco::FaceIndex(f));
    for (std::size_t c = 0; c < 3; ++c) {
      part.indices[3 * static_cast<std::size_t>(f) + c] = face[c].value();
    }
  }
  return part;
}

}  // namespace

bool isDraco(ByteView head) noexcept { return viewText(head).starts_with(kMagic); }

Result<DracoStream> encodeDracoPart(const MeshPart& part, const DracoSettings& settings) {
  draco::Mesh mesh;
  const std::size_t n = part.vertexCount();
  mesh.set_num_points(static_cast<std::uint32_t>(n));
  mesh.SetNumFaces(part.triangleCount());
  for (std::size_t t = 0; t < part.triangleCount(); ++t) {
    draco::Mesh::Face face;
    for (std::size_t c = 0; c < 3; ++c) {
      face[c] = draco::PointIndex(part.indices[3 * t + c]);
    }
    mesh.SetFace(draco::FaceIndex(static_cast<std::uint32_t>(t)), face);
  }
  DracoStream stream;
  std::vector<int> ids;
  for (const Kind& kind : kKinds) {
    const FloatArray& values = *arrayOf(part, kind.name);
    if (values.empty()) {
      continue;
    }
    ids.push_back(addAttribute(mesh, kind.type, kind.components, draco::DT_FLOAT32, sizeof(float),
                               values.data(), n));
    stream.attributes.push_back({kind.name, 0});
  }
  if (!part.joints.empty()) {
    ids.push_back(addAttribute(mesh, GeometryAttribute::GENERIC, 4, draco::DT_UINT16,
                               sizeof(std::uint16_t), part.joints.data(), n));
    stream.attributes.push_back({"JOINTS_0", 0});
  }
  for (std::size_t i = 0; i < ids.size(); ++i) {
    stream.attributes[i].id = mesh.attribute(ids[i])->unique_id();
  }
  if (!settings.keepsOrder) {
    // Edgebreaker works on connectivity: equal values are one.
    if (!mesh.DeduplicateAttributeValues()) {
      return fail(ErrorCode::Internal, "Draco could not find equal attribute values");
    }
    mesh.DeduplicatePointIds();
  }
  draco::ExpertEncoder encoder(mesh);
  const int speed = 10 - settings.level;
  encoder.SetSpeedOptions(speed, speed);
  encoder.SetTrackEncodedProperties(true);
  if (settings.keepsOrder) {
    encoder.SetEncodingMethod(draco::MESH_SEQUENTIAL_ENCODING);
  }
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const std::string& name = stream.attributes[i].name;
    const int bits = bitsOf(settings, name);
    if (bits == 0 || name == "JOINTS_0") {
      continue;
    }
    if (name == "POSITION" && settings.grid) {
      encoder.SetAttributeExplicitQuantization(ids[i], bits, 3, settings.grid->origin.data(),
                                               settings.grid->range);
    } else {
      encoder.SetAttributeQuantization(ids[i], bits);
    }
  }
  draco::EncoderBuffer buffer;
  if (const draco::Status status = encoder.EncodeToBuffer(&buffer); !status.ok()) {
    return refused(status, ErrorCode::InvalidParameter, "Draco could not encode a part");
  }
  const auto* data = reinterpret_cast<const std::byte*>(buffer.data());
  stream.bytes.assign(data, data + buffer.size());
  stream.vertices = encoder.num_encoded_points();
  stream.triangles = encoder.num_encoded_faces();
  return stream;
}

Result<MeshPart> decodeDracoPart(ByteView stream, std::span<const DracoAttribute> attributes) {
  if (!isDraco(stream)) {
    return fail(ErrorCode::CorruptData, "the Draco stream does not begin with \"{}\"", kMagic);
  }
  VOLPRESS_CHECK(checkStatedSize(stream));
  try {
    draco::DecoderBuffer buffer;
    buffer.Init(reinterpret_cast<const char*>(stream.data()), stream.size());
    draco::Decoder decoder;
    auto decoded = decoder.DecodeMeshFromBuffer(&buffer);
    if (!decoded.ok()) {
      return refused(decoded.status(), ErrorCode::CorruptData, "the Draco stream does not decode");
    }
    return partOf(*decoded.value(), attributes);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::CorruptData, "the Draco stream asks for more memory than there is");
  }
}

}  // namespace volpress::formats
