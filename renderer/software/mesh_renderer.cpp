#include "renderer/software/mesh_renderer.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>

#include "renderer/software/mesh_raster.hpp"
#include "renderer/software/mesh_shading.hpp"
#include "scene/formats/picture_pixels.hpp"

namespace volpress::renderer {
namespace {

constexpr std::uint64_t kMostPixels = std::uint64_t{1} << 28;
constexpr std::size_t kTilePixels = kMeshTile * kMeshTile;
constexpr float kLineHalfWidth = 0.6F;  // pixels

/// Where the headlight stands, in the camera: above and to the left of the eye.
constexpr std::array<float, 3> kHeadlight{-0.35F, -0.55F, -0.758F};

/// Materials of a mesh with their pictures decoded: the same at every moment.
class MeshSurfaces {
public:
  MeshSurfaces(const Mesh& mesh, TaskRunner& runner) {
    decodePictures(mesh, runner);
    for (const MeshMaterial& material : mesh.materials) {
      ShadedMaterial shaded;
      shaded.material = material;
      shaded.baseColor = find(material.baseColorTexture, true);
      shaded.metallicRoughness = find(material.metallicRoughnessTexture, false);
      shaded.normal = find(material.normalTexture, false);
      shaded.occlusion = find(material.occlusionTexture, false);
      shaded.emissive = find(material.emissiveTexture, true);
      m_materials.push_back(shaded);
    }
    // What has no material is grey and seen from both sides.
    ShadedMaterial plain;
    plain.material.baseColor = {0.7F, 0.7F, 0.7F, 1};
    plain.material.metallic = 0;
    plain.material.roughness = 0.6F;
    plain.material.doubleSided = true;
    m_materials.push_back(plain);
  }

  [[nodiscard]] const std::vector<std::string>& warnings() const noexcept { return m_warnings; }
  [[nodiscard]] const ShadedMaterial& materialOf(const MeshPart& part) const {
    return m_materials[part.material.value_or(static_cast<std::uint32_t>(m_materials.size() - 1))];
  }

private:
  using Key = std::pair<std::uint32_t, bool>;  // texture, stored as sRGB

  void decodePictures(const Mesh& mesh, TaskRunner& runner) {
    std::map<Key, std::size_t> wanted;
    for (const MeshMaterial& material : mesh.materials) {
      const auto want = [&](const TextureUse& use, bool isColor) {
        if (use.texture) {
          wanted.emplace(Key{*use.texture, isColor}, wanted.size());
        }
      };
      want(material.baseColorTexture, true);
      want(material.metallicRoughnessTexture, false);
      want(material.normalTexture, false);
      want(material.occlusionTexture, false);
      want(material.emissiveTexture, true);
    }
    std::vector<Key> keys(wanted.size());
    for (const auto& [key, place] : wanted) {
      keys[place] = key;
    }
    std::vector<std::unique_ptr<MeshTextureLevels>> decoded(keys.size());
    std::vector<std::string> faults(keys.size());
    runner.parallelFor(keys.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        auto image = formats::decodePicture(mesh.textures[keys[i].first].bytes);
        if (image) {
          decoded[i] = std::make_unique<MeshTextureLevels>(std::move(*image), keys[i].second);
        } else {
          faults[i] =
              fmt::format("picture {} is not drawn: {}", keys[i].first, image.error().message);
        }
      }
    });
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (decoded[i] != nullptr) {
        m_textures[keys[i]] = std::move(decoded[i]);
      } else {
        m_warnings.push_back(std::move(faults[i]));
      }
    }
  }

  [[nodiscard]] const MeshTextureLevels* find(const TextureUse& use, bool isColor) const {
    const auto found = use.texture ? m_textures.find({*use.texture, isColor}) : m_textures.end();
    return found != m_textures.end() ? found->second.get() : nullptr;
  }

  std::map<Key, std::unique_ptr<MeshTextureLevels>> m_textures;
  std::vector<ShadedMaterial> m_materials;
  std::vector<std::string> m_warnings;
};

class Prepared final : public PreparedMesh {
public:
  Prepared(std::shared_ptr<const Mesh> mesh, const MeshMoment& moment,
           std::shared_ptr<const MeshSurfaces> surfaces)
      : m_mesh(std::move(mesh)),
        m_parts(poseMesh(*m_mesh, moment)),
        m_bounds(posedBounds(m_parts)),
        m_surfaces(std::move(surfaces)) {}

