#include "scene/formats/gltf_materials.hpp"

#include <algorithm>

#include "scene/formats/json_input.hpp"
#include "scene/formats/zip_archive.hpp"

namespace volpress::formats {
namespace {

using nlohmann::json;

constexpr std::uint64_t kMost = std::uint64_t{1} << 24;

const json* extensionOf(const json& object, const char* name) {
  const json* extensions = findMember(object, "extensions");
  return extensions != nullptr ? findMember(*extensions, name) : nullptr;
}

float numberOf(const json& object, const char* key, float fallback) {
  const json* value = findMember(object, key);
  return value != nullptr && value->is_number() ? value->get<float>() : fallback;
}

std::string textOf(const json& object, const char* key) {
  const json* value = findMember(object, key);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

template <std::size_t N>
void readArray(const json& object, const char* key, std::array<float, N>& to) {
  const json* list = findMember(object, key);
  for (std::size_t i = 0; list != nullptr && list->is_array() && list->size() == N && i < N; ++i) {
    to[i] = (*list)[i].is_number() ? (*list)[i].get<float>() : to[i];
  }
}

std::optional<std::uint64_t> indexOf(const json& object, const char* key) {
  const json* value = findMember(object, key);
  const auto number =
      value != nullptr ? wholeNumber(*value, key, 0, kMost) : Result<std::uint64_t>(kMost);
  return number && *number < kMost ? std::optional(*number) : std::nullopt;
}

TextureWrap wrapOf(const json* sampler, const char* key) {
  const float code = sampler != nullptr ? numberOf(*sampler, key, 10497) : 10497;
  return code == 33071   ? TextureWrap::Clamp
         : code == 33648 ? TextureWrap::Mirror
                         : TextureWrap::Repeat;
}

/// "a%20b" as "a b".
std::string unescaped(const std::string& uri) {
  std::string text;
  for (std::size_t i = 0; i < uri.size(); ++i) {
    const auto digit = [&](std::size_t at) {
      const char c = at < uri.size() ? uri[at] : 'x';
      return c >= '0' && c <= '9'   ? c - '0'
             : c >= 'a' && c <= 'f' ? c - 'a' + 10
             : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                    : -1;
    };
    if (uri[i] == '%' && digit(i + 1) >= 0 && digit(i + 2) >= 0) {
      text += static_cast<char>(16 * digit(i + 1) + digit(i + 2));
      i += 2;
    } else {
      text += uri[i];
    }
  }
  return text;
}

class MaterialReader {
public:
  MaterialReader(const GltfDocument& document, const FileSource& beside,
                 std::vector<std::string>& warnings, Mesh& mesh)
      : m_document(document), m_beside(beside), m_warnings(warnings), m_mesh(mesh) {}

  Result<void> read() {
    const json* images = findMember(m_document.root(), "images");
    const std::size_t imageCount = images != nullptr && images->is_array() ? images->size() : 0;
    m_textureOfImage.resize(imageCount);
    for (std::size_t i = 0; i < imageCount; ++i) {
      auto texture = readImage((*images)[i]);
      if (!texture) {
        m_warnings.push_back(fmt::format("picture {} is missing: {}", i, texture.error().message));
        continue;
      }
      m_textureOfImage[i] = static_cast<std::uint32_t>(m_mesh.textures.size());
      m_mesh.textures.push_back(std::move(*texture));
    }
    const json* materials = findMember(m_document.root(), "materials");
    for (std::size_t i = 0; materials != nullptr && materials->is_array() && i < materials->size();
         ++i) {
      m_mesh.materials.push_back(readMaterial((*materials)[i]));
    }
    return {};
  }

private:
  Result<MeshTexture> readImage(const json& image) {
    MeshTexture texture;
    texture.name = textOf(image, "name");
    const std::string uri = textOf(image, "uri");
    if (const auto view = indexOf(image, "bufferView")) {
      VOLPRESS_TRY(const ByteView bytes, m_document.bufferView(*view));
      texture.bytes.assign(bytes.begin(), bytes.end());
    } else if (uri.starts_with("data:")) {
      const std::size_t comma = uri.find(";base64,");
      if (comma == std::string::npos) {
        return fail(ErrorCode::CorruptData, "its data URI is not base64");
      }
      VOLPRESS_TRY(texture.bytes, decodeBase64(std::string_view(uri).substr(comma + 8)));
    } else {
      const std::string name = unescaped(uri);
      if (!isSafeRelativeName(name)) {
        return fail(ErrorCode::CorruptData, "\"{}\" is no file beside the glTF",
                    name.substr(0, 80));
      }
      VOLPRESS_TRY(texture.bytes, m_beside(name));
      texture.name = texture.name.empty() ? name : texture.name;
    }
    texture.mimeType = pictureMimeType(texture.bytes);
    if (texture.mimeType.empty()) {
      return fail(ErrorCode::CorruptData, "its {} bytes are no PNG, JPEG, WebP or KTX2",
                  texture.bytes.size());
    }
    return texture;
  }

  TextureUse readUse(const json& parent, const char* key, const char* strength) {
    TextureUse use;
    const json* object = findMember(parent, key);
    const auto index = object != nullptr ? indexOf(*object, "index") : std::nullopt;
    const auto texture = index ? m_document.object("textures", *index)
                               : Result<const json*>(static_cast<const json*>(nullptr));
    if (!texture || *texture == nullptr) {
      return use;
    }
    std::optional<std::uint64_t> source = indexOf(**texture, "source");
    for (const char* extension : {"EXT_texture_webp", "KHR_texture_basisu"}) {
      if (const json* other = extensionOf(**texture, extension); other != nullptr && !source) {
        source = indexOf(*other, "source");
      }
    }
    if (source && *source < m_textureOfImage.size()) {
      use.texture = m_textureOfImage[static_cast<std::size_t>(*source)];
    }
    if (const auto sampler = indexOf(**texture, "sampler")) {
      const auto found = m_document.object("samplers", *sampler);
      use.wrapU = wrapOf(found ? *found : nullptr, "wrapS");
      use.wrapV = wrapOf(found ? *found : nullptr, "wrapT");
    }
    use.uvSet = indexOf(*object, "texCoord").value_or(0) == 1 ? 1 : 0;
    use.strength = strength != nullptr ? numberOf(*object, strength, 1) : 1;
    if (const json* transform = extensionOf(*object, "KHR_texture_transform")) {
      readArray(*transform, "offset", use.offset);
      readArray(*transform, "scale", use.scale);
      use.rotation = numberOf(*transform, "rotation", 0);
      use.uvSet = indexOf(*transform, "texCoord").value_or(use.uvSet) == 1 ? 1 : 0;
    }
    return use;
  }

  MeshMaterial readMaterial(const json& object) {
    MeshMaterial material;
    material.name = textOf(object, "name");
    if (const json* pbr = findMember(object, "pbrMetallicRoughness")) {
      readArray(*pbr, "baseColorFactor", material.baseColor);
      material.metallic = numberOf(*pbr, "metallicFactor", 1);
      material.roughness = numberOf(*pbr, "roughnessFactor", 1);
      material.baseColorTexture = readUse(*pbr, "baseColorTexture", nullptr);
      material.metallicRoughnessTexture = readUse(*pbr, "metallicRoughnessTexture", nullptr);
    } else if (const json* older = extensionOf(object, "KHR_materials_pbrSpecularGlossiness")) {
      readArray(*older, "diffuseFactor", material.baseColor);
      material.baseColorTexture = readUse(*older, "diffuseTexture", nullptr);
      material.metallic = 0;
      material.roughness = 1 - numberOf(*older, "glossinessFactor", 0.5F);
    }
    material.normalTexture = readUse(object, "normalTexture", "scale");
    material.occlusionTexture = readUse(object, "occlusionTexture", "strength");
    material.emissiveTexture = readUse(object, "emissiveTexture", nullptr);
    readArray(object, "emissiveFactor", material.emissive);
    if (const json* strong = extensionOf(object, "KHR_materials_emissive_strength")) {
      for (float& channel : material.emissive) {
        channel *= numberOf(*strong, "emissiveStrength", 1);
      }
    }
    const std::string alpha = textOf(object, "alphaMode");
    material.alphaMode = alpha == "MASK"    ? AlphaMode::Mask
                         : alpha == "BLEND" ? AlphaMode::Blend
                                            : AlphaMode::Opaque;
    material.alphaCutoff = numberOf(object, "alphaCutoff", 0.5F);
    const json* sides = findMember(object, "doubleSided");
    material.doubleSided = sides != nullptr && sides->is_boolean() && sides->get<bool>();
    material.unlit = extensionOf(object, "KHR_materials_unlit") != nullptr;
    if (const json* glass = extensionOf(object, "KHR_materials_transmission")) {
      warnOnce("transmission is drawn and kept as plain transparency");
      const float through = numberOf(*glass, "transmissionFactor", 0);
      if (through > 0 && material.alphaMode == AlphaMode::Opaque) {
        material.alphaMode = AlphaMode::Blend;
        material.baseColor[3] *= 1 - 0.8F * std::clamp(through, 0.0F, 1.0F);
      }
    }
    if (const json* extensions = findMember(object, "extensions");
        extensions != nullptr && extensions->is_object()) {
      for (const auto& [name, value] : extensions->items()) {
        static const std::vector<std::string> kKnown{
            "KHR_materials_unlit", "KHR_materials_emissive_strength", "KHR_materials_transmission",
            "KHR_materials_pbrSpecularGlossiness"};
        if (std::find(kKnown.begin(), kKnown.end(), name) == kKnown.end()) {
          warnOnce("the material extension " + name.substr(0, 80) + " is left out");
        }
      }
    }
    return material;
  }

  void warnOnce(const std::string& text) {
    if (std::find(m_warnings.begin(), m_warnings.end(), text) == m_warnings.end()) {
      m_warnings.push_back(text);
    }
  }

  const GltfDocument& m_document;
  const FileSource& m_beside;
  std::vector<std::string>& m_warnings;
  Mesh& m_mesh;
  std::vector<std::optional<std::uint32_t>> m_textureOfImage;
};

}  // namespace

Result<void> readGltfMaterials(const GltfDocument& document, const FileSource& beside,
                               std::vector<std::string>& warnings, Mesh& mesh) {
  return MaterialReader(document, beside, warnings, mesh).read();
}

std::string pictureMimeType(ByteView file) {
  const std::string_view text = viewText(file.first(std::min<std::size_t>(file.size(), 16)));
  if (text.starts_with("\x89PNG\r\n")) {
    return "image/png";
  }
  if (text.starts_with("\xFF\xD8\xFF")) {
    return "image/jpeg";
  }
  if (text.starts_with("RIFF") && text.size() >= 12 && text.substr(8, 4) == "WEBP") {
    return "image/webp";
  }
  if (text.starts_with("\xABKTX 20\xBB")) {
    return "image/ktx2";
  }
  return {};
}

}  // namespace volpress::formats
