#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "scene/base/half.hpp"
#include "scene/formats/json_input.hpp"
#include "scene/formats/snapshot.hpp"
#include "scene/formats/snapshot_document.hpp"

namespace volpress::formats {
namespace {

using nlohmann::json;

constexpr std::size_t kMostViews = 65536;

/// A whole number at `key`, or `fallback` when there is none.
Result<unsigned> wholeAt(const json& object, std::string_view key, unsigned low, unsigned high,
                         unsigned fallback) {
  const json* found = findMember(object, key);
  if (found == nullptr || found->is_null()) {
    return fallback;
  }
  VOLPRESS_TRY(const std::uint64_t value, wholeNumber(*found, key, low, high));
  return static_cast<unsigned>(value);
}

std::string textAt(const json& object, std::string_view key, std::string fallback) {
  const json* found = findMember(object, key);
  return found != nullptr && found->is_string() ? found->get<std::string>() : std::move(fallback);
}

float realAt(const json& object, std::string_view key, float fallback) {
  const json* found = findMember(object, key);
  return found != nullptr && found->is_number() ? found->get<float>() : fallback;
}

bool flagAt(const json& object, std::string_view key) {
  const json* found = findMember(object, key);
  return found != nullptr && found->is_boolean() && found->get<bool>();
}

/// Finite numbers of a list of exactly N.
template <std::size_t N>
std::optional<std::array<float, N>> listOf(const json* value) {
  std::array<float, N> numbers{};
  if (value == nullptr || !value->is_array() || value->size() != N) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < N; ++i) {
    const json& element = (*value)[i];
    if (!element.is_number() || !std::isfinite(element.get<float>())) {
      return std::nullopt;
    }
    numbers[i] = element.get<float>();
  }
  return numbers;
}

Result<json> objectAt(const json& parent, std::string_view key) {
  const json* found = findMember(parent, key);
  if (found == nullptr || !found->is_object()) {
    return fail(ErrorCode::CorruptData, "the snapshot has no \"{}\"", key);
  }
  return *found;
}

Result<void> readGrid(const json& root, HashGridField& field) {
  VOLPRESS_TRY(const json config, objectAt(root, "encoding"));
  GridEncoding& grid = field.grid;
  const std::string type = textAt(config, "otype", "HashGrid");
  const std::string kind = type == "Grid" ? textAt(config, "type", "Hash") + "Grid" : type;
  if (kind == "HashGrid") {
    grid.kind = GridKind::Hash;
  } else if (kind == "DenseGrid") {
    grid.kind = GridKind::Dense;
  } else if (kind == "TiledGrid") {
    grid.kind = GridKind::Tiled;
  } else {
    return fail(ErrorCode::UnsupportedVersion,
                "the snapshot's encoding is \"{}\", readable are HashGrid, DenseGrid and TiledGrid",
                type.substr(0, 40));
  }
  const std::string between = textAt(config, "interpolation", "Linear");
  if (between == "Linear") {
    grid.interpolation = GridInterpolation::Linear;
  } else if (between == "Smoothstep") {
    grid.interpolation = GridInterpolation::Smoothstep;
  } else if (between == "Nearest") {
    grid.interpolation = GridInterpolation::Nearest;
  } else {
    return fail(ErrorCode::UnsupportedVersion,
                "the snapshot's interpolation is \"{}\", readable are Linear, Smoothstep and "
                "Nearest",
                between.substr(0, 40));
  }
  const std::string hash = textAt(config, "hash", "CoherentPrime");
  if (hash != "CoherentPrime") {
    return fail(ErrorCode::UnsupportedVersion,
                "the snapshot's hash is \"{}\", readable is CoherentPrime", hash.substr(0, 40));
  }
  VOLPRESS_TRY(grid.features, wholeAt(config, "n_features_per_level", 1, 8, 2));
  VOLPRESS_TRY(const unsigned allFeatures, wholeAt(config, "n_features", 0, 256, 0));
  VOLPRESS_TRY(grid.levels,
               wholeAt(config, "n_levels", 1, 32,
                       allFeatures != 0 ? std::max(1U, allFeatures / grid.features) : 16));
  VOLPRESS_TRY(grid.tableBits, wholeAt(config, "log2_hashmap_size", 1, 24, 19));
  VOLPRESS_TRY(grid.base, wholeAt(config, "base_resolution", 0, 1024, 0));
  if (grid.base == 0) {
    // The heuristic of the program has another default than the encoding itself.
    VOLPRESS_TRY(const unsigned bits, wholeAt(config, "log2_hashmap_size", 1, 24, 15));
    grid.base = 1U << (bits / 3);
  }
  const float growth = realAt(config, "per_level_scale", 0);
  grid.growthIsStored = growth > 0;
  grid.growth = grid.growthIsStored ? growth : usualGrowth(grid.base, grid.levels, field.aabbScale);
  return {};
}

Result<FieldNetwork> readNetwork(const json& root, std::string_view key, unsigned hiddenLayers,
                                 unsigned outputs) {
  VOLPRESS_TRY(const json config, objectAt(root, key));
  const std::string activation = textAt(config, "activation", "ReLU");
  const std::string atEnd = textAt(config, "output_activation", "None");
  if (activation != "ReLU" || atEnd != "None") {
    return fail(ErrorCode::UnsupportedVersion,
                "\"{}\" has the activations {} and {}, readable are ReLU and None", key,
                activation.substr(0, 20), atEnd.substr(0, 20));
  }
  FieldNetwork network;
  VOLPRESS_TRY(network.neurons, wholeAt(config, "n_neurons", 8, 128, 64));
  VOLPRESS_TRY(network.hiddenLayers, wholeAt(config, "n_hidden_layers", 0, 8, hiddenLayers));
  VOLPRESS_TRY(network.outputs, wholeAt(config, "n_output_dims", 1, 128, outputs));
  return network;
}

/// The direction must be spherical harmonics of degree 4, alone or followed by extra inputs.
Result<void> checkDirections(const json& root) {
  VOLPRESS_TRY(const json config, objectAt(root, "dir_encoding"));
  const json* first = &config;
  if (textAt(config, "otype", "") == "Composite") {
    const json* nested = findMember(config, "nested");
    if (nested == nullptr || !nested->is_array() || nested->empty() || nested->size() > 2) {
      return fail(ErrorCode::UnsupportedVersion,
                  "the direction's encoding has other parts than one or two");
    }
    if (nested->size() == 2 && textAt((*nested)[1], "otype", "Identity") != "Identity") {
      return fail(ErrorCode::UnsupportedVersion,
                  "the direction's second encoding is \"{}\", readable is Identity",
                  textAt((*nested)[1], "otype", "").substr(0, 40));
    }
    first = &nested->front();
  }
  VOLPRESS_TRY(const unsigned degree, wholeAt(*first, "degree", 1, 8, 4));
  if (textAt(*first, "otype", "SphericalHarmonics") != "SphericalHarmonics" || degree != 4) {
    return fail(ErrorCode::UnsupportedVersion,
                "the direction's encoding is \"{}\" of degree {}, readable is SphericalHarmonics "
                "of degree 4",
                textAt(*first, "otype", "").substr(0, 40), degree);
  }
  return {};
}

/// A camera from a matrix of 3 rows: right, down, forward, position.
std::optional<Camera> cameraOf(const json* matrix) {
  if (matrix == nullptr || !matrix->is_array() || matrix->size() < 3) {
    return std::nullopt;
  }
  Camera camera;
  for (std::size_t row = 0; row < 3; ++row) {
    const auto numbers = listOf<4>(&(*matrix)[row]);
    if (!numbers) {
      return std::nullopt;
    }
    for (std::size_t column = 0; column < 3; ++column) {
      camera.rotation[3 * column + row] = (*numbers)[column];
    }
    camera.position[row] = (*numbers)[3];
  }
  for (std::size_t axis = 0; axis < 3; ++axis) {
    float* v = camera.rotation.data() + 3 * axis;
    const float length = std::sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
    if (!(length > 1e-9F)) {
      return std::nullopt;
    }
    std::for_each(v, v + 3, [&](float& part) { part /= length; });
  }
  camera.nearPlane = 0;
  return camera;
}

std::optional<Camera> trainingCamera(const json& metadata, const json& xform) {
  std::optional<Camera> camera = cameraOf(findMember(xform, "start"));
  const auto focal = listOf<2>(findMember(metadata, "focal_length"));
  const auto principal = listOf<2>(findMember(metadata, "principal_point"));
  const auto size = listOf<2>(findMember(metadata, "resolution"));
  if (!camera || !focal || !principal || !size) {
    return std::nullopt;
  }
  for (std::size_t axis = 0; axis < 2; ++axis) {
    if (!((*size)[axis] >= 1 && (*size)[axis] <= 65536 && (*focal)[axis] > 0)) {
      return std::nullopt;
    }
  }
  camera->width = static_cast<std::size_t>((*size)[0]);
  camera->height = static_cast<std::size_t>((*size)[1]);
  camera->fx = (*focal)[0];
  camera->fy = (*focal)[1];
  camera->cx = (*principal)[0] * (*size)[0];
  camera->cy = (*principal)[1] * (*size)[1];
  return camera;
}

void readViews(const json& dataset, HashGridField& field, std::vector<std::string>& warnings) {
  const json* metadata = findMember(dataset, "metadata");
  const json* xforms = findMember(dataset, "xforms");
  const json* paths = findMember(dataset, "paths");
  if (metadata == nullptr || xforms == nullptr || !metadata->is_array() || !xforms->is_array()) {
    return;
  }
  const std::size_t count = std::min({metadata->size(), xforms->size(), kMostViews});
  std::size_t unreadable = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto camera = trainingCamera((*metadata)[i], (*xforms)[i]);
    if (!camera) {
      ++unreadable;
      continue;
    }
    const bool isNamed =
        paths != nullptr && paths->is_array() && i < paths->size() && (*paths)[i].is_string();
    field.views.push_back(
        {isNamed ? (*paths)[i].get<std::string>() : fmt::format("{:04}", i), *camera, false});
  }
  if (unreadable != 0) {
    warnings.push_back(
        fmt::format("{} of {} training cameras are damaged and left out", unreadable, count));
  }
}

