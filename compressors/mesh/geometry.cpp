#include "compressors/mesh/geometry.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <type_traits>

#include "compressors/mesh/attributes.hpp"
#include "compressors/mesh/part_table.hpp"
#include "compressors/mesh/positions.hpp"
#include "compressors/mesh/target_motion.hpp"
#include "scene/base/task_errors.hpp"
#include "scene/types/mesh_topology.hpp"

namespace volpress::compressors::meshes {
namespace {

constexpr std::array<const char*, kAttributeKinds> kStreams{"normals", "tangents", "uvs",
                                                            "colors",  "joints",   "morphs"};
constexpr const char* kParts = "parts";
constexpr const char* kConnectivity = "connectivity";
constexpr const char* kPositions = "positions";
constexpr const char* kPadding = "padding";

/// Triangles that each byte of connectivity and padding may stand for, and that are free.
constexpr std::size_t kFacesPerByte = 64;
constexpr std::size_t kFreeFaces = 65536;

/// Vertices at one place, or wedges there, that are searched for an equal one.
constexpr std::size_t kMostAlike = 64;

/// Of the streams that are read fastest.
constexpr int kSymbolVersion = 3;

tl::unexpected<Error> cancelled() { return fail(ErrorCode::Cancelled, "cancelled"); }

/// Models of one kind and, of UVs and morphs, by set; made when first asked for, as they are large.
template <typename Side>
class KindModels {
public:
  AttributeModels<Side>& at(std::size_t set) {
    std::unique_ptr<AttributeModels<Side>>& models = m_models.at(set);
    if (models == nullptr) {
      models = std::make_unique<AttributeModels<Side>>();
    }
    return *models;
  }

private:
  std::array<std::unique_ptr<AttributeModels<Side>>, 2> m_models;
};

// --- writing

struct PartSource {
  std::vector<std::uint32_t> indices;
  SourceSurface surface;
  std::vector<std::int32_t> positions;
};

/// The triangles with three different places.
std::vector<std::uint32_t> withoutEmpty(const MeshPart& part) {
  const std::vector<std::uint32_t> points = weldPositions(part.positions);
  std::vector<std::uint32_t> kept;
  kept.reserve(part.indices.size());
  for (std::size_t i = 0; i < part.indices.size(); i += 3) {
    const std::uint32_t a = points[part.indices[i]];
    const std::uint32_t b = points[part.indices[i + 1]];
    const std::uint32_t c = points[part.indices[i + 2]];
    if (a != b && b != c && c != a) {
      kept.insert(kept.end(), {part.indices[i], part.indices[i + 1], part.indices[i + 2]});
    }
  }
  return kept;
}

struct Streams {
  Bytes connectivity, positions;
  std::array<Bytes, kAttributeKinds> attributes;

