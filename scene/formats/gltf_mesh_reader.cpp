#include "scene/formats/gltf_mesh_reader.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "scene/formats/draco_part.hpp"
#include "scene/formats/gltf_document.hpp"
#include "scene/formats/gltf_materials.hpp"
#include "scene/formats/json_input.hpp"

namespace volpress::formats {
namespace {

using nlohmann::json;

constexpr std::uint64_t kMostObjects = std::uint64_t{1} << 24;
constexpr std::uint64_t kTriangles = 4;

std::size_t sizeOf(const json& root, const char* key) {
  const json* list = findMember(root, key);
  return list != nullptr && list->is_array() ? list->size() : 0;
}

Result<std::optional<std::uint32_t>> indexOf(const json& object, const char* key,
                                             const std::string& where) {
  const json* value = findMember(object, key);
  if (value == nullptr) {
    return std::optional<std::uint32_t>();
  }
  VOLPRESS_TRY(const std::uint64_t number, wholeNumber(*value, where + "." + key, 0, kMostObjects));
  return std::optional(static_cast<std::uint32_t>(number));
}

template <std::size_t N>
bool readNumbers(const json& object, const char* key, std::array<float, N>& numbers) {
  const json* list = findMember(object, key);
  if (list == nullptr || !list->is_array() || list->size() != N ||
      !std::all_of(list->begin(), list->end(), [](const json& one) { return one.is_number(); })) {
    return false;
  }
  for (std::size_t i = 0; i < N; ++i) {
    numbers[i] = (*list)[i].get<float>();
  }
  return true;
}

class MeshReader {
public:
  MeshReader(const GltfDocument& document, const FileSource& beside, IoContext& context,
             const MeshGeometryDecoder& geometry)
      : m_document(document), m_beside(beside), m_context(context), m_geometry(geometry) {}

  Result<Mesh> read() {
    VOLPRESS_CHECK(readGltfMaterials(m_document, m_beside, m_context.warnings, m_mesh));
    VOLPRESS_CHECK(readMeshes());
    if (m_mesh.parts.empty()) {
      return fail(ErrorCode::NotThisFormat, "the glTF holds no triangles");
    }
    VOLPRESS_CHECK(orderNodes());
    VOLPRESS_CHECK(readNodes());
    VOLPRESS_CHECK(readSkins());
    VOLPRESS_CHECK(readAnimations());
    report();
    VOLPRESS_CHECK(validate(m_mesh));
    return std::move(m_mesh);
  }

private:
  [[nodiscard]] const json& root() const { return m_document.root(); }

  Result<void> readMeshes() {
    m_partsOfMesh.resize(sizeOf(root(), "meshes"));
    for (std::size_t m = 0; m < m_partsOfMesh.size(); ++m) {
      if (m_context.stop.stop_requested()) {
        return fail(ErrorCode::Cancelled, "cancelled");
      }
      VOLPRESS_TRY(const json* mesh, m_document.object("meshes", m));
      const json* primitives = findMember(*mesh, "primitives");
      for (std::size_t p = 0; primitives != nullptr && p < primitives->size(); ++p) {
        const std::string where = fmt::format("mesh {} primitive {}", m, p);
        auto part = readPrimitive((*primitives)[p], where);
        if (!part) {
          return withContext(std::move(part).error(), where);
        }
        if (!*part) {
          continue;
        }
        if (const json* name = findMember(*mesh, "name"); name != nullptr && name->is_string()) {
          (*part)->name = name->get<std::string>();
        }
        m_partsOfMesh[m].push_back(static_cast<std::uint32_t>(m_mesh.parts.size()));
        m_mesh.parts.push_back(std::move(**part));
      }
      m_context.progress.report(static_cast<double>(m + 1) /
                                static_cast<double>(m_partsOfMesh.size()));
    }
    return {};
  }

