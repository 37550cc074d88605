#include "scene/formats/obj_mesh_writer.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <iterator>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "scene/types/mesh_pose.hpp"

namespace volpress::formats {
namespace {

using Text = fmt::memory_buffer;

std::string pictureName(const Mesh& mesh, std::uint32_t texture, std::string_view stem) {
  const std::string& type = mesh.textures[texture].mimeType;
  const std::size_t slash = type.find('/');
  const std::string kind = slash == std::string::npos ? "bin" : type.substr(slash + 1);
  return fmt::format("{}-{}.{}", stem, texture, kind == "jpeg" ? "jpg" : kind);
}

/// Display value of a linear colour, as the readers of .mtl files take them.
float toDisplay(float linear) {
  const float value = std::clamp(linear, 0.0F, 1.0F);
  return value <= 0.0031308F ? 12.92F * value : 1.055F * std::pow(value, 1 / 2.4F) - 0.055F;
}

class ObjWriter {
public:
  ObjWriter(const Mesh& mesh, std::string_view stem) : m_mesh(mesh), m_stem(stem) {}

  std::vector<NamedFile> write() {
    fmt::format_to(std::back_inserter(m_obj), "mtllib {}.mtl\n", m_stem);
    for (const PosedPart& part : poseMesh(m_mesh)) {
      writePart(part);
    }
    for (std::size_t i = 0; i < m_mesh.materials.size(); ++i) {
      writeMaterial(i);
    }
    std::vector<NamedFile> files;
    for (const std::uint32_t texture : m_used) {
      files.push_back({pictureName(m_mesh, texture, m_stem), m_mesh.textures[texture].bytes});
    }
    files.push_back({fmt::format("{}.mtl", m_stem), toBytes(m_mtl)});
    files.push_back({fmt::format("{}.obj", m_stem), toBytes(m_obj)});
    return files;
  }

private:
  static Bytes toBytes(const Text& text) {
    const ByteView view = viewBytes(std::string_view(text.data(), text.size()));
    return {view.begin(), view.end()};
  }

  void writePart(const PosedPart& posed) {
    const MeshPart& part = *posed.part;
    const std::size_t count = posed.positions.size() / 3;
    const auto out = std::back_inserter(m_obj);
    fmt::format_to(out, "o part{}\n", m_parts++);
    for (std::size_t i = 0; i < count; ++i) {
      const float* at = &posed.positions[3 * i];
      fmt::format_to(out, "v {} {} {}\n", at[0], at[1], at[2]);
    }
    const bool hasUvs = part.uvs[0].size() == 2 * count;
    for (std::size_t i = 0; hasUvs && i < count; ++i) {
      // v points up in this format.
      fmt::format_to(out, "vt {} {}\n", part.uvs[0][2 * i], 1 - part.uvs[0][2 * i + 1]);
    }
    const bool hasNormals = posed.normals.size() == 3 * count;
    for (std::size_t i = 0; hasNormals && i < count; ++i) {
      const float* at = &posed.normals[3 * i];
      fmt::format_to(out, "vn {} {} {}\n", at[0], at[1], at[2]);
    }
    if (part.material) {
      fmt::format_to(out, "usemtl material{}\n", *part.material);
    }
    for (std::size_t i = 0; i + 2 < part.indices.size(); i += 3) {
      std::array<std::size_t, 3> corner{0, 1, 2};
      if (posed.mirrored) {
        std::swap(corner[1], corner[2]);
      }
      fmt::format_to(out, "f");
      for (const std::size_t c : corner) {
        const std::size_t index = part.indices[i + c];
        fmt::format_to(out, " {}/{}/{}", m_positions + index + 1,
                       hasUvs ? fmt::format("{}", m_uvs + index + 1) : "",
                       hasNormals ? fmt::format("{}", m_normals + index + 1) : "");
      }
      fmt::format_to(out, "\n");
    }
    m_positions += count;
    m_uvs += hasUvs ? count : 0;
    m_normals += hasNormals ? count : 0;
  }

  void writeMaterial(std::size_t index) {
    const MeshMaterial& material = m_mesh.materials[index];
    const auto out = std::back_inserter(m_mtl);
    const auto& color = material.baseColor;
    fmt::format_to(out, "newmtl material{}\nKd {} {} {}\n", index, toDisplay(color[0]),
                   toDisplay(color[1]), toDisplay(color[2]));
    fmt::format_to(out, "Ke {} {} {}\n", material.emissive[0], material.emissive[1],
                   material.emissive[2]);
    fmt::format_to(out, "Ks 0 0 0\nd {}\nillum {}\n", color[3], material.unlit ? 0 : 2);
    // As the physically based extension of the format names them.
    fmt::format_to(out, "Pr {}\nPm {}\n", material.roughness, material.metallic);
    writeTexture("map_Kd", material.baseColorTexture);
    writeTexture("norm", material.normalTexture);
    writeTexture("map_Ke", material.emissiveTexture);
  }

  void writeTexture(std::string_view key, const TextureUse& use) {
    if (use.texture && use.uvSet == 0) {
      m_used.insert(*use.texture);
      fmt::format_to(std::back_inserter(m_mtl), "{} {}\n", key,
                     pictureName(m_mesh, *use.texture, m_stem));
    }
  }

  const Mesh& m_mesh;
  std::string_view m_stem;
  Text m_obj;
  Text m_mtl;
  std::set<std::uint32_t> m_used;
  std::size_t m_parts = 0;
  std::size_t m_positions = 0;
  std::size_t m_uvs = 0;
  std::size_t m_normals = 0;
};

}  // namespace

Result<std::vector<NamedFile>> writeObjMesh(const Mesh& mesh, std::string_view stem) {
  const bool plain = !stem.empty() && std::all_of(stem.begin(), stem.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '_';
  });
  if (!plain) {
    return fail(
        ErrorCode::InvalidParameter,
        "\"{}.obj\": a name of letters, digits, dots, dashes and underscores is needed, for "
        "the files beside it are named after it",
        stem);
  }
  return ObjWriter(mesh, stem).write();
}

}  // namespace volpress::formats