/// The snapshot's own view, at 1920 x 1080.
std::optional<Camera> ownView(const json& config) {
  std::optional<Camera> camera = cameraOf(findMember(config, "matrix"));
  const auto focal = listOf<2>(findMember(config, "relative_focal_length"));
  const auto centre = listOf<2>(findMember(config, "screen_center"));
  const float zoom = realAt(config, "zoom", 1);
  if (!camera || !focal || !centre || !((*focal)[0] > 0) || !((*focal)[1] > 0) ||
      !(zoom > 0 && zoom < 1e6F)) {
    return std::nullopt;
  }
  camera->width = 1920;
  camera->height = 1080;
  const bool vertical = realAt(config, "fov_axis", 1) != 0;
  const float side = vertical ? 1080.0F : 1920.0F;
  camera->fx = (*focal)[0] * side * zoom;
  camera->fy = (*focal)[1] * side * zoom;
  camera->cx = ((0.5F - (*centre)[0]) * zoom + 0.5F) * 1920;
  camera->cy = ((0.5F - (*centre)[1]) * zoom + 0.5F) * 1080;
  return camera;
}

Result<void> readState(const json& snapshot, const json& nerf, HashGridField& field,
                       std::vector<std::string>& warnings) {
  field.background = listOf<4>(findMember(snapshot, "background_color")).value_or(field.background);
  const float exposure = realAt(snapshot, "exposure", 0);
  field.exposure = std::isfinite(exposure) ? exposure : 0;
  const float step = realAt(snapshot, "training_step", 0);
  field.trainingStep = step > 0 && step < 1e15F ? static_cast<std::uint64_t>(step) : 0;
  field.loss = realAt(snapshot, "loss", 0);
  if (const json* camera = findMember(snapshot, "camera")) {
    field.camera = ownView(*camera);
  }
  const json* dataset = findMember(nerf, "dataset");
  if (dataset == nullptr) {
    return {};
  }
  const float scale = realAt(*dataset, "scale", field.sceneScale);
  field.sceneScale = scale > 0 && std::isfinite(scale) ? scale : field.sceneScale;
  field.sceneOffset = listOf<3>(findMember(*dataset, "offset")).value_or(field.sceneOffset);
  field.fromMitsuba = flagAt(*dataset, "from_mitsuba");
  field.isHdr = flagAt(*dataset, "is_hdr");
  VOLPRESS_TRY(field.extraInputs, wholeAt(*dataset, "n_extra_learnable_dims", 0, 64, 0));
  if (field.extraInputs != 0) {
    warnings.push_back(
        fmt::format("the field has {} learnt inputs for each photograph, which are taken as 0",
                    field.extraInputs));
  }
  readViews(*dataset, field, warnings);
  return {};
}

