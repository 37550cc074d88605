#include "scene/formats/gltf_meshopt.hpp"

#include <meshoptimizer.h>

#include "scene/formats/json_input.hpp"

namespace volpress::formats {
namespace {

using nlohmann::json;

// A group of 16 equal elements takes two bits a byte of an element: 64 to 1. Indices: 12 to 1.
constexpr std::uint64_t kMostRatio = 64;
constexpr std::uint64_t kFreeBytes = 4096;

std::string textOf(const json& object, const char* key, const char* fallback) {
  const json* value = findMember(object, key);
  return value != nullptr && value->is_string() ? value->get<std::string>() : fallback;
}

Result<std::uint64_t> sizeOf(const json& object, const char* key, const std::string& where,
                             std::uint64_t most) {
  const json* value = findMember(object, key);
  if (value == nullptr) {
    return fail(ErrorCode::CorruptData, "{}: EXT_meshopt_compression has no {}", where, key);
  }
  return wholeNumber(*value, where + "." + key, 0, most);
}

const unsigned char* rawBytes(ByteView bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

/// Undoes a filter in place; whether it exists for this stride.
bool unfilter(const std::string& filter, Bytes& bytes, std::size_t count, std::size_t stride) {
  if (filter == "NONE") {
    return true;
  }
  if (filter == "OCTAHEDRAL" && (stride == 4 || stride == 8)) {
    meshopt_decodeFilterOct(bytes.data(), count, stride);
    return true;
  }
  if (filter == "QUATERNION" && stride == 8) {
    meshopt_decodeFilterQuat(bytes.data(), count, stride);
    return true;
  }
  if (filter == "EXPONENTIAL" && stride % 4 == 0) {
    meshopt_decodeFilterExp(bytes.data(), count, stride);
    return true;
  }
  return false;
}

}  // namespace

const json* meshoptOf(const json& view) {
  const json* extensions = findMember(view, "extensions");
  const json* found =
      extensions != nullptr ? findMember(*extensions, "EXT_meshopt_compression") : nullptr;
  return found != nullptr && found->is_object() ? found : nullptr;
}

bool isMeshoptFallback(const json& buffer) {
  const json* extension = meshoptOf(buffer);
  const json* fallback = extension != nullptr ? findMember(*extension, "fallback") : nullptr;
  return fallback != nullptr && fallback->is_boolean() && fallback->get<bool>();
}

Result<Bytes> unpackMeshoptView(const json& extension, ByteView packed, const std::string& where) {
  VOLPRESS_TRY(const std::uint64_t stride, sizeOf(extension, "byteStride", where, 256));
  VOLPRESS_TRY(const std::uint64_t count, sizeOf(extension, "count", where, 0xFFFFFFFFU));
  const std::string mode = textOf(extension, "mode", "");
  const std::string filter = textOf(extension, "filter", "NONE");
  const bool attributes = mode == "ATTRIBUTES";
  const bool indices = mode == "TRIANGLES" || mode == "INDICES";
  if (!(attributes && stride % 4 == 0 && stride != 0) &&
      !(indices && (stride == 2 || stride == 4) && filter == "NONE")) {
    return fail(ErrorCode::CorruptData, "{}: mode \"{}\" with {} bytes an element", where,
                mode.substr(0, 40), stride);
  }
  if (count * stride > packed.size() * kMostRatio + kFreeBytes) {
    return fail(ErrorCode::CorruptData, "{}: {} bytes cannot hold {} elements of {} bytes", where,
                packed.size(), count, stride);
  }
  const auto elements = static_cast<std::size_t>(count);
  const auto width = static_cast<std::size_t>(stride);
  Bytes bytes(elements * width);
  int status = -1;
  if (attributes) {
    status =
        meshopt_decodeVertexBuffer(bytes.data(), elements, width, rawBytes(packed), packed.size());
  } else if (mode == "TRIANGLES" && elements % 3 == 0) {
    status =
        meshopt_decodeIndexBuffer(bytes.data(), elements, width, rawBytes(packed), packed.size());
  } else if (mode == "INDICES") {
    status =
        meshopt_decodeIndexSequence(bytes.data(), elements, width, rawBytes(packed), packed.size());
  }
  if (status != 0) {
    return fail(ErrorCode::CorruptData, "{}: its meshopt stream of {} bytes does not decode", where,
                packed.size());
  }
  if (!unfilter(filter, bytes, elements, width)) {
    return fail(ErrorCode::CorruptData,
                "{}: the filter \"{}\" does not go with {} bytes an element", where,
                filter.substr(0, 40), stride);
  }
  return bytes;
}

}  // namespace volpress::formats
