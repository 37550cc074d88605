// Instant-NGP snapshots as codecs: what a field takes without any compression of its own, for
// comparison.
#pragma once

#include "compressors/field_codec.hpp"

namespace volpress::compressors {

/// The file that the original program writes: MessagePack in gzip.
[[nodiscard]] const FieldCodec& snapshotCodec();
/// The same MessagePack packed by zstd at level 19, in our container.
[[nodiscard]] const FieldCodec& zstdSnapshotCodec();

}  // namespace volpress::compressors