  [[nodiscard]] std::size_t size() const {
    std::size_t bytes = connectivity.size() + positions.size();
    for (const Bytes& stream : attributes) {
      bytes += stream.size();
    }
    return bytes;
  }
};

/// Fills `shapes`, one for each source; stops early when asked to.
template <typename WriteSide>
Streams writeShapes(std::span<const PartSource> sources, std::span<Shape> shapes,
                    const std::stop_token& stop) {
  WriteSide connectivity;
  ConnectivityModels connectivityModels;
  WriteSide positions;
  PositionModels<WriteSide> positionModels;
  for (std::size_t p = 0; p < shapes.size() && !stop.stop_requested(); ++p) {
    Shape& shape = shapes[p];
    const SourceSurface& source = sources[p].surface;
    shape.grown = writeConnectivity(connectivity, connectivityModels, source);
    shape.positions.resize(3 * shape.grown.placeCount);
    for (std::size_t v = 0; v < shape.grown.surface.vertexCount(); ++v) {
      if (!shape.grown.surface.isCap[v]) {
        const std::uint32_t corner = shape.grown.source[shape.grown.surface.cornerOf[v]];
        const std::size_t vertex = source.pointOf[source.surface.vertexOf[corner]];
        std::copy_n(&sources[p].positions[3 * vertex], 3,
                    &shape.positions[3 * std::size_t{shape.grown.place[v]}]);
      }
    }
    writePositions(positions, positionModels, shape.grown, shape.positions);
    measureFaces(shape);
  }
  return {connectivity.finish(), positions.finish(), {}};
}

/// Whether numbers (`width` a vertex) differ anywhere between two triangles that hang together.
bool hasSeams(const Shape& shape, std::span<const std::uint32_t> vertexOf,
              std::span<const std::int32_t> numbers, std::size_t width) {
  const auto differ = [&](std::uint32_t a, std::uint32_t b) {
    const std::int32_t* first = &numbers[width * vertexOf[shape.grown.source[a]]];
    return !std::equal(first, first + width, &numbers[width * vertexOf[shape.grown.source[b]]]);
  };
  return std::any_of(shape.edges.begin(), shape.edges.end(), [&](const Shape::Edge& edge) {
    const std::uint32_t twin = shape.grown.surface.twin[edge.corner];
    return differ(edge.corner, nextCorner(twin)) || differ(nextCorner(edge.corner), twin);
  });
}

template <typename WriteSide>
Bytes writeKind(AttributeKind kind, const Mesh& mesh, std::span<const PartSource> sources,
                const PartTable& table, std::span<const Shape> shapes, const std::stop_token& stop,
                std::optional<Error>& error) {
  WriteSide side;
  KindModels<WriteSide> models;
  bool any = false;
  for (std::size_t p = 0; p < table.parts.size() && !stop.stop_requested(); ++p) {
    std::array<TargetWriter, 2> targets;
    for (const PartAttribute& attribute : table.parts[p].attributes) {
      if (attribute.kind != kind) {
        continue;
      }
      auto numbers = attributeNumbers(mesh.parts[p], attribute, table.steps);
      if (!numbers) {
        error = std::move(numbers).error();
        return {};
      }
      if (kIsRans<WriteSide> && kind == AttributeKind::Morph) {
        const bool seams = hasSeams(shapes[p], sources[p].indices, *numbers, widthOf(kind));
        (void)side.plain(targets.at(attribute.set).take(*numbers, seams), 2);
      }
      const std::int32_t radius =
          kind == AttributeKind::Skin ? table.steps.weight : table.steps.radius;
      writeAttribute(side, models.at(attribute.set), shapes[p], kind, radius,
                     {*numbers, sources[p].indices});
      any = true;
    }
  }
  return any ? side.finish() : Bytes();
}

template <typename WriteSide>
Result<Streams> writeStreams(const Mesh& mesh, std::span<const PartSource> sources,
                             const PartTable& table, TaskRunner& runner,
                             const std::stop_token& stop) {
  std::vector<Shape> shapes(sources.size());
  Streams streams = writeShapes<WriteSide>(sources, shapes, stop);
  std::vector<std::optional<Error>> errors(kAttributeKinds);
  runner.parallelFor(kAttributeKinds, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t k = begin; k < end; ++k) {
      streams.attributes.at(k) = writeKind<WriteSide>(static_cast<AttributeKind>(k), mesh, sources,
                                                      table, shapes, stop, errors[k]);
    }
  });
  if (stop.stop_requested()) {
    return cancelled();
  }
  VOLPRESS_CHECK(firstError(errors));
  return streams;
}

/// The distinct vertices that a shape and its attributes give.
class VertexList {
public:
  VertexList(const Shape& shape, std::span<const AttributeValues> attributes,
             std::span<const PartAttribute> kinds)
      : m_shape(shape), m_attributes(attributes) {
    for (std::size_t a = 0; a < attributes.size(); ++a) {
      m_first.push_back(mergeWedges(attributes[a], widthOf(kinds[a].kind)));
    }
    collect();
  }

  struct Vertex {
    std::uint32_t corner = 0;  ///< one that shows it
    std::uint32_t next = kNone;
  };
  std::vector<Vertex> vertices;
  std::vector<std::uint32_t> indices;

private:
  [[nodiscard]] std::uint32_t placeOf(std::uint32_t corner) const {
    return m_shape.grown.placeOf[corner];
  }

