// Checkpoints as bytes: a magic word, whose run it is, the fields, and a checksum of all that.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scene/base/bytes.hpp"
#include "scene/base/files.hpp"
#include "scene/types/camera.hpp"
#include "scene/types/image.hpp"

namespace volpress::learning {

template <typename Array>
[[nodiscard]] ByteView viewArray(const Array& values) {
  return viewBytes(std::span<const typename Array::value_type>(values.data(), values.size()));
}

/// Starts a state file: `magic` (8 characters), u64 identity.
[[nodiscard]] ByteWriter beginState(std::string_view magic, std::uint64_t identity);

/// Appends a u64 length and the elements.
template <typename Array>
void appendArray(const Array& values, ByteWriter& out) {
  out.write<std::uint64_t>(values.size());
  out.append(viewArray(values));
}

/// Appends the XXH64 of everything before.
[[nodiscard]] Bytes finishState(ByteWriter out);

/// The fields between identity and checksum. CorruptData for another magic word or checksum,
/// InvalidParameter for another identity.
[[nodiscard]] Result<ByteReader> openState(ByteView bytes, std::string_view magic,
                                           std::uint64_t identity);

/// A state that an interrupted run left; the reader's bytes are the file's.
struct KeptState {
  MappedFile file;
  ByteReader reader;
};

/// The state `name` in the folder `scratch`. Nothing where there is no folder or no such state, and
/// where it is of another run or was cut by a kill: `log` then says that `what` ("the fit") starts
/// afresh.
[[nodiscard]] Result<std::optional<KeptState>> openKeptState(
    const std::filesystem::path& scratch, std::string_view name, std::string_view magic,
    std::uint64_t identity, std::string_view what, std::vector<std::string>& log);

/// Reads `size` elements, checked against the bytes that are left before anything is allocated.
template <typename Array>
[[nodiscard]] Result<void> readElements(ByteReader& reader, Array& values, std::uint64_t size,
                                        std::string_view field) {
  using Element = typename Array::value_type;
  if (size > reader.remaining() / sizeof(Element)) {
    return fail(ErrorCode::CorruptData, "checkpoint: {} has {} entries, but {} bytes are left",
                field, size, reader.remaining());
  }
  VOLPRESS_TRY(const ByteView part, reader.take(size * sizeof(Element), field));
  values.resize(static_cast<std::size_t>(size));
  if (!part.empty()) {
    std::memcpy(values.data(), part.data(), part.size());
  }
  return {};
}

/// Reads what `appendArray` wrote. CorruptData unless the length is `size` or, with `mayBeEmpty`,
/// 0.
template <typename Array>
[[nodiscard]] Result<void> readArray(ByteReader& reader, Array& values, std::uint64_t size,
                                     bool mayBeEmpty, std::string_view field) {
  VOLPRESS_TRY(const auto found, reader.read<std::uint64_t>(field));
  if (found != size && !(mayBeEmpty && found == 0)) {
    return fail(ErrorCode::CorruptData, "checkpoint: {} has {} entries instead of {}", field, found,
                size);
  }
  return readElements(reader, values, found, field);
}

/// What tells one view from another, for identities.
void appendView(const Camera& camera, const Image& picture, ByteWriter& out);

}  // namespace volpress::learning
