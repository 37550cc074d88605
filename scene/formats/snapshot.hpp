// Instant-NGP snapshots of mode "nerf": `.ingp` (gzip), `.msgpack` (plain), zlib.
//
// One MessagePack map: the network configuration at the root, and `snapshot` with the parameters
// ("params_binary": density network, colour network, grid; binary16 or binary32), the density grid
// ("density_grid_binary": binary16, 128^3 a cascade), the data set's cameras and the view. Output
// rows of networks are padded to 16, or to 8 by older builds; which one follows from "n_params".
#pragma once

#include <string>
#include <vector>

#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"
#include "scene/types/hash_grid_field.hpp"

namespace volpress::formats {

/// Gzip is what the original program writes, GzipBest the same with the greatest effort (`gzip
/// -9`).
enum class SnapshotWrapping : std::uint8_t { Gzip, GzipBest, None };

/// Whether the first kilobyte of a file looks like a snapshot's, whatever its name.
[[nodiscard]] bool isSnapshot(ByteView head);

/// Reads an untrusted snapshot; what is left out or guessed becomes a line of `warnings`. Without a
/// density grid the field's occupancy is empty. The field passes `validate`.
/// UnsupportedVersion for other modes, encodings and networks than instant-ngp's NeRFs have.
[[nodiscard]] Result<HashGridField> readSnapshot(ByteView file, std::vector<std::string>& warnings);

/// Writes what the original program loads. A density grid that the field does not keep is made from
/// its occupancy so that the same cells come out. The field must pass `validate`.
[[nodiscard]] Result<Bytes> writeSnapshot(const HashGridField& field, SnapshotWrapping wrapping);

/// Everything of a snapshot but its parameters and density grid, as MessagePack; without optimiser
/// state and per-image corrections unless `keepsTraining`.
[[nodiscard]] Result<Bytes> snapshotDocument(const HashGridField& field, bool keepsTraining);
/// The field of such a document (untrusted), with `parameters` and `occupancy` empty.
[[nodiscard]] Result<HashGridField> fieldOfDocument(ByteView document,
                                                    std::vector<std::string>& warnings);

}  // namespace volpress::formats