  /// For every wedge the first one at its place with the same numbers.
  [[nodiscard]] std::vector<std::uint32_t> mergeWedges(const AttributeValues& attribute,
                                                       std::size_t width) const {
    const std::size_t count = attribute.wedges.count();
    std::vector<std::uint32_t> first(count);
    std::vector<std::uint32_t> head(m_shape.grown.placeCount, kNone);
    std::vector<std::uint32_t> next(count, kNone);
    for (std::uint32_t w = 0; w < count; ++w) {
      std::uint32_t& list = head[placeOf(attribute.wedges.firstCorner(w))];
      const std::int32_t* value = &attribute.values[w * width];
      std::uint32_t found = list;
      std::size_t looked = 0;
      while (found != kNone && looked < kMostAlike &&
             !std::equal(value, value + width, &attribute.values[found * width])) {
        found = next[found];
        ++looked;
      }
      const bool same = found != kNone && looked < kMostAlike;
      first[w] = same ? found : w;
      if (!same) {
        next[w] = list;
        list = w;
      }
    }
    return first;
  }

  [[nodiscard]] bool alike(std::uint32_t a, std::uint32_t b) const {
    for (std::size_t i = 0; i < m_attributes.size(); ++i) {
      const std::vector<std::uint32_t>& wedgeOf = m_attributes[i].wedges.wedgeOf;
      if (m_first[i][wedgeOf[a]] != m_first[i][wedgeOf[b]]) {
        return false;
      }
    }
    return true;
  }

  void collect() {
    const Surface& surface = m_shape.grown.surface;
    std::vector<std::uint32_t> head(m_shape.grown.placeCount, kNone);
    indices.reserve(3 * m_shape.grown.realFaces);
    for (std::uint32_t face = 0; face < surface.faceCount(); ++face) {
      if (!surface.isReal(3 * face)) {
        continue;
      }
      for (std::uint32_t c = 3 * face; c < 3 * face + 3; ++c) {
        std::uint32_t& list = head[placeOf(c)];
        std::uint32_t found = list;
        std::size_t looked = 0;
        while (found != kNone && looked < kMostAlike && !alike(c, vertices[found].corner)) {
          found = vertices[found].next;
          ++looked;
        }
        if (found == kNone || looked == kMostAlike) {
          found = static_cast<std::uint32_t>(vertices.size());
          vertices.push_back({c, list});
          list = found;
        }
        indices.push_back(found);
      }
    }
  }

  const Shape& m_shape;
  std::span<const AttributeValues> m_attributes;
  std::vector<std::vector<std::uint32_t>> m_first;
};

MeshPart assemble(const Shape& shape, const PartEntry& entry, const Steps& steps,
                  std::span<const AttributeValues> attributes) {
  MeshPart part;
  VertexList list(shape, attributes, entry.attributes);
  part.indices = std::move(list.indices);
  const std::size_t count = list.vertices.size();
  part.positions.resize(3 * count);
  for (std::size_t v = 0; v < count; ++v) {
    const std::int32_t* cell = shape.position(list.vertices[v].corner);
    for (std::size_t i = 0; i < 3; ++i) {
      part.positions[3 * v + i] = static_cast<float>(steps.origin.at(i) + cell[i] * steps.cell);
    }
  }
  for (std::size_t a = 0; a < attributes.size(); ++a) {
    const PartAttribute& attribute = entry.attributes[a];
    const AttributeValues& values = attributes[a];
    resizeAttribute(part, attribute, count);
    for (std::size_t v = 0; v < count; ++v) {
      const std::size_t wedge = values.wedges.wedgeOf[list.vertices[v].corner];
      setAttribute(part, attribute, steps, v, &values.values[wedge * widthOf(attribute.kind)]);
    }
  }
  return part;
}

// --- reading

