#include "scene/formats/gltf_mesh_writer.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include "scene/formats/gltf_mesh_reader.hpp"

namespace volpress::formats {
namespace {

using nlohmann::json;

constexpr int kFloat = 5126;
constexpr int kUnsignedShort = 5123;
constexpr int kUnsignedInt = 5125;

const char* typeOf(std::size_t width) {
  static constexpr std::array<const char*, 5> kTypes{"", "SCALAR", "VEC2", "VEC3", "VEC4"};
  return width == 16 ? "MAT4" : kTypes[width];
}

void setBounds(json& accessor, const FloatArray& values, std::size_t width) {
  std::vector<float> low(width, std::numeric_limits<float>::max());
  std::vector<float> high(width, std::numeric_limits<float>::lowest());
  for (std::size_t i = 0; i < values.size(); ++i) {
    low[i % width] = std::min(low[i % width], values[i]);
    high[i % width] = std::max(high[i % width], values[i]);
  }
  accessor["min"] = low;
  accessor["max"] = high;
}

/// Unit vectors even where the mesh has none: glTF allows no others.
FloatArray unitVectors(FloatArray values, std::size_t width) {
  for (std::size_t i = 0; i + 2 < values.size(); i += width) {
    float* v = &values[i];
    const float length = std::sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
    for (std::size_t c = 0; c < 3; ++c) {
      v[c] = length > 1e-12F ? v[c] / length : (c == 1 ? 1.0F : 0.0F);
    }
    if (width == 4) {
      v[3] = v[3] < 0 ? -1.0F : 1.0F;
    }
  }
  return values;
}

/// A part as it is written: with unit vectors, and bounds of colours and weights kept.
MeshPart prepared(const MeshPart& part) {
  MeshPart result = part;
  result.normals = unitVectors(std::move(result.normals), 3);
  result.tangents = unitVectors(std::move(result.tangents), 4);
  for (float& value : result.colors) {
    value = std::clamp(value, 0.0F, 1.0F);
  }
  return result;
}

DracoGrid commonGrid(const Mesh& mesh) {
  std::array<float, 3> low{0, 0, 0};
  std::array<float, 3> high{0, 0, 0};
  bool any = false;
  for (const MeshPart& part : mesh.parts) {
    for (std::size_t i = 0; i < part.positions.size(); i += 3) {
      for (std::size_t c = 0; c < 3; ++c) {
        const float value = part.positions[i + c];
        low[c] = any ? std::min(low[c], value) : value;
        high[c] = any ? std::max(high[c], value) : value;
      }
      any = true;
    }
  }
  DracoGrid grid{low, 0};
  for (std::size_t c = 0; c < 3; ++c) {
    grid.range = std::max(grid.range, high[c] - low[c]);
  }
  grid.range = grid.range > 0 ? grid.range : 1;
  return grid;
}

/// What the slow libraries made of one part.
struct Packed {
  MeshPart part;
  DracoStream draco;
  MeshoptPart meshopt;
  std::optional<Error> error;
};

class MeshWriter {
public:
  MeshWriter(const Mesh& mesh, const GltfWriteOptions& options, TaskRunner& runner,
             const std::stop_token& stop)
      : m_mesh(mesh), m_options(options), m_runner(runner), m_stop(stop) {
    if (m_options.geometry == GltfGeometry::Draco) {
      m_options.draco.grid = commonGrid(mesh);
    }
    m_options.meshopt.positionExponent =
        positionExponent(mesh, std::max(1, m_options.meshopt.positionBits));
  }

  Result<GltfPackage> write() {
    VOLPRESS_CHECK(packParts());
    for (std::size_t i = 0; i < m_packed.size(); ++i) {
      m_primitives.push_back(m_mesh.parts[i].indices.empty() ? json() : primitive(m_packed[i], i));
      m_packed[i] = {};
    }
    writeTextures();
    writeMaterials();
    writeNodes();
    writeSkins();
    writeAnimations();
    return std::move(m_builder).finish();
  }

private:
  Result<void> packParts() {
    m_packed.resize(m_mesh.parts.size());
    m_runner.parallelFor(m_packed.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end && !m_stop.stop_requested(); ++i) {
        if (!m_mesh.parts[i].indices.empty()) {
          pack(i);
        }
      }
    });
    if (m_stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled");
    }
    for (std::size_t i = 0; i < m_packed.size(); ++i) {
      if (m_packed[i].error) {
        return withContext(std::move(*m_packed[i].error), fmt::format("part {}", i));
      }
    }
    return {};
  }