  /// Nothing for points and lines.
  Result<std::optional<MeshPart>> readPrimitive(const json& primitive, const std::string& where) {
    const json* modeValue = findMember(primitive, "mode");
    std::uint64_t mode = kTriangles;
    if (modeValue != nullptr) {
      VOLPRESS_TRY(mode, wholeNumber(*modeValue, where + ".mode", 0, 6));
    }
    const json* attributes = findMember(primitive, "attributes");
    if (mode < kTriangles || attributes == nullptr ||
        findMember(*attributes, "POSITION") == nullptr) {
      ++m_skipped;
      return std::optional<MeshPart>();
    }
    MeshPart part;
    VOLPRESS_TRY(const bool packed, readPacked(primitive, part, where));
    VOLPRESS_CHECK(readAttributes(*attributes, part, where));
    if (!packed) {
      VOLPRESS_CHECK(readIndices(primitive, mode, part, where));
    }
    VOLPRESS_CHECK(readMorphs(primitive, part, where));
    VOLPRESS_TRY(part.material, indexOf(primitive, "material", where));
    if (part.material && *part.material >= m_mesh.materials.size()) {
      return fail(ErrorCode::CorruptData, "names material {}, but there are {}", *part.material,
                  m_mesh.materials.size());
    }
    const std::size_t before = m_repair.badTriangles;
    normaliseWeights(part);
    repairPart(part, m_repair);
    if (part.indices.empty() && m_repair.badTriangles != before) {
      m_context.warnings.push_back(where + " has no triangle that can be drawn");
    }
    return std::optional(std::move(part));
  }

  /// Geometry in a compressed stream, if there is one.
  Result<bool> readPacked(const json& primitive, MeshPart& part, const std::string& where) {
    const json* extensions = findMember(primitive, "extensions");
    if (extensions == nullptr) {
      return false;
    }
    const auto streamOf = [&](const json& extension) -> Result<ByteView> {
      VOLPRESS_TRY(const auto view, indexOf(extension, "bufferView", where));
      return m_document.bufferView(view.value_or(0xFFFFFFFFU));
    };
    if (const json* own = findMember(*extensions, kMeshGeometryExtension);
        own != nullptr && m_geometry) {
      VOLPRESS_TRY(const auto index, indexOf(*own, "part", where));
      VOLPRESS_TRY(part, m_geometry(index.value_or(0xFFFFFFFFU)));
      return true;
    }
    const json* draco = findMember(*extensions, "KHR_draco_mesh_compression");
    if (draco == nullptr) {
      return false;
    }
    std::vector<DracoAttribute> wanted;
    if (const json* ids = findMember(*draco, "attributes"); ids != nullptr && ids->is_object()) {
      for (const auto& [name, id] : ids->items()) {
        VOLPRESS_TRY(const std::uint64_t number,
                     wholeNumber(id, fmt::format("{}.{}", where, name), 0, 65535));
        wanted.push_back({name, static_cast<std::uint32_t>(number)});
      }
    }
    if (wanted.empty()) {
      return fail(ErrorCode::CorruptData, "{}: KHR_draco_mesh_compression names no attributes",
                  where);
    }
    VOLPRESS_TRY(const ByteView stream, streamOf(*draco));
    VOLPRESS_TRY(part, decodeDracoPart(stream, wanted));
    return true;
  }