unsigned padded(unsigned count, unsigned unit) { return (count + unit - 1) / unit * unit; }

void padNetworks(HashGridField& field, unsigned outputs, unsigned inputs) {
  field.density.inputs = padded(field.grid.levels * field.grid.features, inputs);
  field.density.paddedOutputs = padded(field.density.outputs, outputs);
  field.color.inputs = padded(field.density.outputs + kDirectionTerms + field.extraInputs, inputs);
  field.color.paddedOutputs = padded(field.color.outputs, outputs);
}

/// Finds the padding, and the last bit of the growth, with which the parameters are `count`.
Result<void> settleShape(std::uint64_t count, HashGridField& field) {
  padNetworks(field, 16, 16);
  VOLPRESS_CHECK(checkShape(field));
  const std::uint64_t usual = field.gridFirst() + gridParameters(field.grid);
  const float growth = field.grid.growth;
  for (const float trial : {growth, std::nextafter(growth, 0.0F), std::nextafter(growth, 1e6F)}) {
    field.grid.growth = trial;
    for (const auto& [outputs, inputs] :
         {std::pair{16U, 16U}, std::pair{8U, 16U}, std::pair{16U, 8U}, std::pair{8U, 8U}}) {
      padNetworks(field, outputs, inputs);
      if (checkShape(field) && field.gridFirst() + gridParameters(field.grid) == count) {
        return {};
      }
    }
  }
  return fail(ErrorCode::CorruptData, "the snapshot has {} parameters, its configuration makes {}",
              count, usual);
}

