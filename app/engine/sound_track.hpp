// The sound of a clip: any file with sound in it becomes Opus, as the web player hears it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>

#include "scene/base/result.hpp"

namespace volpress::engine {

struct SoundTrack {
  double seconds = 0;  ///< of sound; less than asked for where the source is shorter
  std::uint64_t fileBytes = 0;
};

/// Whether `source` has sound that can be read, and this system's libavcodec writes Opus. Errors
/// name the file.
[[nodiscard]] Result<void> checkSound(const std::filesystem::path& source);

/// Writes the first `seconds` of the sound of `source` (WAV, FLAC, MP3, Ogg, MP4, whatever
/// libavformat reads) as Ogg Opus of 48 kHz, in stereo at 112 kbit/s. The same source gives the
/// same bytes. The file appears under its name when it is whole.
[[nodiscard]] Result<SoundTrack> writeSound(const std::filesystem::path& source,
                                            const std::filesystem::path& target, double seconds,
                                            const std::stop_token& stop);

}  // namespace volpress::engine
