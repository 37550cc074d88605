#include "scene/formats/gltf_decode.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include <Eigen/Dense>

#include "scene/edit/transform.hpp"
#include "scene/formats/activations.hpp"
#include "scene/formats/axes.hpp"
#include "scene/formats/block_loop.hpp"
#include "scene/formats/import_checks.hpp"
#include "scene/formats/json_input.hpp"
#include "scene/formats/spz.hpp"

namespace volpress::formats {
namespace {

using nlohmann::json;

constexpr std::string_view kExtension = "KHR_gaussian_splatting";
constexpr std::size_t kGrain = 4096;
constexpr unsigned kMostDegree = 3;
// Instances may show a mesh again, but no small file may become a huge scene.
constexpr std::uint64_t kAlwaysAllowed = std::uint64_t{1} << 20;
constexpr std::uint64_t kMostSplatsPerByte = 4;
constexpr double kMostMatrix = 1e12;

/// A splat primitive and the map from its space to that of the scene.
struct Instance {
  const json* primitive = nullptr;
  Eigen::Affine3d place = Eigen::Affine3d::Identity();
};

/// The splat extension of a primitive (under either of its names), or null.
const json* extensionOf(const json& primitive) {
  const json* extensions = findMember(primitive, "extensions");
  if (extensions == nullptr) {
    return nullptr;
  }
  const json* found = findMember(*extensions, kExtension);
  return found != nullptr ? found : findMember(*extensions, "KHR_spz_gaussian_splats_compression");
}

/// The buffer view of splats packed as SPZ, if this primitive's are.
const json* spzView(const json& extension) {
  if (const json* direct = findMember(extension, "bufferView")) {
    return direct;
  }
  if (const json* nested = findMember(extension, "extensions")) {
    for (const char* name :
         {"KHR_gaussian_splatting_compression_spz_2", "KHR_gaussian_splatting_compression_spz"}) {
      if (const json* spz = findMember(*nested, name)) {
        return findMember(*spz, "bufferView");
      }
    }
  }
  return nullptr;
}

template <std::size_t Count>
Result<std::optional<std::array<double, Count>>> numbersOf(const json& parent, const char* key) {
  const json* list = findMember(parent, key);
  if (list == nullptr) {
    return std::nullopt;
  }
  std::array<double, Count> values{};
  bool good = list->is_array() && list->size() == Count;
  for (std::size_t i = 0; good && i < Count; ++i) {
    good = (*list)[i].is_number();
    values[i] = good ? (*list)[i].get<double>() : 0;
    good = good && std::abs(values[i]) <= kMostMatrix;
  }
  if (!good) {
    return fail(ErrorCode::CorruptData, "a node's {} must hold {} numbers within +-{}", key, Count,
                kMostMatrix);
  }
  return values;
}

Result<Eigen::Affine3d> placeOf(const json& node) {
  VOLPRESS_TRY(const auto matrix, numbersOf<16>(node, "matrix"));
  Eigen::Affine3d place = Eigen::Affine3d::Identity();
  if (matrix) {
    place.matrix() = Eigen::Map<const Eigen::Matrix4d>(matrix->data());
    return place;
  }
  VOLPRESS_TRY(const auto translation, numbersOf<3>(node, "translation"));
  VOLPRESS_TRY(const auto rotation, numbersOf<4>(node, "rotation"));
  VOLPRESS_TRY(const auto scale, numbersOf<3>(node, "scale"));
  if (translation) {
    place.translate(Eigen::Map<const Eigen::Vector3d>(translation->data()));
  }
  if (rotation) {
    const Eigen::Map<const Eigen::Vector4d> xyzw(rotation->data());
    if (!(xyzw.norm() > 1e-6)) {
      return fail(ErrorCode::CorruptData, "a node's rotation has length zero");
    }
    place.rotate(Eigen::Quaterniond(xyzw).normalized());
  }
  if (scale) {
    place.scale(Eigen::Map<const Eigen::Vector3d>(scale->data()));
  }
  return place;
}

/// Walks the nodes from the roots down.
class Walk {
public:
  explicit Walk(const GltfDocument& document) : m_document(document) {}

