#include "scene/formats/snapshot.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cmath>

#include "scene/formats/snapshot_document.hpp"
#include "tests/field/test_fields.hpp"

namespace volpress::formats {
namespace {

using nlohmann::json;

HashGridField read(ByteView file) {
  std::vector<std::string> warnings;
  auto field = readSnapshot(file, warnings);
  EXPECT_TRUE(field) << field.error().message;
  return field ? std::move(*field) : HashGridField();
}

std::string errorOf(const json& document) {
  std::vector<std::string> warnings;
  const auto field = readSnapshot(toMessagePack(document), warnings);
  return field ? "" : field.error().message;
}

json documentOf(const HashGridField& field) {
  return parseMessagePack(writeSnapshot(field, SnapshotWrapping::None).value()).value();
}

Bytes zlibbed(const Bytes& bytes) {
  uLongf size = compressBound(static_cast<uLong>(bytes.size()));
  Bytes packed(size);
  compress2(reinterpret_cast<Bytef*>(packed.data()), &size,
            reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uLong>(bytes.size()), 6);
  packed.resize(size);
  return packed;
}

TEST(Snapshot, RoundTripsByteForByteInEveryWrapping) {
  HashGridField field = testing::randomField(2);
  field.background = {1, 0.5F, 0.25F, 1};
  field.trainingStep = 1234;
  field.loss = std::nanf("");
  field.isHdr = true;
  View view{"images/0001.jpg", lookAt({1, 1, 1}, {0.5F, 0.5F, 0.5F}, {0, -1, 0}, 0.7F, 64, 48)};
  field.views.push_back(view);
  for (const SnapshotWrapping wrapping : {SnapshotWrapping::Gzip, SnapshotWrapping::None}) {
    const Bytes first = writeSnapshot(field, wrapping).value();
    EXPECT_TRUE(isSnapshot(first));
    const HashGridField once = read(first);
    EXPECT_EQ(once.parameters, field.parameters);
    EXPECT_EQ(once.occupancy, field.occupancy);
    EXPECT_EQ(once.background, field.background);
    EXPECT_EQ(once.trainingStep, 1234U);
    EXPECT_TRUE(once.isHdr);
    ASSERT_EQ(once.views.size(), 1U);
    EXPECT_EQ(once.views[0].name, view.name);
    EXPECT_EQ(once.views[0].camera.width, 64U);
    for (std::size_t i = 0; i < 9; ++i) {
      EXPECT_NEAR(once.views[0].camera.rotation[i], view.camera.rotation[i], 1e-6);
    }
    EXPECT_NEAR(once.views[0].camera.fx, view.camera.fx, 1e-4);
    EXPECT_EQ(writeSnapshot(once, wrapping).value(), first);
    EXPECT_EQ(read(zlibbed(writeSnapshot(field, SnapshotWrapping::None).value())).parameters,
              field.parameters);
  }
}

TEST(Snapshot, ReadsBothPaddingsAndSinglePrecision) {
  HashGridField field = testing::randomField(1);
  field.color.paddedOutputs = 8;
  field.storesHalf = false;
  field.parameters.assign(field.gridFirst() + gridParameters(field.grid), 0.1F);
  const HashGridField again = read(writeSnapshot(field, SnapshotWrapping::None).value());
  EXPECT_EQ(again.color.paddedOutputs, 8U);
  EXPECT_EQ(again.parameters, field.parameters);
}

/// instant-ngp issue 845: 16 levels of 2 features, networks padded to 8 rows, three cascades.
TEST(Snapshot, ReadsTheSizesOfARealFile) {
  HashGridField field = makeField({GridKind::Hash, GridInterpolation::Linear, 16, 2, 19, 16}, 4);
  field.color.paddedOutputs = 8;
  field.parameters.assign(field.gridFirst() + gridParameters(field.grid), 0.0F);
  ASSERT_EQ(field.parameters.size(), 13084640U);
  ASSERT_EQ(field.occupancy.size() * 8, 6291456U);
  field.occupancy[77] = 4;
  const HashGridField again = read(writeSnapshot(field, SnapshotWrapping::None).value());
  EXPECT_EQ(again.color.paddedOutputs, 8U);
  EXPECT_EQ(again.cascades(), 3U);
  EXPECT_EQ(again.occupancy[77], 4);
}

TEST(Snapshot, ReadsBinariesThatWentThroughText) {
  const HashGridField field = testing::tinyField();
  json document = documentOf(field);
  json& snapshot = document["snapshot"];
  const json::binary_t bytes = snapshot["params_binary"].get_binary();
  snapshot["params_binary"] = {{"bytes", std::vector<int>(bytes.begin(), bytes.end())},
                               {"subtype", nullptr}};
  // Numbers in any encoding.
  snapshot["n_params"] = static_cast<double>(field.parameters.size());
  EXPECT_EQ(read(toMessagePack(document)).parameters, field.parameters);
  snapshot["params_binary"]["bytes"][3] = 256;
  EXPECT_NE(errorOf(document).find("byte outside"), std::string::npos);
}

TEST(Snapshot, AnUntrainedOneWithoutDensityGridLoadsWithAWarning) {
  std::vector<std::string> warnings;
  const auto field =
      readSnapshot(writeSnapshot(testing::tinyField(), SnapshotWrapping::Gzip).value(), warnings);
  ASSERT_TRUE(field);
  EXPECT_TRUE(field->occupancy.empty());
  EXPECT_EQ(warnings.size(), 1U);
}

TEST(Snapshot, RefusesWhatItCannotShowAndSaysWhy) {
  const json good = documentOf(testing::tinyField());
  const auto changed = [&](const char* pointer, const json& value) {
    json document = good;
    document[json::json_pointer(pointer)] = value;
    return errorOf(document);
  };
  const auto has = [](const std::string& text, const char* words) {
    return text.find(words) != std::string::npos;
  };
  EXPECT_TRUE(has(changed("/snapshot/version", 0), "version 0"));
  EXPECT_TRUE(has(changed("/snapshot/mode", "sdf"), "mode \"sdf\""));
  EXPECT_TRUE(has(changed("/snapshot/density_grid_size", 64), "64"));
  EXPECT_TRUE(has(changed("/snapshot/n_params", 99), "99 parameters"));
  EXPECT_TRUE(has(changed("/snapshot/nerf/aabb_scale", 3), "aabb_scale is 3"));
  EXPECT_TRUE(has(changed("/encoding/otype", "Frequency"), "Frequency"));
  EXPECT_TRUE(has(changed("/encoding/n_levels", 1000), "1000"));
  EXPECT_TRUE(has(changed("/network/n_neurons", 4096), "4096"));
  EXPECT_TRUE(has(changed("/network/activation", "Sine"), "Sine"));
  EXPECT_TRUE(has(changed("/dir_encoding", {{"otype", "Frequency"}}), "Frequency"));
  EXPECT_TRUE(has(changed("/snapshot/params_binary", json::binary({1, 2, 3})), "3 bytes"));
  EXPECT_TRUE(has(changed("/snapshot/params_type", "double"), "double"));
}

TEST(Snapshot, HostileStructuresEndEarly) {
  std::vector<std::string> warnings;
  Bytes deep(100000, std::byte{0x91});
  EXPECT_FALSE(readSnapshot(deep, warnings));
  // A map of one key whose list says that it has 4 billion values.
  const Bytes long_list{std::byte{0x81}, std::byte{0xA1}, std::byte{'a'},  std::byte{0xDD},
                        std::byte{0xFF}, std::byte{0xFF}, std::byte{0xFF}, std::byte{0xFF}};
  EXPECT_FALSE(readSnapshot(long_list, warnings));
  const Bytes long_binary{std::byte{0x81}, std::byte{0xA1}, std::byte{'a'},  std::byte{0xC6},
                          std::byte{0xFF}, std::byte{0xFF}, std::byte{0xFF}, std::byte{0xFF}};
  EXPECT_FALSE(readSnapshot(long_binary, warnings));
}

TEST(Snapshot, IsToldFromOtherFiles) {
  EXPECT_FALSE(isSnapshot({}));
  EXPECT_FALSE(isSnapshot(viewBytes(std::string_view("ply\nformat binary_little_endian 1.0\n"))));
  EXPECT_FALSE(isSnapshot(wrapGzip(viewBytes(std::string_view("NGSP\x01\0\0\0"))).value()));
  EXPECT_FALSE(isSnapshot(viewBytes(std::string_view("\x89PNG\r\n\x1a\n"))));
}

TEST(Snapshot, DocumentKeepsTheShapeAndDropsTheTraining) {
  HashGridField field = testing::randomField(4);
  field.grid.growthIsStored = true;
  field.grid.growth = 1.5F;
  field.parameters.assign(field.gridFirst() + gridParameters(field.grid), 0.0F);
  const Bytes document = snapshotDocument(field, false).value();
  std::vector<std::string> warnings;
  const auto shape = fieldOfDocument(document, warnings);
  ASSERT_TRUE(shape) << shape.error().message;
  EXPECT_EQ(shape->grid.growth, 1.5F);
  EXPECT_EQ(gridParameters(shape->grid), gridParameters(field.grid));
  EXPECT_EQ(shape->gridFirst(), field.gridFirst());
  EXPECT_TRUE(shape->parameters.empty());
}

}  // namespace
}  // namespace volpress::formats