  [[nodiscard]] std::unique_ptr<PreparedMesh> at(const MeshMoment& moment) const {
    return std::make_unique<Prepared>(m_mesh, moment, m_surfaces);
  }

  [[nodiscard]] const Bounds& bounds() const noexcept override { return m_bounds; }
  [[nodiscard]] const std::vector<PosedPart>& parts() const noexcept override { return m_parts; }
  [[nodiscard]] const std::vector<std::string>& warnings() const noexcept override {
    return m_surfaces->warnings();
  }
  [[nodiscard]] const ShadedMaterial& materialOf(std::uint32_t part) const {
    return m_surfaces->materialOf(*m_parts[part].part);
  }

  [[nodiscard]] std::array<float, 4> colorAt(const MeshPoint& at) const override {
    const SurfacePoint point = surfacePoint(at);
    return visibleColor(point, materialOf(at.part));
  }
  [[nodiscard]] std::array<float, 4> baseColorAt(const MeshPoint& at) const override {
    ShadedMaterial bare = materialOf(at.part);
    bare.material.unlit = true;
    return visibleColor(surfacePoint(at), bare);
  }

  [[nodiscard]] bool isDoubleSided(std::uint32_t part) const override {
    return materialOf(part).material.doubleSided;
  }

private:
  static std::array<float, 4> visibleColor(const SurfacePoint& point,
                                           const ShadedMaterial& material) {
    if (material.material.alphaMode == AlphaMode::Mask &&
        surfaceAlpha(point, material) < material.material.alphaCutoff) {
      return {0, 0, 0, 0};
    }
    const ShadedColor color = shade(point, material, MeshShading::Textured);
    return {color.display[0], color.display[1], color.display[2], color.alpha};
  }

  [[nodiscard]] SurfacePoint surfacePoint(const MeshPoint& at) const {
    SurfacePoint point;
    point.part = &m_parts[at.part];
    point.triangle = at.triangle;
    point.weights = at.weights;
    point.toEye = at.toEye;
    // A camera that stands upright; see Frame for the headlight.
    const std::array<float, 3>& eye = at.toEye;
    const float level = std::sqrt(eye[0] * eye[0] + eye[2] * eye[2]);
    const std::array<float, 3> right =
        level > 1e-4F ? std::array<float, 3>{eye[2] / level, 0, -eye[0] / level}
                      : std::array<float, 3>{1, 0, 0};
    const std::array<float, 3> down{right[1] * eye[2] - right[2] * eye[1],
                                    right[2] * eye[0] - right[0] * eye[2],
                                    right[0] * eye[1] - right[1] * eye[0]};
    for (std::size_t c = 0; c < 3; ++c) {
      point.light[c] = kHeadlight[0] * right[c] + kHeadlight[1] * down[c] - kHeadlight[2] * eye[c];
    }
    // As far along two edges as the reach goes.
    const std::vector<std::uint32_t>& indices = point.part->part->indices;
    const auto corner = [&](std::size_t k) {
      return &point.part->positions[3 * std::size_t{indices[3 * std::size_t{at.triangle} + k]}];
    };
    const auto moved = [&](std::size_t k) {
      float square = 0;
      for (std::size_t c = 0; c < 3; ++c) {
        square += (corner(k)[c] - corner(0)[c]) * (corner(k)[c] - corner(0)[c]);
      }
      const float step = square > 0 ? at.reach / std::sqrt(square) : 0;
      std::array<float, 3> weights = at.weights;
      weights[0] -= step;
      weights[k] += step;
      return weights;
    };
    std::array<float, 3> a{};
    std::array<float, 3> b{};
    for (std::size_t c = 0; c < 3; ++c) {
      a[c] = corner(1)[c] - corner(0)[c];
      b[c] = corner(2)[c] - corner(0)[c];
    }
    const float facing = eye[0] * (a[1] * b[2] - a[2] * b[1]) +
                         eye[1] * (a[2] * b[0] - a[0] * b[2]) +
                         eye[2] * (a[0] * b[1] - a[1] * b[0]);
    point.back = point.part->mirrored ? facing > 0 : facing < 0;
    point.weightsRight = moved(1);
    point.weightsBelow = moved(2);
    return point;
  }

