#include "scene/types/sample_room_parts.hpp"

#include <algorithm>

namespace volpress::sample {

float blockDistance(const Block& block, Vec3 p) {
  const Vec3 q = p - block.centre;
  const Vec3 d{std::abs(q.x) - block.half.x + block.round,
               std::abs(q.y) - block.half.y + block.round,
               std::abs(q.z) - block.half.z + block.round};
  const Vec3 out{std::max(d.x, 0.0F), std::max(d.y, 0.0F), std::max(d.z, 0.0F)};
  return length(out) + std::min(std::max({d.x, d.y, d.z}), 0.0F) - block.round;
}

OnBlock onBlock(const Block& block, std::size_t i, std::size_t n, float stretch) {
  const Vec3 h = block.half;
  const float areas[3]{h.y * h.z, h.x * h.z, h.x * h.y};
  const float sum = areas[0] + areas[1] + areas[2];
  Point2 at = evenPoint(i);
  float along = at.u * sum;
  OnBlock on;
  while (on.axis < 2 && along > areas[on.axis]) {
    along -= areas[on.axis++];
  }
  const float u = std::min(along / areas[on.axis], 1.0F);
  const float side = fraction(at.v * 2) < 1 && at.v < 0.5F ? 1.0F : -1.0F;
  const float v = fraction(at.v * 2);
  const float sizes[3]{h.x, h.y, h.z};
  const int first = (on.axis + 1) % 3, second = (on.axis + 2) % 3;
  on.a = sizes[first] * (2 * u - 1);
  on.b = sizes[second] * (2 * v - 1);
  float q[3]{};
  q[on.axis] = side * sizes[on.axis];
  q[first] = on.a;
  q[second] = on.b;
  // Pulled to the rounded shape: towards the core box, then out again by the radius.
  float core[3];
  for (int k = 0; k < 3; ++k) {
    const float limit = std::max(sizes[k] - block.round, 1e-4F);
    core[k] = std::clamp(q[k], -limit, limit);
  }
  const Vec3 inner{core[0], core[1], core[2]};
  const Vec3 normal = normalized(Vec3{q[0], q[1], q[2]} - inner);
  on.surfel.position = block.centre + inner + normal * block.round;
  orient(on.surfel, normal, on.axis == 1 ? Vec3{1, 0, 0} : Vec3{0, 1, 0});
  cover(on.surfel, 8 * sum, n, stretch);
  return on;
}

Surfel onSheet(Vec3 centre, Vec3 u, Vec3 v, Point2 at, std::size_t n) {
  Surfel surfel;
  surfel.position = centre + u * (2 * at.u - 1) + v * (2 * at.v - 1);
  orient(surfel, cross(u, v), u);
  cover(surfel, 4 * length(u) * length(v), n, 1);
  return surfel;
}

static float daylight(Vec3 p, Vec3 normal) {
  const Vec3 to = kWindowCentre - p;
  const float facing = 0.55F + 0.45F * dot(normalized(to), normal);
  const Vec3 lamp = kLamp + Vec3{0, -1.55F, 0} - p;
  return 0.95F + 2.6F * facing / (1.2F + dot(to, to)) + 0.35F / (0.35F + dot(lamp, lamp));
}

void lightRoom(Surfel& surfel) {
  surfel.albedo = surfel.albedo * daylight(surfel.position, surfel.normal);
}

}  // namespace volpress::sample
