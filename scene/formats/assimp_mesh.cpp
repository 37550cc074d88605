#include "scene/formats/assimp_mesh.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <exception>
#include <map>
#include <memory>

#include <assimp/GltfMaterial.h>
#include <assimp/config.h>
#include <assimp/postprocess.h>
#include <assimp/scene.h>
#include <assimp/IOStream.hpp>
#include <assimp/IOSystem.hpp>
#include <assimp/Importer.hpp>

#include "scene/formats/gltf_materials.hpp"
#include "scene/formats/mesh_import.hpp"
#include "scene/formats/zip_archive.hpp"

namespace volpress::formats {
namespace {

constexpr std::size_t kMostFileBytes = std::size_t{2} << 30;
constexpr unsigned kMostDepth = 512;
constexpr std::string_view kExtensions[] = {".obj", ".fbx", ".stl", ".dae", ".3ds"};

std::string lowered(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return result;
}

/// "C:\\a\\b.png" and "./tex/b.png" as a name beside the file, or its last part.
std::vector<std::string> candidatesOf(std::string name) {
  std::replace(name.begin(), name.end(), '\\', '/');
  while (name.starts_with("./")) {
    name.erase(0, 2);
  }
  std::vector<std::string> names{name};
  if (const std::size_t slash = name.rfind('/'); slash != std::string::npos) {
    names.push_back(name.substr(slash + 1));
  }
  std::erase_if(names, [](const std::string& one) { return !isSafeRelativeName(one); });
  return names;
}

Result<Bytes> readBeside(const FileSource& beside, const std::string& name) {
  for (const std::string& candidate : candidatesOf(name)) {
    if (auto bytes = beside(candidate)) {
      return bytes;
    }
  }
  return fail(ErrorCode::IoFailure, "\"{}\" is not beside the file", name.substr(0, 120));
}

class BytesStream final : public Assimp::IOStream {
public:
  explicit BytesStream(ByteView bytes) : m_bytes(bytes) {}
  explicit BytesStream(Bytes bytes) : m_own(std::move(bytes)), m_bytes(m_own) {}

  std::size_t Read(void* to, std::size_t size, std::size_t count) override {
    if (size == 0) {
      return 0;
    }
    const std::size_t whole = std::min(count, (m_bytes.size() - m_at) / size);
    if (whole != 0) {
      std::memcpy(to, m_bytes.data() + m_at, whole * size);
    }
    m_at += whole * size;
    return whole;
  }
  std::size_t Write(const void* /*from*/, std::size_t /*size*/, std::size_t /*count*/) override {
    return 0;
  }
  aiReturn Seek(std::size_t offset, aiOrigin origin) override {
    const std::size_t base = origin == aiOrigin_SET   ? 0
                             : origin == aiOrigin_CUR ? m_at
                                                      : m_bytes.size();
    const std::size_t target = origin == aiOrigin_END ? base - offset : base + offset;
    if (target > m_bytes.size()) {
      return aiReturn_FAILURE;
    }
    m_at = target;
    return aiReturn_SUCCESS;
  }
  [[nodiscard]] std::size_t Tell() const override { return m_at; }
  [[nodiscard]] std::size_t FileSize() const override { return m_bytes.size(); }
  void Flush() override {}

private:
  Bytes m_own;
  ByteView m_bytes;
  std::size_t m_at = 0;
};

/// All that Assimp sees of the machine: the file, and what lies beside it.
class BesideFiles final : public Assimp::IOSystem {
public:
  BesideFiles(ByteView file, std::string name, const FileSource& beside)
      : m_file(file), m_name(std::move(name)), m_beside(beside) {}

  bool Exists(const char* path) const override {
    return path == m_name || readBeside(m_beside, path).has_value();
  }
  [[nodiscard]] char getOsSeparator() const override { return '/'; }
  Assimp::IOStream* Open(const char* path, const char* /*mode*/) override {
    if (path == m_name) {
      return new BytesStream(m_file);
    }
    auto bytes = readBeside(m_beside, path);
    return bytes ? new BytesStream(std::move(*bytes)) : nullptr;
  }
  void Close(Assimp::IOStream* stream) override { delete stream; }

private:
  ByteView m_file;
  std::string m_name;
  const FileSource& m_beside;
};

std::array<float, 16> matrixOf(const aiMatrix4x4& m) {
  return {m.a1, m.b1, m.c1, m.d1, m.a2, m.b2, m.c2, m.d2,
          m.a3, m.b3, m.c3, m.d3, m.a4, m.b4, m.c4, m.d4};
}

class AssimpReader {
public:
  AssimpReader(const aiScene& scene, const FileSource& beside, IoContext& context)
      : m_scene(scene), m_beside(beside), m_context(context) {}