  std::shared_ptr<const Mesh> m_mesh;
  std::vector<PosedPart> m_parts;
  Bounds m_bounds;
  std::shared_ptr<const MeshSurfaces> m_surfaces;
};

/// One tile's samples while it is drawn.
struct TileSamples {
  std::array<std::uint32_t, kTilePixels * kMeshSamples> triangle;
  std::array<float, kTilePixels * kMeshSamples> inverseZ;
  std::array<std::array<float, 4>, kTilePixels * kMeshSamples> color;  ///< premultiplied
};

class Frame {
public:
  Frame(const Prepared& mesh, const Camera& camera, const MeshRenderOptions& options)
      : m_mesh(mesh), m_camera(camera), m_options(options) {
    for (std::uint32_t part = 0; part < mesh.parts().size(); ++part) {
      m_firstTriangle.push_back(m_triangleCount);
      m_triangleCount += mesh.parts()[part].part->indices.size() / 3;
      const MeshMaterial& material = mesh.materialOf(part).material;
      const bool culls =
          !material.doubleSided && showsMaterials() && material.alphaMode != AlphaMode::Blend;
      projectPart(mesh.parts()[part], part, camera, culls, m_triangles);
    }
    m_tiles = binTriangles(m_triangles, camera.width, camera.height);
    for (std::size_t c = 0; c < 3; ++c) {
      m_light[c] = camera.rotation[c] * kHeadlight[0] + camera.rotation[3 + c] * kHeadlight[1] +
                   camera.rotation[6 + c] * kHeadlight[2];
    }
  }

  [[nodiscard]] std::size_t tileCount() const { return m_tiles.size(); }
  [[nodiscard]] std::size_t triangleCount() const { return m_triangleCount; }

  void drawTile(std::size_t tile, TileSamples& samples, RenderResult& result) const {
    samples.triangle.fill(kNoTriangle);
    samples.inverseZ.fill(0);
    samples.color.fill({0, 0, 0, 0});
    const std::size_t columns = (m_camera.width + kMeshTile - 1) / kMeshTile;
    const std::size_t left = tile % columns * kMeshTile;
    const std::size_t top = tile / columns * kMeshTile;
    std::vector<std::uint32_t> blended;
    for (const std::uint32_t index : m_tiles[tile]) {
      if (isBlended(m_triangles[index])) {
        blended.push_back(index);
      } else {
        coverOpaque(index, left, top, samples);
      }
    }
    shadeOpaque(left, top, samples);
    std::sort(blended.begin(), blended.end(), [&](std::uint32_t a, std::uint32_t b) {
      return m_triangles[a].meanZ != m_triangles[b].meanZ
                 ? m_triangles[a].meanZ > m_triangles[b].meanZ
                 : a < b;
    });
    for (const std::uint32_t index : blended) {
      blend(index, left, top, samples);
    }
    resolve(left, top, samples, result);
  }

private:
  [[nodiscard]] bool showsMaterials() const {
    return m_options.shading == MeshShading::Textured && m_options.paint.empty();
  }
  [[nodiscard]] bool isBlended(const ScreenTriangle& triangle) const {
    return showsMaterials() &&
           m_mesh.materialOf(triangle.part).material.alphaMode == AlphaMode::Blend;
  }

  /// Calls `body(pixel in tile, sample, weights)` for every sample that the triangle covers.
  template <typename Body>
  void forSamples(const ScreenTriangle& triangle, std::size_t left, std::size_t top,
                  const Body& body) const {
    const Coverage coverage(triangle);
    const auto [minX, maxX] = std::minmax_element(triangle.x.begin(), triangle.x.end());
    const auto [minY, maxY] = std::minmax_element(triangle.y.begin(), triangle.y.end());
    const auto bound = [](std::int64_t place, std::size_t from) {
      const std::int64_t pixel = (place >> 8) - static_cast<std::int64_t>(from);
      return static_cast<std::size_t>(
          std::clamp<std::int64_t>(pixel, 0, static_cast<std::int64_t>(kMeshTile) - 1));
    };
    std::array<float, 3> weights{};
    for (std::size_t y = bound(*minY, top); y <= bound(*maxY, top); ++y) {
      for (std::size_t x = bound(*minX, left); x <= bound(*maxX, left); ++x) {
        for (std::size_t s = 0; s < kMeshSamples; ++s) {
          const std::int64_t sx = static_cast<std::int64_t>(left + x) * 256 + kSamplePlaces[s][0];
          const std::int64_t sy = static_cast<std::int64_t>(top + y) * 256 + kSamplePlaces[s][1];
          if (coverage.at(sx, sy, weights)) {
            body(y * kMeshTile + x, s, weights);
          }
        }
      }
    }
  }