  /// Attributes that no compressed stream gave.
  Result<void> readAttributes(const json& attributes, MeshPart& part, const std::string& where) {
    const auto floats = [&](const char* name, std::size_t components,
                            FloatArray& values) -> Result<void> {
      if (!values.empty() || findMember(attributes, name) == nullptr) {
        return {};
      }
      VOLPRESS_TRY(const auto index, indexOf(attributes, name, where));
      VOLPRESS_TRY(values, m_document.numbers(*index, components));
      return {};
    };
    VOLPRESS_CHECK(floats("POSITION", 3, part.positions));
    VOLPRESS_CHECK(floats("NORMAL", 3, part.normals));
    VOLPRESS_CHECK(floats("TANGENT", 4, part.tangents));
    VOLPRESS_CHECK(floats("TEXCOORD_0", 2, part.uvs[0]));
    VOLPRESS_CHECK(floats("TEXCOORD_1", 2, part.uvs[1]));
    VOLPRESS_CHECK(floats("WEIGHTS_0", 4, part.weights));
    VOLPRESS_CHECK(readColors(attributes, part, where));
    if (part.joints.empty() && findMember(attributes, "JOINTS_0") != nullptr) {
      FloatArray joints;
      VOLPRESS_CHECK(floats("JOINTS_0", 4, joints));
      part.joints.resize(joints.size());
      std::transform(joints.begin(), joints.end(), part.joints.begin(), [](float joint) {
        return static_cast<std::uint16_t>(std::clamp(joint, 0.0F, 65535.0F));
      });
    }
    if (findMember(attributes, "JOINTS_1") != nullptr) {
      m_context.warnings.push_back(where + ": joints beyond four a vertex are left out");
    }
    return {};
  }

  Result<void> readColors(const json& attributes, MeshPart& part, const std::string& where) {
    if (!part.colors.empty() || findMember(attributes, "COLOR_0") == nullptr) {
      return {};
    }
    VOLPRESS_TRY(const auto index, indexOf(attributes, "COLOR_0", where));
    if (auto rgba = m_document.numbers(*index, 4)) {
      part.colors = std::move(*rgba);
      return {};
    }
    VOLPRESS_TRY(const FloatArray rgb, m_document.numbers(*index, 3));
    part.colors.resize(rgb.size() / 3 * 4);
    for (std::size_t i = 0; i < rgb.size() / 3; ++i) {
      std::copy_n(&rgb[3 * i], 3, &part.colors[4 * i]);
      part.colors[4 * i + 3] = 1;
    }
    return {};
  }

  Result<void> readIndices(const json& primitive, std::uint64_t mode, MeshPart& part,
                           const std::string& where) {
    std::vector<std::uint32_t> list;
    VOLPRESS_TRY(const auto index, indexOf(primitive, "indices", where));
    if (index) {
      VOLPRESS_TRY(const GltfAccessor accessor, m_document.accessor(*index));
      list.resize(accessor.count);
      for (std::size_t i = 0; i < list.size(); ++i) {
        list[i] = accessor.wholeAt(i);
      }
    } else {
      list.resize(part.vertexCount());
      for (std::size_t i = 0; i < list.size(); ++i) {
        list[i] = static_cast<std::uint32_t>(i);
      }
    }
    if (mode == kTriangles) {
      list.resize(list.size() / 3 * 3);
      part.indices = std::move(list);
      return {};
    }
    for (std::size_t i = 2; i < list.size(); ++i) {
      const bool fan = mode == 6;
      const bool odd = !fan && i % 2 == 1;
      const std::uint32_t a = fan ? list[0] : list[i - 2];
      const std::uint32_t b = list[i - 1];
      const std::uint32_t first = odd ? b : a;
      const std::uint32_t second = odd ? a : b;
      if (first != second && second != list[i] && first != list[i]) {
        part.indices.insert(part.indices.end(), {first, second, list[i]});
      }
    }
    return {};
  }

  Result<void> readMorphs(const json& primitive, MeshPart& part, const std::string& where) {
    const json* targets = findMember(primitive, "targets");
    for (std::size_t t = 0; targets != nullptr && targets->is_array() && t < targets->size(); ++t) {
      MorphTarget morph;
      VOLPRESS_TRY(const auto positions, indexOf((*targets)[t], "POSITION", where));
      VOLPRESS_TRY(const auto normals, indexOf((*targets)[t], "NORMAL", where));
      if (positions) {
        VOLPRESS_TRY(morph.positions, m_document.numbers(*positions, 3));
      } else {
        morph.positions.assign(part.positions.size(), 0.0F);
      }
      if (normals) {
        VOLPRESS_TRY(morph.normals, m_document.numbers(*normals, 3));
      }
      if (morph.positions.size() != part.positions.size()) {
        return fail(ErrorCode::CorruptData, "{}: morph target {} has {} vertices of {}", where, t,
                    morph.positions.size() / 3, part.vertexCount());
      }
      part.morphs.push_back(std::move(morph));
    }
    return {};
  }

