#include "scene/types/voxel_field.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "renderer/metrics/metrics.hpp"
#include "renderer/software/voxel_renderer.hpp"
#include "scene/formats/grid_delta.hpp"
#include "scene/formats/pickle.hpp"
#include "scene/formats/voxel_npz.hpp"
#include "scene/types/sample_voxels.hpp"
#include "scene/types/spherical_harmonics.hpp"
#include "scene/types/voxel_fit.hpp"
#include "scene/types/voxel_splats.hpp"

namespace volpress {
namespace {

using formats::NpzWriter;
using formats::ZipPacking;

/// Every vertex set, one density, one plain colour.
VoxelGrid fogGrid(std::uint32_t side, float density) {
  VoxelGrid grid;
  grid.resolution = {side, side, side};
  grid.basis = 1;
  grid.mask = VertexMask(grid.vertexCount());
  for (std::size_t vertex = 0; vertex < grid.vertexCount(); ++vertex) {
    grid.mask.set(vertex);
  }
  grid.mask.number();
  grid.density.assign(grid.vertexCount(), density);
  for (std::size_t row = 0; row < grid.vertexCount(); ++row) {
    grid.sh.insert(grid.sh.end(), {1.0F, 0.0F, -3.0F});
  }
  return grid;
}

/// The root only; one leaf holds fog.
VoxelTree oneLeaf(std::size_t cell, float density) {
  VoxelTree tree;
  tree.shape.child.assign(8, 0);
  tree.shape.scale = {0.5F, 0.5F, 0.5F};
  tree.shape.shift = {0.5F, 0.5F, 0.5F};
  tree.shape.depthLimit = 0;
  tree.basis = 1;
  tree.data.assign(8 * 4, 0.0F);
  const std::array<float, 4> values{2, 0, -2, density};
  std::copy(values.begin(), values.end(), &tree.data[4 * cell]);
  return tree;
}

/// A picture of one pixel along +z through (x, y).
renderer::RenderResult onePixel(const VoxelField& field, float x, float y) {
  Camera camera = lookAt({x, y, -5}, {x, y, 0}, {0, 1, 0}, 0.01F, 1, 1);
  SerialRunner runner;
  const renderer::VoxelPainter painter(std::make_shared<const VoxelField>(field));
  return painter.render(camera, {}, runner).value();
}

std::string errorOf(const Bytes& file) {
  std::vector<std::string> warnings;
  const auto field = formats::readVoxelFile(file, warnings);
  return field ? "" : field.error().message;
}

VoxelField read(const Bytes& file) {
  std::vector<std::string> warnings;
  auto field = formats::readVoxelFile(file, warnings);
  EXPECT_TRUE(field) << field.error().message;
  return field ? std::move(*field) : VoxelField();
}

void expectSame(const VoxelGrid& a, const VoxelGrid& b) {
  EXPECT_TRUE(a.mask == b.mask);
  EXPECT_EQ(a.density, b.density);
  EXPECT_EQ(a.sh, b.sh);
  EXPECT_EQ(a.radius, b.radius);
  EXPECT_EQ(a.center, b.center);
}

TEST(VoxelRenderer, DrawsAGridAsSvox2DoesByHand) {
  // Two vertices an axis, box -1..1: a voxel is a world unit; samples every half, at 0, 0.5 ... 2.
  const renderer::RenderResult drawn = onePixel(fogGrid(2, 0.4F), 0.3F, 0.2F);
  const float alpha = 1 - std::exp(-5 * 0.5F * 0.4F);
  EXPECT_NEAR(drawn.alpha.pixels[0], alpha, 1e-5F);
  EXPECT_NEAR(drawn.color.pixels[0], alpha * (0.5F + 0.28209479F), 1e-5F);
  EXPECT_NEAR(drawn.color.pixels[1], alpha * 0.5F, 1e-5F);
  EXPECT_EQ(drawn.color.pixels[2], 0) << "colours below 0 are cut";
  EXPECT_EQ(onePixel(fogGrid(2, -1), 0.3F, 0.2F).alpha.pixels[0], 0) << "negative is empty";
}

TEST(VoxelRenderer, InterpolatesBetweenVerticesWithAndWithoutValues) {
  VoxelGrid grid = fogGrid(3, 1);
  grid.mask = VertexMask(27);
  grid.mask.set(grid.vertexAt(1, 1, 1));
  grid.mask.number();
  grid.density.assign(1, 8.0F);
  grid.sh.resize(3);
  EXPECT_NEAR(densityAt(grid, {1.25F, 1, 0.5F}), 8 * 0.75F * 0.5F, 1e-5F);
  EXPECT_EQ(densityAt(grid, {0, 0, 0}), 0);
}

TEST(VoxelRenderer, DrawsALeafAsSvoxDoesByHand) {
  // Leaf (1, 0, 1): x and z in 0..1 of the box -1..1, y in -1..0. The ray crosses it for one unit.
  const VoxelTree tree = oneLeaf(5, 0.7F);
  const renderer::RenderResult drawn = onePixel(tree, 0.4F, -0.5F);
  const float alpha = 1 - std::exp(-0.7F);
  EXPECT_NEAR(drawn.alpha.pixels[0], alpha, 1e-4F);
  const float red = 1 / (1 + std::exp(-2 * 0.28209479F));
  EXPECT_NEAR(drawn.color.pixels[0], alpha * red, 1e-4F);
  EXPECT_NEAR(drawn.color.pixels[1], alpha * 0.5F, 1e-4F);
  EXPECT_NEAR(drawn.color.pixels[2], alpha * (1 - red), 1e-4F);
  EXPECT_EQ(onePixel(tree, 0.4F, 0.5F).alpha.pixels[0], 0);
}

TEST(VoxelRenderer, SkipsEmptySpaceWithoutATrace) {
  const auto runner = makeThreadRunner(2);
  VoxelSampleOptions options;
  options.resolution = 40;
  const auto field = std::make_shared<const VoxelField>(sampleVoxels(options, 3, *runner));
  const renderer::VoxelPainter painter(field);
  const Camera camera = lookAt({1.7F, -2.2F, 1.2F}, {0, 0, -0.2F}, {0, 0, -1}, 0.8F, 40, 30);
  renderer::VoxelRenderOptions drawing;
  const Image fast = painter.render(camera, drawing, *runner).value().color;
  drawing.skipsEmpty = false;
  SerialRunner serial;
  EXPECT_EQ(fast.pixels, painter.render(camera, drawing, serial).value().color.pixels);
  // The tree of the same scene shows about the same.
  const auto tree =
      std::make_shared<const VoxelField>(treeOfGrid(std::get<VoxelGrid>(*field), 5, *runner));
  const Image other = renderer::VoxelPainter(tree).render(camera, {}, *runner).value().color;
  EXPECT_GT(metrics::psnr(fast, other).value(), 20);
}

TEST(VoxelSplats, StandUprightAndKeepColours) {
  SerialRunner runner;
  VoxelGrid grid = fogGrid(2, 3);
  grid.basis = 9;
  grid.sh.resize(27 * 8);
  for (std::size_t i = 0; i < grid.sh.size(); ++i) {
    grid.sh[i] = std::sin(static_cast<float>(i));
  }
  const GaussianCloud cloud = splatsOf(grid, runner);
  ASSERT_TRUE(validate(cloud));
  ASSERT_EQ(cloud.count, 8U);
  // Vertex (0, 0, 1) lies at (-0.5, -0.5, 0.5): above, that is at -y.
  EXPECT_NEAR(cloud.means[3], -0.5F, 1e-6F);
  EXPECT_NEAR(cloud.means[4], -0.5F, 1e-6F);
  EXPECT_NEAR(cloud.means[5], -0.5F, 1e-6F);
  const std::array<float, 3> direction{0.36F, -0.48F, 0.8F};
  std::array<float, kMaxShBasis> field{};
  std::array<float, kMaxShBasis> splat{};
  evaluateShBasis(2, direction, field);
  evaluateShBasis(2, {direction[0], -direction[2], direction[1]}, splat);
  for (std::size_t channel = 0; channel < 3; ++channel) {
    float wanted = 0;
    float got = splat[0] * cloud.shDc[3 + channel];
    for (std::size_t k = 0; k < 9; ++k) {
      wanted += field[k] * grid.sh[27 + 9 * channel + k];
      got += k == 0 ? 0 : splat[k] * cloud.shRest[3 * (8 + k - 1) + channel];
    }
    EXPECT_NEAR(got, wanted, 1e-5F);
  }
}

TEST(VoxelFiles, KeepGridsAndTrees) {
  SerialRunner runner;
  VoxelSampleOptions options;
  options.resolution = 16;
  VoxelGrid grid = std::get<VoxelGrid>(sampleVoxels(options, 0, runner));
  grid.sh = formats::floatsOf(formats::halvesOf(grid.sh));
  for (const ZipPacking packing : {ZipPacking::Stored, ZipPacking::Deflated}) {
    expectSame(grid, std::get<VoxelGrid>(read(formats::writeVoxelFile(grid, packing).value())));
  }
  options.tree = true;
  VoxelTree tree = std::get<VoxelTree>(sampleVoxels(options, 0, runner));
  ASSERT_TRUE(validate(tree));
  tree.data = formats::floatsOf(formats::halvesOf(tree.data));
  const auto again = std::get<VoxelTree>(read(formats::writeVoxelFile(tree).value()));
  EXPECT_EQ(tree.shape.child, again.shape.child);
  EXPECT_EQ(tree.data, again.data);
  EXPECT_EQ(tree.shape.scale, again.shape.scale);
}

/// A grid of 2 x 2 x 2 whose arrays a test may change.
struct GridFile {
  std::vector<std::int32_t> links{-1, 1, -1, -1, -1, 0, -1, -1};
  std::vector<float> density{3, 5};
  std::vector<float> sh{1, 2, 3, 4, 5, 6};
  std::int64_t basis = 1;