  void coverOpaque(std::uint32_t index, std::size_t left, std::size_t top,
                   TileSamples& samples) const {
    const ScreenTriangle& triangle = m_triangles[index];
    const ShadedMaterial& material = m_mesh.materialOf(triangle.part);
    const bool masked = m_options.paint.empty() && material.material.alphaMode == AlphaMode::Mask &&
                        m_options.shading == MeshShading::Textured;
    const auto cover = [&](std::size_t pixel, std::size_t s, const std::array<float, 3>& weights) {
      const std::size_t at = pixel * kMeshSamples + s;
      const float inverseZ = inverseZAt(triangle, weights);
      if (inverseZ <= samples.inverseZ[at]) {
        return;
      }
      if (masked) {
        SurfacePoint point = pointAt(triangle, Coverage(triangle), left + pixel % kMeshTile,
                                     top + pixel / kMeshTile);
        point.weights = sourceWeights(triangle, weights);
        if (surfaceAlpha(point, material) < material.material.alphaCutoff) {
          return;
        }
      }
      samples.inverseZ[at] = inverseZ;
      samples.triangle[at] = index;
    };
    forSamples(triangle, left, top, cover);
  }

  /// The point of a triangle at a pixel's centre; the centre may lie outside the triangle.
  [[nodiscard]] SurfacePoint pointAt(const ScreenTriangle& triangle, const Coverage& coverage,
                                     std::size_t x, std::size_t y) const {
    SurfacePoint point;
    point.part = &m_mesh.parts()[triangle.part];
    point.triangle = triangle.triangle;
    point.back = triangle.back;
    point.light = m_light;
    const auto px = static_cast<std::int64_t>(x) * 256 + 128;
    const auto py = static_cast<std::int64_t>(y) * 256 + 128;
    point.weights = sourceWeights(triangle, coverage.weightsAt(px, py));
    point.weightsRight = sourceWeights(triangle, coverage.weightsAt(px + 256, py));
    point.weightsBelow = sourceWeights(triangle, coverage.weightsAt(px, py + 256));
    return point;
  }

  void keepInside(SurfacePoint& point) const {
    // A centre outside the triangle would read attributes beyond its edges.
    float sum = 0;
    std::array<float, 3> shift{};
    for (std::size_t k = 0; k < 3; ++k) {
      const float kept = std::max(point.weights[k], 0.0F);
      sum += kept;
      shift[k] = kept;
    }
    for (std::size_t k = 0; k < 3; ++k) {
      const float inside = sum > 0 ? shift[k] / sum : 1.0F / 3;
      point.weightsRight[k] += inside - point.weights[k];
      point.weightsBelow[k] += inside - point.weights[k];
      point.weights[k] = inside;
    }
  }

  [[nodiscard]] ShadedColor colorAt(std::uint32_t index, std::size_t x, std::size_t y) const {
    const ScreenTriangle& triangle = m_triangles[index];
    const Coverage coverage(triangle);
    SurfacePoint point = pointAt(triangle, coverage, x, y);
    keepInside(point);
    const auto& indices = point.part->part->indices;
    std::array<float, 3> toEye = m_camera.position;
    for (std::size_t k = 0; k < 3; ++k) {
      const std::size_t corner = indices[3 * std::size_t{triangle.triangle} + k];
      for (std::size_t c = 0; c < 3; ++c) {
        toEye[c] -= point.weights[k] * point.part->positions[3 * corner + c];
      }
    }
    const float length = std::sqrt(toEye[0] * toEye[0] + toEye[1] * toEye[1] + toEye[2] * toEye[2]);
    for (std::size_t c = 0; c < 3; ++c) {
      point.toEye[c] = length > 0 ? toEye[c] / length : 0;
    }
    if (!m_options.paint.empty()) {
      return paintAt(point, m_firstTriangle[triangle.part] + triangle.triangle,
                     m_mesh.materialOf(triangle.part));
    }
    ShadedColor color = shade(point, m_mesh.materialOf(triangle.part), m_options.shading);
    if (m_options.shading == MeshShading::Wireframe) {
      darkenEdges(point, color);
    }
    return color;
  }

