#include "renderer/software/field_march.hpp"

#include <algorithm>
#include <cmath>

#include "scene/base/morton.hpp"

namespace volpress::renderer {
namespace {

constexpr unsigned kMostSteps = 10000;
constexpr float kStart = 1e-6F;

std::array<float, 3> placeAt(const FieldRay& ray, float distance) {
  std::array<float, 3> place{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    place[axis] = std::fma(ray.direction[axis], distance, ray.origin[axis]);
  }
  return place;
}

/// Bits 0, 3, 6, ... of the low seven bits.
std::uint32_t spread(std::uint32_t v) {
  v = (v | v << 8) & 0x0300F00FU;
  v = (v | v << 4) & 0x030C30C3U;
  return (v | v << 2) & 0x09249249U;
}

}  // namespace

StepSchedule::StepSchedule(unsigned aabbScale) : m_cone(aabbScale > 1 ? 1.0F / 256 : 0.0F) {
  if (m_cone == 0) {
    return;
  }
  m_log = std::log1p(m_cone);
  m_nearN = (std::log(kSmallest) - std::log(m_log)) / m_log;
  m_farN = (std::log(kLargest) - std::log(m_log)) / m_log;
  m_nearT = std::exp(m_nearN * m_log);
  m_farT = std::exp(m_farN * m_log);
}

float StepSchedule::numberOf(float distance) const noexcept {
  if (m_cone == 0) {
    return distance / kSmallest;
  }
  if (distance <= m_nearT) {
    return (distance - m_nearT) / kSmallest + m_nearN;
  }
  return distance <= m_farT ? std::log(distance) / m_log : (distance - m_farT) / kLargest + m_farN;
}

float StepSchedule::distanceOf(float number) const noexcept {
  if (m_cone == 0) {
    return number * kSmallest;
  }
  if (number <= m_nearN) {
    return (number - m_nearN) * kSmallest + m_nearT;
  }
  return number <= m_farN ? std::exp(number * m_log) : (number - m_farN) * kLargest + m_farT;
}

float StepSchedule::next(float distance) const noexcept {
  // The two common cases without the logarithm.
  if (m_cone == 0 || distance + kSmallest <= m_nearT) {
    return distance + kSmallest;
  }
  const float grown = distance * (1 + m_cone);
  return distance >= m_nearT && grown <= m_farT ? grown : distanceOf(numberOf(distance) + 1);
}

FieldMarcher::FieldMarcher(const HashGridField& field, std::span<const std::uint8_t> occupancy)
    : m_steps(field.aabbScale),
      m_occupancy(occupancy),
      m_cascades(field.cascades()),
      m_low(0.5F - 0.5F * static_cast<float>(field.aabbScale)) {}

FieldMarcher::Walk FieldMarcher::start(const FieldRay& ray, float jitter,
                                       float nearest) const noexcept {
  float enter = nearest;
  float leave = 1e9F;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const float origin = ray.origin[axis];
    if (std::fabs(ray.direction[axis]) < 1e-12F) {
      leave = origin < m_low || origin > 1 - m_low ? -1.0F : leave;
      continue;
    }
    const float a = (m_low - origin) / ray.direction[axis];
    const float b = (1 - m_low - origin) / ray.direction[axis];
    enter = std::max(enter, std::min(a, b));
    leave = std::min(leave, std::max(a, b));
  }
  Walk walk;
  walk.end = leave;
  walk.at = enter + kStart;
  if (walk.at < walk.end) {
    walk.at += jitter * (m_steps.next(walk.at) - walk.at);
  }
  // Not a number anywhere ends the ray as well.
  walk.at = walk.at < walk.end ? walk.at : walk.end;
  return walk;
}

unsigned FieldMarcher::cascadeOf(const std::array<float, 3>& place) const noexcept {
  const float farthest = std::max(
      {std::fabs(place[0] - 0.5F), std::fabs(place[1] - 0.5F), std::fabs(place[2] - 0.5F)});
  unsigned cascade = 0;
  for (float reach = 0.5F; farthest >= reach && cascade + 1 < m_cascades; reach *= 2) {
    ++cascade;
  }
  return cascade;
}

std::size_t FieldMarcher::cellIn(const std::array<float, 3>& place, unsigned cascade) noexcept {
  const float scale = std::ldexp(1.0F, -static_cast<int>(cascade));
  std::uint32_t code = 0;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const float cell = ((place[axis] - 0.5F) * scale + 0.5F) * static_cast<float>(kOccupancySide);
    if (!(cell >= 0 && cell < static_cast<float>(kOccupancySide))) {
      return kNoCell;
    }
    code |= spread(static_cast<std::uint32_t>(cell)) << axis;
  }
  return cascade * kCascadeCells + code;
}

bool FieldMarcher::isSet(const std::array<float, 3>& place, unsigned cascade) const noexcept {
  const std::size_t bit = cellIn(place, cascade);
  return bit != kNoCell && (m_occupancy[bit / 8] >> (bit % 8) & 1) != 0;
}

bool FieldMarcher::isOccupied(const std::array<float, 3>& place) const noexcept {
  return m_occupancy.empty() || isSet(place, cascadeOf(place));
}

float FieldMarcher::exitOf(const FieldRay& ray, float at, unsigned cascade) const noexcept {
  const float side = std::ldexp(1.0F, static_cast<int>(cascade));
  const float cells = static_cast<float>(kOccupancySide);
  const std::array<float, 3> place = placeAt(ray, at);
  float exit = 1e9F;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const float direction = ray.direction[axis];
    if (std::fabs(direction) < 1e-12F) {
      continue;
    }
    const float cell = std::floor(((place[axis] - 0.5F) / side + 0.5F) * cells);
    const float border = (cell + (direction > 0 ? 1.0F : 0.0F)) / cells;
    exit = std::min(exit, ((border - 0.5F) * side + 0.5F - ray.origin[axis]) / direction);
  }
  return exit;
}

bool FieldMarcher::next(const FieldRay& ray, Walk& walk, FieldSample& sample) const noexcept {
  while (walk.at < walk.end && walk.steps < kMostSteps) {
    ++walk.steps;
    const std::array<float, 3> place = placeAt(ray, walk.at);
    unsigned cascade = m_occupancy.empty() ? 0 : cascadeOf(place);
    if (m_occupancy.empty() || isSet(place, cascade)) {
      const float after = m_steps.next(walk.at);
      sample = {walk.at, after - walk.at};
      walk.at = after;
      return true;
    }
    // Leaves the largest empty cell around, by whole steps, so that skipping moves no sample.
    while (cascade + 1 < m_cascades && !isSet(place, cascade + 1)) {
      ++cascade;
    }
    const float number = m_steps.numberOf(walk.at);
    const float beyond = m_steps.numberOf(exitOf(ray, walk.at, cascade)) - number;
    const float moved = m_steps.distanceOf(number + std::ceil(std::max(beyond, 0.5F)));
    walk.at = moved > walk.at ? moved : walk.end;
  }
  return false;
}

FieldRay rayThrough(const Camera& camera, float x, float y) noexcept {
  const float right = (x - camera.cx) / camera.fx;
  const float down = (y - camera.cy) / camera.fy;
  FieldRay ray;
  ray.origin = camera.position;
  float length = 0;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    ray.direction[axis] = camera.rotation[axis] * right + camera.rotation[3 + axis] * down +
                          camera.rotation[6 + axis];
    length += ray.direction[axis] * ray.direction[axis];
  }
  length = std::sqrt(length);
  for (float& part : ray.direction) {
    part /= length;
  }
  return ray;
}

}  // namespace volpress::renderer
