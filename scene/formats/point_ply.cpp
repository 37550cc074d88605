#include "scene/formats/point_ply.hpp"

#include <algorithm>
#include <cmath>

#include "scene/formats/ply_header.hpp"
#include "scene/formats/pose_math.hpp"

namespace volpress::formats {
namespace {

/// Property indices of x y z, then of red green blue where `colored`.
struct PointColumns {
  std::array<std::size_t, 6> properties{};
  std::array<double, 6> divisors{1, 1, 1, 1, 1, 1};
  bool colored = false;
};

double colorRange(PlyType type) {
  switch (type) {
    case PlyType::UInt8: return 255;
    case PlyType::UInt16: return 65535;
    default: return 1;
  }
}

Result<PointColumns> mapColumns(const PlyElement& vertex) {
  if (vertex.hasLists()) {
    return fail(ErrorCode::UnsupportedVersion, "its vertices hold lists, which points have not");
  }
  PointColumns columns;
  constexpr std::array<std::string_view, 6> kNames{"x", "y", "z", "red", "green", "blue"};
  std::size_t found = 0;
  for (; found < kNames.size(); ++found) {
    const auto at = vertex.find(kNames[found]);
    if (!at) {
      break;
    }
    columns.properties[found] = *at;
    if (found >= 3) {
      columns.divisors[found] = colorRange(vertex.properties[*at].type);
    }
  }
  if (found < 3) {
    return fail(ErrorCode::CorruptData, "its vertices have no property '{}'", kNames[found]);
  }
  columns.colored = found == kNames.size();
  return columns;
}

Result<void> append(const PointColumns& columns, const std::vector<double>& row,
                    std::uint64_t index, PosedImages& into) {
  for (std::size_t c = 0; c < 3; ++c) {
    const double value = row[columns.properties[c]];
    if (!(std::abs(value) <= kMaxWorldPosition)) {
      return fail(ErrorCode::CorruptData, "vertex {}: its position holds {}, but +-{} is allowed",
                  index, value, kMaxWorldPosition);
    }
    into.points.push_back(static_cast<float>(value));
  }
  for (std::size_t c = 3; c < 6; ++c) {
    const double value = columns.colored ? row[columns.properties[c]] / columns.divisors[c] : 0.5;
    into.pointColors.push_back(
        std::isfinite(value) ? static_cast<float>(std::clamp(value, 0.0, 1.0)) : 0.5F);
  }
  return {};
}

}  // namespace

Result<void> parsePointPly(ByteView file, PosedImages& into) {
  VOLPRESS_TRY(const PlyHeader header, parsePlyHeader(file));
  const PlyElement* const vertex = header.find("vertex");
  if (vertex == nullptr) {
    return fail(ErrorCode::CorruptData, "it has no element 'vertex'");
  }
  VOLPRESS_TRY(const PointColumns columns, mapColumns(*vertex));
  VOLPRESS_TRY(const std::uint64_t offset, plyElementOffset(header, "vertex", file));
  // Also says that the rows are there, so that the count can be believed.
  VOLPRESS_TRY(const std::uint64_t size, plyElementBytes(header, *vertex, file, offset));
  const ByteView rows =
      file.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
  std::vector<double> row(vertex->properties.size());
  PlyTokens tokens(rows);
  std::size_t at = 0;
  for (std::uint64_t i = 0; i < vertex->count; ++i) {
    for (std::size_t p = 0; p < row.size(); ++p) {
      if (header.encoding == PlyEncoding::Ascii) {
        const auto value = parsePlyFloat(tokens.next());
        if (!value) {
          return fail(ErrorCode::CorruptData, "vertex {}: '{}' is not a number", i,
                      vertex->properties[p].name);
        }
        row[p] = static_cast<double>(*value);
      } else {
        const PlyType type = vertex->properties[p].type;
        row[p] = readPlyValue(rows.data() + at, type, header.encoding == PlyEncoding::BigEndian);
        at += plyTypeBytes(type);
      }
    }
    VOLPRESS_CHECK(append(columns, row, i, into));
  }
  return {};
}

}  // namespace volpress::formats