  void pack(std::size_t i) {
    Packed& to = m_packed[i];
    to.part = prepared(m_mesh.parts[i]);
    const auto keep = [&](auto result, auto& target) {
      if (result) {
        target = std::move(*result);
      } else {
        to.error = std::move(result).error();
      }
    };
    switch (m_options.geometry) {
      case GltfGeometry::Plain:
      case GltfGeometry::Own: break;
      case GltfGeometry::Draco: {
        DracoSettings settings = m_options.draco;
        settings.keepsOrder = settings.keepsOrder || !to.part.morphs.empty();
        keep(encodeDracoPart(to.part, settings), to.draco);
        break;
      }
      case GltfGeometry::Meshopt:
        keep(encodeMeshoptPart(to.part, m_options.meshopt), to.meshopt);
        break;
    }
  }

  json primitive(const Packed& packed, std::size_t part) {
    json object{{"mode", 4}};
    switch (m_options.geometry) {
      case GltfGeometry::Plain: plain(packed.part, object); break;
      case GltfGeometry::Draco: draco(packed, object); break;
      case GltfGeometry::Meshopt: meshopt(packed, object); break;
      case GltfGeometry::Own: own(packed, part, object); break;
    }
    if (packed.part.material) {
      object["material"] = *packed.part.material;
    }
    return object;
  }

  std::size_t floats(const std::string& section, const FloatArray& values, std::size_t width,
                     bool isVertexData, bool bounded) {
    json extra = json::object();
    if (isVertexData) {
      extra["target"] = 34962;
    }
    const std::size_t view =
        m_builder.addView(section, viewBytes(std::span<const float>(values)), std::move(extra));
    json accessor{{"bufferView", view},
                  {"componentType", kFloat},
                  {"count", values.size() / width},
                  {"type", typeOf(width)}};
    if (bounded) {
      setBounds(accessor, values, width);
    }
    return m_builder.addAccessor(std::move(accessor));
  }

  void plain(const MeshPart& part, json& object) {
    json& attributes = object["attributes"];
    const auto add = [&](const char* name, const char* section, const FloatArray& values,
                         std::size_t width) {
      if (!values.empty()) {
        attributes[name] = floats(section, values, width, true, width == 3 && name[0] == 'P');
      }
    };
    add("POSITION", "positions", part.positions, 3);
    add("NORMAL", "normals", part.normals, 3);
    add("TANGENT", "tangents", part.tangents, 4);
    add("TEXCOORD_0", "uvs", part.uvs[0], 2);
    add("TEXCOORD_1", "uvs", part.uvs[1], 2);
    add("COLOR_0", "colors", part.colors, 4);
    add("WEIGHTS_0", "joints", part.weights, 4);
    if (!part.joints.empty()) {
      const std::size_t view = m_builder.addView(
          "joints", viewBytes(std::span<const std::uint16_t>(part.joints)), {{"target", 34962}});
      attributes["JOINTS_0"] = m_builder.addAccessor({{"bufferView", view},
                                                      {"componentType", kUnsignedShort},
                                                      {"count", part.vertexCount()},
                                                      {"type", "VEC4"}});
    }
    std::size_t view = 0;
    const bool narrow = part.vertexCount() <= 65535;
    if (narrow) {
      const std::vector<std::uint16_t> indices(part.indices.begin(), part.indices.end());
      view = m_builder.addView("indices", viewBytes(std::span<const std::uint16_t>(indices)),
                               {{"target", 34963}});
    } else {
      view = m_builder.addView("indices", viewBytes(std::span<const std::uint32_t>(part.indices)),
                               {{"target", 34963}});
    }
    object["indices"] =
        m_builder.addAccessor({{"bufferView", view},
                               {"componentType", narrow ? kUnsignedShort : kUnsignedInt},
                               {"count", part.indices.size()},
                               {"type", "SCALAR"}});
    plainMorphs(part, object);
  }

  void plainMorphs(const MeshPart& part, json& object) {
    for (const MorphTarget& morph : part.morphs) {
      json target{{"POSITION", floats("morphs", morph.positions, 3, true, true)}};
      if (!morph.normals.empty()) {
        target["NORMAL"] = floats("morphs", morph.normals, 3, true, false);
      }
      object["targets"].push_back(std::move(target));
    }
  }

  /// Accessors without bytes, for geometry that lies in one stream.
  std::size_t emptyAccessor(int componentType, std::size_t count, const char* type) {
    return m_builder.addAccessor(
        {{"componentType", componentType}, {"count", count}, {"type", type}});
  }

