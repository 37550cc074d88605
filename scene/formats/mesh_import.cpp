#include "scene/formats/mesh_import.hpp"

#include <algorithm>
#include <cmath>

namespace volpress::formats {

Result<Mesh> finishImport(Mesh mesh, IoContext& context) {
  MeshRepair repair;
  for (MeshPart& part : mesh.parts) {
    repairPart(part, repair);
  }
  if (triangleCount(mesh) == 0) {
    return fail(ErrorCode::CorruptData,
                "the file holds no triangle that can be drawn ({} vertices, {} unusable triangles)",
                vertexCount(mesh), repair.badTriangles);
  }
  if (repair.badTriangles != 0) {
    context.warnings.push_back(
        fmt::format("{} triangles with corners that do not exist, or are not finite, are left out",
                    repair.badTriangles));
  }
  if (repair.badNumbers != 0) {
    context.warnings.push_back(
        fmt::format("{} vertex numbers that are not usable were set to zero", repair.badNumbers));
  }
  if (mesh.nodes.empty()) {
    MeshNode all;
    for (std::size_t i = 0; i < mesh.parts.size(); ++i) {
      all.parts.push_back(static_cast<std::uint32_t>(i));
    }
    mesh.nodes.push_back(std::move(all));
  }
  VOLPRESS_CHECK(validate(mesh));
  context.progress.report(1);
  return mesh;
}

void linearise(FloatArray& colors) {
  for (std::size_t i = 0; i < colors.size(); ++i) {
    if (i % 4 != 3) {
      const float c = std::clamp(colors[i], 0.0F, 1.0F);
      colors[i] = c <= 0.04045F ? c / 12.92F : std::pow((c + 0.055F) / 1.055F, 2.4F);
    }
  }
}

}  // namespace volpress::formats
