// The decoder as the web player calls it: plain functions over one clip, one a worker. Built to
// WebAssembly for the player and for this machine for tests. Numbers below 0 mean failure, told by
// playerError.
#pragma once

#include <cstddef>
#include <cstdint>

#ifdef __EMSCRIPTEN__
#define PLAYER_CALL extern "C" __attribute__((visibility("default"), used))
#else
#define PLAYER_CALL extern "C"
#endif

PLAYER_CALL std::byte* playerAllocate(std::size_t bytes);
PLAYER_CALL void playerRelease(std::byte* bytes);
/// What went wrong last; zero-terminated.
PLAYER_CALL const char* playerError();

/// The records FTYP and INIT, whole.
PLAYER_CALL int playerHead(const std::byte* type, std::size_t typeBytes, const std::byte* init,
                           std::size_t initBytes);
/// Makes ready to decode the clip whose head was read.
PLAYER_CALL int playerOpen();
/// The record INDX; returns how many segments it lists.
PLAYER_CALL int playerIndex(const std::byte* index, std::size_t bytes, double fileBytes);

/// Frames a second (over, under), frames, segments of the whole clip, most splats, layers, SH
/// degree, axes, filter, and the six bounds.
PLAYER_CALL const double* playerInfo();
/// Of a segment (null when there is none): first frame, frames, offset of its record, and where
/// each layer ends in it.
PLAYER_CALL const double* playerEntry(std::size_t entry);

/// Opens a segment, given its record's first bytes, with up to `layers` layers.
PLAYER_CALL int playerBegin(const std::byte* record, std::size_t bytes, std::size_t entry,
                            std::size_t layers);
/// Decodes the next frame of the segment and packs it (packed_frame.hpp).
PLAYER_CALL int playerNext();
/// Passes over the next frame of the segment.
PLAYER_CALL int playerSkip();

/// Of the frame packed last; valid until the next call.
PLAYER_CALL std::size_t playerCount();
PLAYER_CALL float playerShScale();
PLAYER_CALL const std::uint32_t* playerTexels();
PLAYER_CALL std::size_t playerTexelWords();
PLAYER_CALL const float* playerMeans();
/// The whole numbers behind the frame, as SegmentFrames::digest.
PLAYER_CALL std::uint32_t playerDigest();