/// The attributes of one kind of all parts: values[p][i] is the i-th of part p.
template <typename ReadSide>
Result<std::vector<std::vector<AttributeValues>>> readKind(AttributeKind kind, ByteView stream,
                                                           const PartTable& table,
                                                           std::span<const Shape> shapes,
                                                           const std::stop_token& stop) {
  std::vector<std::vector<AttributeValues>> values(table.parts.size());
  ReadSide side(stream);
  KindModels<ReadSide> models;
  bool any = false;
  for (std::size_t p = 0; p < table.parts.size(); ++p) {
    std::array<TargetReader, 2> targets;
    values[p].reserve(table.parts[p].attributes.size());
    for (const PartAttribute& attribute : table.parts[p].attributes) {
      if (attribute.kind != kind) {
        continue;
      }
      if (stop.stop_requested()) {
        return cancelled();
      }
      const std::int32_t radius =
          kind == AttributeKind::Skin ? table.steps.weight : table.steps.radius;
      // In version 1 every target stands alone.
      constexpr bool kFollow = kIsRans<ReadSide>;
      const std::uint32_t order = kFollow && kind == AttributeKind::Morph ? side.plain(0, 2) : 0;
      VOLPRESS_TRY(AttributeValues read,
                   readAttribute(side, models.at(attribute.set), shapes[p], kind, radius));
      values[p].push_back(std::move(read));
      if (kind == AttributeKind::Morph) {
        VOLPRESS_CHECK(targets.at(attribute.set).complete(order, values[p].back()));
      }
      any = true;
    }
  }
  if (any ? !side.atEnd() : !stream.empty()) {
    return fail(ErrorCode::CorruptData, "the stream \"{}\" does not end with its last number",
                kStreams[static_cast<std::size_t>(kind)]);
  }
  return values;
}

template <typename ReadSide>
Result<std::vector<Shape>> readShapes(const PartTable& table, const StreamSource& streams,
                                      const std::stop_token& stop) {
  std::vector<Shape> shapes(table.parts.size());
  ReadSide connectivity(streams(kConnectivity));
  ConnectivityModels connectivityModels;
  ReadSide positions(streams(kPositions));
  PositionModels<ReadSide> positionModels;
  for (std::size_t p = 0; p < shapes.size(); ++p) {
    if (stop.stop_requested()) {
      return cancelled();
    }
    VOLPRESS_TRY(shapes[p].grown,
                 readConnectivity(connectivity, connectivityModels, table.parts[p].faces));
    VOLPRESS_TRY(shapes[p].positions, readPositions(positions, positionModels, shapes[p].grown));
  }
  if (!connectivity.atEnd() || !positions.atEnd()) {
    return fail(ErrorCode::CorruptData, "connectivity or positions do not end with the last part");
  }
  return shapes;
}

/// Calls with the side that reads streams of a version.
template <typename Read>
auto withReader(int version, const Read& read) {
  switch (version) {
    case 1: return read.template operator()<coding::BitReadSide>();
    case 2: return read.template operator()<coding::RansReadSide>();
    default: return read.template operator()<JoinedReadSide>();
  }
}

}  // namespace

