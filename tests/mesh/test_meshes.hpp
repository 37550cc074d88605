// Small meshes whose properties are known on paper, and readers for tests.
#pragma once

#include <string>
#include <string_view>

#include "scene/formats/format.hpp"
#include "scene/types/mesh.hpp"

namespace volpress::testing {

/// A closed cube of 8 corners and 12 triangles, side 2 around the origin.
[[nodiscard]] Mesh cubeMesh();

/// A wavy grid of `side` x `side` vertices with normals, UVs and a material with a picture; open,
/// one component.
[[nodiscard]] Mesh gridMesh(std::size_t side);

/// A closed torus of `rings` x `sides` vertices: genus 1.
[[nodiscard]] Mesh torusMesh(std::size_t rings, std::size_t sides);

/// Everything a mesh can have: two parts, skin, morph target, animation, colours, second UVs.
[[nodiscard]] Mesh richMesh();

/// Frames of a torus that bends ever more.
[[nodiscard]] std::vector<Mesh> bendingTorus(std::size_t frames);

/// A part's triangles as sorted corner coordinates: equal for meshes that differ only in the order
/// of vertices and triangles and in where triangles begin.
[[nodiscard]] std::vector<std::array<float, 9>> canonicalTriangles(const MeshPart& part);

/// decodeMesh of bytes that name no other file.
[[nodiscard]] Result<Mesh> readMesh(ByteView file, std::string_view name);

}  // namespace volpress::testing
