#include "scene/formats/voxel_npz.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace volpress::formats {
namespace {

Result<std::array<float, 3>> readTriple(const NpzFile& file, std::string_view name) {
  VOLPRESS_TRY(const NpyArray array, file.read(name));
  VOLPRESS_TRY(const FloatArray values, array.floats());
  if (values.size() != 3 && values.size() != 1) {
    return fail(ErrorCode::CorruptData, "{}: has shape {}, needed are 3 numbers", name,
                array.shapeWords());
  }
  return std::array<float, 3>{values[0], values[values.size() / 2], values.back()};
}

Result<std::int64_t> readInteger(const NpzFile& file, std::string_view name) {
  VOLPRESS_TRY(const NpyArray array, file.read(name, 1));
  VOLPRESS_TRY(const FloatArray value, array.floats());
  if (!(std::abs(value[0]) <= 1e9F) || value[0] != std::floor(value[0])) {
    return fail(ErrorCode::CorruptData, "{}: is {}, needed is a whole number", name, value[0]);
  }
  return static_cast<std::int64_t>(value[0]);
}

/// The side of rows of `columns` values; 0 when it is none.
unsigned basisOf(std::uint64_t columns) {
  return columns % 3 == 0 && isVoxelBasis(columns / 3) ? static_cast<unsigned>(columns / 3) : 0;
}

/// Densities and harmonics in the file's order of rows.
struct Rows {
  FloatArray density, sh;
  unsigned basis = 0;
};

Result<Rows> readRows(const NpzFile& file) {
  Rows rows;
  if (file.has("density_data")) {
    VOLPRESS_TRY(const NpyArray sh, file.read("sh_data"));
    VOLPRESS_TRY(const NpyArray density, file.read("density_data"));
    rows.basis = sh.shape.size() == 2 ? basisOf(sh.shape[1]) : 0;
    if (rows.basis == 0 || density.count != sh.shape[0]) {
      return fail(ErrorCode::CorruptData, "sh_data has shape {} and density_data {}",
                  sh.shapeWords(), density.shapeWords());
    }
    VOLPRESS_TRY(rows.density, density.floats());
    VOLPRESS_TRY(rows.sh, sh.floats());
    return rows;
  }
  VOLPRESS_TRY(const NpyArray both, file.read("data"));
  rows.basis = both.shape.size() == 2 && both.shape[1] > 0 ? basisOf(both.shape[1] - 1) : 0;
  if (rows.basis == 0) {
    return fail(ErrorCode::CorruptData, "data: has shape {}, needed are rows of 4, 13 or 28",
                both.shapeWords());
  }
  VOLPRESS_TRY(const FloatArray values, both.floats());
  const std::size_t columns = 3 * rows.basis + 1;
  for (std::size_t at = 0; at < values.size(); at += columns) {
    rows.density.push_back(values[at]);
    rows.sh.insert(rows.sh.end(), &values[at + 1], &values[at] + columns);
  }
  return rows;
}

Result<VoxelField> readGrid(const NpzFile& file, std::vector<std::string>& warnings) {
  VoxelGrid grid;
  if (file.has("basis_type")) {
    VOLPRESS_TRY(const std::int64_t basisType, readInteger(file, "basis_type"));
    if (basisType != 1) {
      return fail(
          ErrorCode::UnsupportedVersion,
          "basis_type is {}, read is 1 (spherical harmonics): colours of a learned texture or "
          "network cannot be shown",
          basisType);
    }
  }
  VOLPRESS_TRY(grid.radius, readTriple(file, "radius"));
  VOLPRESS_TRY(grid.center, readTriple(file, "center"));
  VOLPRESS_TRY(const NpyArray links, file.read("links"));
  if (links.shape.size() != 3 || links.count > kMaxVoxelVertices) {
    return fail(ErrorCode::CorruptData, "links: has shape {}, needed are three sides of up to {}",
                links.shapeWords(), kMaxVoxelVertices);
  }
  for (std::size_t axis = 0; axis < 3; ++axis) {
    if (links.shape[axis] < 2 || links.shape[axis] > kMaxVoxelSide) {
      return fail(ErrorCode::CorruptData, "links: has shape {}, allowed are sides of 2 to {}",
                  links.shapeWords(), kMaxVoxelSide);
    }
    grid.resolution[axis] = static_cast<std::uint32_t>(links.shape[axis]);
  }
  VOLPRESS_TRY(const std::vector<std::int64_t> rowOf, links.integers());
  VOLPRESS_TRY(const Rows rows, readRows(file));
  grid.basis = rows.basis;
  grid.mask = VertexMask(links.count);
  for (std::size_t vertex = 0; vertex < rowOf.size(); ++vertex) {
    if (rowOf[vertex] >= static_cast<std::int64_t>(rows.density.size())) {
      return fail(ErrorCode::CorruptData, "links: vertex {} has row {} of {}", vertex,
                  rowOf[vertex], rows.density.size());
    }
    if (rowOf[vertex] >= 0) {
      grid.mask.set(vertex);
    }
  }
  grid.mask.number();
  const std::size_t width = 3 * grid.basis;
  grid.density.resize(grid.mask.count());
  grid.sh.resize(grid.mask.count() * width);
  std::size_t row = 0;
  for (const std::int64_t from : rowOf) {
    if (from >= 0) {
      grid.density[row] = rows.density[static_cast<std::size_t>(from)];
      std::copy_n(rows.sh.begin() + static_cast<std::ptrdiff_t>(width) * from, width,
                  grid.sh.begin() + static_cast<std::ptrdiff_t>(width * row));
      ++row;
    }
  }
  if (file.has("background_data")) {
    warnings.emplace_back("its background of spheres is left out");
  }
  VOLPRESS_CHECK(validate(grid));
  return VoxelField(std::move(grid));
}

Result<VoxelField> readTree(const NpzFile& file) {
  VoxelTree tree;
  if (file.has("quant_colors")) {
    return fail(ErrorCode::UnsupportedVersion,
                "its colours are of a palette (quant_colors): save the tree without compression");
  }
  VOLPRESS_TRY(tree.shape, readTreeShape(file));
  VOLPRESS_TRY(const NpyArray data, file.read("data"));
  if (data.shape.size() != 5 || data.shape[4] == 0 || basisOf(data.shape[4] - 1) == 0 ||
      data.count != tree.shape.child.size() * data.shape[4]) {
    return fail(ErrorCode::CorruptData,
                "data: has shape {}, needed are [{}, 2, 2, 2, 4, 13 or 28] (density and harmonics)",
                data.shapeWords(), tree.shape.nodes());
  }
  tree.basis = basisOf(data.shape[4] - 1);
  if (file.has("data_format")) {
    VOLPRESS_TRY(const NpyArray format, file.read("data_format"));
    VOLPRESS_TRY(const std::string words, format.text());
    if (words != fmt::format("SH{}", tree.basis)) {
      return fail(ErrorCode::UnsupportedVersion, "data_format is \"{}\", read is \"SH{}\"", words,
                  tree.basis);
    }
  }
  VOLPRESS_TRY(tree.data, data.floats());
  VOLPRESS_CHECK(validate(tree));
  return VoxelField(std::move(tree));
}

Result<Bytes> writeGrid(const VoxelGrid& grid, ZipPacking packing) {
  NpzWriter writer;
  std::vector<std::int32_t> links(grid.vertexCount(), -1);
  std::int32_t row = 0;
  for (const std::uint32_t vertex : grid.mask.vertices()) {
    links[vertex] = row++;
  }
  const std::uint64_t rows = grid.density.size();
  writer.addFloats("radius", {3}, grid.radius);
  writer.addFloats("center", {3}, grid.center);
  writer.add("links", "<i4", {grid.resolution[0], grid.resolution[1], grid.resolution[2]}, links);
  writer.addFloats("density_data", {rows, 1}, grid.density);
  writer.addHalves("sh_data", {rows, 3 * grid.basis}, grid.sh);
  writer.addInteger("basis_type", 1);
  return writer.finish(packing);
}

Result<Bytes> writeTree(const VoxelTree& tree, ZipPacking packing) {
  NpzWriter writer;
  writer.addInteger("data_dim", static_cast<std::int64_t>(tree.dimension()));
  writeTreeShape(tree.shape, writer);
  writer.addHalves("data", {tree.shape.nodes(), 2, 2, 2, tree.dimension()}, tree.data);
  writer.addText("data_format", fmt::format("SH{}", tree.basis));
  return writer.finish(packing);
}

}  // namespace