  static void normaliseWeights(MeshPart& part) {
    for (std::size_t v = 0; v + 3 < part.weights.size(); v += 4) {
      const float sum =
          part.weights[v] + part.weights[v + 1] + part.weights[v + 2] + part.weights[v + 3];
      for (std::size_t k = 0; k < 4 && sum > 0; ++k) {
        part.weights[v + k] /= sum;
      }
    }
  }

  /// Parents before children; nodes without a way to a root are an error.
  Result<void> orderNodes() {
    const std::size_t count = sizeOf(root(), "nodes");
    std::vector<std::vector<std::uint32_t>> children(count);
    std::vector<bool> isChild(count, false);
    for (std::size_t i = 0; i < count; ++i) {
      VOLPRESS_TRY(const json* node, m_document.object("nodes", i));
      const json* list = findMember(*node, "children");
      for (std::size_t c = 0; list != nullptr && list->is_array() && c < list->size(); ++c) {
        VOLPRESS_TRY(const std::uint64_t child, wholeNumber((*list)[c], "a node's child", 0,
                                                            std::max<std::size_t>(count, 1) - 1));
        if (isChild[static_cast<std::size_t>(child)]) {
          return fail(ErrorCode::CorruptData, "node {} is the child of two nodes", child);
        }
        isChild[static_cast<std::size_t>(child)] = true;
        children[i].push_back(static_cast<std::uint32_t>(child));
      }
    }
    m_place.assign(count, 0);
    m_parent.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      if (!isChild[i]) {
        m_order.push_back(static_cast<std::uint32_t>(i));
      }
    }
    for (std::size_t next = 0; next < m_order.size(); ++next) {
      const std::uint32_t node = m_order[next];
      m_place[node] = static_cast<std::uint32_t>(next);
      for (const std::uint32_t child : children[node]) {
        m_parent[child] = static_cast<std::uint32_t>(next);
        m_order.push_back(child);
      }
    }
    if (m_order.size() != count) {
      return fail(ErrorCode::CorruptData, "the nodes of the glTF hang in a circle");
    }
    return {};
  }

  /// Nodes that the default scene shows; all of them when the file has no scene.
  [[nodiscard]] Result<std::vector<bool>> shownNodes() const {
    std::vector<bool> shown(m_order.size(), true);
    if (sizeOf(root(), "scenes") == 0) {
      return shown;
    }
    VOLPRESS_TRY(const auto scene, indexOf(root(), "scene", "scene"));
    VOLPRESS_TRY(const json* object, m_document.object("scenes", scene.value_or(0)));
    std::fill(shown.begin(), shown.end(), false);
    const json* list = findMember(*object, "nodes");
    for (std::size_t i = 0; list != nullptr && list->is_array() && i < list->size(); ++i) {
      VOLPRESS_TRY(const std::uint64_t node,
                   wholeNumber((*list)[i], "a scene's node", 0,
                               std::max<std::size_t>(m_order.size(), 1) - 1));
      shown[m_place[static_cast<std::size_t>(node)]] = true;
    }
    for (std::size_t place = 0; place < m_order.size(); ++place) {
      const auto& parent = m_parent[m_order[place]];
      shown[place] = shown[place] || (parent && shown[*parent]);
    }
    return shown;
  }