  void draco(const Packed& packed, json& object) {
    json ids = json::object();
    for (const DracoAttribute& attribute : packed.draco.attributes) {
      ids[attribute.name] = attribute.id;
      const bool joints = attribute.name == "JOINTS_0";
      const std::size_t width = attribute.name.starts_with("TEXCOORD")                       ? 2
                                : attribute.name == "POSITION" || attribute.name == "NORMAL" ? 3
                                                                                             : 4;
      json accessor{{"componentType", joints ? kUnsignedShort : kFloat},
                    {"count", packed.draco.vertices},
                    {"type", typeOf(width)}};
      if (attribute.name == "POSITION") {
        setBounds(accessor, packed.part.positions, 3);
      }
      object["attributes"][attribute.name] = m_builder.addAccessor(std::move(accessor));
    }
    object["indices"] =
        emptyAccessor(packed.draco.vertices <= 65535 ? kUnsignedShort : kUnsignedInt,
                      3 * packed.draco.triangles, "SCALAR");
    const std::size_t view = m_builder.addView("draco", packed.draco.bytes);
    object["extensions"]["KHR_draco_mesh_compression"] = {{"bufferView", view},
                                                          {"attributes", ids}};
    m_builder.useExtension("KHR_draco_mesh_compression", true);
    plainMorphs(packed.part, object);
  }

  void meshopt(const Packed& packed, json& object) {
    json target = json::object();
    for (const MeshoptStream& stream : packed.meshopt.streams) {
      const std::size_t view =
          m_builder.addMeshoptView(stream.section, stream.packed, packed.meshopt.vertices,
                                   stream.stride, "ATTRIBUTES", stream.filter);
      json accessor{{"bufferView", view},
                    {"componentType", stream.componentType},
                    {"count", packed.meshopt.vertices},
                    {"type", stream.type}};
      if (stream.normalised) {
        accessor["normalized"] = true;
      }
      if (stream.componentType == 5120 || stream.componentType == 5122) {
        m_builder.useExtension("KHR_mesh_quantization", true);
      }
      if (!stream.min.empty()) {
        accessor["min"] = stream.min;
        accessor["max"] = stream.max;
      }
      const std::size_t index = m_builder.addAccessor(std::move(accessor));
      if (stream.attribute == "MORPH_POSITION") {
        object["targets"].push_back({{"POSITION", index}});
      } else if (stream.attribute == "MORPH_NORMAL") {
        object["targets"].back()["NORMAL"] = index;
      } else {
        object["attributes"][stream.attribute] = index;
      }
    }
    const std::size_t view =
        m_builder.addMeshoptView("indices", packed.meshopt.packedIndices, packed.meshopt.indices,
                                 packed.meshopt.indexStride, "TRIANGLES", "NONE");
    object["indices"] = m_builder.addAccessor(
        {{"bufferView", view},
         {"componentType", packed.meshopt.indexStride == 2 ? kUnsignedShort : kUnsignedInt},
         {"count", packed.meshopt.indices},
         {"type", "SCALAR"}});
  }

  void own(const Packed& packed, std::size_t part, json& object) {
    object["attributes"]["POSITION"] = emptyAccessor(kFloat, packed.part.vertexCount(), "VEC3");
    object["extensions"][kMeshGeometryExtension] = {{"part", part}};
    m_builder.useExtension(kMeshGeometryExtension, true);
  }

  void writeTextures() {
    for (const MeshTexture& texture : m_mesh.textures) {
      json image{{"bufferView", m_builder.addView("textures", texture.bytes)},
                 {"mimeType", texture.mimeType}};
      if (!texture.name.empty()) {
        image["name"] = texture.name;
      }
      m_builder.root["images"].push_back(std::move(image));
    }
  }

  /// The textures[] entry of a picture with these wraps.
  std::size_t textureIndex(const TextureUse& use) {
    const auto key = std::array<std::uint32_t, 3>{
        *use.texture, static_cast<std::uint32_t>(use.wrapU), static_cast<std::uint32_t>(use.wrapV)};
    const auto known = m_textures.find(key);
    if (known != m_textures.end()) {
      return known->second;
    }
    static constexpr std::array<int, 3> kWraps{10497, 33071, 33648};
    json& samplers = m_builder.root["samplers"];
    samplers.push_back({{"magFilter", 9729},
                        {"minFilter", 9987},
                        {"wrapS", kWraps[key[1]]},
                        {"wrapT", kWraps[key[2]]}});
    json texture{{"sampler", samplers.size() - 1}};
    const std::string& type = m_mesh.textures[*use.texture].mimeType;
    const char* extension = type == "image/webp"   ? "EXT_texture_webp"
                            : type == "image/ktx2" ? "KHR_texture_basisu"
                                                   : nullptr;
    if (extension != nullptr) {
      texture["extensions"][extension] = {{"source", *use.texture}};
      m_builder.useExtension(extension, true);
    } else {
      texture["source"] = *use.texture;
    }
    json& textures = m_builder.root["textures"];
    textures.push_back(std::move(texture));
    m_textures[key] = textures.size() - 1;
    return textures.size() - 1;
  }

