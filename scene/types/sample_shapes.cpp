#include "scene/types/sample_shapes.hpp"

#include <algorithm>

namespace volpress::sample {
namespace {

constexpr std::size_t kStepsPerKnot = 6;

float segmentDistance2(Vec3 p, Vec3 a, Vec3 b) {
  const Vec3 ab = b - a;
  const Vec3 ap = p - a;
  const float t = std::clamp(dot(ap, ab) / dot(ab, ab), 0.0F, 1.0F);
  const Vec3 off = ap - ab * t;
  return dot(off, off);
}

}  // namespace

Revolved::Revolved(Vec3 base, const std::vector<Knot>& knots) : m_base(base) {
  const auto at = [&knots](std::size_t i, std::ptrdiff_t offset) {
    const std::ptrdiff_t last = static_cast<std::ptrdiff_t>(knots.size()) - 1;
    return knots[static_cast<std::size_t>(
        std::clamp<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(i) + offset, 0, last))];
  };
  // Catmull-Rom between the knots.
  const auto blend = [](float a, float b, float c, float d, float t) {
    return b + 0.5F * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
  };
  for (std::size_t i = 0; i + 1 < knots.size(); ++i) {
    for (std::size_t s = 0; s < kStepsPerKnot; ++s) {
      const float t = static_cast<float>(s) / kStepsPerKnot;
      const Knot a = at(i, -1), b = at(i, 0), c = at(i, 1), d = at(i, 2);
      m_curve.push_back({std::max(0.0F, blend(a.radius, b.radius, c.radius, d.radius, t)),
                         blend(a.height, b.height, c.height, d.height, t)});
    }
  }
  m_curve.push_back(knots.back());
  m_area.push_back(0);
  for (std::size_t i = 1; i < m_curve.size(); ++i) {
    const float step = std::hypot(m_curve[i].radius - m_curve[i - 1].radius,
                                  m_curve[i].height - m_curve[i - 1].height);
    m_area.push_back(m_area.back() + kPi * step * (m_curve[i].radius + m_curve[i - 1].radius));
  }
}

Revolved::Sample Revolved::sample(float u, float v) const {
  const float target = u * m_area.back();
  const auto above = std::upper_bound(m_area.begin() + 1, m_area.end() - 1, target);
  const auto i = static_cast<std::size_t>(above - m_area.begin());
  const Knot a = m_curve[i - 1], b = m_curve[i];
  const float t = (target - m_area[i - 1]) / std::max(m_area[i] - m_area[i - 1], 1e-9F);
  const float radius = mix(a.radius, b.radius, t);
  const float height = mix(a.height, b.height, t);
  const Vec3 out{std::cos(2 * kPi * v), 0, std::sin(2 * kPi * v)};
  const float dr = b.radius - a.radius, dh = b.height - a.height;
  const float step = std::max(std::hypot(dr, dh), 1e-9F);
  Sample sample;
  sample.position = m_base + out * radius + kUp * height;
  sample.normal = out * (dh / step) - kUp * (dr / step);
  sample.along = out * (dr / step) + kUp * (dh / step);
  sample.around = {-out.z, 0, out.x};
  sample.height = height;
  sample.turn = v;
  return sample;
}

float Revolved::radiusAt(float height) const {
  for (std::size_t i = 1; i < m_curve.size(); ++i) {
    if (m_curve[i].height >= height) {
      const float step = std::max(m_curve[i].height - m_curve[i - 1].height, 1e-9F);
      return mix(m_curve[i - 1].radius, m_curve[i].radius,
                 std::clamp((height - m_curve[i - 1].height) / step, 0.0F, 1.0F));
    }
  }
  return m_curve.back().radius;
}

float Revolved::distance(Vec3 p) const {
  const Vec3 q = p - m_base;
  const Vec3 flat{std::hypot(q.x, q.z), dot(q, kUp), 0};
  float best = 1e9F;
  for (std::size_t i = 2; i < m_curve.size(); i += 2) {
    best = std::min(best, segmentDistance2(flat, {m_curve[i - 2].radius, m_curve[i - 2].height, 0},
                                           {m_curve[i].radius, m_curve[i].height, 0}));
  }
  const float top = m_curve.back().height;
  if (flat.y > top && flat.x < m_curve.back().radius) {
    return flat.y - top;
  }
  const bool inside = flat.y >= 0 && flat.y <= top && flat.x < radiusAt(flat.y);
  return inside ? -std::sqrt(best) : std::sqrt(best);
}

