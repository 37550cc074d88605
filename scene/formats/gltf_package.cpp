#include "scene/formats/gltf_package.hpp"

#include <algorithm>

#include "scene/formats/gltf_document.hpp"

namespace volpress::formats {
namespace {

using nlohmann::json;

constexpr std::uint64_t kMostBytes = 0xFFFF0000U;
constexpr std::uint32_t kJsonChunk = 0x4E4F534A;
constexpr std::uint32_t kBinaryChunk = 0x004E4942;

}  // namespace

GltfBuilder::Place GltfBuilder::append(const std::string& section, ByteView bytes) {
  auto found = std::find_if(m_sections.begin(), m_sections.end(),
                            [&](const GltfSection& one) { return one.name == section; });
  if (found == m_sections.end()) {
    m_sections.push_back({section, {}});
    found = m_sections.end() - 1;
  }
  Place place;
  place.section = static_cast<std::size_t>(found - m_sections.begin());
  place.offset = found->bytes.size();
  found->bytes.insert(found->bytes.end(), bytes.begin(), bytes.end());
  found->bytes.resize((found->bytes.size() + 3) / 4 * 4);
  return place;
}

std::size_t GltfBuilder::addView(const std::string& section, ByteView bytes, json extra) {
  Place place = append(section, bytes);
  json& views = root["bufferViews"];
  place.view = views.size();
  m_places.push_back(place);
  json view = extra.is_object() ? std::move(extra) : json::object();
  view["buffer"] = 0;
  view["byteLength"] = bytes.size();
  views.push_back(std::move(view));
  return place.view;
}

std::size_t GltfBuilder::addMeshoptView(const std::string& section, ByteView packed,
                                        std::size_t count, std::size_t stride, const char* mode,
                                        const char* filter) {
  Place place = append(section, packed);
  place.packed = true;
  json& views = root["bufferViews"];
  place.view = views.size();
  m_places.push_back(place);
  json extension{{"buffer", 0},
                 {"byteLength", packed.size()},
                 {"byteStride", stride},
                 {"count", count},
                 {"mode", mode}};
  if (std::string_view(filter) != "NONE") {
    extension["filter"] = filter;
  }
  json view{{"buffer", 1},
            {"byteOffset", m_fallbackBytes},
            {"byteLength", count * stride},
            {"extensions", {{"EXT_meshopt_compression", std::move(extension)}}}};
  if (std::string_view(mode) == "ATTRIBUTES") {
    view["byteStride"] = stride;
    view["target"] = 34962;
  } else {
    view["target"] = 34963;
  }
  views.push_back(std::move(view));
  m_fallbackBytes += (count * stride + 3) / 4 * 4;
  useExtension("EXT_meshopt_compression", true);
  return place.view;
}

std::size_t GltfBuilder::addAccessor(json accessor) {
  json& accessors = root["accessors"];
  accessors.push_back(std::move(accessor));
  return accessors.size() - 1;
}

void GltfBuilder::useExtension(const std::string& name, bool required) {
  m_extensions[name] = m_extensions[name] || required;
}

Result<GltfPackage> GltfBuilder::finish() && {
  std::vector<std::uint64_t> starts;
  std::uint64_t total = 0;
  for (const GltfSection& section : m_sections) {
    starts.push_back(total);
    total += section.bytes.size();
  }
  if (total > kMostBytes || m_fallbackBytes > kMostBytes) {
    return fail(ErrorCode::InvalidParameter, "the mesh takes {} bytes, a GLB holds {}", total,
                kMostBytes);
  }
  for (const Place& place : m_places) {
    json& view = root["bufferViews"][place.view];
    json& to = place.packed ? view["extensions"]["EXT_meshopt_compression"] : view;
    to["byteOffset"] = starts[place.section] + place.offset;
  }
  root["asset"] = {{"version", "2.0"}, {"generator", "Volpress"}};
  if (total != 0) {
    root["buffers"].push_back({{"byteLength", total}});
  }
  if (m_fallbackBytes != 0) {
    root["buffers"].push_back(
        {{"byteLength", m_fallbackBytes},
         {"extensions", {{"EXT_meshopt_compression", {{"fallback", true}}}}}});
  }
  for (const auto& [name, required] : m_extensions) {
    root["extensionsUsed"].push_back(name);
    if (required) {
      root["extensionsRequired"].push_back(name);
    }
  }
  return GltfPackage{root.dump(-1, ' ', false, json::error_handler_t::replace),
                     std::move(m_sections)};
}

Result<Bytes> assembleGlb(const GltfPackage& package) {
  std::string text = package.json;
  text.resize((text.size() + 3) / 4 * 4, ' ');
  std::uint64_t binary = 0;
  for (const GltfSection& section : package.sections) {
    binary += section.bytes.size();
  }
  const std::uint64_t total = 12 + 8 + text.size() + (binary != 0 ? 8 + binary : 0);
  if (total > kMostBytes) {
    return fail(ErrorCode::InvalidParameter, "the mesh takes {} bytes, a GLB holds {}", total,
                kMostBytes);
  }
  ByteWriter writer;
  writer.reserve(total);
  writer.write(kGlbMagic);
  writer.write(std::uint32_t{2});
  writer.write(static_cast<std::uint32_t>(total));
  writer.write(static_cast<std::uint32_t>(text.size()));
  writer.write(kJsonChunk);
  writer.append(text);
  if (binary != 0) {
    writer.write(static_cast<std::uint32_t>(binary));
    writer.write(kBinaryChunk);
    for (const GltfSection& section : package.sections) {
      writer.append(section.bytes);
    }
  }
  return std::move(writer).take();
}

}  // namespace volpress::formats