  /// The paint of a triangle at a point, darker where the surface turns away from the light: shape
  /// stays visible where nothing is wrong with it.
  [[nodiscard]] ShadedColor paintAt(const SurfacePoint& point, std::size_t triangle,
                                    const ShadedMaterial& material) const {
    constexpr float kLeastLight = 0.45F;
    const std::array<float, 3>& w = point.weights;
    std::array<float, kPaintPoints> shares{};  // in the middle triangle, or in that of a corner
    const std::size_t corner = w[0] > 0.5F ? 0U : w[1] > 0.5F ? 1U : w[2] > 0.5F ? 2U : 3U;
    if (corner == 3) {
      shares = {0, 0, 0, 1 - 2 * w[2], 1 - 2 * w[0], 1 - 2 * w[1]};
    } else {
      const std::size_t next = (corner + 1) % 3;
      const std::size_t previous = (corner + 2) % 3;
      shares[corner] = 2 * w[corner] - 1;
      shares[3 + corner] = 2 * w[next];
      shares[3 + previous] = 2 * w[previous];
    }
    const ShadedColor shaded = shade(point, material, MeshShading::Flat);
    const float light =
        kLeastLight + (1 - kLeastLight) * std::clamp(1.25F * shaded.display[1], 0.0F, 1.0F);
    ShadedColor color;
    for (std::size_t k = 0; k < kPaintPoints; ++k) {
      for (std::size_t c = 0; c < 3; ++c) {
        color.display[c] +=
            light * shares[k] * m_options.paint[3 * (kPaintPoints * triangle + k) + c];
      }
    }
    return color;
  }

  /// How near the point is to an edge: a weight over its change a pixel is the distance in pixels.
  static void darkenEdges(const SurfacePoint& point, ShadedColor& color) {
    float nearest = 1e9F;
    for (std::size_t k = 0; k < 3; ++k) {
      const float slope = std::hypot(point.weightsRight[k] - point.weights[k],
                                     point.weightsBelow[k] - point.weights[k]);
      nearest = slope > 0 ? std::min(nearest, point.weights[k] / slope) : nearest;
    }
    const float line = std::clamp(kLineHalfWidth + 0.5F - nearest, 0.0F, 1.0F);
    for (float& c : color.display) {
      c *= 1 - 0.85F * line;
    }
  }

  void shadeOpaque(std::size_t left, std::size_t top, TileSamples& samples) const {
    for (std::size_t pixel = 0; pixel < kTilePixels; ++pixel) {
      const std::size_t base = pixel * kMeshSamples;
      for (std::size_t s = 0; s < kMeshSamples; ++s) {
        const std::uint32_t index = samples.triangle[base + s];
        bool isNew = index != kNoTriangle;
        for (std::size_t earlier = 0; earlier < s && isNew; ++earlier) {
          if (samples.triangle[base + earlier] == index) {
            samples.color[base + s] = samples.color[base + earlier];
            isNew = false;
          }
        }
        if (isNew) {
          const ShadedColor color =
              colorAt(index, left + pixel % kMeshTile, top + pixel / kMeshTile);
          samples.color[base + s] = {color.display[0], color.display[1], color.display[2], 1};
        }
      }
    }
  }

  void blend(std::uint32_t index, std::size_t left, std::size_t top, TileSamples& samples) const {
    const ScreenTriangle& triangle = m_triangles[index];
    std::size_t shaded = kTilePixels;
    ShadedColor color;
    forSamples(triangle, left, top,
               [&](std::size_t pixel, std::size_t s, const std::array<float, 3>& weights) {
                 const std::size_t at = pixel * kMeshSamples + s;
                 if (inverseZAt(triangle, weights) <= samples.inverseZ[at]) {
                   return;
                 }
                 if (pixel != shaded) {
                   color = colorAt(index, left + pixel % kMeshTile, top + pixel / kMeshTile);
                   shaded = pixel;
                 }
                 std::array<float, 4>& to = samples.color[at];
                 for (std::size_t c = 0; c < 3; ++c) {
                   to[c] = color.display[c] * color.alpha + to[c] * (1 - color.alpha);
                 }
                 to[3] = color.alpha + to[3] * (1 - color.alpha);
               });
  }

