// A glTF while it is put together: its JSON, and its buffer as named sections.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"

namespace volpress::formats {

struct GltfSection {
  std::string name;  ///< "positions", "textures", ...: what its bytes are for
  Bytes bytes;       ///< a multiple of four
};

/// The finished parts: the buffer is the sections in their order.
struct GltfPackage {
  std::string json;
  std::vector<GltfSection> sections;
};

/// Collects buffer views by section, and turns them into offsets of one buffer at the end.
// NOLINTNEXTLINE(bugprone-exception-escape): the JSON library says that its moves do not throw
class GltfBuilder {
public:
  nlohmann::json root;

  /// A view of plain bytes; the index of the view.
  std::size_t addView(const std::string& section, ByteView bytes, nlohmann::json extra = {});

  /// A view that EXT_meshopt_compression unpacks: `packed` in the file, `count` elements of
  /// `stride` bytes for readers.
  std::size_t addMeshoptView(const std::string& section, ByteView packed, std::size_t count,
                             std::size_t stride, const char* mode, const char* filter);

  std::size_t addAccessor(nlohmann::json accessor);

  /// Notes an extension as used, and as required where a reader cannot do without.
  void useExtension(const std::string& name, bool required);

  /// Sections in the order of their first use. InvalidParameter for 4 GiB or more.
  [[nodiscard]] Result<GltfPackage> finish() &&;

private:
  struct Place {
    std::size_t view = 0;
    bool packed = false;
    std::size_t section = 0;
    std::size_t offset = 0;
  };
  Place append(const std::string& section, ByteView bytes);

  std::vector<GltfSection> m_sections;
  std::vector<Place> m_places;
  std::size_t m_fallbackBytes = 0;
  std::map<std::string, bool> m_extensions;
};

/// The .glb of a package.
[[nodiscard]] Result<Bytes> assembleGlb(const GltfPackage& package);

}  // namespace volpress::formats