/// Everything but the binaries.
Result<HashGridField> readShape(const json& root, std::vector<std::string>& warnings) {
  VOLPRESS_TRY(const json snapshot, objectAt(root, "snapshot"));
  VOLPRESS_TRY(const unsigned version, wholeAt(snapshot, "version", 0, 1000000, 0));
  if (version < 1) {
    return fail(ErrorCode::UnsupportedVersion,
                "the snapshot is of version {}; those before version 1 hold grids of another "
                "precision",
                version);
  }
  const json* nerf = findMember(snapshot, "nerf");
  const std::string mode = textAt(snapshot, "mode", nerf != nullptr ? "nerf" : "none");
  if (mode != "nerf") {
    return fail(ErrorCode::UnsupportedVersion, "the snapshot is of mode \"{}\", readable is nerf",
                mode.substr(0, 20));
  }
  HashGridField field;
  const json empty = json::object();
  const json& details = nerf != nullptr ? *nerf : empty;
  VOLPRESS_TRY(field.aabbScale, wholeAt(details, "aabb_scale", 1, 128, 1));
  VOLPRESS_CHECK(readState(snapshot, details, field, warnings));
  VOLPRESS_CHECK(readGrid(root, field));
  VOLPRESS_TRY(field.density, readNetwork(root, "network", 1, 16));
  VOLPRESS_TRY(field.color, readNetwork(root, "rgb_network", 2, 3));
  field.color.outputs = 3;
  VOLPRESS_CHECK(checkDirections(root));
  const json* count = findMember(snapshot, "n_params");
  if (count == nullptr) {
    return fail(ErrorCode::CorruptData, "the snapshot has no \"n_params\"");
  }
  VOLPRESS_TRY(const std::uint64_t parameters,
               wholeNumber(*count, "n_params", 1, std::uint64_t{1} << 30));
  VOLPRESS_CHECK(settleShape(parameters, field));
  const std::string type = textAt(snapshot, "params_type", "__half");
  if (type != "__half" && type != "float") {
    return fail(ErrorCode::UnsupportedVersion,
                "params_type is \"{}\", readable are __half and float", type.substr(0, 20));
  }
  field.storesHalf = type == "__half";
  return field;
}

/// Moves a binary out of the tree, so that it is held once.
Result<json::binary_t> takeBinary(json& snapshot, const char* key, std::uint64_t expected) {
  json* found = snapshot.contains(key) ? &snapshot[key] : nullptr;
  const json::binary_t* binary = found != nullptr ? asBinary(*found) : nullptr;
  if (binary == nullptr) {
    return fail(ErrorCode::CorruptData, "the snapshot has no binary \"{}\"", key);
  }
  if (binary->size() != expected) {
    return fail(ErrorCode::CorruptData, "{} has {} bytes instead of {}", key, binary->size(),
                expected);
  }
  json::binary_t taken = std::move(*const_cast<json::binary_t*>(binary));
  snapshot.erase(key);
  return taken;
}