  Result<Mesh> read() {
    for (unsigned i = 0; i < m_scene.mNumMaterials; ++i) {
      m_mesh.materials.push_back(material(*m_scene.mMaterials[i]));
    }
    for (unsigned i = 0; i < m_scene.mNumMeshes; ++i) {
      if (m_context.stop.stop_requested()) {
        return fail(ErrorCode::Cancelled, "cancelled");
      }
      m_mesh.parts.push_back(part(*m_scene.mMeshes[i]));
    }
    if (m_scene.mRootNode != nullptr) {
      VOLPRESS_CHECK(nodes(*m_scene.mRootNode, std::nullopt, 0));
    }
    VOLPRESS_CHECK(skins());
    animations();
    return finishImport(std::move(m_mesh), m_context);
  }

private:
  MeshPart part(const aiMesh& from) {
    MeshPart to;
    to.name = from.mName.C_Str();
    const auto count = static_cast<std::size_t>(from.mNumVertices);
    const auto copy = [&](const aiVector3D* values, FloatArray& array) {
      if (values != nullptr) {
        array.resize(3 * count);
        for (std::size_t i = 0; i < count; ++i) {
          array[3 * i] = values[i].x;
          array[3 * i + 1] = values[i].y;
          array[3 * i + 2] = values[i].z;
        }
      }
    };
    copy(from.mVertices, to.positions);
    copy(from.mNormals, to.normals);
    for (std::size_t set = 0; set < 2; ++set) {
      const aiVector3D* uvs = from.mTextureCoords[set];
      to.uvs[set].resize(uvs != nullptr ? 2 * count : 0);
      for (std::size_t i = 0; uvs != nullptr && i < count; ++i) {
        to.uvs[set][2 * i] = uvs[i].x;
        to.uvs[set][2 * i + 1] = uvs[i].y;
      }
    }
    if (const aiColor4D* colors = from.mColors[0]; colors != nullptr) {
      to.colors.resize(4 * count);
      for (std::size_t i = 0; i < count; ++i) {
        const std::array<float, 4> rgba{colors[i].r, colors[i].g, colors[i].b, colors[i].a};
        std::copy(rgba.begin(), rgba.end(), &to.colors[4 * i]);
      }
      linearise(to.colors);
    }
    for (unsigned f = 0; f < from.mNumFaces; ++f) {
      const aiFace& face = from.mFaces[f];
      if (face.mNumIndices == 3) {
        to.indices.insert(to.indices.end(), face.mIndices, face.mIndices + 3);
      }
    }
    if (from.mMaterialIndex < m_mesh.materials.size()) {
      to.material = from.mMaterialIndex;
    }
    for (unsigned m = 0; m < from.mNumAnimMeshes; ++m) {
      const aiAnimMesh& target = *from.mAnimMeshes[m];
      if (target.mVertices == nullptr || target.mNumVertices != from.mNumVertices) {
        continue;
      }
      MorphTarget morph;
      copy(target.mVertices, morph.positions);
      for (std::size_t i = 0; i < morph.positions.size(); ++i) {
        morph.positions[i] -= to.positions[i];
      }
      to.morphs.push_back(std::move(morph));
    }
    return to;
  }

  std::optional<std::uint32_t> texture(const std::string& path) {
    const auto known = m_textures.find(path);
    if (known != m_textures.end()) {
      return known->second;
    }
    MeshTexture picture;
    picture.name = path;
    if (const aiTexture* embedded = m_scene.GetEmbeddedTexture(path.c_str());
        embedded != nullptr && embedded->mHeight == 0 && embedded->pcData != nullptr) {
      const auto* data = reinterpret_cast<const std::byte*>(embedded->pcData);
      picture.bytes.assign(data, data + embedded->mWidth);
    } else if (auto bytes = readBeside(m_beside, path)) {
      picture.bytes = std::move(*bytes);
    }
    picture.mimeType = pictureMimeType(picture.bytes);
    std::optional<std::uint32_t> index;
    if (picture.mimeType.empty()) {
      m_context.warnings.push_back(fmt::format(
          "the picture \"{}\" is missing, or is no PNG, JPEG or WebP", path.substr(0, 120)));
    } else {
      index = static_cast<std::uint32_t>(m_mesh.textures.size());
      m_mesh.textures.push_back(std::move(picture));
    }
    m_textures[path] = index;
    return index;
  }

