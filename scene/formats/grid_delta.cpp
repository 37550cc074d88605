#include "scene/formats/grid_delta.hpp"

#include <algorithm>
#include <cmath>

#include "scene/base/half_float.hpp"
#include "scene/formats/npy.hpp"
#include "scene/formats/pickle.hpp"

namespace volpress::formats {
namespace {

/// Bits, top one of a byte first, as numpy.packbits writes them.
class BitPacker {
public:
  void add(bool bit) {
    if (m_count % 8 == 0) {
      m_bytes.push_back(std::byte{0});
    }
    if (bit) {
      m_bytes.back() |= std::byte{0x80} >> (m_count % 8);
    }
    ++m_count;
  }
  [[nodiscard]] Bytes take() { return std::move(m_bytes); }

private:
  Bytes m_bytes;
  std::size_t m_count = 0;
};

bool bitAt(const Bytes& bytes, std::size_t index) {
  return (bytes[index / 8] & (std::byte{0x80} >> (index % 8))) != std::byte{0};
}

/// A row's values as halves, into the arrays of those that are added or replaced.
class RowTaker {
public:
  explicit RowTaker(const VoxelGrid& grid) : m_grid(grid), m_width(3 * grid.basis) {}
  void operator()(std::size_t row, std::vector<std::uint16_t>& density,
                  std::vector<std::uint16_t>& sh) const {
    const std::vector<std::uint16_t> first = halvesOf({&m_grid.density[row], 1});
    const std::vector<std::uint16_t> rest = halvesOf({&m_grid.sh[row * m_width], m_width});
    density.push_back(first[0]);
    sh.insert(sh.end(), rest.begin(), rest.end());
  }

private:
  const VoxelGrid& m_grid;
  std::size_t m_width;
};

float sumOfMagnitudes(const float* values, std::size_t count) {
  float sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    sum += std::abs(values[i]);
  }
  return sum;
}

Result<std::vector<std::uint16_t>> halves(const NpyArray& array) {
  if (array.kind == 'f' && array.itemBytes == 2) {
    std::vector<std::uint16_t> values(array.count);
    if (array.count != 0) {
      std::memcpy(values.data(), array.bytes.data(), array.bytes.size());
    }
    return values;
  }
  VOLPRESS_TRY(const FloatArray values, array.floats());
  return halvesOf(values);
}

Result<Bytes> maskBytes(const NpyArray& array) {
  if (array.itemBytes != 1 || (array.kind != 'u' && array.kind != 'b')) {
    return fail(ErrorCode::CorruptData, "{}: items of kind {} and {} bytes, needed are packed bits",
                array.name, array.kind, array.itemBytes);
  }
  if (array.kind == 'u') {
    return array.bytes;
  }
  BitPacker packer;
  for (const std::byte flag : array.bytes) {
    packer.add(flag != std::byte{0});
  }
  return packer.take();
}

template <typename ArrayOf>
Result<GridDelta> collect(const ArrayOf& arrayOf) {
  GridDelta delta;
  VOLPRESS_TRY(const NpyArray next, arrayOf("mask_next"));
  VOLPRESS_TRY(delta.maskNext, maskBytes(next));
  VOLPRESS_TRY(const NpyArray keep, arrayOf("mask_keep"));
  VOLPRESS_TRY(delta.maskKeep, maskBytes(keep));
  VOLPRESS_TRY(const NpyArray additionDensity, arrayOf("addition_density"));
  VOLPRESS_TRY(delta.additionDensity, halves(additionDensity));
  VOLPRESS_TRY(const NpyArray additionSh, arrayOf("addition_sh"));
  VOLPRESS_TRY(delta.additionSh, halves(additionSh));
  VOLPRESS_TRY(const NpyArray keepDensity, arrayOf("keep_density"));
  VOLPRESS_TRY(delta.keepDensity, halves(keepDensity));
  VOLPRESS_TRY(const NpyArray keepSh, arrayOf("keep_sh"));
  VOLPRESS_TRY(delta.keepSh, halves(keepSh));
  return delta;
}

Result<void> needs(const char* what, std::size_t found, std::size_t needed) {
  if (found != needed) {
    return fail(ErrorCode::CorruptData, "{}: has {} items, the masks ask for {}", what, found,
                needed);
  }
  return {};
}

}  // namespace

Result<GridDelta> makeDelta(const VoxelGrid* before, const VoxelGrid& next,
                            const DeltaThresholds& thresholds) {
  if (before != nullptr && (before->resolution != next.resolution || before->basis != next.basis)) {
    return fail(ErrorCode::InvalidParameter, "the grids of a difference differ in size");
  }
  GridDelta delta;
  const RowTaker take(next);
  const std::size_t width = 3 * next.basis;
  BitPacker occupied;
  BitPacker replaced;
  for (std::size_t vertex = 0; vertex < next.vertexCount(); ++vertex) {
    const bool is = next.mask.test(vertex);
    const bool was = before != nullptr && before->mask.test(vertex);
    const std::size_t row = is ? next.mask.row(vertex) : 0;
    if (is && was) {
      const float* now = &next.sh[row * width];
      const float* old = &before->sh[before->mask.row(vertex) * width];
      float change = 0;
      for (std::size_t k = 0; k < width; ++k) {
        change += std::abs(now[k] - old[k]);
      }
      replaced.add(change > thresholds.keep);
      if (change > thresholds.keep) {
        take(row, delta.keepDensity, delta.keepSh);
      }
      occupied.add(true);
    } else if (is && (before == nullptr ||
                      sumOfMagnitudes(&next.sh[row * width], width) >= thresholds.prune)) {
      take(row, delta.additionDensity, delta.additionSh);
      occupied.add(true);
    } else {
      occupied.add(false);
    }
  }
  delta.maskNext = occupied.take();
  delta.maskKeep = replaced.take();
  return delta;
}