KnotTube::KnotTube(Vec3 centre, float ring, float wave, float tube)
    : m_centre(centre), m_ring(ring), m_wave(wave), m_tube(tube) {
  for (std::size_t i = 0; i <= kSteps; ++i) {
    m_points[i] = curve(static_cast<float>(i) / kSteps);
    m_lengths[i] = i == 0 ? 0 : m_lengths[i - 1] + length(m_points[i] - m_points[i - 1]);
  }
}

Vec3 KnotTube::curve(float turn) const {
  const float angle = 2 * kPi * turn;
  const float radius = m_ring + m_wave * std::cos(3 * angle);
  return m_centre + Vec3{radius * std::cos(2 * angle), radius * std::sin(2 * angle),
                         m_wave * std::sin(3 * angle)};
}

KnotTube::Sample KnotTube::sample(float u, float v) const {
  const float target = u * m_lengths.back();
  const auto above = std::upper_bound(m_lengths.begin() + 1, m_lengths.end() - 1, target);
  const auto i = static_cast<std::size_t>(above - m_lengths.begin());
  const float within = (target - m_lengths[i - 1]) / (m_lengths[i] - m_lengths[i - 1]);
  Sample sample;
  sample.turn = (static_cast<float>(i - 1) + within) / kSteps;
  sample.side = v;
  const Vec3 centre = curve(sample.turn);
  sample.along = normalized(curve(sample.turn + 1e-3F) - curve(sample.turn - 1e-3F));
  const Vec3 sideways = normalized(cross(sample.along, centre - m_centre));
  const Vec3 outwards = cross(sideways, sample.along);
  sample.normal = outwards * std::cos(2 * kPi * v) + sideways * std::sin(2 * kPi * v);
  sample.around = cross(sample.normal, sample.along);
  sample.position = centre + sample.normal * m_tube;
  return sample;
}

float KnotTube::distance(Vec3 p) const {
  const float bound = length(p - m_centre) - (m_ring + m_wave + m_tube);
  if (bound > 0.1F) {
    return bound;
  }
  float best = 1e9F;
  for (std::size_t i = 0; i < kSteps; ++i) {
    best = std::min(best, segmentDistance2(p, m_points[i], m_points[i + 1]));
  }
  return std::sqrt(best) - m_tube;
}

void orient(Surfel& surfel, Vec3 normal, Vec3 along) {
  surfel.normal = normalized(normal);
  const Vec3 flat = along - surfel.normal * dot(along, surfel.normal);
  surfel.u = dot(flat, flat) > 1e-8F ? normalized(flat) : tangentsOf(surfel.normal).u;
  surfel.v = cross(surfel.normal, surfel.u);
}

void cover(Surfel& surfel, float area, std::size_t count, float stretch) {
  const float spacing = std::sqrt(area / static_cast<float>(count));
  surfel.sigmaU = 0.62F * spacing * std::sqrt(stretch);
  surfel.sigmaV = 0.62F * spacing / std::sqrt(stretch);
  surfel.sigmaN = std::min(0.0015F, 0.2F * surfel.sigmaV);
}

Surfel strand(Vec3 a, Vec3 b, float radius) {
  Surfel surfel;
  surfel.position = (a + b) * 0.5F;
  orient(surfel, kUp + Vec3{0.01F, 0, 0.02F}, b - a);
  surfel.u = normalized(b - a);
  surfel.v = normalized(cross(surfel.normal, surfel.u));
  surfel.normal = cross(surfel.u, surfel.v);
  surfel.sigmaU = 0.55F * length(b - a);
  surfel.sigmaV = surfel.sigmaN = 0.6F * radius;
  return surfel;
}

}  // namespace volpress::sample