  TextureUse use(const aiMaterial& from, std::initializer_list<aiTextureType> types) {
    TextureUse result;
    for (const aiTextureType type : types) {
      aiString path;
      unsigned uvSet = 0;
      if (from.GetTexture(type, 0, &path, nullptr, &uvSet) == aiReturn_SUCCESS &&
          path.length != 0) {
        result.texture = texture(path.C_Str());
        result.uvSet = uvSet == 1 ? 1 : 0;
        break;
      }
    }
    return result;
  }

  MeshMaterial material(const aiMaterial& from) {
    MeshMaterial to;
    aiString name;
    from.Get(AI_MATKEY_NAME, name);
    to.name = name.C_Str();
    aiColor4D color(1, 1, 1, 1);
    if (from.Get(AI_MATKEY_BASE_COLOR, color) != aiReturn_SUCCESS) {
      from.Get(AI_MATKEY_COLOR_DIFFUSE, color);
    }
    to.baseColorTexture = use(from, {aiTextureType_BASE_COLOR, aiTextureType_DIFFUSE});
    FloatArray rgba{color.r, color.g, color.b, 1};
    linearise(rgba);
    // Many exporters leave a black factor beside a picture, which multiplies it away.
    const bool black = rgba[0] + rgba[1] + rgba[2] == 0;
    for (std::size_t c = 0; c < 3; ++c) {
      to.baseColor[c] = black && to.baseColorTexture.texture ? 1 : rgba[c];
    }
    float opacity = 1;
    from.Get(AI_MATKEY_OPACITY, opacity);
    to.baseColor[3] = opacity > 0 ? std::clamp(opacity, 0.0F, 1.0F) : 1;
    to.alphaMode = to.baseColor[3] < 1 ? AlphaMode::Blend : AlphaMode::Opaque;
    to.metallic = 0;
    to.roughness = roughness(from);
    from.Get(AI_MATKEY_METALLIC_FACTOR, to.metallic);
    to.normalTexture = use(from, {aiTextureType_NORMALS, aiTextureType_NORMAL_CAMERA});
    to.emissiveTexture = use(from, {aiTextureType_EMISSIVE, aiTextureType_EMISSION_COLOR});
    aiColor3D emission(0, 0, 0);
    from.Get(AI_MATKEY_COLOR_EMISSIVE, emission);
    to.emissive = {emission.r, emission.g, emission.b};
    int sides = 0;
    from.Get(AI_MATKEY_TWOSIDED, sides);
    to.doubleSided = sides != 0;
    for (float* number : {&to.metallic, &to.roughness, &to.emissive[0], &to.emissive[1],
                          &to.emissive[2], &to.baseColor[0], &to.baseColor[1], &to.baseColor[2]}) {
      *number = std::isfinite(*number) ? *number : 0;
    }
    return to;
  }

  /// Phong exponents as roughness (Walter et al. 2007: alpha^2 = 2 / (n + 2)).
  static float roughness(const aiMaterial& from) {
    float value = 0;
    if (from.Get(AI_MATKEY_ROUGHNESS_FACTOR, value) == aiReturn_SUCCESS) {
      return std::clamp(value, 0.0F, 1.0F);
    }
    float exponent = 0;
    from.Get(AI_MATKEY_SHININESS, exponent);
    return exponent > 0 ? std::clamp(std::pow(2 / (exponent + 2), 0.25F), 0.3F, 1.0F) : 0.8F;
  }

