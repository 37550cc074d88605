// ZIP archives in memory, read with suspicion and written plainly.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "scene/base/bytes.hpp"

namespace volpress::formats {

/// Whether a name from a file is safe to look up beside it: relative, no "..", no drive, no
/// backslash, no control characters, at most 512 bytes.
[[nodiscard]] bool isSafeRelativeName(std::string_view name);

/// An archive opened over bytes that outlive it. Move-only.
class ZipArchive {
public:
  struct Entry {
    std::string name;
    std::uint64_t packedBytes = 0;
    std::uint64_t bytes = 0;
  };

  /// Reads the directory. CorruptData for more than 65,535 entries, unsafe or duplicate names,
  /// links, encryption, methods other than stored and deflated, entries that overlap (more packed
  /// bytes than the archive has), or more than 64 GiB or 1032 times the archive when unpacked.
  [[nodiscard]] static Result<ZipArchive> open(ByteView file);

  ZipArchive(ZipArchive&&) noexcept;
  ZipArchive& operator=(ZipArchive&&) noexcept;
  ~ZipArchive();

  [[nodiscard]] std::span<const Entry> entries() const noexcept { return m_entries; }
  /// The entry of that name, or null.
  [[nodiscard]] const Entry* find(std::string_view name) const;
  /// Unpacks one entry and checks its CRC.
  [[nodiscard]] Result<Bytes> read(std::string_view name) const;

private:
  struct Handle;
  ZipArchive();
  std::unique_ptr<Handle> m_handle;
  std::vector<Entry> m_entries;
};

struct NamedBytes {
  std::string name;
  Bytes bytes;
};

enum class ZipPacking : std::uint8_t { Stored, Deflated };

/// An archive of entries without comments, dates or Zip64 extensions: the same input gives the same
/// bytes. Under 4 GiB.
[[nodiscard]] Result<Bytes> writeZip(std::span<const NamedBytes> files, ZipPacking packing);
[[nodiscard]] inline Result<Bytes> writeStoredZip(std::span<const NamedBytes> files) {
  return writeZip(files, ZipPacking::Stored);
}

}  // namespace volpress::formats
