// Meshes and fields behind the one face that the window knows.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "app/engine/evaluate.hpp"
#include "app/engine/field_views.hpp"
#include "app/engine/mesh_files.hpp"
#include "app/engine/mesh_import.hpp"
#include "app/engine/picture_files.hpp"
#include "app/engine/sample_mesh_clip.hpp"
#include "app/engine/scene_model.hpp"
#include "renderer/software/field_renderer.hpp"
#include "scene/base/files.hpp"
#include "tests/field/test_fields.hpp"
#include "tests/mesh/test_meshes.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::engine {
namespace {

class SceneModelTest : public ::testing::Test {
protected:
  std::shared_ptr<const SceneModel> meshModel(Mesh mesh) {
    std::vector<std::string> warnings;
    auto model = makeMeshModel(std::make_shared<const Mesh>(std::move(mesh)), m_runner, warnings);
    EXPECT_TRUE(model.has_value());
    return *model;
  }
  std::shared_ptr<const SceneModel> fieldModel(HashGridField field) {
    auto model = makeFieldModel(std::make_shared<const HashGridField>(std::move(field)), m_runner,
                                std::stop_token());
    EXPECT_TRUE(model.has_value());
    return *model;
  }

  SerialRunner m_runner;
  Progress m_progress;
};

TEST_F(SceneModelTest, AMeshStandsInTheFrameOfSplats) {
  const auto cube = meshModel(testing::cubeMesh());
  EXPECT_EQ(cube->kind(), SceneKind::Mesh);
  EXPECT_EQ(cube->count(), 12U);
  const Camera home = cube->home(64, 48);
  // Files of meshes have +y up; splats have +y down, and the home view is a little from above.
  EXPECT_LT(home.position[1], 0);
  EXPECT_GT(home.rotation[4], 0.9F);
  const auto point = cube->surfaceUnder(home, home.cx, home.cy);
  ASSERT_TRUE(point.has_value());
  float largest = 0;
  float away = 0;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    largest = std::max(largest, std::abs((*point)[axis]));
    away += home.position[axis] * home.position[axis];
  }
  EXPECT_NEAR(largest, 1, 1e-4F);  // on the nearest face
  EXPECT_NEAR(cube->homeDistance(), std::sqrt(away), 0.3F * std::sqrt(away));
  EXPECT_FALSE(cube->surfaceUnder(home, 0.5F, 0.5F).has_value());
  const auto drawn = cube->draw(home, m_runner, {});
  ASSERT_TRUE(drawn.has_value());
  EXPECT_EQ(drawn->alpha.pixels[24 * 64 + 32], 1.0F);
  EXPECT_EQ(drawn->alpha.pixels[0], 0.0F);
}

TEST_F(SceneModelTest, WhatIsWrittenReadsBackAndMeasuresAsTheSame) {
  const auto wave = meshModel(testing::gridMesh(9));
  const auto folder = testing::scratchFolder("scene_model");
  for (const ModelFormat& format : modelFormats(SceneKind::Mesh)) {
    const auto path = folder / ("wave" + format.extension);
    EXPECT_EQ(modelExtension(SceneKind::Mesh, path), format.extension);
    const auto bytes = wave->write(path, m_runner, {});
    ASSERT_TRUE(bytes.has_value()) << bytes.error().message;
    EXPECT_GE(*bytes, std::filesystem::file_size(path));  // .obj: with the files beside it
    EXPECT_EQ(kindOfFile(path), SceneKind::Mesh);
    const auto read = loadModel(path, m_runner, m_progress, {});
    ASSERT_TRUE(read.has_value()) << read.error().message;
    Evaluation evaluation;
    MeasureContext context{m_runner, m_progress, {}};
    ASSERT_TRUE(read->model->measureAgainst(*wave, "orbit:1", context, evaluation));
    // The rest of the materials is told as lost.
    EXPECT_GT(evaluation.meanPsnr(), format.extension == ".glb" ? 60 : 25) << format.label;
    ASSERT_TRUE(evaluation.mesh.has_value());
    EXPECT_LT(evaluation.mesh->hausdorff, 1e-3);
  }
  EXPECT_FALSE(wave->write(folder / "wave.stl", m_runner, {}).has_value());
  EXPECT_FALSE(wave->write(folder / "two words.obj", m_runner, {}).has_value());
  // Never over what is another's.
  std::filesystem::remove(folder / "wave.obj");
  const auto refused = wave->write(folder / "wave.obj", m_runner, {});
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message.find("exists already"), std::string::npos);
}