  Result<void> nodes(const aiNode& from, std::optional<std::uint32_t> parent, unsigned depth) {
    if (depth > kMostDepth) {
      return fail(ErrorCode::CorruptData, "the scene graph is deeper than {} levels", kMostDepth);
    }
    MeshNode to;
    to.name = from.mName.C_Str();
    to.parent = parent;
    const std::array<float, 16> matrix = matrixOf(from.mTransformation);
    const bool finite =
        std::all_of(matrix.begin(), matrix.end(), [](float value) { return std::isfinite(value); });
    aiVector3D scale;
    aiVector3D place;
    aiQuaternion turn;
    from.mTransformation.Decompose(scale, turn, place);
    to.translation = {place.x, place.y, place.z};
    to.rotation = {turn.x, turn.y, turn.z, turn.w};
    to.scale = {scale.x, scale.y, scale.z};
    const auto isFinite = [](float value) { return std::isfinite(value); };
    if (!finite || !std::all_of(to.translation.begin(), to.translation.end(), isFinite) ||
        !std::all_of(to.rotation.begin(), to.rotation.end(), isFinite) ||
        !std::all_of(to.scale.begin(), to.scale.end(), isFinite)) {
      m_context.warnings.push_back(
          fmt::format("node \"{}\" has a frame that is not finite; it is left where it is",
                      to.name.substr(0, 80)));
      to.translation = {0, 0, 0};
      to.rotation = {0, 0, 0, 1};
      to.scale = {1, 1, 1};
    }
    const auto index = static_cast<std::uint32_t>(m_mesh.nodes.size());
    for (unsigned i = 0; i < from.mNumMeshes; ++i) {
      if (from.mMeshes[i] < m_mesh.parts.size()) {
        to.parts.push_back(from.mMeshes[i]);
      }
    }
    m_nodeOfName.emplace(to.name, index);
    m_mesh.nodes.push_back(std::move(to));
    for (unsigned i = 0; i < from.mNumChildren; ++i) {
      VOLPRESS_CHECK(nodes(*from.mChildren[i], index, depth + 1));
    }
    return {};
  }

  /// A skin for every mesh with bones; its nodes show that mesh alone.
  Result<void> skins() {
    for (unsigned m = 0; m < m_scene.mNumMeshes; ++m) {
      const aiMesh& from = *m_scene.mMeshes[m];
      if (!from.HasBones()) {
        continue;
      }
      MeshPart& part = m_mesh.parts[m];
      MeshSkin skin;
      part.joints.assign(4 * part.vertexCount(), 0);
      part.weights.assign(4 * part.vertexCount(), 0.0F);
      for (unsigned b = 0; b < std::min(from.mNumBones, 65535U); ++b) {
        const aiBone& bone = *from.mBones[b];
        const auto node = m_nodeOfName.find(bone.mName.C_Str());
        skin.joints.push_back(node != m_nodeOfName.end() ? node->second : 0);
        const std::array<float, 16> bind = matrixOf(bone.mOffsetMatrix);
        skin.inverseBind.insert(skin.inverseBind.end(), bind.begin(), bind.end());
        for (unsigned w = 0; w < bone.mNumWeights; ++w) {
          addWeight(part, bone.mWeights[w], static_cast<std::uint16_t>(b));
        }
      }
      for (float& value : skin.inverseBind) {
        value = std::isfinite(value) ? value : 0;
      }
      normaliseWeights(part);
      const auto index = static_cast<std::uint32_t>(m_mesh.skins.size());
      m_mesh.skins.push_back(std::move(skin));
      showSkinned(m, index);
    }
    return {};
  }

  static void addWeight(MeshPart& part, const aiVertexWeight& weight, std::uint16_t joint) {
    if (weight.mVertexId >= part.vertexCount() || !(weight.mWeight > 0)) {
      return;
    }
    float* weights = &part.weights[4 * static_cast<std::size_t>(weight.mVertexId)];
    float* least = std::min_element(weights, weights + 4);
    if (weight.mWeight > *least) {
      part.joints[4 * static_cast<std::size_t>(weight.mVertexId) +
                  static_cast<std::size_t>(least - weights)] = joint;
      *least = weight.mWeight;
    }
  }

  static void normaliseWeights(MeshPart& part) {
    for (std::size_t v = 0; v < part.weights.size(); v += 4) {
      float* w = &part.weights[v];
      const float sum = w[0] + w[1] + w[2] + w[3];
      for (std::size_t k = 0; k < 4; ++k) {
        w[k] = sum > 0 ? w[k] / sum : (k == 0 ? 1.0F : 0.0F);
      }
    }
  }

  void showSkinned(std::uint32_t part, std::uint32_t skin) {
    const std::size_t count = m_mesh.nodes.size();
    for (std::size_t i = 0; i < count; ++i) {
      std::vector<std::uint32_t>& shown = m_mesh.nodes[i].parts;
      const auto found = std::find(shown.begin(), shown.end(), part);
      if (found == shown.end()) {
        continue;
      }
      shown.erase(found);
      MeshNode own;
      own.name = m_mesh.parts[part].name;
      own.parent = static_cast<std::uint32_t>(i);
      own.parts = {part};
      own.skin = skin;
      m_mesh.nodes.push_back(std::move(own));
    }
  }

