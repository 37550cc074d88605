// The container of volumetric video, `.dgsv`. Byte layout in FORMAT.md beside this file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "scene/base/bytes.hpp"
#include "scene/base/files.hpp"
#include "scene/base/result.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::compressors {

inline constexpr std::uint32_t kMaxClipSplats = 8'000'000;
inline constexpr std::uint32_t kMaxClipFrames = 10'000'000;
inline constexpr std::uint64_t kMaxSegmentBytes = std::uint64_t{256} << 20;
inline constexpr std::size_t kMaxLayers = 8;
inline constexpr std::size_t kMaxSegmentFrames = 1000;

/// What every reader knows of a clip, whichever codec made it.
struct ClipInfo {
  std::string codec;                                      ///< four characters: "DUAL", "INTR"
  std::uint32_t rateNumerator = 30, rateDenominator = 1;  ///< frames a second
  std::uint32_t frameCount = 0;
  std::uint32_t segmentCount = 0;
  std::uint32_t maxSplats = 0;  ///< of any frame
  std::uint32_t layerCount = 1;
  unsigned shDegree = 0;
  AxisFrame frame = AxisFrame::RightDownForward;
  FilterMode filter = FilterMode::Default;
  Bounds bounds;           ///< of the first frame's means
  std::string parameters;  ///< JSON
  Bytes codecInit;         ///< what all segments share, in the codec's own layout

  [[nodiscard]] double framesPerSecond() const noexcept {
    return static_cast<double>(rateNumerator) / static_cast<double>(rateDenominator);
  }
  /// How long so many frames last.
  [[nodiscard]] double seconds(std::size_t frames) const noexcept {
    return static_cast<double>(frames) * rateDenominator / static_cast<double>(rateNumerator);
  }
};

/// One segment's bytes, layer by layer; a lower layer never needs a higher one.
struct ClipSegment {
  std::uint32_t index = 0;
  std::uint32_t firstFrame = 0;
  std::uint32_t frameCount = 0;
  std::vector<Bytes> layers;
};

[[nodiscard]] bool isClip(ByteView head);

/// A segment as the index lists it.
struct ClipEntry {
  std::uint32_t index = 0, firstFrame = 0, frameCount = 0;
  std::uint64_t offset = 0;            ///< of its record in the file
  std::vector<std::uint64_t> lengths;  ///< of each layer
};

// For readers that have parts of a file only, such as players over HTTP. All bytes are untrusted; a
// record is given from its first byte on, and bytes behind it are ignored.

/// What the records FTYP and INIT say.
[[nodiscard]] Result<ClipInfo> readClipHead(ByteView typeRecord, ByteView initRecord);
/// The segments that the record INDX lists, by index, all within a file of `fileBytes`.
[[nodiscard]] Result<std::vector<ClipEntry>> readClipIndex(ByteView indexRecord,
                                                           const ClipInfo& info,
                                                           std::uint64_t fileBytes);
/// The layers of the segment `entry` from its record, each checked; up to `most` of them, for which
/// the record's first bytes suffice. A damaged layer ends the list; CorruptData when the first is
/// damaged.
[[nodiscard]] Result<std::vector<ByteView>> readClipLayers(ByteView segmentRecord,
                                                           const ClipEntry& entry,
                                                           const ClipInfo& info,
                                                           std::size_t most = kMaxLayers);
/// Bytes from a segment record's first to the end of its layer `layer`.
[[nodiscard]] std::uint64_t clipLayerEnd(const ClipEntry& entry, std::size_t layer);

/// Writes a clip as it is made: segments in ascending order. Appears under its name on `finish`.
class ClipWriter {
public:
  [[nodiscard]] static Result<ClipWriter> create(const std::filesystem::path& path,
                                                 const ClipInfo& info);
  [[nodiscard]] Result<void> add(const ClipSegment& segment);
  /// Writes the index and renames; returns the bytes of the file.
  [[nodiscard]] Result<std::uint64_t> finish();

private:
  ClipWriter(AtomicFile file, std::uint32_t layers) : m_file(std::move(file)), m_layers(layers) {}
  [[nodiscard]] Result<void> writeRecord(const char* kind, ByteView payload);
  AtomicFile m_file;
  std::uint32_t m_layers;
  std::uint64_t m_offset = 0;
  std::uint64_t m_initOffset = 0;
  std::vector<ClipEntry> m_entries;
};

/// A clip in untrusted bytes that outlive it. Opening reads INIT and the index only.
class ClipFile {
public:
  using Entry = ClipEntry;
  [[nodiscard]] static Result<ClipFile> open(ByteView file);

  [[nodiscard]] const ClipInfo& info() const noexcept { return m_info; }
  /// The segments that are there, by index. All of them, unless the file is a part of a clip.
  [[nodiscard]] const std::vector<Entry>& entries() const noexcept { return m_entries; }
  [[nodiscard]] bool isWhole() const noexcept { return m_entries.size() == m_info.segmentCount; }

  /// The layers of the entry-th segment, each checked; up to `most` of them. A damaged layer ends
  /// the list; CorruptData when the first is damaged.
  [[nodiscard]] Result<std::vector<ByteView>> layers(std::size_t entry,
                                                     std::size_t most = kMaxLayers) const;
  /// Bytes of INIT's record.
  [[nodiscard]] std::uint64_t initBytes() const noexcept { return m_initRecord.size(); }
  /// The records FTYP, INIT and SEGM, whole.
  [[nodiscard]] ByteView typeRecord() const noexcept { return m_typeRecord; }
  [[nodiscard]] ByteView initRecord() const noexcept { return m_initRecord; }
  [[nodiscard]] Result<ByteView> segmentRecord(std::size_t entry) const;

private:
  explicit ClipFile(ByteView file) : m_file(file) {}
  ByteView m_file, m_typeRecord, m_initRecord;
  ClipInfo m_info;
  std::vector<Entry> m_entries;
};

/// Writes a whole clip with its index before everything that is large, so that a player needs no
/// look at the end of the file: FTYP INDX INIT SEGM... tail. Segments keep their bytes. Returns the
/// size; InvalidParameter for a part of a clip.
[[nodiscard]] Result<std::uint64_t> writeFastStart(const ClipFile& clip,
                                                   const std::filesystem::path& path);

}  // namespace volpress::compressors
