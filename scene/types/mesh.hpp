// A textured triangle mesh with its scene graph, skeletons, morph targets and animations.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scene/base/bytes.hpp"
#include "scene/base/float_array.hpp"
#include "scene/base/result.hpp"

namespace volpress {

/// A picture as its file holds it (PNG, JPEG, WebP, KTX2, ...).
struct MeshTexture {
  std::string name;
  std::string mimeType;  ///< "image/png"
  Bytes bytes;
};

enum class TextureWrap : std::uint8_t { Repeat, Clamp, Mirror };

/// Where a material finds one of its pictures, and how UVs reach it.
struct TextureUse {
  std::optional<std::uint32_t> texture;  ///< into Mesh::textures; nothing: no picture
  unsigned uvSet = 0;                    ///< 0 or 1
  float strength = 1;                    ///< normal scale, or occlusion strength
  TextureWrap wrapU = TextureWrap::Repeat;
  TextureWrap wrapV = TextureWrap::Repeat;
  std::array<float, 2> offset{0, 0};  ///< KHR_texture_transform
  std::array<float, 2> scale{1, 1};
  float rotation = 0;  ///< radians
};

enum class AlphaMode : std::uint8_t { Opaque, Mask, Blend };

/// Metallic-roughness, as glTF 2.0 section 3.9 defines it. Colour factors are linear, pictures of
/// colour and emission are sRGB, the others linear.
struct MeshMaterial {
  std::string name;
  std::array<float, 4> baseColor{1, 1, 1, 1};
  float metallic = 1;
  float roughness = 1;
  std::array<float, 3> emissive{0, 0, 0};
  TextureUse baseColorTexture;
  TextureUse metallicRoughnessTexture;  ///< G roughness, B metallic
  TextureUse normalTexture;
  TextureUse occlusionTexture;  ///< R
  TextureUse emissiveTexture;
  AlphaMode alphaMode = AlphaMode::Opaque;
  float alphaCutoff = 0.5F;
  bool doubleSided = false;
  bool unlit = false;
};

/// Differences to the part's own numbers at weight 1.
struct MorphTarget {
  FloatArray positions;  ///< 3n
  FloatArray normals;    ///< 3n, or empty
};

/// Triangles of one material. n = positions.size() / 3 vertices; empty arrays are absent.
struct MeshPart {
  std::string name;
  FloatArray positions;                   ///< 3n, in the units of the nodes that show it
  FloatArray normals;                     ///< 3n, unit length or zero
  FloatArray tangents;                    ///< 4n, xyz and the sign of the bitangent
  std::array<FloatArray, 2> uvs;          ///< 2n each; v points down the picture
  FloatArray colors;                      ///< 4n, linear RGBA
  std::vector<std::uint16_t> joints;      ///< 4n, into the skin's joints
  FloatArray weights;                     ///< 4n, sum 1
  std::vector<std::uint32_t> indices;     ///< 3 a triangle, counter-clockwise seen from outside
  std::optional<std::uint32_t> material;  ///< into Mesh::materials
  std::vector<MorphTarget> morphs;

  [[nodiscard]] std::size_t vertexCount() const noexcept { return positions.size() / 3; }
  [[nodiscard]] std::size_t triangleCount() const noexcept { return indices.size() / 3; }
};

/// A frame of the scene graph; right-handed, y up, as glTF.
struct MeshNode {
  std::string name;
  std::optional<std::uint32_t> parent;  ///< always a node before this one
  std::array<float, 3> translation{0, 0, 0};
  std::array<float, 4> rotation{0, 0, 0, 1};  ///< x, y, z, w
  std::array<float, 3> scale{1, 1, 1};
  std::optional<std::array<float, 16>> matrix;  ///< column-major, in place of the three above
  std::vector<std::uint32_t> parts;             ///< shown here; into Mesh::parts
  std::optional<std::uint32_t> skin;
  std::vector<float> morphWeights;  ///< one a morph target, or empty for zeros
};

struct MeshSkin {
  std::string name;
  std::vector<std::uint32_t> joints;  ///< nodes
  FloatArray inverseBind;             ///< 16 a joint, column-major
};

enum class AnimationPath : std::uint8_t { Translation, Rotation, Scale, Weights };
enum class AnimationBlend : std::uint8_t { Linear, Step, CubicSpline };

struct AnimationChannel {
  std::uint32_t node = 0;
  AnimationPath path = AnimationPath::Translation;
  AnimationBlend blend = AnimationBlend::Linear;
  FloatArray times;   ///< seconds, rising
  FloatArray values;  ///< times.size() * k numbers; three times as many for cubic splines
};

struct MeshAnimation {
  std::string name;
  std::vector<AnimationChannel> channels;
};

struct Mesh {
  std::vector<MeshPart> parts;
  std::vector<MeshMaterial> materials;
  std::vector<MeshTexture> textures;
  std::vector<MeshNode> nodes;  ///< parents before children
  std::vector<MeshSkin> skins;
  std::vector<MeshAnimation> animations;
};

/// Every array has the length its vertices demand, every number is finite, every index of
/// triangles, materials, textures, nodes, skins and joints is in range. CorruptData names what is
/// not. Run after every import and decode.
[[nodiscard]] Result<void> validate(const Mesh& mesh);

/// Of all parts, each counted once however many nodes show it.
[[nodiscard]] std::size_t vertexCount(const Mesh& mesh) noexcept;
[[nodiscard]] std::size_t triangleCount(const Mesh& mesh) noexcept;

/// Bytes of the geometry as plain arrays: floats for every attribute, 16-bit joints, 32-bit
/// indices. The denominator of the geometry's ratio.
[[nodiscard]] std::uint64_t rawGeometryBytes(const Mesh& mesh) noexcept;
[[nodiscard]] std::uint64_t textureBytes(const Mesh& mesh) noexcept;

/// What a repair of imported numbers changed.
struct MeshRepair {
  std::size_t badTriangles = 0;  ///< removed: an index out of range, or a corner not finite
  std::size_t badNumbers = 0;    ///< normals, UVs, colours, weights set to harmless values
};
/// Makes the arrays of an imported part pass `validate`: arrays of a wrong length are dropped,
/// triangles that cannot be drawn removed, other numbers that are not finite set to zero.
void repairPart(MeshPart& part, MeshRepair& repair);

}  // namespace volpress