  void animations() {
    for (unsigned a = 0; a < m_scene.mNumAnimations; ++a) {
      const aiAnimation& from = *m_scene.mAnimations[a];
      const double ticks = from.mTicksPerSecond > 0 ? from.mTicksPerSecond : 25;
      MeshAnimation to;
      to.name = from.mName.C_Str();
      for (unsigned c = 0; c < from.mNumChannels; ++c) {
        channels(*from.mChannels[c], ticks, to);
      }
      if (!to.channels.empty()) {
        m_mesh.animations.push_back(std::move(to));
      }
    }
  }

  void channels(const aiNodeAnim& from, double ticks, MeshAnimation& to) const {
    const auto node = m_nodeOfName.find(from.mNodeName.C_Str());
    if (node == m_nodeOfName.end()) {
      return;
    }
    const auto add = [&](AnimationPath path, unsigned count, const auto* keys, auto numbers) {
      AnimationChannel channel;
      channel.node = node->second;
      channel.path = path;
      for (unsigned k = 0; k < count; ++k) {
        const auto time = static_cast<float>(keys[k].mTime / ticks);
        if (channel.times.empty() || time > channel.times.back()) {
          channel.times.push_back(time);
          numbers(keys[k].mValue, channel.values);
        }
      }
      const auto finite = [](float value) { return std::isfinite(value); };
      if (!channel.times.empty() &&
          std::all_of(channel.times.begin(), channel.times.end(), finite) &&
          std::all_of(channel.values.begin(), channel.values.end(), finite)) {
        to.channels.push_back(std::move(channel));
      }
    };
    const auto vector = [](const aiVector3D& value, FloatArray& values) {
      values.insert(values.end(), {value.x, value.y, value.z});
    };
    add(AnimationPath::Translation, from.mNumPositionKeys, from.mPositionKeys, vector);
    add(AnimationPath::Rotation, from.mNumRotationKeys, from.mRotationKeys,
        [](const aiQuaternion& value, FloatArray& values) {
          values.insert(values.end(), {value.x, value.y, value.z, value.w});
        });
    add(AnimationPath::Scale, from.mNumScalingKeys, from.mScalingKeys, vector);
  }

  const aiScene& m_scene;
  const FileSource& m_beside;
  IoContext& m_context;
  Mesh m_mesh;
  std::map<std::string, std::optional<std::uint32_t>> m_textures;
  std::map<std::string, std::uint32_t> m_nodeOfName;
};

}  // namespace

bool isAssimpName(std::string_view name) {
  const std::string low = lowered(name);
  return std::any_of(std::begin(kExtensions), std::end(kExtensions),
                     [&](std::string_view extension) { return low.ends_with(extension); });
}

Result<Mesh> readAssimpMesh(ByteView file, std::string_view name, const FileSource& beside,
                            IoContext& context) {
  if (file.size() > kMostFileBytes) {
    return fail(ErrorCode::UnsupportedVersion, "the file has {} bytes, readable are {}",
                file.size(), kMostFileBytes);
  }
  if (file.empty()) {
    return fail(ErrorCode::CorruptData, "the file is empty");
  }
  try {
    Assimp::Importer importer;
    // The importer owns its IOSystem.
    importer.SetIOHandler(new BesideFiles(file, std::string(name), beside));
    importer.SetPropertyInteger(AI_CONFIG_PP_SBP_REMOVE,
                                aiPrimitiveType_LINE | aiPrimitiveType_POINT);
    importer.SetPropertyBool(AI_CONFIG_IMPORT_FBX_PRESERVE_PIVOTS, false);
    importer.SetPropertyBool(AI_CONFIG_IMPORT_COLLADA_USE_COLLADA_NAMES, true);
    const aiScene* scene = importer.ReadFile(
        std::string(name), aiProcess_Triangulate | aiProcess_JoinIdenticalVertices |
                               aiProcess_SortByPType | aiProcess_FlipUVs |
                               aiProcess_ValidateDataStructure);
    if (scene == nullptr) {
      return fail(ErrorCode::CorruptData, "Assimp cannot read it: {}", importer.GetErrorString());
    }
    context.progress.report(0.7);
    return AssimpReader(*scene, beside, context).read();
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::OutOfMemory, "there is not enough memory to read the file");
  } catch (const std::exception& problem) {
    return fail(ErrorCode::CorruptData, "Assimp cannot read it: {}", problem.what());
  }
}

}  // namespace volpress::formats