bool isVoxelFile(ByteView file) {
  constexpr std::string_view kZip = "PK\x03\x04";
  if (file.size() < kZip.size() || viewText(file.first(kZip.size())) != kZip) {
    return false;
  }
  const auto archive = NpzFile::open(file);
  return archive && ((archive->has("links") && archive->has("radius")) ||
                     (archive->has("child") && archive->has("data")));
}

Result<TreeShape> readTreeShape(const NpzFile& file) {
  TreeShape shape;
  VOLPRESS_TRY(const NpyArray child, file.read("child"));
  if (child.shape.size() != 4 || child.shape[0] > kMaxTreeNodes ||
      child.count != 8 * child.shape[0]) {
    return fail(ErrorCode::CorruptData, "child: has shape {}, needed are [n, 2, 2, 2], n up to {}",
                child.shapeWords(), kMaxTreeNodes);
  }
  VOLPRESS_TRY(const std::vector<std::int64_t> offsets, child.integers());
  shape.child.reserve(offsets.size());
  for (const std::int64_t offset : offsets) {
    if (std::abs(offset) > std::numeric_limits<std::int32_t>::max()) {
      return fail(ErrorCode::CorruptData, "child: {} leads out of the tree", offset);
    }
    shape.child.push_back(static_cast<std::int32_t>(offset));
  }
  VOLPRESS_TRY(shape.scale, readTriple(file, file.has("invradius3") ? "invradius3" : "invradius"));
  VOLPRESS_TRY(shape.shift, readTriple(file, "offset"));
  if (file.has("depth_limit")) {
    VOLPRESS_TRY(const std::int64_t limit, readInteger(file, "depth_limit"));
    shape.depthLimit = static_cast<unsigned>(std::clamp<std::int64_t>(limit, 0, 255));
  }
  VOLPRESS_CHECK(validate(shape));
  return shape;
}

void writeTreeShape(const TreeShape& shape, NpzWriter& writer) {
  const std::uint64_t nodes = shape.nodes();
  writer.add("child", "<i4", {nodes, 2, 2, 2}, shape.child);
  writer.add("parent_depth", "<i4", {nodes, 2}, shape.parents());
  writer.addInteger("n_internal", static_cast<std::int64_t>(nodes));
  writer.addInteger("n_free", 0);
  writer.addFloats("invradius3", {3}, shape.scale);
  writer.addFloats("offset", {3}, shape.shift);
  writer.addInteger("depth_limit", shape.depthLimit);
  writer.add("geom_resize_fact", "<f8", {}, std::vector{1.0});
}

Result<VoxelField> readVoxelFile(ByteView file, std::vector<std::string>& warnings) {
  VOLPRESS_TRY(const NpzFile archive, NpzFile::open(file));
  return archive.has("links") ? readGrid(archive, warnings) : readTree(archive);
}

Result<Bytes> writeVoxelFile(const VoxelField& field, ZipPacking packing) {
  if (const auto* grid = std::get_if<VoxelGrid>(&field)) {
    return writeGrid(*grid, packing);
  }
  return writeTree(std::get<VoxelTree>(field), packing);
}

}  // namespace volpress::formats
