// glTF 2.0 with Gaussian splats: the extension KHR_gaussian_splatting (release candidate), in a
// .glb or a .gltf, read and written.
//
// The JSON goes through nlohmann-json and the binary stays where it is mapped: glTF libraries copy
// every buffer, decode pictures that nobody asked for and check no accessor against its bytes.
#pragma once

#include "scene/formats/format.hpp"

namespace volpress::formats {

/// Reads every splat primitive of the default scene through the matrices of its nodes, with floats
/// or integers in any attribute, and splats packed as SPZ (draft extensions). Write parameters:
/// "packing" ("float", or "spz" behind the draft extension), "fallback" (plain colours for viewers
/// without the extension).
[[nodiscard]] const Format& glbFormat();
/// The same as one JSON file. Buffers may be data URIs (what is written) or files beside it.
[[nodiscard]] const Format& gltfFormat();

}  // namespace volpress::formats