Result<std::vector<GeometryStream>> packGeometry(const Mesh& mesh, const GeometrySettings& settings,
                                                 TaskRunner& runner, const std::stop_token& stop) {
  PartTable table;
  table.steps.cell = settings.cell;
  table.steps.radius = (1 << (settings.normalBits - 1)) - 1;
  table.steps.color = (1 << settings.colorBits) - 1;
  table.steps.weight = (1 << settings.weightBits) - 1;
  bool any = false;
  for (const MeshPart& part : mesh.parts) {
    for (std::size_t i = 0; i < part.positions.size(); ++i) {
      double& low = table.steps.origin.at(i % 3);
      const auto value = static_cast<double>(part.positions[i]);
      low = any ? std::min(low, value) : value;
      any = any || i % 3 == 2;
    }
  }
  const std::size_t count = mesh.parts.size();
  std::size_t faces = 0;
  std::vector<PartSource> sources(count);
  std::vector<std::optional<Error>> errors(count);
  for (std::size_t p = 0; p < count; ++p) {
    const MeshPart& part = mesh.parts[p];
    sources[p].indices = settings.keepsEmpty ? part.indices : withoutEmpty(part);
    PartEntry entry{sources[p].indices.size() / 3, {}};
    if (entry.faces != 0) {
      entry.attributes = attributesOf(part);
    }
    for (PartAttribute& attribute : entry.attributes) {
      if (attribute.kind == AttributeKind::Uv) {
        attribute.grid = uvGridOf(part.uvs.at(attribute.set), settings.uvBits);
      }
    }
    // Symbols are read faster, bits are smaller: those of positions alone, and of few triangles,
    // are fast enough.
    table.version = entry.attributes.empty() ? table.version : kSymbolVersion;
    faces += entry.faces;
    table.parts.push_back(std::move(entry));
  }
  runner.parallelFor(count, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t p = begin; p < end && !stop.stop_requested(); ++p) {
      sources[p].surface = buildSurface(sources[p].indices, mesh.parts[p].positions);
      if (auto numbers = positionNumbers(mesh.parts[p], table.steps)) {
        sources[p].positions = std::move(*numbers);
      } else {
        errors[p] = std::move(numbers).error();
      }
    }
  });
  if (stop.stop_requested()) {
    return cancelled();
  }
  VOLPRESS_CHECK(firstError(errors));
  Streams streams;
  if (table.version != 1) {
    VOLPRESS_TRY(streams, writeStreams<JoinedWriteSide>(mesh, sources, table, runner, stop));
  }
  if (table.version == 1 || faces <= settings.fewTriangles) {
    VOLPRESS_TRY(Streams bits,
                 writeStreams<coding::BitWriteSide>(mesh, sources, table, runner, stop));
    if (table.version == 1 || bits.size() <= streams.size()) {
      streams = std::move(bits);
      table.version = 1;
    }
  }
  std::vector<GeometryStream> packed;
  packed.push_back({kParts, writePartTable(table)});
  packed.push_back({kConnectivity, std::move(streams.connectivity)});
  packed.push_back({kPositions, std::move(streams.positions)});
  const std::size_t budget = kFreeFaces + kFacesPerByte * packed[1].bytes.size();
  for (std::size_t k = 0; k < kAttributeKinds; ++k) {
    if (Bytes& stream = streams.attributes.at(k); !stream.empty()) {
      packed.push_back({kStreams[k], std::move(stream)});
    }
  }
  if (faces > budget) {
    packed.push_back({kPadding, Bytes((faces - budget) / kFacesPerByte + 1)});
  }
  return packed;
}

Result<std::vector<MeshPart>> unpackGeometry(const StreamSource& streams, TaskRunner& runner,
                                             const std::stop_token& stop) {
  const std::size_t budget =
      kFreeFaces + kFacesPerByte * (streams(kConnectivity).size() + streams(kPadding).size());
  VOLPRESS_TRY(const PartTable table, readPartTable(streams(kParts), budget));
  VOLPRESS_TRY(std::vector<Shape> shapes, withReader(table.version, [&]<typename ReadSide>() {
                 return readShapes<ReadSide>(table, streams, stop);
               }));
  const std::size_t count = shapes.size();
  runner.parallelFor(count, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t p = begin; p < end; ++p) {
      if (!table.parts[p].attributes.empty()) {
        measureFaces(shapes[p]);
      }
    }
  });
  std::array<std::vector<std::vector<AttributeValues>>, kAttributeKinds> kinds;
  std::vector<std::optional<Error>> errors(kAttributeKinds);
  runner.parallelFor(kAttributeKinds, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t k = begin; k < end; ++k) {
      const auto kind = static_cast<AttributeKind>(k);
      const ByteView stream = streams(kStreams[k]);
      if (auto read = withReader(table.version, [&]<typename ReadSide>() {
            return readKind<ReadSide>(kind, stream, table, shapes, stop);
          })) {
        kinds[k] = std::move(*read);
      } else {
        errors[k] = std::move(read).error();
      }
    }
  });
  VOLPRESS_CHECK(firstError(errors));
  for (Shape& shape : shapes) {
    forgetFaces(shape);  // what follows has room then without asking for more
  }
  std::vector<MeshPart> parts(count);
  runner.parallelFor(count, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t p = begin; p < end && !stop.stop_requested(); ++p) {
      std::array<std::size_t, kAttributeKinds> next{};
      std::vector<AttributeValues> attributes;
      for (const PartAttribute& attribute : table.parts[p].attributes) {
        const auto k = static_cast<std::size_t>(attribute.kind);
        attributes.push_back(std::move(kinds[k][p][next[k]++]));
      }
      parts[p] = assemble(shapes[p], table.parts[p], table.steps, attributes);
    }
  });
  return stop.stop_requested() ? Result<std::vector<MeshPart>>(cancelled()) : std::move(parts);
}

}  // namespace volpress::compressors::meshes
