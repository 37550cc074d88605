#include "compressors/stages/mesh_reduction.hpp"

#include <algorithm>
#include <span>

#include <meshoptimizer.h>

#include "scene/base/param_builders.hpp"
#include "scene/formats/picture_pixels.hpp"

namespace volpress::compressors {
namespace {

constexpr std::uint32_t kUnused = 0xFFFFFFFFU;
constexpr int kNumbers = 90;       ///< quality of numbers that came as JPEG, at least
constexpr int kNearLossless = 60;  ///< of 100: the last bit or two of a channel may change

template <typename Array>
void keepVertices(Array& values, std::span<const std::uint32_t> kept, std::size_t width) {
  if (values.empty()) {
    return;
  }
  Array result(width * kept.size());
  for (std::size_t v = 0; v < kept.size(); ++v) {
    std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(width * kept[v]), width,
                result.begin() + static_cast<std::ptrdiff_t>(width * v));
  }
  values = std::move(result);
}

/// Drops the vertices that no triangle names.
void compact(MeshPart& part) {
  std::vector<std::uint32_t> place(part.vertexCount(), kUnused);
  std::vector<std::uint32_t> kept;
  for (std::uint32_t& index : part.indices) {
    if (place[index] == kUnused) {
      place[index] = static_cast<std::uint32_t>(kept.size());
      kept.push_back(index);
    }
    index = place[index];
  }
  keepVertices(part.positions, kept, 3);
  keepVertices(part.normals, kept, 3);
  keepVertices(part.tangents, kept, 4);
  keepVertices(part.uvs[0], kept, 2);
  keepVertices(part.uvs[1], kept, 2);
  keepVertices(part.colors, kept, 4);
  keepVertices(part.joints, kept, 4);
  keepVertices(part.weights, kept, 4);
  for (MorphTarget& morph : part.morphs) {
    keepVertices(morph.positions, kept, 3);
    keepVertices(morph.normals, kept, 3);
  }
}

void simplify(MeshPart& part, double share, bool locksBorders) {
  const auto target =
      static_cast<std::size_t>(static_cast<double>(part.triangleCount()) * share) * 3;
  if (part.indices.empty() || target >= part.indices.size()) {
    return;
  }
  std::vector<std::uint32_t> indices(part.indices.size());
  indices.resize(meshopt_simplify(
      indices.data(), part.indices.data(), part.indices.size(), part.positions.data(),
      part.vertexCount(), 3 * sizeof(float), std::max<std::size_t>(target, 3), 1.0F,
      locksBorders ? unsigned{meshopt_SimplifyLockBorder} : 0U, nullptr));
  if (indices.empty()) {
    return;  // a part does not vanish
  }
  part.indices = std::move(indices);
  compact(part);
}

/// Of each picture: whether some material takes numbers from it rather than colours.
std::vector<bool> holdNumbers(const Mesh& mesh) {
  std::vector<bool> numbers(mesh.textures.size(), false);
  for (const MeshMaterial& material : mesh.materials) {
    for (const TextureUse* use : {&material.metallicRoughnessTexture, &material.normalTexture,
                                  &material.occlusionTexture}) {
      if (use->texture) {
        numbers[*use->texture] = true;
      }
    }
  }
  return numbers;
}

void recode(MeshTexture& texture, bool numbers, int quality) {
  const auto image = formats::decodePicture(texture.bytes);
  if (!image) {
    return;
  }
  // A JPEG has lost its last bits already: kept nearly, they would only cost.
  const bool lossy = !numbers || texture.mimeType == "image/jpeg";
  auto bytes =
      lossy ? formats::encodeLossyWebp(*image, numbers ? std::max(quality, kNumbers) : quality)
            : formats::encodeNearLosslessWebp(*image, kNearLossless);
  if (bytes && bytes->size() < texture.bytes.size()) {
    texture.bytes = std::move(*bytes);
    texture.mimeType = "image/webp";
  }
}

}  // namespace

std::vector<ParamSpec> meshReductionParams() {
  ParamSpec pictures = choiceParam(
      "pictures", "Pictures", "Textures as they are, or as WebP, which is smaller and not exact.",
      "Before compression", {{"keep", "As they are"}, {"webp", "WebP"}});
  pictures.advanced = false;
  return {numberParam("triangles", "Triangles kept",
                      "Share of the triangles that is kept; fewer are smaller and coarser.", "%",
                      "Before compression", 100.0, ParamRange{1, 100, 5, false}),
          pictures,
          numberParam("picture_quality", "WebP quality",
                      "Of colour pictures as WebP; less is smaller and blurrier.", "",
                      "Before compression", std::int64_t{85}, ParamRange{1, 100, 1, false})};
}

Result<std::optional<Mesh>> reduceMesh(const Mesh& mesh, const ParamSet& params,
                                       RunContext& context) {
  const double share = paramReal(params, "triangles") / 100;
  const bool recodes = paramChoice(params, "pictures") != "keep" && !mesh.textures.empty();
  if (share >= 1 && !recodes) {
    return std::optional<Mesh>();
  }
  Mesh reduced = mesh;
  if (share < 1) {
    context.runner.parallelFor(reduced.parts.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t p = begin; p < end && !context.stop.stop_requested(); ++p) {
        simplify(reduced.parts[p], share, reduced.parts.size() > 1);
      }
    });
    context.log.push_back(
        fmt::format("{} of {} triangles are kept", triangleCount(reduced), triangleCount(mesh)));
  }
  if (recodes) {
    const std::vector<bool> numbers = holdNumbers(mesh);
    const auto quality = static_cast<int>(paramInt(params, "picture_quality"));
    context.runner.parallelFor(reduced.textures.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t t = begin; t < end && !context.stop.stop_requested(); ++t) {
        recode(reduced.textures[t], numbers[t], quality);
      }
    });
    context.log.push_back(
        fmt::format("pictures have {} bytes, had {}", textureBytes(reduced), textureBytes(mesh)));
  }
  if (context.stop.stop_requested()) {
    return fail(ErrorCode::Cancelled, "cancelled");
  }
  return std::optional<Mesh>(std::move(reduced));
}

}  // namespace volpress::compressors
