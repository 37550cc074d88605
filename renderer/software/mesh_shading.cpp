#include "renderer/software/mesh_shading.hpp"

#include <algorithm>
#include <cmath>

namespace volpress::renderer {
namespace {

using Vec = std::array<float, 3>;

Vec operator+(const Vec& a, const Vec& b) { return {a[0] + b[0], a[1] + b[1], a[2] + b[2]}; }
Vec operator-(const Vec& a, const Vec& b) { return {a[0] - b[0], a[1] - b[1], a[2] - b[2]}; }
Vec operator*(const Vec& a, float s) { return {a[0] * s, a[1] * s, a[2] * s}; }
float dot(const Vec& a, const Vec& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }
Vec cross(const Vec& a, const Vec& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}
Vec normalised(const Vec& a) {
  const float length = std::sqrt(dot(a, a));
  return length > 0 ? a * (1 / length) : Vec{0, 0, 1};
}

std::array<std::uint32_t, 3> cornersOf(const SurfacePoint& point) {
  const auto& indices = point.part->part->indices;
  const std::size_t at = 3 * std::size_t{point.triangle};
  return {indices[at], indices[at + 1], indices[at + 2]};
}

template <std::size_t N>
std::array<float, N> interpolated(const FloatArray& values, const SurfacePoint& point,
                                  const Vec& weights) {
  const std::array<std::uint32_t, 3> corners = cornersOf(point);
  std::array<float, N> result{};
  for (std::size_t k = 0; k < 3; ++k) {
    for (std::size_t c = 0; c < N; ++c) {
      result[c] += weights[k] * values[N * corners[k] + c];
    }
  }
  return result;
}

Vec faceNormal(const SurfacePoint& point) {
  const std::array<std::uint32_t, 3> corners = cornersOf(point);
  std::array<Vec, 3> p{};
  for (std::size_t k = 0; k < 3; ++k) {
    std::copy_n(&point.part->positions[3 * std::size_t{corners[k]}], 3, p[k].begin());
  }
  const Vec normal = normalised(cross(p[1] - p[0], p[2] - p[0]));
  return point.part->mirrored ? normal * -1 : normal;
}

std::array<float, 2> transformed(const std::array<float, 2>& uv, const TextureUse& use) {
  const float u = uv[0] * use.scale[0];
  const float v = uv[1] * use.scale[1];
  if (use.rotation == 0) {
    return {u + use.offset[0], v + use.offset[1]};
  }
  const float c = std::cos(use.rotation);
  const float s = std::sin(use.rotation);
  return {c * u + s * v + use.offset[0], c * v - s * u + use.offset[1]};
}

/// A picture at the point, or `otherwise` where there is none.
std::array<float, 4> picture(const SurfacePoint& point, const MeshTextureLevels* levels,
                             const TextureUse& use, const std::array<float, 4>& otherwise) {
  const FloatArray& uvs = point.part->part->uvs[use.uvSet];
  if (levels == nullptr || uvs.empty()) {
    return otherwise;
  }
  const auto at = [&](const Vec& weights) {
    return transformed(interpolated<2>(uvs, point, weights), use);
  };
  const auto here = at(point.weights);
  const auto right = at(point.weightsRight);
  const auto below = at(point.weightsBelow);
  const float along = std::hypot(right[0] - here[0], right[1] - here[1]);
  const float down = std::hypot(below[0] - here[0], below[1] - here[1]);
  return levels->sample(here[0], here[1], std::max(along, down), use);
}

std::array<float, 4> baseColorOf(const SurfacePoint& point, const ShadedMaterial& from) {
  std::array<float, 4> color = from.material.baseColor;
  const std::array<float, 4> texel =
      picture(point, from.baseColor, from.material.baseColorTexture, {1, 1, 1, 1});
  for (std::size_t c = 0; c < 4; ++c) {
    color[c] *= texel[c];
  }
  if (!point.part->part->colors.empty()) {
    const auto vertex = interpolated<4>(point.part->part->colors, point, point.weights);
    for (std::size_t c = 0; c < 4; ++c) {
      color[c] *= vertex[c];
    }
  }
  return color;
}

/// Tangent frame from the vertices, or from how UVs run over the triangle.
bool tangentFrame(const SurfacePoint& point, const Vec& normal, unsigned uvSet, Vec& tangent,
                  Vec& bitangent) {
  if (!point.part->tangents.empty()) {
    const auto t = interpolated<4>(point.part->tangents, point, point.weights);
    tangent = normalised(Vec{t[0], t[1], t[2]} - normal * dot(Vec{t[0], t[1], t[2]}, normal));
    const float sign = (t[3] < 0 ? -1.0F : 1.0F) * (point.part->mirrored ? -1.0F : 1.0F);
    bitangent = cross(normal, tangent) * sign;
    return true;
  }
  const FloatArray& uvs = point.part->part->uvs[uvSet];
  const std::array<std::uint32_t, 3> corners = cornersOf(point);
  std::array<Vec, 3> p{};
  for (std::size_t k = 0; k < 3; ++k) {
    std::copy_n(&point.part->positions[3 * std::size_t{corners[k]}], 3, p[k].begin());
  }
  const auto uv = [&](std::size_t k, std::size_t c) {
    return uvs[2 * std::size_t{corners[k]} + c];
  };
  const float du1 = uv(1, 0) - uv(0, 0);
  const float du2 = uv(2, 0) - uv(0, 0);
  const float dv1 = uv(1, 1) - uv(0, 1);
  const float dv2 = uv(2, 1) - uv(0, 1);
  const float area = du1 * dv2 - du2 * dv1;
  if (area == 0) {
    return false;
  }
  const Vec along = ((p[1] - p[0]) * dv2 - (p[2] - p[0]) * dv1) * (1 / area);
  tangent = normalised(along - normal * dot(along, normal));
  // Pictures run down while tangent space runs up: v grows against the bitangent.
  const Vec downwards = ((p[2] - p[0]) * du1 - (p[1] - p[0]) * du2) * (1 / area);
  bitangent = cross(normal, tangent);
  bitangent = dot(bitangent, downwards) < 0 ? bitangent * -1 : bitangent;
  return true;
}

Vec shadingNormal(const SurfacePoint& point, const ShadedMaterial* from) {
  const Vec face = faceNormal(point);
  Vec normal = face;
  if (!point.part->normals.empty()) {
    const Vec smooth = interpolated<3>(point.part->normals, point, point.weights);
    normal = dot(smooth, smooth) > 1e-12F ? normalised(smooth) : face;
  }
  if (from != nullptr && from->normal != nullptr &&
      !point.part->part->uvs[from->material.normalTexture.uvSet].empty()) {
    const TextureUse& use = from->material.normalTexture;
    Vec tangent{};
    Vec bitangent{};
    if (tangentFrame(point, normal, use.uvSet, tangent, bitangent)) {
      const std::array<float, 4> texel = picture(point, from->normal, use, {0.5F, 0.5F, 1, 1});
      const float x = (2 * texel[0] - 1) * use.strength;
      const float y = (2 * texel[1] - 1) * use.strength;
      normal = normalised(tangent * x + bitangent * y + normal * std::max(2 * texel[2] - 1, 0.01F));
    }
  }
  return point.back ? normal * -1 : normal;
}

float smooth(float from, float to, float x) {
  const float t = std::clamp((x - from) / (to - from), 0.0F, 1.0F);
  return t * t * (3 - 2 * t);
}

/// An analytic studio: bright sky above, darker floor, two soft boxes. Roughness widens its edges.
Vec environment(const Vec& direction, float roughness) {
  const float blur = 0.15F + 0.85F * roughness;
  const float up = direction[1];
  const Vec sky{0.72F, 0.78F, 0.86F};
  const Vec horizon{0.50F, 0.50F, 0.50F};
  const Vec floor{0.20F, 0.18F, 0.16F};
  const float above = smooth(-blur, blur, up);
  const float high = smooth(0, 1, up);
  const Vec upper = horizon * (1 - high) + sky * high;
  Vec light = floor * (1 - above) + upper * above;
  const auto softBox = [&](const Vec& at, float size, float strength) {
    const float nearness = dot(direction, at);
    const float edge = 1 - size;
    const float wide = 0.9F * blur;
    const float shape = smooth(edge - wide, edge + 0.25F * wide, nearness);
    // A wider box is dimmer: its light is the same.
    return shape * strength * (0.25F / (0.25F + roughness * roughness));
  };
  const float boxes = softBox({-0.566F, 0.707F, 0.424F}, 0.10F, 3.0F) +
                      softBox({0.802F, 0.267F, -0.535F}, 0.06F, 1.6F);
  return light + Vec{1.0F, 0.98F, 0.95F} * boxes;
}

/// Lazarov 2013: scale and bias of the specular colour.
std::array<float, 2> brdfTerm(float roughness, float facing) {
  const float r0 = 1 - roughness;
  const float r1 = -0.0275F * roughness + 0.0425F;
  const float r2 = -0.572F * roughness + 1.04F;
  const float r3 = 0.022F * roughness - 0.04F;
  const float a004 = std::min(r0 * r0, std::exp2(-9.28F * facing)) * r0 + r1;
  return {-1.04F * a004 + r2, 1.04F * a004 + r3};
}

/// Khronos PBR Neutral tone mapping, then the sRGB curve.
Vec toDisplay(Vec color) {
  constexpr float kStart = 0.8F - 0.04F;
  constexpr float kDesaturation = 0.15F;
  const float least = std::min({color[0], color[1], color[2]});
  const float offset = least < 0.08F ? least - 6.25F * least * least : 0.04F;
  for (float& c : color) {
    c -= offset;
  }
  const float peak = std::max({color[0], color[1], color[2]});
  if (peak >= kStart) {
    const float d = 1 - kStart;
    const float newPeak = 1 - d * d / (peak + d - kStart);
    const float g = 1 - 1 / (kDesaturation * (peak - newPeak) + 1);
    for (float& c : color) {
      c = c * (newPeak / peak) * (1 - g) + newPeak * g;
    }
  }
  for (float& c : color) {
    c = std::clamp(c, 0.0F, 1.0F);
    c = c <= 0.0031308F ? 12.92F * c : 1.055F * std::pow(c, 1 / 2.4F) - 0.055F;
  }
  return color;
}

struct Lit {
  Vec normal;
  Vec base;
  float metallic = 0;
  float roughness = 0.5F;
  float occlusion = 1;
};

Vec lightOf(const SurfacePoint& point, const Lit& lit) {
  const Vec& n = lit.normal;
  const Vec& v = point.toEye;
  const float facing = std::max(dot(n, v), 1e-3F);
  const float rough = std::clamp(lit.roughness, 0.045F, 1.0F);
  const Vec specular = Vec{0.04F, 0.04F, 0.04F} * (1 - lit.metallic) + lit.base * lit.metallic;
  const Vec diffuse = lit.base * (1 - lit.metallic);

  const Vec mirror = n * (2 * dot(n, v)) - v;
  const std::array<float, 2> term = brdfTerm(rough, facing);
  const Vec around = environment(n, 1.0F);
  const Vec reflected = environment(mirror, rough);

  const Vec half = normalised(point.light + v);
  const float nl = std::max(dot(n, point.light), 0.0F);
  const float nh = std::max(dot(n, half), 0.0F);
  const float vh = std::max(dot(v, half), 0.0F);
  const float alpha = rough * rough;
  const float spread = nh * nh * (alpha * alpha - 1) + 1;
  const float distribution = alpha * alpha / (spread * spread);  // GGX without 1/pi
  const float k = alpha / 2;
  const float visible = 0.25F / ((nl * (1 - k) + k) * (facing * (1 - k) + k));
  const float fresnel = std::pow(1 - vh, 5.0F);
  constexpr float kHeadlight = 0.7F;

  Vec color{};
  for (std::size_t c = 0; c < 3; ++c) {
    const float f = specular[c] + (1 - specular[c]) * fresnel;
    const float direct = kHeadlight * nl * (diffuse[c] * (1 - f) + f * distribution * visible);
    const float ambient = diffuse[c] * around[c] + reflected[c] * (specular[c] * term[0] + term[1]);
    color[c] = direct + ambient * lit.occlusion;
  }
  return color;
}

}  // namespace

float surfaceAlpha(const SurfacePoint& point, const ShadedMaterial& material) {
  return baseColorOf(point, material)[3];
}

ShadedColor shade(const SurfacePoint& point, const ShadedMaterial& from, MeshShading shading) {
  if (shading == MeshShading::Normals) {
    const Vec n = shadingNormal(point, nullptr);
    return {{0.5F + 0.5F * n[0], 0.5F + 0.5F * n[1], 0.5F + 0.5F * n[2]}, 1};
  }
  Lit lit;
  if (shading != MeshShading::Textured) {
    const Vec face = faceNormal(point);
    lit.normal = point.back ? face * -1 : face;
    lit.base = {0.6F, 0.6F, 0.6F};
    lit.roughness = 0.7F;
    return {toDisplay(lightOf(point, lit)), 1};
  }
  const MeshMaterial& material = from.material;
  const std::array<float, 4> base = baseColorOf(point, from);
  lit.base = {base[0], base[1], base[2]};
  const float alpha = material.alphaMode == AlphaMode::Blend ? std::clamp(base[3], 0.0F, 1.0F) : 1;
  if (material.unlit) {
    Vec display = lit.base;
    for (float& c : display) {
      c = std::clamp(c, 0.0F, 1.0F);
      c = c <= 0.0031308F ? 12.92F * c : 1.055F * std::pow(c, 1 / 2.4F) - 0.055F;
    }
    return {display, alpha};
  }
  lit.normal = shadingNormal(point, &from);
  const std::array<float, 4> surface =
      picture(point, from.metallicRoughness, material.metallicRoughnessTexture, {1, 1, 1, 1});
  lit.metallic = std::clamp(material.metallic * surface[2], 0.0F, 1.0F);
  lit.roughness = std::clamp(material.roughness * surface[1], 0.0F, 1.0F);
  const float open = picture(point, from.occlusion, material.occlusionTexture, {1, 1, 1, 1})[0];
  lit.occlusion = 1 + material.occlusionTexture.strength * (open - 1);
  Vec color = lightOf(point, lit);
  const std::array<float, 4> glow =
      picture(point, from.emissive, material.emissiveTexture, {1, 1, 1, 1});
  for (std::size_t c = 0; c < 3; ++c) {
    color[c] += material.emissive[c] * glow[c];
  }
  return {toDisplay(color), alpha};
}

}  // namespace volpress::renderer