Result<VoxelGrid> applyDelta(const VoxelGrid& before, const GridDelta& delta) {
  VoxelGrid next;
  next.resolution = before.resolution;
  next.radius = before.radius;
  next.center = before.center;
  next.basis = before.basis;
  const std::size_t vertices = next.vertexCount();
  VOLPRESS_CHECK(needs("mask_next", delta.maskNext.size(), (vertices + 7) / 8));
  const bool hasBefore = before.mask.count() != 0;
  std::size_t survivors = 0;
  next.mask = VertexMask(vertices);
  for (std::size_t vertex = 0; vertex < vertices; ++vertex) {
    if (bitAt(delta.maskNext, vertex)) {
      next.mask.set(vertex);
      survivors += hasBefore && before.mask.test(vertex) ? 1U : 0U;
    }
  }
  next.mask.number();
  VOLPRESS_CHECK(needs("mask_keep", delta.maskKeep.size(), (survivors + 7) / 8));
  std::size_t kept = 0;
  for (std::size_t i = 0; i < survivors; ++i) {
    kept += bitAt(delta.maskKeep, i) ? 1U : 0U;
  }
  const std::size_t width = 3 * next.basis;
  VOLPRESS_CHECK(
      needs("addition_density", delta.additionDensity.size(), next.mask.count() - survivors));
  VOLPRESS_CHECK(
      needs("addition_sh", delta.additionSh.size(), width * delta.additionDensity.size()));
  VOLPRESS_CHECK(needs("keep_density", delta.keepDensity.size(), kept));
  VOLPRESS_CHECK(needs("keep_sh", delta.keepSh.size(), width * kept));
  next.density.resize(next.mask.count());
  next.sh.resize(width * next.mask.count());
  std::size_t addition = 0;
  std::size_t survivor = 0;
  std::size_t replaced = 0;
  std::size_t row = 0;
  const auto put = [&](const std::vector<std::uint16_t>& density,
                       const std::vector<std::uint16_t>& sh, std::size_t from) {
    next.density[row] = floatFromHalf(density[from]);
    for (std::size_t k = 0; k < width; ++k) {
      next.sh[row * width + k] = floatFromHalf(sh[from * width + k]);
    }
  };
  for (const std::uint32_t vertex : next.mask.vertices()) {
    if (!hasBefore || !before.mask.test(vertex)) {
      put(delta.additionDensity, delta.additionSh, addition++);
    } else if (bitAt(delta.maskKeep, survivor++)) {
      put(delta.keepDensity, delta.keepSh, replaced++);
    } else {
      const std::size_t old = before.mask.row(vertex);
      next.density[row] = before.density[old];
      std::copy_n(&before.sh[old * width], width, &next.sh[row * width]);
    }
    ++row;
  }
  VOLPRESS_CHECK(validate(next));
  return next;
}

Result<Bytes> writeDelta(const GridDelta& delta, ZipPacking packing) {
  NpzWriter writer;
  const auto rows = [&](const char* name, const std::vector<std::uint16_t>& values,
                        std::size_t count) {
    writer.add(name, "<f2", {count, count == 0 ? 0 : values.size() / count}, values);
  };
  writer.add("mask_next", "|u1", {delta.maskNext.size()}, delta.maskNext);
  writer.add("mask_keep", "|u1", {delta.maskKeep.size()}, delta.maskKeep);
  rows("addition_density", delta.additionDensity, delta.additionDensity.size());
  rows("addition_sh", delta.additionSh, delta.additionDensity.size());
  rows("keep_density", delta.keepDensity, delta.keepDensity.size());
  rows("keep_sh", delta.keepSh, delta.keepDensity.size());
  return writer.finish(packing);
}

bool isDeltaFile(ByteView file) {
  const auto archive = NpzFile::open(file);
  return archive && (archive->has("mask_next") || archive->has("arr_0"));
}

Result<GridDelta> readDelta(ByteView file) {
  VOLPRESS_TRY(const NpzFile archive, NpzFile::open(file));
  if (!archive.has("arr_0")) {
    return collect([&](const char* name) { return archive.read(name); });
  }
  VOLPRESS_TRY(const NpyArray object, archive.read("arr_0"));
  if (object.kind != 'O') {
    return fail(ErrorCode::CorruptData, "arr_0: of kind {}, needed is a pickled dictionary",
                object.kind);
  }
  VOLPRESS_TRY(const auto arrays, readPickledArrays(object.bytes));
  return collect([&](const char* name) -> Result<NpyArray> {
    const auto found = arrays.find(name);
    if (found == arrays.end()) {
      return fail(ErrorCode::CorruptData, "arr_0: has no array \"{}\"", name);
    }
    return found->second;
  });
}

}  // namespace volpress::formats
