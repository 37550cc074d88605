// The JSON and the binary buffers of a glTF file, with every range checked.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "scene/base/float_array.hpp"
#include "scene/formats/format.hpp"

namespace volpress::formats {

inline constexpr std::uint32_t kGlbMagic = 0x46546C67;  // "glTF"

enum class GltfNumber : std::uint16_t {
  Byte = 5120,
  UnsignedByte = 5121,
  Short = 5122,
  UnsignedShort = 5123,
  UnsignedInt = 5125,
  Float = 5126,
};

/// Typed numbers inside a buffer; reading any index below `count` stays inside.
class GltfAccessor {
public:
  std::size_t count = 0;
  std::size_t components = 1;

  /// Component `c` of element `i` as a float; normalised integers become 0..1 or -1..1.
  [[nodiscard]] float at(std::size_t i, std::size_t c) const noexcept;
  /// The first component of element `i` as a whole number, for unsigned types; 0 for others.
  [[nodiscard]] std::uint32_t wholeAt(std::size_t i) const noexcept;

private:
  friend class GltfDocument;
  ByteView m_bytes;  ///< empty when the accessor names no buffer view
  std::size_t m_stride = 0;
  GltfNumber m_type = GltfNumber::Float;
  bool m_normalised = false;
};

/// A parsed file. Views point into the file, or into what was decoded or read beside it.
// NOLINTNEXTLINE(bugprone-exception-escape): the JSON library says that its moves do not throw
class GltfDocument {
public:
  /// A .glb or the JSON of a .gltf. CorruptData for chunks that do not fit, UnsupportedVersion for
  /// other versions or for extensions that must be understood and are not (`alsoUnderstood` is one
  /// more that is).
  [[nodiscard]] static Result<GltfDocument> open(ByteView file, const FileSource& beside,
                                                 std::string_view alsoUnderstood = {});

  [[nodiscard]] const nlohmann::json& root() const noexcept { return m_root; }
  /// Bytes of all buffers.
  [[nodiscard]] std::uint64_t bufferBytes() const noexcept { return m_bufferBytes; }

  /// Object `index` of the top-level array `key`.
  [[nodiscard]] Result<const nlohmann::json*> object(std::string_view key,
                                                     std::uint64_t index) const;
  [[nodiscard]] Result<ByteView> bufferView(std::uint64_t index) const;
  /// An accessor with its bytes.
  [[nodiscard]] Result<GltfAccessor> accessor(std::uint64_t index) const;
  /// All numbers of an accessor of `components` each, sparse ones and ones without bytes (zeros)
  /// too. CorruptData for another number of components.
  [[nodiscard]] Result<FloatArray> numbers(std::uint64_t index, std::size_t components) const;
  /// The number of elements an accessor states, with or without bytes.
  [[nodiscard]] Result<std::uint64_t> accessorCount(std::uint64_t index) const;

private:
  Result<void> openBuffers(ByteView binary, const FileSource& beside);
  /// Unpacks the views that EXT_meshopt_compression packs.
  Result<void> openPackedViews();
  /// `count` elements at the bufferView and byteOffset that `object` names.
  [[nodiscard]] Result<GltfAccessor> typedView(const nlohmann::json& object, std::size_t components,
                                               std::uint64_t count, const std::string& where) const;

  nlohmann::json m_root;
  std::vector<ByteView> m_buffers;
  std::vector<Bytes> m_storage;
  std::map<std::uint64_t, Bytes> m_unpacked;  ///< buffer views by index
  std::uint64_t m_bufferBytes = 0;
};

/// Base64 of a data URI, and back; nothing when the text is none.
[[nodiscard]] std::string encodeBase64(ByteView bytes);
[[nodiscard]] Result<Bytes> decodeBase64(std::string_view text);

}  // namespace volpress::formats