  void addUse(json& parent, const char* name, const TextureUse& use, const char* strength) {
    if (!use.texture) {
      return;
    }
    json object{{"index", textureIndex(use)}};
    if (use.uvSet != 0) {
      object["texCoord"] = use.uvSet;
    }
    if (strength != nullptr && use.strength != 1) {
      object[strength] = use.strength;
    }
    const TextureUse usual;
    if (use.offset != usual.offset || use.scale != usual.scale || use.rotation != 0) {
      object["extensions"]["KHR_texture_transform"] = {
          {"offset", use.offset}, {"scale", use.scale}, {"rotation", use.rotation}};
      m_builder.useExtension("KHR_texture_transform", false);
    }
    parent[name] = std::move(object);
  }

  void writeMaterials() {
    for (const MeshMaterial& material : m_mesh.materials) {
      json object = json::object();
      if (!material.name.empty()) {
        object["name"] = material.name;
      }
      json& pbr = object["pbrMetallicRoughness"];
      const auto unit = [](float value) { return std::clamp(value, 0.0F, 1.0F); };
      pbr = {{"baseColorFactor",
              {unit(material.baseColor[0]), unit(material.baseColor[1]),
               unit(material.baseColor[2]), unit(material.baseColor[3])}},
             {"metallicFactor", unit(material.metallic)},
             {"roughnessFactor", unit(material.roughness)}};
      addUse(pbr, "baseColorTexture", material.baseColorTexture, nullptr);
      addUse(pbr, "metallicRoughnessTexture", material.metallicRoughnessTexture, nullptr);
      addUse(object, "normalTexture", material.normalTexture, "scale");
      addUse(object, "occlusionTexture", material.occlusionTexture, "strength");
      addUse(object, "emissiveTexture", material.emissiveTexture, nullptr);
      std::array<float, 3> emissive = material.emissive;
      const float peak = std::max({emissive[0], emissive[1], emissive[2]});
      for (float& channel : emissive) {
        channel = std::max(channel / std::max(peak, 1.0F), 0.0F);
      }
      object["emissiveFactor"] = emissive;
      if (peak > 1) {
        object["extensions"]["KHR_materials_emissive_strength"] = {{"emissiveStrength", peak}};
        m_builder.useExtension("KHR_materials_emissive_strength", false);
      }
      if (material.alphaMode != AlphaMode::Opaque) {
        object["alphaMode"] = material.alphaMode == AlphaMode::Mask ? "MASK" : "BLEND";
      }
      if (material.alphaMode == AlphaMode::Mask) {
        object["alphaCutoff"] = material.alphaCutoff;
      }
      if (material.doubleSided) {
        object["doubleSided"] = true;
      }
      if (material.unlit) {
        object["extensions"]["KHR_materials_unlit"] = json::object();
        m_builder.useExtension("KHR_materials_unlit", false);
      }
      m_builder.root["materials"].push_back(std::move(object));
    }
  }

  /// The meshes[] entry that shows these parts, or nothing when none of them has triangles.
  std::optional<std::size_t> meshIndex(const std::vector<std::uint32_t>& parts) {
    if (const auto known = m_meshes.find(parts); known != m_meshes.end()) {
      return known->second;
    }
    json primitives = json::array();
    std::string name;
    for (const std::uint32_t part : parts) {
      if (!m_primitives[part].is_null()) {
        primitives.push_back(m_primitives[part]);
        name = name.empty() ? m_mesh.parts[part].name : name;
      }
    }
    if (primitives.empty()) {
      return std::nullopt;
    }
    json object{{"primitives", std::move(primitives)}};
    if (!name.empty()) {
      object["name"] = name;
    }
    json& meshes = m_builder.root["meshes"];
    meshes.push_back(std::move(object));
    m_meshes[parts] = meshes.size() - 1;
    return meshes.size() - 1;
  }