  Result<std::vector<Instance>> run() {
    const json* scenes = findMember(m_document.root(), "scenes");
    if (scenes == nullptr || !scenes->is_array() || scenes->empty()) {
      VOLPRESS_CHECK(addEveryMesh());
      return std::move(m_instances);
    }
    const json* chosen = findMember(m_document.root(), "scene");
    std::uint64_t index = 0;
    if (chosen != nullptr) {
      VOLPRESS_TRY(index, wholeNumber(*chosen, "the glTF's scene", 0, scenes->size() - 1));
    }
    VOLPRESS_TRY(const json* scene, m_document.object("scenes", index));
    const json* nodes = findMember(m_document.root(), "nodes");
    m_visited.assign(nodes != nullptr && nodes->is_array() ? nodes->size() : 0, false);
    VOLPRESS_CHECK(push(*scene, "nodes", Eigen::Affine3d::Identity()));
    while (!m_open.empty()) {
      const auto [node, parent] = m_open.back();
      m_open.pop_back();
      VOLPRESS_CHECK(visit(node, parent));
    }
    return std::move(m_instances);
  }

private:
  struct Open {
    std::uint64_t node;
    Eigen::Affine3d parent;
  };

  /// Puts the nodes that a list names on the stack, the first on top.
  Result<void> push(const json& owner, const char* key, const Eigen::Affine3d& place) {
    const json* list = findMember(owner, key);
    if (list == nullptr || !list->is_array()) {
      return {};
    }
    for (auto item = list->rbegin(); item != list->rend(); ++item) {
      VOLPRESS_TRY(const std::uint64_t node, wholeNumber(*item, "a node's number", 0, UINT32_MAX));
      if (node >= m_visited.size() || m_visited[node]) {
        return fail(ErrorCode::CorruptData,
                    "node {} is named twice or not there: {} nodes must form trees", node,
                    m_visited.size());
      }
      m_visited[node] = true;
      m_open.push_back({node, place});
    }
    return {};
  }

  Result<void> visit(std::uint64_t index, const Eigen::Affine3d& parent) {
    VOLPRESS_TRY(const json* node, m_document.object("nodes", index));
    VOLPRESS_TRY(const Eigen::Affine3d own, placeOf(*node));
    const Eigen::Affine3d place = parent * own;
    if (const json* mesh = findMember(*node, "mesh")) {
      VOLPRESS_TRY(const std::uint64_t number, wholeNumber(*mesh, "a node's mesh", 0, UINT32_MAX));
      VOLPRESS_TRY(const json* object, m_document.object("meshes", number));
      add(*object, place);
    }
    return push(*node, "children", place);
  }

  Result<void> addEveryMesh() {
    const json* meshes = findMember(m_document.root(), "meshes");
    for (std::size_t i = 0; meshes != nullptr && meshes->is_array() && i < meshes->size(); ++i) {
      add((*meshes)[i], Eigen::Affine3d::Identity());
    }
    return {};
  }

  void add(const json& mesh, const Eigen::Affine3d& place) {
    const json* primitives = findMember(mesh, "primitives");
    for (std::size_t i = 0;
         primitives != nullptr && primitives->is_array() && i < primitives->size(); ++i) {
      if (extensionOf((*primitives)[i]) != nullptr) {
        m_instances.push_back({&(*primitives)[i], place});
      }
    }
  }

  const GltfDocument& m_document;
  std::vector<Instance> m_instances;
  std::vector<bool> m_visited;
  std::vector<Open> m_open;
};

/// The attributes of a primitive by name.
class Attributes {
public:
  Attributes(const GltfDocument& document, const json& primitive)
      : m_document(document), m_list(findMember(primitive, "attributes")) {}

  [[nodiscard]] const json* find(std::string_view name) const {
    return m_list == nullptr ? nullptr : findMember(*m_list, name);
  }

