// Meshes as a file of tokens (.bpt), for programs around mesh-writing language models.
// Little-endian: "BPT1", blocks and offsets an axis (u16), scheme (u8: 0 the paper's, 1 oriented),
// bytes a token (u8: 2 or 4), the mesh's axis behind each of the tokens' (3 x u8: 2, 0, 1), a zero
// byte, centre (3 doubles) and scale (double) of the grid, number of tokens (u32), the tokens.
#pragma once

#include "scene/formats/format.hpp"
#include "scene/formats/mesh_tokens.hpp"

namespace volpress::formats {

struct TokenFile {
  Bytes bytes;
  std::size_t tokens = 0;
  std::size_t triangles = 0;  ///< that are left on the grid
};

/// The triangles of a mesh as it stands at rest, all of them as one. InvalidParameter when none is
/// left on the grid of so many bits (7 to 10).
[[nodiscard]] Result<TokenFile> writeTokenFile(const Mesh& mesh, unsigned bits, TokenScheme scheme);

[[nodiscard]] bool isTokenFile(ByteView head);

/// The mesh of an untrusted file.
[[nodiscard]] Result<Mesh> readTokenFile(ByteView file, IoContext& context);

}  // namespace volpress::formats
