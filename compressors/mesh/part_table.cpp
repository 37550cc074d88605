#include "compressors/mesh/part_table.hpp"

#include <algorithm>
#include <cmath>

namespace volpress::compressors::meshes {
namespace {

enum Flag : std::uint8_t {
  kNormals = 1,
  kTangents = 2,
  kUv0 = 4,
  kUv1 = 8,
  kColors = 16,
  kSkin = 32,
  kMorphs = 64,
};

constexpr std::size_t kMostMorphs = 4096;

std::uint8_t flagOf(const PartAttribute& attribute) {
  switch (attribute.kind) {
    case AttributeKind::Normal: return kNormals;
    case AttributeKind::Tangent: return kTangents;
    case AttributeKind::Uv: return attribute.set == 0 ? kUv0 : kUv1;
    case AttributeKind::Color: return kColors;
    case AttributeKind::Skin: return kSkin;
    case AttributeKind::Morph: break;
  }
  return kMorphs;
}

Result<PartEntry> readPart(ByteReader& reader) {
  PartEntry part;
  VOLPRESS_TRY(part.faces, reader.read<std::uint32_t>("triangles of a part"));
  VOLPRESS_TRY(const auto flags, reader.read<std::uint8_t>("attributes of a part"));
  if (part.faces == 0 && flags != 0) {
    return fail(ErrorCode::CorruptData, "a part without triangles has attributes {}", flags);
  }
  const auto add = [&](std::uint8_t flag, AttributeKind kind, std::uint8_t set) -> Result<void> {
    if ((flags & flag) == 0) {
      return {};
    }
    PartAttribute attribute{kind, set, 0, {}};
    if (kind == AttributeKind::Uv) {
      VOLPRESS_TRY(attribute.grid, reader.read<UvGrid>("grid of UVs"));
      const UvGrid& grid = attribute.grid;
      const auto bounded = [](float value) { return std::abs(value) < 1e30F; };
      if (!bounded(grid.origin[0]) || !bounded(grid.origin[1]) || !(grid.step > 0) ||
          !(grid.step < 1e18F)) {
        return fail(ErrorCode::CorruptData, "a grid of UVs has origin {}, {} and step {}",
                    grid.origin[0], grid.origin[1], grid.step);
      }
    }
    part.attributes.push_back(attribute);
    return {};
  };
  VOLPRESS_CHECK(add(kNormals, AttributeKind::Normal, 0));
  VOLPRESS_CHECK(add(kTangents, AttributeKind::Tangent, 0));
  VOLPRESS_CHECK(add(kUv0, AttributeKind::Uv, 0));
  VOLPRESS_CHECK(add(kUv1, AttributeKind::Uv, 1));
  VOLPRESS_CHECK(add(kColors, AttributeKind::Color, 0));
  VOLPRESS_CHECK(add(kSkin, AttributeKind::Skin, 0));
  if ((flags & kMorphs) != 0) {
    VOLPRESS_TRY(const auto count, reader.read<std::uint16_t>("morph targets of a part"));
    if (count > kMostMorphs) {
      return fail(ErrorCode::CorruptData, "a part has {} morph targets, allowed are {}", count,
                  kMostMorphs);
    }
    for (std::size_t target = 0; target < count; ++target) {
      VOLPRESS_TRY(const auto normals, reader.read<std::uint8_t>("kind of a morph target"));
      part.attributes.push_back({AttributeKind::Morph, 0, target, {}});
      if (normals != 0) {
        part.attributes.push_back({AttributeKind::Morph, 1, target, {}});
      }
    }
  }
  return part;
}

}  // namespace

Bytes writePartTable(const PartTable& table) {
  ByteWriter writer;
  const Steps& steps = table.steps;
  writer.write(steps.origin);
  writer.write(steps.cell);
  for (const std::int32_t step : {steps.radius, steps.color, steps.weight}) {
    writer.write(static_cast<std::uint16_t>(step));
  }
  writer.write(static_cast<std::uint32_t>(table.parts.size()));
  for (const PartEntry& part : table.parts) {
    writer.write(static_cast<std::uint32_t>(part.faces));
    std::uint8_t flags = 0;
    for (const PartAttribute& attribute : part.attributes) {
      flags = static_cast<std::uint8_t>(flags | flagOf(attribute));
    }
    writer.write(flags);
    std::vector<std::uint8_t> morphs;
    for (const PartAttribute& attribute : part.attributes) {
      if (attribute.kind == AttributeKind::Uv) {
        writer.write(attribute.grid);
      } else if (attribute.kind == AttributeKind::Morph && attribute.set == 0) {
        morphs.push_back(0);
      } else if (attribute.kind == AttributeKind::Morph) {
        morphs.back() = 1;
      }
    }
    if (!morphs.empty()) {
      writer.write(static_cast<std::uint16_t>(morphs.size()));
      writer.append(viewBytes(std::span<const std::uint8_t>(morphs)));
    }
  }
  if (table.version > 1) {
    writer.write(static_cast<std::uint8_t>(table.version - 1));
  }
  return std::move(writer).take();
}

Result<PartTable> readPartTable(ByteView bytes, std::size_t budget) {
  ByteReader reader(bytes);
  PartTable table;
  Steps& steps = table.steps;
  VOLPRESS_TRY(steps.origin, (reader.read<std::array<double, 3>>("origin of the grid")));
  VOLPRESS_TRY(steps.cell, reader.read<double>("cell of the grid"));
  const auto bounded = [](double value) { return std::abs(value) < 1e30; };
  if (!std::all_of(steps.origin.begin(), steps.origin.end(), bounded) || !(steps.cell > 0) ||
      !bounded(steps.cell)) {
    return fail(ErrorCode::CorruptData, "the grid's cell is {}", steps.cell);
  }
  for (std::int32_t* step : {&steps.radius, &steps.color, &steps.weight}) {
    VOLPRESS_TRY(const auto value, reader.read<std::uint16_t>("steps of an attribute"));
    if (value == 0) {
      return fail(ErrorCode::CorruptData, "an attribute has no steps");
    }
    *step = value;
  }
  VOLPRESS_TRY(const auto count, reader.read<std::uint32_t>("number of parts"));
  if (count > reader.remaining() / 5) {
    return fail(ErrorCode::CorruptData, "{} parts are stated, but {} bytes are left", count,
                reader.remaining());
  }
  std::size_t faces = 0;
  for (std::uint32_t p = 0; p < count; ++p) {
    VOLPRESS_TRY(PartEntry part, readPart(reader));
    faces += part.faces;
    if (faces > budget) {
      return fail(ErrorCode::CorruptData, "{} triangles are stated, the bytes can hold {}", faces,
                  budget);
    }
    table.parts.push_back(std::move(part));
  }
  if (reader.remaining() != 0) {  // absent in version 1
    VOLPRESS_TRY(const auto coding, reader.read<std::uint8_t>("coding of the numbers"));
    if (coding != 1 && coding != 2) {
      return fail(ErrorCode::CorruptData, "the coding of the numbers is {}, allowed are 1 and 2",
                  coding);
    }
    table.version = coding + 1;
  }
  if (reader.remaining() != 0) {
    return fail(ErrorCode::CorruptData, "{} bytes follow the last part", reader.remaining());
  }
  return table;
}

}  // namespace volpress::compressors::meshes
