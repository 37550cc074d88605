// Compressed clips (.dgsv): making, joining, describing and decoding them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/engine/sequence_files.hpp"
#include "app/engine/staged_progress.hpp"
#include "compressors/stream/sequence_codec.hpp"
#include "compressors/stream/splat_layers.hpp"

namespace volpress::engine {

/// The segments A to B of a clip, both included.
struct SegmentRange {
  std::size_t first = 0, last = 0;
};
/// "3-7" or "3".
[[nodiscard]] Result<SegmentRange> parseSegmentRange(const std::string& text);

struct ClipEncodeSpec {
  std::filesystem::path input;   ///< a folder of frames
  std::filesystem::path output;  ///< the .dgsv
  std::string codec;
  ParamSet params;  ///< completed
  std::uint32_t framesPerSecond = 30;
  std::uint64_t seed = 1;
  std::optional<SegmentRange> segments;  ///< only these: a part, to be joined with others
};

struct ClipEncodeReport {
  std::size_t frames = 0;    ///< that were encoded
  std::size_t segments = 0;  ///< that were encoded
  std::size_t segmentsOfClip = 0;
  std::uint64_t bytes = 0;
  std::uint64_t initBytes = 0;
  std::uint64_t referenceBytes = 0;  ///< float PLY of the frames encoded
  double encodeSeconds = 0;          ///< without reading ahead of the segments
  double decodeSeconds = 0;          ///< every segment is decoded once to check it
  std::vector<std::string> log;
};

/// How many segments `spec` makes of its sequence: looks at every frame.
[[nodiscard]] Result<std::size_t> countSegments(const ClipEncodeSpec& spec, TaskRunner& runner,
                                                Progress& progress, const std::stop_token& stop);

[[nodiscard]] std::vector<Progress::Stage> clipEncodeStages();

/// The same bytes for a segment whichever others are encoded with it. `firstStage`: where
/// `clipEncodeStages` lie among the stages that the caller has named; it names them itself without.
[[nodiscard]] Result<ClipEncodeReport> encodeClip(const ClipEncodeSpec& spec, TaskRunner& runner,
                                                  StagedProgress& progress,
                                                  const std::stop_token& stop,
                                                  std::optional<std::size_t> firstStage = {});

/// One clip from parts that hold its segments, each once or in several equal copies. The bytes are
/// those of an encode in one run. Returns the size.
[[nodiscard]] Result<std::uint64_t> joinClips(const std::vector<std::filesystem::path>& parts,
                                              const std::filesystem::path& output);

/// Whether a file begins as a clip.
[[nodiscard]] bool isClipFile(const std::filesystem::path& path);

/// A clip mapped into memory, with its decoder.
class OpenClip {
public:
  [[nodiscard]] static Result<OpenClip> open(const std::filesystem::path& path, TaskRunner& runner,
                                             const std::stop_token& stop);
  [[nodiscard]] const compressors::ClipInfo& info() const noexcept { return m_clip.info(); }
  [[nodiscard]] const compressors::ClipFile& file() const noexcept { return m_clip; }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return m_file.bytes().size(); }
  [[nodiscard]] const compressors::SequenceCodec& codec() const noexcept { return *m_codec; }

  /// Hands out the frames of the entry-th segment.
  [[nodiscard]] Result<void> decode(std::size_t entry, std::size_t layers, TaskRunner& runner,
                                    const std::stop_token& stop,
                                    const compressors::FrameSink& sink) const;

  /// Which of the file's entries holds a frame; InvalidParameter for one that is not there.
  [[nodiscard]] Result<std::size_t> entryAt(std::size_t frame) const;
  /// A frame with up to `layers` layers; InvalidParameter as above.
  [[nodiscard]] Result<GaussianCloud> frame(std::size_t frame, TaskRunner& runner,
                                            const std::stop_token& stop,
                                            std::size_t layers = compressors::kMaxLayers) const;

private:
  OpenClip(MappedFile file, compressors::ClipFile clip)
      : m_file(std::move(file)), m_clip(std::move(clip)) {}
  MappedFile m_file;
  compressors::ClipFile m_clip;
  const compressors::SequenceCodec* m_codec = nullptr;
  std::unique_ptr<compressors::ClipDecoder> m_decoder;
};

/// Bytes of each layer over all segments, and of what they share; adds up to the file's size.
[[nodiscard]] std::vector<formats::ByteShare> clipBreakdown(const OpenClip& clip);

/// Writes the frames of a clip as frame_00000.ply, ... into a folder that appears whole.
[[nodiscard]] Result<WrittenSequence> decodeClip(const std::filesystem::path& input,
                                                 const std::filesystem::path& folder,
                                                 const std::string& extension, std::size_t layers,
                                                 TaskRunner& runner, Progress& progress,
                                                 const std::stop_token& stop);

}  // namespace volpress::engine
