#include <algorithm>
#include <cmath>
#include <cstring>

#include "scene/base/half.hpp"
#include "scene/formats/snapshot.hpp"
#include "scene/formats/snapshot_document.hpp"

namespace volpress::formats {
namespace {

using nlohmann::json;

/// Optical thickness of a set cell: above every threshold (at most 0.01).
constexpr float kOccupied = 0.02F;

const char* gridType(GridKind kind) {
  switch (kind) {
    case GridKind::Dense: return "DenseGrid";
    case GridKind::Tiled: return "TiledGrid";
    default: return "HashGrid";
  }
}

const char* interpolationName(GridInterpolation interpolation) {
  switch (interpolation) {
    case GridInterpolation::Smoothstep: return "Smoothstep";
    case GridInterpolation::Nearest: return "Nearest";
    default: return "Linear";
  }
}

json networkConfig(const FieldNetwork& network) {
  return {{"otype", network.hiddenLayers == 0 ? "CutlassMLP" : "FullyFusedMLP"},
          {"activation", "ReLU"},
          {"output_activation", "None"},
          {"n_neurons", network.neurons},
          {"n_hidden_layers", network.hiddenLayers}};
}

/// Rows of right, down, forward, position.
json matrixOf(const Camera& camera) {
  json rows = json::array();
  for (std::size_t row = 0; row < 3; ++row) {
    rows.push_back({camera.rotation[row], camera.rotation[3 + row], camera.rotation[6 + row],
                    camera.position[row]});
  }
  return rows;
}

json boxOf(unsigned aabbScale) {
  const float half = 0.5F * static_cast<float>(std::min(128U, aabbScale));
  return {{"min", std::vector<float>(3, 0.5F - half)}, {"max", std::vector<float>(3, 0.5F + half)}};
}

json identityRows() { return json::array({{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}); }

json datasetOf(const HashGridField& field) {
  json paths = json::array();
  json metadata = json::array();
  json xforms = json::array();
  for (const View& view : field.views) {
    const Camera& camera = view.camera;
    const auto width = static_cast<float>(camera.width);
    const auto height = static_cast<float>(camera.height);
    paths.push_back(view.name);
    metadata.push_back({{"focal_length", {camera.fx, camera.fy}},
                        {"lens", {{"mode", "Perspective"}, {"params", std::vector<int>(7, 0)}}},
                        {"principal_point", {camera.cx / width, camera.cy / height}},
                        {"resolution", {camera.width, camera.height}},
                        {"rolling_shutter", {0, 0, 0, 0}}});
    xforms.push_back({{"start", matrixOf(camera)}, {"end", matrixOf(camera)}});
  }
  return {{"n_images", field.views.size()},
          {"paths", paths},
          {"metadata", metadata},
          {"xforms", xforms},
          {"render_aabb", boxOf(field.aabbScale)},
          {"render_aabb_to_local", identityRows()},
          {"up", {0, 1, 0}},
          {"offset", field.sceneOffset},
          {"envmap_resolution", {0, 0}},
          {"scale", field.sceneScale},
          {"aabb_scale", field.aabbScale},
          {"from_mitsuba", field.fromMitsuba},
          {"is_hdr", field.isHdr},
          {"wants_importance_sampling", true},
          {"n_extra_learnable_dims", field.extraInputs}};
}

json cameraConfig(const HashGridField& field) {
  Camera camera = field.camera ? *field.camera : Camera();
  if (!field.camera && !field.views.empty()) {
    camera = field.views.front().camera;
  } else if (!field.camera) {
    camera = lookAt({0.5F, 0.5F, -1.0F}, {0.5F, 0.5F, 0.5F}, {0, -1, 0}, 0.8F, 1920, 1080);
  }
  const auto width = static_cast<float>(camera.width);
  const auto height = static_cast<float>(camera.height);
  return {{"matrix", matrixOf(camera)},
          {"fov_axis", 1},
          {"relative_focal_length", {camera.fx / height, camera.fy / height}},
          {"screen_center", {1 - camera.cx / width, 1 - camera.cy / height}},
          {"zoom", 1},
          {"scale", 1},
          {"aperture_size", 0},
          {"autofocus", false},
          {"autofocus_target", {0.5, 0.5, 0.5}},
          {"autofocus_depth", 1}};
}

json snapshotOf(const HashGridField& field) {
  const json nothing = json::object();
  return {{"version", 1},
          {"mode", "nerf"},
          {"density_grid_size", kOccupancySide},
          {"aabb", boxOf(field.aabbScale)},
          {"render_aabb", boxOf(field.aabbScale)},
          {"render_aabb_to_local", identityRows()},
          {"bounding_radius", 1},
          {"background_color", field.background},
          {"exposure", field.exposure},
          {"up_dir", {0, 1, 0}},
          {"sun_dir", {0.577350269, 0.577350269, 0.577350269}},
          {"training_step", field.trainingStep},
          {"loss", field.loss},
          {"camera", cameraConfig(field)},
          {"nerf",
           {{"aabb_scale", field.aabbScale},
            {"dataset", datasetOf(field)},
            {"cam_pos_offset", json::array()},
            {"cam_rot_offset", json::array()},
            {"extra_dims_opt", json::array()},
            {"rgb",
             {{"rays_per_batch", 4096},
              {"measured_batch_size", 0},
              {"measured_batch_size_before_compaction", 0}}}}}};
}

/// What a snapshot of a field that was made here says, besides the binaries.
json freshDocument(const HashGridField& field) {
  const GridEncoding& grid = field.grid;
  json encoding{{"otype", gridType(grid.kind)},
                {"n_levels", grid.levels},
                {"n_features_per_level", grid.features},
                {"log2_hashmap_size", grid.tableBits},
                {"base_resolution", grid.base},
                {"interpolation", interpolationName(grid.interpolation)}};
  if (grid.growthIsStored) {
    encoding["per_level_scale"] = grid.growth;
  }
  json density = networkConfig(field.density);
  if (field.density.outputs != 16) {
    density["n_output_dims"] = field.density.outputs;
  }
  return {{"encoding", encoding},
          {"network", density},
          {"rgb_network", networkConfig(field.color)},
          {"dir_encoding",
           {{"otype", "Composite"},
            {"nested",
             {{{"otype", "SphericalHarmonics"}, {"n_dims_to_encode", 3}, {"degree", 4}},
              {{"otype", "Identity"}}}}}},
          {"loss", {{"otype", "Huber"}}},
          {"optimizer",
           {{"otype", "Ema"},
            {"decay", 0.95},
            {"nested",
             {{"otype", "ExponentialDecay"},
              {"decay_start", 20000},
              {"decay_interval", 10000},
              {"decay_base", 0.33},
              {"nested",
               {{"otype", "Adam"},
                {"learning_rate", 1e-2},
                {"beta1", 0.9},
                {"beta2", 0.99},
                {"epsilon", 1e-15},
                {"l2_reg", 1e-6}}}}}}},
          {"snapshot", snapshotOf(field)}};
}

/// The document with the counts that belong to the parameters.
Result<json> documentOf(const HashGridField& field) {
  json root;
  if (field.document.empty()) {
    root = freshDocument(field);
  } else {
    VOLPRESS_TRY(root, parseMessagePack(field.document));
    // A field whose tables were made smaller: what else follows from their size is said as well.
    json& encoding = root["encoding"];
    constexpr unsigned kUnnamed = 19;
    if (encoding.is_object() &&
        encoding.value("log2_hashmap_size", kUnnamed) != field.grid.tableBits) {
      encoding["log2_hashmap_size"] = field.grid.tableBits;
      encoding["base_resolution"] = field.grid.base;
    }
  }
  json& snapshot = root["snapshot"];
  if (!snapshot.is_object()) {
    return fail(ErrorCode::Internal, "the field's document has no snapshot");
  }
  snapshot["n_params"] = field.gridFirst() + gridParameters(field.grid);
  snapshot["params_type"] = field.storesHalf ? "__half" : "float";
  return root;
}

template <typename Number>
json binaryOf(std::span<const Number> numbers) {
  json::binary_t::container_type bytes(numbers.size_bytes());
  if (!numbers.empty()) {
    std::memcpy(bytes.data(), numbers.data(), bytes.size());
  }
  return json::binary(std::move(bytes));
}

json parametersOf(const HashGridField& field) {
  if (!field.storesHalf) {
    return binaryOf(std::span<const float>(field.parameters.data(), field.parameters.size()));
  }
  std::vector<std::uint16_t> halves(field.parameters.size());
  // A number beyond the range of halves stays finite, as the reader demands.
  constexpr float kMost = 65504.0F;
  std::transform(field.parameters.begin(), field.parameters.end(), halves.begin(),
                 [&](float value) { return floatToHalf(std::clamp(value, -kMost, kMost)); });
  return binaryOf(std::span<const std::uint16_t>(halves));
}

json densityOf(const HashGridField& field) {
  if (!field.densityGrid.empty()) {
    return binaryOf(std::span<const std::uint16_t>(field.densityGrid));
  }
  const std::uint16_t set = floatToHalf(kOccupied);
  std::vector<std::uint16_t> halves(8 * field.occupancy.size(), 0);
  for (std::size_t i = 0; i < halves.size(); ++i) {
    halves[i] = (field.occupancy[i / 8] >> (i % 8) & 1) != 0 ? set : std::uint16_t{0};
  }
  return binaryOf(std::span<const std::uint16_t>(halves));
}

}  // namespace

Result<Bytes> writeSnapshot(const HashGridField& field, SnapshotWrapping wrapping) {
  VOLPRESS_CHECK(validate(field));
  Bytes packed;
  {
    VOLPRESS_TRY(json root, documentOf(field));
    root["snapshot"]["params_binary"] = parametersOf(field);
    root["snapshot"]["density_grid_binary"] = densityOf(field);
    packed = toMessagePack(root);
  }
  if (wrapping == SnapshotWrapping::None) {
    return packed;
  }
  constexpr int kMostEffort = 9;
  return wrapping == SnapshotWrapping::Gzip ? wrapGzip(packed) : wrapGzip(packed, kMostEffort);
}

Result<Bytes> snapshotDocument(const HashGridField& field, bool keepsTraining) {
  VOLPRESS_TRY(json root, documentOf(field));
  if (!keepsTraining) {
    json& snapshot = root["snapshot"];
    snapshot.erase("optimizer");
    if (snapshot.contains("nerf") && snapshot["nerf"].is_object()) {
      for (const char* key : {"cam_pos_offset", "cam_rot_offset", "extra_dims_opt"}) {
        snapshot["nerf"][key] = json::array();
      }
    }
  }
  return toMessagePack(root);
}

}  // namespace volpress::formats