  void resolve(std::size_t left, std::size_t top, const TileSamples& samples,
               RenderResult& result) const {
    for (std::size_t y = top; y < std::min(top + kMeshTile, m_camera.height); ++y) {
      for (std::size_t x = left; x < std::min(left + kMeshTile, m_camera.width); ++x) {
        const std::size_t base = ((y - top) * kMeshTile + x - left) * kMeshSamples;
        std::array<float, 4> sum{};
        for (std::size_t s = 0; s < kMeshSamples; ++s) {
          for (std::size_t c = 0; c < 4; ++c) {
            sum[c] += samples.color[base + s][c] / static_cast<float>(kMeshSamples);
          }
        }
        const std::size_t pixel = y * m_camera.width + x;
        for (std::size_t c = 0; c < 3; ++c) {
          result.color.pixels[3 * pixel + c] = sum[c] + (1 - sum[3]) * m_options.background[c];
        }
        result.alpha.pixels[pixel] = sum[3];
      }
    }
  }

  const Prepared& m_mesh;
  const Camera& m_camera;
  const MeshRenderOptions& m_options;
  std::vector<ScreenTriangle> m_triangles;
  std::vector<std::vector<std::uint32_t>> m_tiles;
  std::array<float, 3> m_light{};
  std::vector<std::size_t> m_firstTriangle;  ///< of parts
  std::size_t m_triangleCount = 0;
};

}  // namespace

Result<std::unique_ptr<PreparedMesh>> MeshRenderer::prepare(std::shared_ptr<const Mesh> mesh,
                                                            const MeshMoment& moment) const {
  if (mesh == nullptr) {
    return fail(ErrorCode::InvalidParameter, "there is no mesh to draw");
  }
  auto surfaces = std::make_shared<const MeshSurfaces>(*mesh, m_runner);
  return std::unique_ptr<PreparedMesh>(
      std::make_unique<Prepared>(std::move(mesh), moment, std::move(surfaces)));
}

std::unique_ptr<PreparedMesh> MeshRenderer::pose(const PreparedMesh& prepared,
                                                 const MeshMoment& moment) const {
  return static_cast<const Prepared&>(prepared).at(moment);
}

Result<RenderResult> MeshRenderer::render(const PreparedMesh& mesh, const Camera& camera,
                                          const MeshRenderOptions& options) const {
  const std::uint64_t pixels = std::uint64_t{camera.width} * camera.height;
  if (pixels == 0 || pixels > kMostPixels) {
    return fail(ErrorCode::InvalidParameter, "a picture of {} x {} pixels cannot be drawn",
                camera.width, camera.height);
  }
  const Frame frame(static_cast<const Prepared&>(mesh), camera, options);
  if (!options.paint.empty() && options.paint.size() != 3 * kPaintPoints * frame.triangleCount()) {
    return fail(ErrorCode::InvalidParameter, "paint of {} numbers for {} triangles, needed are {}",
                options.paint.size(), frame.triangleCount(),
                3 * kPaintPoints * frame.triangleCount());
  }
  RenderResult result{makeImage(camera.width, camera.height),
                      makeImage(camera.width, camera.height, 1)};
  m_runner.parallelFor(frame.tileCount(), 4, [&](std::size_t begin, std::size_t end) {
    const auto samples = std::make_unique<TileSamples>();
    for (std::size_t tile = begin; tile < end && !options.stop.stop_requested(); ++tile) {
      frame.drawTile(tile, *samples, result);
    }
  });
  if (options.stop.stop_requested()) {
    return fail(ErrorCode::Cancelled, "cancelled while drawing");
  }
  return result;
}

std::string MeshRenderer::name() const {
  return fmt::format("software, {} thread{}", m_runner.concurrency(),
                     m_runner.concurrency() == 1 ? "" : "s");
}

}  // namespace volpress::renderer