  [[nodiscard]] Bytes write() const {
    NpzWriter writer;
    writer.addFloats("radius", {3}, std::vector<float>{1, 1, 1});
    writer.addFloats("center", {3}, std::vector<float>{0, 0, 0});
    writer.add("links", "<i4", {2, 2, 2}, links);
    writer.addFloats("density_data", {density.size(), 1}, density);
    writer.addHalves("sh_data", {sh.size() / 3, 3}, sh);
    writer.addInteger("basis_type", basis);
    return writer.finish(ZipPacking::Stored).value();
  }
};

TEST(VoxelFiles, PutRowsIntoTheGridsOrder) {
  const auto grid = std::get<VoxelGrid>(read(GridFile().write()));
  EXPECT_EQ(grid.density, (FloatArray{5, 3}));
  EXPECT_EQ(grid.sh, (FloatArray{4, 5, 6, 1, 2, 3}));
}

TEST(VoxelFiles, ReadArraysOfEitherOrder) {
  const std::vector<std::int32_t> items{0, 1, 2, 3, 4, 5};
  const std::array<std::uint64_t, 2> shape{2, 3};
  const auto turned =
      formats::readNpy(formats::writeNpy("<i4", shape, std::as_bytes(std::span(items)), true), "a");
  ASSERT_TRUE(turned) << turned.error().message;
  EXPECT_EQ(turned->integers().value(), (std::vector<std::int64_t>{0, 2, 4, 1, 3, 5}));
  EXPECT_EQ(formats::writeNpy("<i4", shape, {}).size() % 64, 0U);
}

TEST(VoxelFiles, RefuseWhatDoesNotFit) {
  GridFile texture;
  texture.basis = 4;
  EXPECT_NE(errorOf(texture.write()).find("basis_type is 4"), std::string::npos);
  GridFile overflow;
  overflow.links[0] = 2;
  EXPECT_NE(errorOf(overflow.write()).find("row 2 of 2"), std::string::npos);
  GridFile nan;
  nan.sh[1] = std::nanf("");
  EXPECT_NE(errorOf(nan.write()).find("finite"), std::string::npos);
  GridFile few;
  few.density.pop_back();
  EXPECT_NE(errorOf(few.write()).find("sh_data has shape"), std::string::npos);

  VoxelTree tree = oneLeaf(0, 1);
  tree.shape.child.assign(16, 0);
  tree.data.assign(64, 0.0F);
  tree.shape.child[3] = 1;
  ASSERT_TRUE(validate(tree));
  tree.shape.child[9] = -1;
  EXPECT_NE(validate(tree).error().message.find("leads to node 0"), std::string::npos);
  tree.shape.child[9] = 0;
  tree.shape.child[4] = 1;
  EXPECT_NE(validate(tree).error().message.find("two branches"), std::string::npos);
  tree.shape.child[4] = 2;
  EXPECT_NE(validate(tree).error().message.find("node 2 of 2"), std::string::npos);
}

/// Pickles as NumPy makes them: a scalar of kind O that holds a dictionary (protocol 4).
class Pickler {
public:
  explicit Pickler(const std::string& call = "numpy.core.multiarray") : m_module(call) {
    m_out.append(std::string_view("\x80\x04", 2));
    reconstruct();
    m_out.append("(K\x01)");
    type("O8");
    m_out.append("\x89]}(");
  }
  void array(const std::string& name, const std::string& kind, std::uint8_t count, ByteView items) {
    text(name);
    reconstruct();
    m_out.append("(K\x01K");
    m_out.write(count);
    m_out.append("\x85");
    type(kind);
    m_out.append(
        "\x89"
        "B");
    m_out.write(static_cast<std::uint32_t>(items.size()));
    m_out.append(items);
    m_out.append("tb");
  }
  [[nodiscard]] Bytes finish() {
    m_out.append("uatb.");
    return m_out.bytes();
  }

private:
  void text(const std::string& words) {
    m_out.append("\x8C");
    m_out.write(static_cast<std::uint8_t>(words.size()));
    m_out.append(words);
  }
  void reconstruct() {
    text(m_module);
    text("_reconstruct");
    m_out.append(
        "\x93\x94"
        "cnumpy\nndarray\nK");
    m_out.write(std::uint8_t{0});
    m_out.append(
        "\x85"
        "C\x01"
        "b\x87R");
  }
  void type(const std::string& name) {
    m_out.append("cnumpy\ndtype\n");
    text(name);
    m_out.append("\x89\x88\x87R(K\x03\x8C\x01<NNNJ\xFF\xFF\xFF\xFFJ\xFF\xFF\xFF\xFFK");
    m_out.write(std::uint8_t{0});
    m_out.append("tb");
  }
  std::string m_module;
  ByteWriter m_out;
};

TEST(Pickle, GivesArraysAndRunsNothing) {
  const std::vector<std::uint16_t> halves{0x3C00, 0xC000};
  Pickler pickler;
  pickler.array("keep_density", "f2", 2, std::as_bytes(std::span(halves)));
  const auto arrays = formats::readPickledArrays(pickler.finish());
  ASSERT_TRUE(arrays) << arrays.error().message;
  EXPECT_EQ(arrays->at("keep_density").floats().value(), (FloatArray{1, -2}));

  const auto evil = formats::readPickledArrays(Pickler("os.path").finish());
  ASSERT_FALSE(evil);
  EXPECT_EQ(evil.error().code, ErrorCode::UnsupportedVersion);
  EXPECT_NE(evil.error().message.find("os.path _reconstruct"), std::string::npos);
}

TEST(Pickle, WhatIsNamedAgainAndAgainDoesNotBecomeManyBytes) {
  // One text of 60,000 letters, encoded anew 1,000 times by 6 bytes each.
  ByteWriter pickle;
  pickle.append("c_codecs\nencode\nq\x01X");
  pickle.write(std::uint32_t{60000});
  pickle.append(std::string(60000, 'a'));
  pickle.append("q\x02");
  for (int i = 0; i < 1000; ++i) {
    pickle.append("h\x01h\x02\x85R");
  }
  pickle.append("}.");
  const auto arrays = formats::readPickledArrays(pickle.bytes());
  ASSERT_FALSE(arrays);
  EXPECT_NE(arrays.error().message.find("more bytes"), std::string::npos) << arrays.error().message;
}

}  // namespace
}  // namespace volpress