  void writeNodes() {
    json& nodes = m_builder.root["nodes"];
    json roots = json::array();
    for (std::size_t i = 0; i < m_mesh.nodes.size(); ++i) {
      const MeshNode& node = m_mesh.nodes[i];
      json object = json::object();
      if (!node.name.empty()) {
        object["name"] = node.name;
      }
      writeFrame(node, object);
      if (const auto mesh = meshIndex(node.parts)) {
        object["mesh"] = *mesh;
        if (node.skin && !m_mesh.parts[node.parts.front()].joints.empty()) {
          object["skin"] = *node.skin;
        }
        const std::size_t morphs = m_mesh.parts[node.parts.front()].morphs.size();
        if (morphs != 0 && node.morphWeights.size() == morphs) {
          object["weights"] = node.morphWeights;
        }
      }
      nodes.push_back(std::move(object));
      if (node.parent) {
        nodes[*node.parent]["children"].push_back(i);
      } else {
        roots.push_back(i);
      }
    }
    m_builder.root["scenes"] = {{{"nodes", roots}}};
    m_builder.root["scene"] = 0;
  }

  static void writeFrame(const MeshNode& node, json& object) {
    const MeshNode usual;
    if (node.matrix) {
      object["matrix"] = *node.matrix;
      return;
    }
    if (node.translation != usual.translation) {
      object["translation"] = node.translation;
    }
    if (node.rotation != usual.rotation) {
      std::array<float, 4> turn = node.rotation;
      const float length =
          std::sqrt(turn[0] * turn[0] + turn[1] * turn[1] + turn[2] * turn[2] + turn[3] * turn[3]);
      for (std::size_t c = 0; c < 4; ++c) {
        turn[c] = length > 0 ? std::clamp(turn[c] / length, -1.0F, 1.0F) : usual.rotation[c];
      }
      object["rotation"] = turn;
    }
    if (node.scale != usual.scale) {
      object["scale"] = node.scale;
    }
  }

  void writeSkins() {
    for (const MeshSkin& skin : m_mesh.skins) {
      if (skin.joints.empty()) {
        continue;
      }
      json object{
          {"joints", skin.joints},
          {"inverseBindMatrices", floats("skins", affine(skin.inverseBind), 16, false, false)}};
      if (!skin.name.empty()) {
        object["name"] = skin.name;
      }
      m_builder.root["skins"].push_back(std::move(object));
    }
  }

  /// The last row of a bind matrix is 0 0 0 1, exactly.
  static FloatArray affine(FloatArray matrices) {
    for (std::size_t i = 0; i + 15 < matrices.size(); i += 16) {
      matrices[i + 3] = matrices[i + 7] = matrices[i + 11] = 0;
      matrices[i + 15] = 1;
    }
    return matrices;
  }

  void writeAnimations() {
    static constexpr std::array<const char*, 4> kPaths{"translation", "rotation", "scale",
                                                       "weights"};
    static constexpr std::array<const char*, 3> kBlends{"LINEAR", "STEP", "CUBICSPLINE"};
    for (const MeshAnimation& animation : m_mesh.animations) {
      json object{{"channels", json::array()}, {"samplers", json::array()}};
      if (!animation.name.empty()) {
        object["name"] = animation.name;
      }
      std::map<std::vector<float>, std::size_t> times;  // channels often share them
      for (const AnimationChannel& channel : animation.channels) {
        const std::vector<float> key(channel.times.begin(), channel.times.end());
        if (times.find(key) == times.end()) {
          times[key] = floats("animations", channel.times, 1, false, true);
        }
        const std::size_t width = channel.path == AnimationPath::Weights    ? 1
                                  : channel.path == AnimationPath::Rotation ? 4
                                                                            : 3;
        object["samplers"].push_back(
            {{"input", times[key]},
             {"output", floats("animations", channel.values, width, false, false)},
             {"interpolation", kBlends[static_cast<std::size_t>(channel.blend)]}});
        object["channels"].push_back(
            {{"sampler", object["samplers"].size() - 1},
             {"target",
              {{"node", channel.node}, {"path", kPaths[static_cast<std::size_t>(channel.path)]}}}});
      }
      m_builder.root["animations"].push_back(std::move(object));
    }
  }

  const Mesh& m_mesh;
  GltfWriteOptions m_options;
  TaskRunner& m_runner;
  std::stop_token m_stop;
  GltfBuilder m_builder;
  std::vector<Packed> m_packed;
  std::vector<json> m_primitives;  ///< of each part; null for parts without triangles
  std::map<std::array<std::uint32_t, 3>, std::size_t> m_textures;
  std::map<std::vector<std::uint32_t>, std::size_t> m_meshes;
};

}  // namespace

Result<GltfPackage> writeGltfMesh(const Mesh& mesh, const GltfWriteOptions& options,
                                  TaskRunner& runner, const std::stop_token& stop) {
  if (triangleCount(mesh) == 0) {
    return fail(ErrorCode::InvalidParameter, "the mesh has no triangles");
  }
  return MeshWriter(mesh, options, runner, stop).write();
}

}  // namespace volpress::formats
