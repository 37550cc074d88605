#include "scene/formats/gltf_document.hpp"

#include <algorithm>
#include <limits>

#include "scene/formats/gltf_meshopt.hpp"
#include "scene/formats/json_input.hpp"
#include "scene/formats/zip_archive.hpp"

namespace volpress::formats {
namespace {

using nlohmann::json;

constexpr std::uint32_t kJsonChunk = 0x4E4F534A;
constexpr std::uint32_t kBinaryChunk = 0x004E4942;
constexpr std::size_t kMostJson = std::size_t{2} << 30;  // buffers may lie inside
constexpr std::uint64_t kMostBuffers = 4096;
constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 60;
constexpr std::uint64_t kFreeZeros = 65536;  // elements that need no bytes in the file
constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// What may stand in extensionsRequired.
constexpr std::array<std::string_view, 11> kUnderstood{"KHR_gaussian_splatting",
                                                       "KHR_gaussian_splatting_compression_spz",
                                                       "KHR_gaussian_splatting_compression_spz_2",
                                                       "KHR_spz_gaussian_splats_compression",
                                                       "KHR_mesh_quantization",
                                                       "KHR_draco_mesh_compression",
                                                       "EXT_meshopt_compression",
                                                       "KHR_texture_transform",
                                                       "KHR_texture_basisu",
                                                       "EXT_texture_webp",
                                                       "KHR_materials_unlit"};

struct Chunks {
  ByteView json;
  ByteView binary;
};

Result<Chunks> splitGlb(ByteView file) {
  ByteReader reader(file);
  VOLPRESS_TRY(const auto magic, reader.read<std::uint32_t>("the GLB header"));
  VOLPRESS_TRY(const auto version, reader.read<std::uint32_t>("the GLB version"));
  VOLPRESS_TRY(const auto length, reader.read<std::uint32_t>("the GLB length"));
  if (magic != kGlbMagic || version != 2) {
    return fail(ErrorCode::UnsupportedVersion, "GLB version is {}, readable is 2", version);
  }
  if (length > file.size()) {
    return fail(ErrorCode::CorruptData, "the GLB header says {} bytes, but the file has {}", length,
                file.size());
  }
  Chunks chunks;
  for (int index = 0; index < 2 && reader.offset() + 8 <= length; ++index) {
    VOLPRESS_TRY(const auto size, reader.read<std::uint32_t>("a chunk's length"));
    VOLPRESS_TRY(const auto type, reader.read<std::uint32_t>("a chunk's type"));
    VOLPRESS_TRY(const ByteView content, reader.take(size, "a chunk"));
    if (index == 0 && type != kJsonChunk) {
      return fail(ErrorCode::CorruptData, "the first chunk of the GLB is no JSON");
    }
    if (index == 0) {
      chunks.json = content;
    } else if (type == kBinaryChunk) {
      chunks.binary = content;
    }
  }
  return chunks;
}

std::size_t numberBytes(GltfNumber type) {
  switch (type) {
    case GltfNumber::Byte:
    case GltfNumber::UnsignedByte: return 1;
    case GltfNumber::Short:
    case GltfNumber::UnsignedShort: return 2;
    default: return 4;
  }
}

Result<std::uint64_t> numberOr(const json& parent, const char* key, std::uint64_t fallback,
                               std::uint64_t most, const std::string& where) {
  const json* value = findMember(parent, key);
  return value == nullptr ? Result<std::uint64_t>(fallback)
                          : wholeNumber(*value, where + "." + key, 0, most);
}

Result<std::size_t> componentsOf(const json& accessor, std::uint64_t index) {
  const json* type = findMember(accessor, "type");
  const std::string name = type != nullptr && type->is_string() ? type->get<std::string>() : "";
  constexpr std::array<std::string_view, 4> kNames{"SCALAR", "VEC2", "VEC3", "VEC4"};
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (name == "MAT4") {
    return 16;
  }
  if (found == kNames.end()) {
    return fail(ErrorCode::CorruptData,
                "accessor {} has the type \"{}\", allowed are SCALAR to VEC4 and MAT4", index,
                name.substr(0, 40));
  }
  return static_cast<std::size_t>(found - kNames.begin()) + 1;
}

template <typename T>
float scaled(const std::byte* bytes, bool normalised) {
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  const auto number = static_cast<float>(value);
  return normalised ? std::max(number / static_cast<float>(std::numeric_limits<T>::max()), -1.0F)
                    : number;
}

}  // namespace

float GltfAccessor::at(std::size_t i, std::size_t c) const noexcept {
  const std::byte* place = m_bytes.data() + i * m_stride + c * numberBytes(m_type);
  switch (m_type) {
    case GltfNumber::Byte: return scaled<std::int8_t>(place, m_normalised);
    case GltfNumber::UnsignedByte: return scaled<std::uint8_t>(place, m_normalised);
    case GltfNumber::Short: return scaled<std::int16_t>(place, m_normalised);
    case GltfNumber::UnsignedShort: return scaled<std::uint16_t>(place, m_normalised);
    case GltfNumber::UnsignedInt: return scaled<std::uint32_t>(place, m_normalised);
    case GltfNumber::Float: break;
  }
  float value;
  std::memcpy(&value, place, sizeof(value));
  return value;
}

std::uint32_t GltfAccessor::wholeAt(std::size_t i) const noexcept {
  const std::byte* place = m_bytes.data() + i * m_stride;
  std::uint32_t value = 0;
  switch (m_type) {
    case GltfNumber::UnsignedByte: std::memcpy(&value, place, 1); break;
    case GltfNumber::UnsignedShort: std::memcpy(&value, place, 2); break;
    case GltfNumber::UnsignedInt: std::memcpy(&value, place, 4); break;
    default: break;
  }
  return value;
}

Result<GltfDocument> GltfDocument::open(ByteView file, const FileSource& beside,
                                        std::string_view alsoUnderstood) {
  Chunks chunks{file, {}};
  std::uint32_t magic = 0;
  std::memcpy(&magic, file.data(), std::min(file.size(), sizeof(magic)));
  if (magic == kGlbMagic) {
    VOLPRESS_TRY(chunks, splitGlb(file));
  }
  GltfDocument document;
  VOLPRESS_TRY(document.m_root, parseJsonObject(chunks.json, "the glTF JSON", kMostJson));
  const json* asset = findMember(document.m_root, "asset");
  const json* version = asset == nullptr ? nullptr : findMember(*asset, "version");
  if (version == nullptr || !version->is_string() ||
      !version->get_ref<const std::string&>().starts_with("2.")) {
    return fail(ErrorCode::UnsupportedVersion, "the glTF's asset.version is not 2.x");
  }
  if (const json* required = findMember(document.m_root, "extensionsRequired");
      required != nullptr && required->is_array()) {
    for (const json& name : *required) {
      const std::string text = name.is_string() ? name.get<std::string>() : "?";
      if (text != alsoUnderstood && !text.starts_with("KHR_materials_") &&
          std::find(kUnderstood.begin(), kUnderstood.end(), text) == kUnderstood.end()) {
        return fail(ErrorCode::UnsupportedVersion,
                    "the glTF needs the extension \"{}\", which is not understood",
                    text.substr(0, 80));
      }
    }
  }
  VOLPRESS_CHECK(document.openBuffers(chunks.binary, beside));
  VOLPRESS_CHECK(document.openPackedViews());
  return document;
}

Result<void> GltfDocument::openBuffers(ByteView binary, const FileSource& beside) {
  const json* list = findMember(m_root, "buffers");
  const std::size_t count = list != nullptr && list->is_array() ? list->size() : 0;
  if (count > kMostBuffers) {
    return fail(ErrorCode::CorruptData, "the glTF has {} buffers, allowed are {}", count,
                kMostBuffers);
  }
  m_storage.reserve(count);  // views point into its elements
  for (std::size_t i = 0; i < count; ++i) {
    const json& buffer = (*list)[i];
    const std::string where = fmt::format("buffer {}", i);
    VOLPRESS_TRY(const std::uint64_t length, numberOr(buffer, "byteLength", 0, kMostBytes, where));
    const json* uri = findMember(buffer, "uri");
    ByteView bytes = binary;
    if (uri == nullptr && isMeshoptFallback(buffer)) {
      m_buffers.emplace_back();  // every view of it is unpacked from elsewhere
      continue;
    }
    if (uri != nullptr || i != 0) {
      const std::string name = uri != nullptr && uri->is_string() ? uri->get<std::string>() : "";
      constexpr std::string_view kBase64 = ";base64,";
      if (name.starts_with("data:")) {
        const std::size_t at = name.find(kBase64);
        if (at == std::string::npos) {
          return fail(ErrorCode::CorruptData, "{} has a data URI that is not base64", where);
        }
        VOLPRESS_TRY(Bytes decoded,
                     decodeBase64(std::string_view(name).substr(at + kBase64.size())));
        m_storage.push_back(std::move(decoded));
      } else {
        if (!isSafeRelativeName(name)) {
          return fail(ErrorCode::CorruptData,
                      "{} lies in \"{}\", allowed are data URIs and files beside the glTF", where,
                      name.substr(0, 80));
        }
        VOLPRESS_TRY(Bytes read, beside(name));
        m_storage.push_back(std::move(read));
      }
      bytes = m_storage.back();
    }
    if (length > bytes.size()) {
      return fail(ErrorCode::CorruptData, "{} needs {} bytes, but {} are there", where, length,
                  bytes.size());
    }
    m_buffers.push_back(bytes.first(static_cast<std::size_t>(length)));
    m_bufferBytes += length;
  }
  return {};
}

Result<void> GltfDocument::openPackedViews() {
  const json* views = findMember(m_root, "bufferViews");
  const std::size_t count = views != nullptr && views->is_array() ? views->size() : 0;
  for (std::size_t i = 0; i < count; ++i) {
    const json* packed = meshoptOf((*views)[i]);
    if (packed == nullptr) {
      continue;
    }
    const std::string where = fmt::format("bufferView {}", i);
    VOLPRESS_TRY(const std::uint64_t buffer,
                 numberOr(*packed, "buffer", kMostBytes, kMostBytes, where));
    VOLPRESS_TRY(const std::uint64_t offset, numberOr(*packed, "byteOffset", 0, kMostBytes, where));
    VOLPRESS_TRY(const std::uint64_t length, numberOr(*packed, "byteLength", 0, kMostBytes, where));
    if (buffer >= m_buffers.size() || offset + length > m_buffers[buffer].size()) {
      return fail(ErrorCode::CorruptData, "{}: its packed bytes {} to {} lie outside buffer {}",
                  where, offset, offset + length, buffer);
    }
    VOLPRESS_TRY(Bytes unpacked,
                 unpackMeshoptView(*packed,
                                   m_buffers[buffer].subspan(static_cast<std::size_t>(offset),
                                                             static_cast<std::size_t>(length)),
                                   where));
    m_unpacked.emplace(i, std::move(unpacked));
  }
  return {};
}

Result<const json*> GltfDocument::object(std::string_view key, std::uint64_t index) const {
  const json* list = findMember(m_root, key);
  const std::size_t size = list != nullptr && list->is_array() ? list->size() : 0;
  if (index >= size || !(*list)[static_cast<std::size_t>(index)].is_object()) {
    return fail(ErrorCode::CorruptData, "the glTF names {}[{}], but there are {}", key, index,
                size);
  }
  return &(*list)[static_cast<std::size_t>(index)];
}

Result<ByteView> GltfDocument::bufferView(std::uint64_t index) const {
  VOLPRESS_TRY(const json* view, object("bufferViews", index));
  if (const auto unpacked = m_unpacked.find(index); unpacked != m_unpacked.end()) {
    return ByteView(unpacked->second);
  }
  const std::string where = fmt::format("bufferView {}", index);
  VOLPRESS_TRY(const std::uint64_t buffer,
               numberOr(*view, "buffer", kMostBytes, kMostBytes, where));
  VOLPRESS_TRY(const std::uint64_t offset, numberOr(*view, "byteOffset", 0, kMostBytes, where));
  VOLPRESS_TRY(const std::uint64_t length, numberOr(*view, "byteLength", 0, kMostBytes, where));
  if (buffer >= m_buffers.size() || offset + length > m_buffers[buffer].size()) {
    return fail(ErrorCode::CorruptData, "{} takes bytes {} to {} of buffer {}, which has {}", where,
                offset, offset + length, buffer,
                buffer < m_buffers.size() ? m_buffers[buffer].size() : 0);
  }
  return m_buffers[buffer].subspan(static_cast<std::size_t>(offset),
                                   static_cast<std::size_t>(length));
}

Result<std::uint64_t> GltfDocument::accessorCount(std::uint64_t index) const {
  VOLPRESS_TRY(const json* object, object("accessors", index));
  return numberOr(*object, "count", 0, std::numeric_limits<std::uint32_t>::max(),
                  fmt::format("accessor {}", index));
}

Result<GltfAccessor> GltfDocument::accessor(std::uint64_t index) const {
  VOLPRESS_TRY(const json* object, object("accessors", index));
  const std::string where = fmt::format("accessor {}", index);
  if (findMember(*object, "sparse") != nullptr || findMember(*object, "bufferView") == nullptr) {
    return fail(ErrorCode::UnsupportedVersion,
                "{} is sparse or has no buffer view, which is not read", where);
  }
  VOLPRESS_TRY(const std::size_t components, componentsOf(*object, index));
  VOLPRESS_TRY(const std::uint64_t count, accessorCount(index));
  return typedView(*object, components, count, where);
}

Result<GltfAccessor> GltfDocument::typedView(const json& object, std::size_t components,
                                             std::uint64_t count, const std::string& where) const {
  GltfAccessor accessor;
  accessor.components = components;
  VOLPRESS_TRY(const std::uint64_t type, numberOr(object, "componentType", 0, 65535, where));
  if (type < 5120 || type > 5126 || type == 5124) {
    return fail(ErrorCode::CorruptData, "{} has the component type {}, allowed are 5120 to 5126",
                where, type);
  }
  accessor.m_type = static_cast<GltfNumber>(type);
  const json* normalised = findMember(object, "normalized");
  accessor.m_normalised =
      normalised != nullptr && normalised->is_boolean() && normalised->get<bool>();
  VOLPRESS_TRY(const std::uint64_t offset, numberOr(object, "byteOffset", 0, kMostBytes, where));
  VOLPRESS_TRY(const std::uint64_t viewIndex, numberOr(object, "bufferView", 0, kMostBytes, where));
  VOLPRESS_TRY(const ByteView view, bufferView(viewIndex));
  const std::uint64_t element = accessor.components * numberBytes(accessor.m_type);
  VOLPRESS_TRY(const json* viewObject, this->object("bufferViews", viewIndex));
  VOLPRESS_TRY(const std::uint64_t stride,
               numberOr(*viewObject, "byteStride", element, 256, where));
  if (stride < element || (count != 0 && offset + (count - 1) * stride + element > view.size())) {
    return fail(ErrorCode::CorruptData,
                "{} has {} elements of {} bytes, {} apart from byte {}, but its view has {}", where,
                count, element, stride, offset, view.size());
  }
  accessor.count = static_cast<std::size_t>(count);
  accessor.m_stride = static_cast<std::size_t>(stride);
  accessor.m_bytes = count == 0 ? ByteView() : view.subspan(static_cast<std::size_t>(offset));
  return accessor;
}

Result<FloatArray> GltfDocument::numbers(std::uint64_t index, std::size_t components) const {
  VOLPRESS_TRY(const json* object, object("accessors", index));
  const std::string where = fmt::format("accessor {}", index);
  VOLPRESS_TRY(const std::size_t found, componentsOf(*object, index));
  if (found != components) {
    return fail(ErrorCode::CorruptData, "{} has {} components, expected are {}", where, found,
                components);
  }
  VOLPRESS_TRY(const std::uint64_t count, accessorCount(index));
  FloatArray values;
  const auto store = [&](const GltfAccessor& from, std::size_t at, std::size_t to) {
    for (std::size_t c = 0; c < components; ++c) {
      values[to * components + c] = from.at(at, c);
    }
  };
  const bool hasBytes = findMember(*object, "bufferView") != nullptr;
  if (!hasBytes && count > m_bufferBytes + kFreeZeros) {
    return fail(ErrorCode::CorruptData, "{} has {} elements without bytes in a file with {}", where,
                count, m_bufferBytes);
  }
  if (hasBytes) {
    VOLPRESS_TRY(const GltfAccessor base, typedView(*object, components, count, where));
    values.resize(base.count * components);
    for (std::size_t i = 0; i < base.count; ++i) {
      store(base, i, i);
    }
  } else {
    values.assign(static_cast<std::size_t>(count) * components, 0.0F);
  }
  const json* sparse = findMember(*object, "sparse");
  if (sparse == nullptr) {
    return values;
  }
  const json* indices = findMember(*sparse, "indices");
  const json* changed = findMember(*sparse, "values");
  if (indices == nullptr || changed == nullptr || !changed->is_object()) {
    return fail(ErrorCode::CorruptData, "{} is sparse without indices or values", where);
  }
  VOLPRESS_TRY(const std::uint64_t changes, numberOr(*sparse, "count", 0, count, where));
  VOLPRESS_TRY(const GltfAccessor places, typedView(*indices, 1, changes, where));
  json typed = *changed;
  typed["componentType"] = object->value("componentType", 0);
  typed["normalized"] = object->value("normalized", false);
  VOLPRESS_TRY(const GltfAccessor news, typedView(typed, components, changes, where));
  for (std::size_t i = 0; i < places.count; ++i) {
    const std::uint32_t place = places.wholeAt(i);
    if (place >= count) {
      return fail(ErrorCode::CorruptData, "{} changes element {} of {}", where, place, count);
    }
    store(news, i, place);
  }
  return values;
}

std::string encodeBase64(ByteView bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t word = 0;
    for (std::size_t k = 0; k < left; ++k) {
      word |= std::to_integer<std::uint32_t>(bytes[i + k]) << (16 - 8 * k);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= left ? kAlphabet[word >> (18 - 6 * k) & 63] : '=';
    }
  }
  return text;
}

Result<Bytes> decodeBase64(std::string_view text) {
  static const std::array<std::uint8_t, 256> kValues = [] {
    std::array<std::uint8_t, 256> values{};
    values.fill(255);
    for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
      values[static_cast<std::uint8_t>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
    }
    return values;
  }();
  while (!text.empty() && text.back() == '=') {
    text.remove_suffix(1);
  }
  Bytes bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t word = 0;
  int bits = 0;
  for (const char character : text) {
    const std::uint8_t value = kValues[static_cast<std::uint8_t>(character)];
    if (value == 255) {
      return fail(ErrorCode::CorruptData, "a data URI holds a character that is not base64");
    }
    word = word << 6 | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<std::byte>(word >> bits));
    }
  }
  return bytes;
}

}  // namespace volpress::formats