TEST_F(SceneModelTest, AMeshReadByAnotherProcessIsTheSame) {
  const auto folder = testing::scratchFolder("apart");
  const auto path = folder / "wave.obj";
  const auto written = meshModel(testing::gridMesh(9))->write(path, m_runner, {});
  ASSERT_TRUE(written.has_value()) << written.error().message;
  EXPECT_TRUE(isReadApart(path));
  const auto here = loadMeshScene(path, m_runner, m_progress, {});
  const auto apart = loadMeshApart(testing::programPath(), path, m_runner, m_progress, {});
  ASSERT_TRUE(here.has_value() && apart.has_value()) << apart.error().message;
  EXPECT_EQ(apart->formatId, "obj");
  EXPECT_EQ(apart->fileBytes, here->fileBytes);
  EXPECT_EQ(apart->warnings, here->warnings);
  ASSERT_EQ(apart->mesh->parts.size(), here->mesh->parts.size());
  EXPECT_EQ(apart->mesh->parts[0].positions, here->mesh->parts[0].positions);
  EXPECT_EQ(apart->mesh->parts[0].indices, here->mesh->parts[0].indices);
  EXPECT_EQ(apart->mesh->materials.size(), here->mesh->materials.size());

  // A fault is told in the words of who read it.
  const std::string_view broken = "v 0 0 0\nf 1 2 999\n";
  ASSERT_TRUE(writeFileAtomically(path, viewBytes(broken)));
  const auto expected = loadMeshScene(path, m_runner, m_progress, {});
  const auto told = loadMeshApart(testing::programPath(), path, m_runner, m_progress, {});
  ASSERT_FALSE(expected.has_value() || told.has_value());
  EXPECT_EQ(told.error().message, expected.error().message);
  EXPECT_EQ(told.error().code, expected.error().code);
}

TEST_F(SceneModelTest, AMeshThatBringsItsReaderDownIsAnError) {
  const auto folder = testing::scratchFolder("crash");
  const auto program = folder / "reader";
  const std::string_view script = "#!/bin/sh\nkill -SEGV $$\n";
  ASSERT_TRUE(writeFileAtomically(program, viewBytes(script)));
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  const auto path = folder / "evil.fbx";
  ASSERT_TRUE(writeFileAtomically(path, viewBytes(std::string_view("; FBX 7.3.0"))));
  readMeshesApart(program);
  const auto read = loadModel(path, m_runner, m_progress, {});
  readMeshesApart({});
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, ErrorCode::CorruptData);
  EXPECT_NE(read.error().message.find("evil.fbx"), std::string::npos);
}

TEST_F(SceneModelTest, AFieldIsSeenByCamerasOfItsDataSet) {
  const HashGridField random = testing::randomField(1);
  const auto model = fieldModel(random);
  EXPECT_EQ(model->kind(), SceneKind::Field);
  EXPECT_TRUE(model->drawsSlowly());
  const renderer::FieldRenderer fields(m_runner);
  const auto prepared = fields.prepare(std::make_shared<const HashGridField>(random));
  ASSERT_TRUE(prepared.has_value());
  const auto expected = fields.render(**prepared, fieldHomeCamera(random, 24, 16), {});
  const auto drawn = model->draw(model->home(24, 16), m_runner, {});
  ASSERT_TRUE(expected.has_value() && drawn.has_value());
  for (std::size_t i = 0; i < drawn->color.pixels.size(); ++i) {
    ASSERT_NEAR(drawn->color.pixels[i], expected->picture.color.pixels[i], 0.02F) << i;
  }
  const auto mesh = meshModel(testing::cubeMesh());
  Evaluation evaluation;
  MeasureContext context{m_runner, m_progress, {}};
  const auto measured = model->measureAgainst(*mesh, "auto", context, evaluation);
  ASSERT_FALSE(measured.has_value());
  EXPECT_NE(measured.error().message.find("not meshes"), std::string::npos);
}