Result<void> readParameters(json& snapshot, HashGridField& field) {
  const std::size_t count = field.gridFirst() + gridParameters(field.grid);
  const std::size_t width = field.storesHalf ? sizeof(std::uint16_t) : sizeof(float);
  VOLPRESS_TRY(const json::binary_t binary, takeBinary(snapshot, "params_binary", count * width));
  field.parameters.resize(count);
  if (!field.storesHalf) {
    std::memcpy(field.parameters.data(), binary.data(), binary.size());
    return {};
  }
  for (std::size_t i = 0; i < count; ++i) {
    std::uint16_t half = 0;
    std::memcpy(&half, binary.data() + i * width, width);
    field.parameters[i] = halfToFloat(half);
  }
  return {};
}

Result<void> readDensityGrid(json& snapshot, HashGridField& field) {
  VOLPRESS_TRY(const unsigned side,
               wholeAt(snapshot, "density_grid_size", 0, 1U << 20, kOccupancySide));
  if (side != kOccupancySide) {
    return fail(ErrorCode::UnsupportedVersion, "density_grid_size is {}, readable is {}", side,
                kOccupancySide);
  }
  const json* found = findMember(snapshot, "density_grid_binary");
  const json::binary_t* present = found != nullptr ? asBinary(*found) : nullptr;
  if (present == nullptr || present->empty()) {
    snapshot.erase("density_grid_binary");
    return {};
  }
  const std::size_t cells = field.cascades() * kCascadeCells;
  VOLPRESS_TRY(const json::binary_t binary,
               takeBinary(snapshot, "density_grid_binary", cells * sizeof(std::uint16_t)));
  field.densityGrid.resize(cells);
  std::memcpy(field.densityGrid.data(), binary.data(), binary.size());
  field.occupancy = occupancyOfHalves(field.densityGrid);
  return {};
}

}  // namespace

bool isSnapshot(ByteView head) {
  const Bytes start = unwrapStart(head, 64);
  if (start.size() < 4) {
    return false;
  }
  const auto at = [&](std::size_t i) { return static_cast<unsigned>(start[i]); };
  std::size_t key = 0;
  if ((at(0) & 0xF0U) == 0x80 && at(0) != 0x80) {
    key = 1;
  } else if (at(0) == 0xDE) {
    key = 3;
  } else if (at(0) == 0xDF) {
    key = 5;
  } else {
    return false;
  }
  if (key + 1 >= start.size() || (at(key) & 0xE0U) != 0xA0) {
    return false;
  }
  // Keys are names of lower-case letters.
  const std::size_t length = std::min<std::size_t>(at(key) & 0x1FU, start.size() - key - 1);
  return length != 0 && std::all_of(start.begin() + static_cast<std::ptrdiff_t>(key) + 1,
                                    start.begin() + static_cast<std::ptrdiff_t>(key + 1 + length),
                                    [](std::byte byte) {
                                      const char c = static_cast<char>(byte);
                                      return (c >= 'a' && c <= 'z') || c == '_' ||
                                             (c >= '0' && c <= '9');
                                    });
}

Result<HashGridField> readSnapshot(ByteView file, std::vector<std::string>& warnings) {
  json root;
  {
    VOLPRESS_TRY(const Bytes bytes, unwrapSnapshot(file));
    VOLPRESS_TRY(root, parseMessagePack(bytes));
  }
  VOLPRESS_TRY(HashGridField field, readShape(root, warnings));
  json& snapshot = root["snapshot"];
  VOLPRESS_CHECK(readParameters(snapshot, field));
  VOLPRESS_CHECK(readDensityGrid(snapshot, field));
  if (field.occupancy.empty()) {
    warnings.emplace_back("the snapshot has no density grid; occupied cells are found by sampling");
  }
  field.document = toMessagePack(root);
  VOLPRESS_CHECK(validate(field));
  return field;
}

Result<HashGridField> fieldOfDocument(ByteView document, std::vector<std::string>& warnings) {
  VOLPRESS_TRY(const json root, parseMessagePack(document));
  VOLPRESS_TRY(HashGridField field, readShape(root, warnings));
  field.document.assign(document.begin(), document.end());
  return field;
}

}  // namespace volpress::formats