  /// The first of the names that is there; nothing when none is.
  [[nodiscard]] Result<std::optional<GltfAccessor>> open(
      std::initializer_list<std::string_view> names, std::size_t components) const {
    for (const std::string_view name : names) {
      if (const json* index = find(name)) {
        VOLPRESS_TRY(const std::uint64_t number, wholeNumber(*index, name, 0, UINT32_MAX));
        VOLPRESS_TRY(const GltfAccessor accessor, m_document.accessor(number));
        if (accessor.components < components) {
          return fail(ErrorCode::CorruptData, "{} has {} components, needed are {}", name,
                      accessor.components, components);
        }
        return std::optional(accessor);
      }
    }
    return std::optional<GltfAccessor>();
  }

private:
  const GltfDocument& m_document;
  const json* m_list;
};

std::string shName(unsigned degree, std::size_t index) {
  return fmt::format("{}:SH_DEGREE_{}_COEF_{}", kExtension, degree, index);
}

/// The accessors of one primitive, all of one length.
struct Streams {
  GltfAccessor position;
  std::optional<GltfAccessor> rotation;
  std::optional<GltfAccessor> scale;
  std::optional<GltfAccessor> opacity;
  std::optional<GltfAccessor> dc;
  std::optional<GltfAccessor> colour;
  std::vector<GltfAccessor> rest;
  unsigned degree = 0;
  bool logScales = false;  ///< drafts up to February 2026 stored logarithms
};

/// Whether scales are logarithms: the present text allows no negative ones.
bool anyNegative(const GltfAccessor& scale) {
  for (std::size_t i = 0; i < scale.count; ++i) {
    if (scale.at(i, 0) < 0 || scale.at(i, 1) < 0 || scale.at(i, 2) < 0) {
      return true;
    }
  }
  return false;
}

Result<Streams> openStreams(const GltfDocument& document, const json& primitive,
                            IoContext& context) {
  const Attributes attributes(document, primitive);
  Streams streams;
  VOLPRESS_TRY(const auto position, attributes.open({"POSITION"}, 3));
  if (!position) {
    return fail(ErrorCode::CorruptData, "a splat primitive has no POSITION");
  }
  streams.position = *position;
  VOLPRESS_TRY(streams.rotation,
               attributes.open({"KHR_gaussian_splatting:ROTATION", "_ROTATION"}, 4));
  VOLPRESS_TRY(streams.scale, attributes.open({"KHR_gaussian_splatting:SCALE", "_SCALE"}, 3));
  VOLPRESS_TRY(streams.opacity, attributes.open({"KHR_gaussian_splatting:OPACITY"}, 1));
  VOLPRESS_TRY(streams.dc, attributes.open({shName(0, 0)}, 3));
  VOLPRESS_TRY(streams.colour, attributes.open({"COLOR_0"}, 3));
  if (!streams.rotation || !streams.scale || (!streams.dc && !streams.colour)) {
    return fail(ErrorCode::CorruptData,
                "a splat primitive has no rotation, scale or colour attribute");
  }
  for (unsigned degree = 1; degree <= kMostDegree; ++degree) {
    std::vector<GltfAccessor> band;
    for (std::size_t n = 0; n < 2 * std::size_t{degree} + 1; ++n) {
      VOLPRESS_TRY(const auto coefficient, attributes.open({shName(degree, n)}, 3));
      if (coefficient) {
        band.push_back(*coefficient);
      }
    }
    if (band.size() != 2 * std::size_t{degree} + 1) {
      if (!band.empty()) {
        context.warnings.push_back(
            fmt::format("SH degree {} has {} of {} coefficients and was left out.", degree,
                        band.size(), 2 * degree + 1));
      }
      break;
    }
    streams.rest.insert(streams.rest.end(), band.begin(), band.end());
    streams.degree = degree;
  }
  std::vector<const GltfAccessor*> all{&*streams.rotation, &*streams.scale};
  for (const auto* optional : {&streams.opacity, &streams.dc, &streams.colour}) {
    if (*optional) {
      all.push_back(&**optional);
    }
  }
  for (const GltfAccessor& accessor : streams.rest) {
    all.push_back(&accessor);
  }
  for (const GltfAccessor* accessor : all) {
    if (accessor->count != streams.position.count) {
      return fail(ErrorCode::CorruptData,
                  "a splat primitive has {} positions, but another attribute has {} elements",
                  streams.position.count, accessor->count);
    }
  }
  streams.logScales = anyNegative(*streams.scale);
  if (streams.logScales) {
    context.warnings.emplace_back(
        "The file holds negative scales: they were read as logarithms, as an older draft of the "
        "extension had them.");
  }
  return streams;
}

void decodeSplat(const Streams& streams, std::size_t i, GaussianCloud& cloud) {
  for (std::size_t c = 0; c < 3; ++c) {
    cloud.means[3 * i + c] = streams.position.at(i, c);
    const float scale = streams.scale->at(i, c);
    cloud.logScales[3 * i + c] = streams.logScales ? scale : logScaleOf(scale);
    cloud.shDc[3 * i + c] =
        streams.dc ? streams.dc->at(i, c) : dcOf(static_cast<double>(streams.colour->at(i, c)));
    cloud.rotations[4 * i + c + 1] = streams.rotation->at(i, c);
  }
  cloud.rotations[4 * i] = streams.rotation->at(i, 3);
  float opacity = 1;
  if (streams.opacity) {
    opacity = streams.opacity->at(i, 0);
  } else if (streams.colour && streams.colour->components == 4) {
    opacity = streams.colour->at(i, 3);
  }
  // Not a number stays one, for the checks after import.
  cloud.opacityLogits[i] = std::isnan(opacity) ? opacity : logitOf(static_cast<double>(opacity));
  const std::size_t width = shRestCount(cloud.shDegree);
  for (std::size_t k = 0; k < width; ++k) {
    for (std::size_t c = 0; c < 3; ++c) {
      cloud.shRest[3 * (i * width + k) + c] = streams.rest[k].at(i, c);
    }
  }
}

/// One primitive in glTF's frame.
Result<GaussianCloud> decodePrimitive(const GltfDocument& document, const json& primitive,
                                      IoContext& context) {
  const json& extension = *extensionOf(primitive);
  if (const json* space = findMember(extension, "colorSpace");
      space != nullptr && *space == "lin_rec709_display") {
    constexpr const char* kLinear =
        "The file's colours are linear; they are shown as they are, which looks too dark.";
    if (std::find(context.warnings.begin(), context.warnings.end(), kLinear) ==
        context.warnings.end()) {
      context.warnings.emplace_back(kLinear);
    }
  }
  if (const json* view = spzView(extension)) {
    VOLPRESS_TRY(const std::uint64_t index,
                 wholeNumber(*view, "the SPZ bufferView", 0, UINT32_MAX));
    VOLPRESS_TRY(const ByteView packed, document.bufferView(index));
    VOLPRESS_TRY(GaussianCloud cloud, decodeSpz(packed, AxisFrame::LeftUpForward, context));
    turnAxes(cloud, axisSignsBetween(cloud.frame, AxisFrame::LeftUpForward));
    cloud.frame = AxisFrame::LeftUpForward;
    return cloud;
  }
  VOLPRESS_TRY(const Streams streams, openStreams(document, primitive, context));
  GaussianCloud cloud;
  cloud.frame = AxisFrame::LeftUpForward;
  resizeCloud(cloud, streams.position.count, streams.degree);
  VOLPRESS_CHECK(forEachBlock(context, cloud.count, kGrain, "reading the glTF",
                              [&](std::size_t begin, std::size_t end) {
                                for (std::size_t i = begin; i < end; ++i) {
                                  decodeSplat(streams, i, cloud);
                                }
                              }));
  return cloud;
}

Result<void> moveTo(const Eigen::Affine3d& place, GaussianCloud& cloud, IoContext& context) {
  if (place.matrix().isIdentity(0)) {
    return {};
  }
  const double determinant = place.linear().determinant();
  const double size = place.linear().norm();
  if (!(determinant > 1e-12 * size * size * size)) {
    return fail(ErrorCode::UnsupportedVersion,
                "a node mirrors or flattens its splats (determinant {:.3g}), which is not read",
                determinant);
  }
  std::array<double, 9> linear{};
  Eigen::Map<Eigen::Matrix<double, 3, 3, Eigen::RowMajor>>(linear.data()) = place.linear();
  const Eigen::Vector3d offset = place.translation();
  // What cannot be drawn goes first: its numbers would spoil no others, but must not be mapped.
  VOLPRESS_CHECK(finishImport(cloud, context));
  const double scale = std::cbrt(determinant);
  if ((place.linear().transpose() * place.linear())
          .isApprox(scale * scale * Eigen::Matrix3d::Identity(), 1e-5)) {
    edit::Similarity similarity;
    similarity.scale = scale;
    similarity.translation = {offset[0], offset[1], offset[2]};
    for (std::size_t i = 0; i < 9; ++i) {
      similarity.rotation[i] = linear[i] / scale;
    }
    edit::transformCloud(cloud, similarity, context.runner);
  } else {
    edit::mapCloud(cloud, linear, {offset[0], offset[1], offset[2]}, context.runner);
  }
  return {};
}

void append(FloatArray& to, const FloatArray& from) {
  to.insert(to.end(), from.begin(), from.end());
}

/// Splats of all the parts, with SH of the highest degree among them.
GaussianCloud joined(std::vector<GaussianCloud> parts) {
  if (parts.size() == 1) {
    return std::move(parts.front());
  }
  unsigned degree = 0;
  for (const GaussianCloud& part : parts) {
    degree = std::max(degree, part.shDegree);
  }
  GaussianCloud whole;
  whole.frame = AxisFrame::LeftUpForward;
  whole.shDegree = degree;
  for (GaussianCloud& part : parts) {
    if (part.shDegree != degree) {
      part = withShDegree(part, degree);
    }
    whole.count += part.count;
    whole.filter = part.filter;
    append(whole.means, part.means);
    append(whole.logScales, part.logScales);
    append(whole.rotations, part.rotations);
    append(whole.opacityLogits, part.opacityLogits);
    append(whole.shDc, part.shDc);
    append(whole.shRest, part.shRest);
    part = {};
  }
  return whole;
}

}  // namespace

Result<GaussianCloud> decodeGltfScene(const GltfDocument& document, IoContext& context) {
  VOLPRESS_TRY(const std::vector<Instance> instances, Walk(document).run());
  if (instances.empty()) {
    const json* meshes = findMember(document.root(), "meshes");
    return fail(ErrorCode::NotThisFormat,
                "the glTF shows no Gaussian splats ({}); it has {} meshes", kExtension,
                meshes != nullptr && meshes->is_array() ? meshes->size() : 0);
  }
  const std::uint64_t most = std::max(kAlwaysAllowed, kMostSplatsPerByte * document.bufferBytes());
  std::vector<GaussianCloud> parts;
  std::uint64_t total = 0;
  for (const Instance& instance : instances) {
    VOLPRESS_TRY(GaussianCloud part, decodePrimitive(document, *instance.primitive, context));
    total += part.count;
    if (total > most) {
      return fail(ErrorCode::CorruptData,
                  "the glTF shows over {} splats, but its {} bytes of buffers justify no more",
                  most, document.bufferBytes());
    }
    VOLPRESS_CHECK(moveTo(instance.place, part, context));
    parts.push_back(std::move(part));
  }
  GaussianCloud cloud = joined(std::move(parts));
  turnAxes(cloud, axisSignsBetween(AxisFrame::LeftUpForward, AxisFrame::RightDownForward));
  cloud.frame = AxisFrame::RightDownForward;
  VOLPRESS_CHECK(finishImport(cloud, context));
  return cloud;
}

}  // namespace volpress::formats