TEST_F(SceneModelTest, APictureIsSeenPixelForPixelAndLargerWithSharpPixels) {
  Image image = makeImage(5, 3);
  for (std::size_t k = 0; k < image.pixels.size(); ++k) {
    image.pixels[k] = static_cast<float>(k * 5) / 255.0F;
  }
  const auto model = makePictureModel(std::make_shared<const Image>(image));
  EXPECT_EQ(model->kind(), SceneKind::Picture);
  EXPECT_EQ(model->count(), 15U);
  EXPECT_EQ(model->plainBytes(), 45U);
  const Camera whole = pictureViews(image).views.front().camera;
  const auto same = model->draw(whole, m_runner, {});
  ASSERT_TRUE(same.has_value());
  for (std::size_t k = 0; k < image.pixels.size(); ++k) {
    EXPECT_NEAR(same->color.pixels[k], image.pixels[k], 1e-4F) << k;
  }
  const auto larger = model->draw(resized(whole, 20, 12), m_runner, {});
  ASSERT_TRUE(larger.has_value());
  EXPECT_NEAR(larger->color.pixels[3 * (5 * 20 + 9)], image.pixels[3 * (5 + 2)], 1e-4F);
  EXPECT_NEAR(larger->color.pixels[3 * (6 * 20 + 10)], image.pixels[3 * (5 + 2)], 1e-4F);
  // Home leaves room beside it, where nothing is.
  const Camera home = model->home(40, 40);
  const auto shown = model->draw(home, m_runner, {});
  ASSERT_TRUE(shown.has_value());
  EXPECT_FLOAT_EQ(shown->alpha.pixels[0], 0);
  EXPECT_FLOAT_EQ(shown->alpha.pixels[20 * 40 + 20], 1);
  EXPECT_FALSE(model->surfaceUnder(home, 0.5F, 0.5F).has_value());
  const auto middle = model->surfaceUnder(home, 20, 20);
  ASSERT_TRUE(middle.has_value());
  EXPECT_NEAR((*middle)[0], 0, 1e-4F);
}

TEST_F(SceneModelTest, AMomentOfAnAnimationIsAModelOfItsOwn) {
  std::vector<std::string> warnings;
  const auto model =
      makeMeshModel(std::make_shared<const Mesh>(testing::richMesh()), m_runner, warnings);
  ASSERT_TRUE(model.has_value());
  EXPECT_TRUE(warnings.empty());
  const auto farthest = [&](const MeshMoment& moment) {
    const auto posed = (*model)->posed(moment, m_runner).value();
    const std::vector<float> distances = posed->distancesTo(**model, m_runner, {}).value();
    return *std::max_element(distances.begin(), distances.end());
  };
  EXPECT_LT(farthest({}), 1e-4);
  EXPECT_GT(farthest({0, 0.5}), 1) << "percent of the diagonal";
}

TEST_F(SceneModelTest, SplatsOfASampleClipFollowTheMesh) {
  Mesh mesh = testing::cubeMesh();
  // Half a turn about the vertical in two seconds.
  mesh.animations.push_back({"turn",
                             {{0,
                               AnimationPath::Rotation,
                               AnimationBlend::Linear,
                               {0, 1, 2},
                               {0, 0, 0, 1, 0, std::sqrt(0.5F), 0, std::sqrt(0.5F), 0, 1, 0, 0}}}});
  const auto file = testing::scratchFolder("sample_mesh") / "cube.glb";
  ASSERT_TRUE(
      saveMeshScene(file, mesh, formats::GltfGeometry::Plain, kFinePositionBits, m_runner, {}));
  ClipOptions options;
  options.splats = 600;
  options.jitter = 0;
  const auto clip = makeMeshSampleClip(file, options, m_runner, {}).value();
  EXPECT_EQ(clip->frameCount(), options.frames);
  const GaussianCloud rest = clip->load(0, m_runner, {}).value();
  const GaussianCloud turned = clip->load(30, m_runner, {}).value();
  ASSERT_EQ(rest.count, 600U);
  ASSERT_EQ(turned.count, rest.count);
  EXPECT_EQ(turned.shDc, rest.shDc);
  // A quarter turn: seen from above, in the frame of splats, x goes where z was.
  for (std::size_t i = 0; i < rest.count; i += 7) {
    EXPECT_NEAR(turned.means[3 * i], -rest.means[3 * i + 2], 1e-4F);
    EXPECT_NEAR(turned.means[3 * i + 1], rest.means[3 * i + 1], 1e-4F);
    EXPECT_NEAR(turned.means[3 * i + 2], rest.means[3 * i], 1e-4F);
    // The thin axis turns along.
    const auto thin = [i](const GaussianCloud& cloud) {
      const auto part = [&](std::size_t k) { return cloud.rotations[4 * i + k]; };
      return std::array<float, 3>{2 * (part(1) * part(3) + part(0) * part(2)),
                                  2 * (part(2) * part(3) - part(0) * part(1)),
                                  1 - 2 * (part(1) * part(1) + part(2) * part(2))};
    };
    EXPECT_NEAR(thin(turned)[0], -thin(rest)[2], 1e-4F);
    EXPECT_NEAR(thin(turned)[2], thin(rest)[0], 1e-4F);
  }
}

}  // namespace
}  // namespace volpress::engine