  Result<void> readNodes() {
    VOLPRESS_TRY(const std::vector<bool> shown, shownNodes());
    for (std::size_t place = 0; place < m_order.size(); ++place) {
      const std::uint32_t index = m_order[place];
      const std::string where = fmt::format("node {}", index);
      VOLPRESS_TRY(const json* object, m_document.object("nodes", index));
      MeshNode node;
      node.parent = m_parent[index];
      if (const json* name = findMember(*object, "name"); name != nullptr && name->is_string()) {
        node.name = name->get<std::string>();
      }
      readNumbers(*object, "translation", node.translation);
      readNumbers(*object, "rotation", node.rotation);
      readNumbers(*object, "scale", node.scale);
      std::array<float, 16> matrix{};
      if (readNumbers(*object, "matrix", matrix)) {
        node.matrix = matrix;
      }
      VOLPRESS_TRY(const auto mesh, indexOf(*object, "mesh", where));
      VOLPRESS_TRY(node.skin, indexOf(*object, "skin", where));
      if (mesh) {
        VOLPRESS_TRY(const json* meshObject, m_document.object("meshes", *mesh));
        if (shown[place]) {
          node.parts = m_partsOfMesh[*mesh];
        }
        readWeights(*meshObject, node.morphWeights);
      }
      readWeights(*object, node.morphWeights);
      m_mesh.nodes.push_back(std::move(node));
    }
    if (m_mesh.nodes.empty()) {
      m_context.warnings.emplace_back("the glTF shows no node; its meshes are shown as they are");
      MeshNode all;
      for (std::size_t i = 0; i < m_mesh.parts.size(); ++i) {
        all.parts.push_back(static_cast<std::uint32_t>(i));
      }
      m_mesh.nodes.push_back(std::move(all));
    }
    return {};
  }

  static void readWeights(const json& object, std::vector<float>& weights) {
    const json* list = findMember(object, "weights");
    if (list != nullptr && list->is_array() &&
        std::all_of(list->begin(), list->end(), [](const json& one) { return one.is_number(); })) {
      weights = list->get<std::vector<float>>();
    }
  }

  Result<std::uint32_t> nodePlace(const json& value, const std::string& where) const {
    VOLPRESS_TRY(const std::uint64_t node,
                 wholeNumber(value, where, 0, std::max<std::size_t>(m_order.size(), 1) - 1));
    return m_order.empty() ? 0 : m_place[static_cast<std::size_t>(node)];
  }

  Result<void> readSkins() {
    for (std::size_t i = 0; i < sizeOf(root(), "skins"); ++i) {
      const std::string where = fmt::format("skin {}", i);
      VOLPRESS_TRY(const json* object, m_document.object("skins", i));
      MeshSkin skin;
      const json* joints = findMember(*object, "joints");
      for (std::size_t j = 0; joints != nullptr && joints->is_array() && j < joints->size(); ++j) {
        VOLPRESS_TRY(const std::uint32_t place, nodePlace((*joints)[j], where + ".joints"));
        skin.joints.push_back(place);
      }
      VOLPRESS_TRY(const auto bind, indexOf(*object, "inverseBindMatrices", where));
      if (bind) {
        VOLPRESS_TRY(skin.inverseBind, m_document.numbers(*bind, 16));
      } else {
        skin.inverseBind.assign(16 * skin.joints.size(), 0.0F);
        for (std::size_t k = 0; k < 4 * skin.joints.size(); ++k) {
          skin.inverseBind[16 * (k / 4) + 5 * (k % 4)] = 1;
        }
      }
      if (skin.inverseBind.size() > 16 * skin.joints.size()) {
        skin.inverseBind.resize(16 * skin.joints.size());
      }
      m_mesh.skins.push_back(std::move(skin));
    }
    return {};
  }

  Result<void> readAnimations() {
    for (std::size_t i = 0; i < sizeOf(root(), "animations"); ++i) {
      VOLPRESS_TRY(const json* object, m_document.object("animations", i));
      MeshAnimation animation;
      if (const json* name = findMember(*object, "name"); name != nullptr && name->is_string()) {
        animation.name = name->get<std::string>();
      }
      const json* channels = findMember(*object, "channels");
      const json* samplers = findMember(*object, "samplers");
      for (std::size_t c = 0; channels != nullptr && channels->is_array() && c < channels->size();
           ++c) {
        const std::string where = fmt::format("animation {} channel {}", i, c);
        VOLPRESS_CHECK(readChannel((*channels)[c], samplers, where, animation));
      }
      if (!animation.channels.empty()) {
        m_mesh.animations.push_back(std::move(animation));
      }
    }
    return {};
  }

  Result<void> readChannel(const json& object, const json* samplers, const std::string& where,
                           MeshAnimation& animation) {
    const json* target = findMember(object, "target");
    const json* node = target != nullptr ? findMember(*target, "node") : nullptr;
    const json* path = target != nullptr ? findMember(*target, "path") : nullptr;
    if (node == nullptr || path == nullptr || !path->is_string()) {
      return {};  // an extension moves something else
    }
    AnimationChannel channel;
    VOLPRESS_TRY(channel.node, nodePlace(*node, where + ".node"));
    static const std::map<std::string, AnimationPath> kPaths{
        {"translation", AnimationPath::Translation},
        {"rotation", AnimationPath::Rotation},
        {"scale", AnimationPath::Scale},
        {"weights", AnimationPath::Weights}};
    const auto known = kPaths.find(path->get<std::string>());
    if (known == kPaths.end()) {
      return {};
    }
    channel.path = known->second;
    VOLPRESS_TRY(const auto index, indexOf(object, "sampler", where));
    if (!index || samplers == nullptr || !samplers->is_array() || *index >= samplers->size()) {
      return fail(ErrorCode::CorruptData, "{} names no sampler of its animation", where);
    }
    const json& sampler = (*samplers)[*index];
    VOLPRESS_TRY(const auto input, indexOf(sampler, "input", where));
    VOLPRESS_TRY(const auto output, indexOf(sampler, "output", where));
    if (!input || !output) {
      return fail(ErrorCode::CorruptData, "{} has a sampler without input or output", where);
    }
    VOLPRESS_TRY(channel.times, m_document.numbers(*input, 1));
    const std::size_t width = channel.path == AnimationPath::Weights    ? 1
                              : channel.path == AnimationPath::Rotation ? 4
                                                                        : 3;
    VOLPRESS_TRY(channel.values, m_document.numbers(*output, width));
    const json* blend = findMember(sampler, "interpolation");
    const std::string word =
        blend != nullptr && blend->is_string() ? blend->get<std::string>() : "";
    channel.blend = word == "STEP"          ? AnimationBlend::Step
                    : word == "CUBICSPLINE" ? AnimationBlend::CubicSpline
                                            : AnimationBlend::Linear;
    if (!channel.times.empty()) {
      animation.channels.push_back(std::move(channel));
    }
    return {};
  }

  void report() {
    if (m_skipped != 0) {
      m_context.warnings.push_back(
          fmt::format("{} primitives of points or lines are left out", m_skipped));
    }
    if (m_repair.badTriangles != 0) {
      m_context.warnings.push_back(fmt::format(
          "{} triangles with corners that do not exist, or are not finite, are left out",
          m_repair.badTriangles));
    }
    if (m_repair.badNumbers != 0) {
      m_context.warnings.push_back(fmt::format(
          "{} vertex numbers that are not usable were set to zero", m_repair.badNumbers));
    }
  }

  const GltfDocument& m_document;
  const FileSource& m_beside;
  IoContext& m_context;
  const MeshGeometryDecoder& m_geometry;
  Mesh m_mesh;
  MeshRepair m_repair;
  std::size_t m_skipped = 0;
  std::vector<std::vector<std::uint32_t>> m_partsOfMesh;
  std::vector<std::uint32_t> m_order;                  ///< glTF node at each of our places
  std::vector<std::uint32_t> m_place;                  ///< our place of each glTF node
  std::vector<std::optional<std::uint32_t>> m_parent;  ///< of glTF nodes, as places
};

}  // namespace

Result<Mesh> readGltfMesh(ByteView file, const FileSource& beside, IoContext& context,
                          const MeshGeometryDecoder& geometry) {
  VOLPRESS_TRY(
      const GltfDocument document,
      GltfDocument::open(file, beside,
                         geometry ? std::string_view(kMeshGeometryExtension) : std::string_view()));
  return MeshReader(document, beside, context, geometry).read();
}

}  // namespace volpress::formats
