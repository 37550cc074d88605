#include "renderer/software/field_renderer.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "renderer/software/field_march.hpp"
#include "renderer/software/field_model.hpp"
#include "scene/base/morton.hpp"

namespace volpress::renderer {
namespace {

constexpr std::size_t kTile = 16;
constexpr std::size_t kTileRays = kTile * kTile;
constexpr std::uint64_t kMostPixels = std::uint64_t{1} << 28;
constexpr std::size_t kMostAtOnce = 16;  // samples of a ray in one batch
constexpr float kOpaque = 0.99F;

float srgbToLinear(float value) {
  return value <= 0.04045F ? value / 12.92F : std::pow((value + 0.055F) / 1.055F, 2.4F);
}

float linearToSrgb(float value) {
  return value <= 0.0031308F ? 12.92F * value : 1.055F * std::pow(value, 1 / 2.4F) - 0.055F;
}

class SampledField final : public PreparedField {
public:
  explicit SampledField(std::shared_ptr<const HashGridField> field)
      : m_field(std::move(field)), m_occupancy(m_field->occupancy), m_model(*m_field) {}

  [[nodiscard]] const HashGridField& field() const noexcept override { return *m_field; }
  [[nodiscard]] const std::vector<std::uint8_t>& occupancy() const noexcept override {
    return m_occupancy;
  }
  [[nodiscard]] const FieldModel& model() const noexcept { return m_model; }
  void setOccupancy(std::vector<std::uint8_t> bits) { m_occupancy = std::move(bits); }

private:
  std::shared_ptr<const HashGridField> m_field;
  std::vector<std::uint8_t> m_occupancy;
  FieldModel m_model;
};

/// A hash of a number, 0..1.
float jitterOf(std::uint32_t value) {
  value = (value ^ value >> 16) * 0x7FEB352DU;
  value = (value ^ value >> 15) * 0x846CA68BU;
  return static_cast<float>((value ^ value >> 16) >> 8) * 0x1p-24F;
}

/// The largest optical thickness of the smallest step at four places of every cell.
Result<std::vector<float>> sampleThickness(const HashGridField& field, const FieldModel& model,
                                           TaskRunner& runner, const std::stop_token& stop) {
  constexpr std::uint32_t kPlaces = 4;
  std::vector<float> thickness(field.cascades() * kCascadeCells, 0.0F);
  const FieldMarcher marcher(field, {});
  runner.parallelFor(
      thickness.size(), std::size_t{1} << 14, [&](std::size_t begin, std::size_t end) {
        FieldBatch batch(model);
        for (std::size_t first = begin; first < end && !stop.stop_requested();
             first += kFieldBatch) {
          batch.count = std::min(kFieldBatch, end - first);
          for (std::uint32_t place = 0; place < kPlaces; ++place) {
            for (std::size_t n = 0; n < batch.count; ++n) {
              const MortonPoint cell = mortonPoint((first + n) % kCascadeCells);
              const auto side = static_cast<float>(1U << ((first + n) / kCascadeCells));
              const std::array<std::uint32_t, 3> at{cell.x, cell.y, cell.z};
              for (std::uint32_t axis = 0; axis < 3; ++axis) {
                const float jitter =
                    jitterOf(static_cast<std::uint32_t>(first + n) * 12 + place * 3 + axis);
                const float world =
                    ((static_cast<float>(at[axis]) + jitter) / kOccupancySide - 0.5F) * side + 0.5F;
                batch.place(axis)[n] = marcher.inBox(world);
              }
            }
            fieldDensity(model, batch);
            for (std::size_t n = 0; n < batch.count; ++n) {
              thickness[first + n] = std::max(thickness[first + n],
                                              std::exp(batch.logit()[n]) * StepSchedule::kSmallest);
            }
          }
        }
      });
  if (stop.stop_requested()) {
    return fail(ErrorCode::Cancelled, "cancelled while looking for occupied cells");
  }
  return thickness;
}

struct TileRay {
  FieldRay ray;
  FieldMarcher::Walk walk;
  std::array<float, 3> color{};
  float alpha = 0;
};

/// Draws one tile after another with one set of buffers.
class TileDrawer {
public:
  TileDrawer(const SampledField& field, const Camera& camera, const FieldRenderOptions& options)
      : m_model(field.model()),
        m_marcher(field.field(), options.skipsEmpty
                                     ? std::span<const std::uint8_t>(field.occupancy())
                                     : std::span<const std::uint8_t>()),
        m_camera(camera),
        m_batch(m_model),
        m_rays(kTileRays),
        m_live(kTileRays),
        m_steps(kFieldBatch),
        m_owner(kFieldBatch) {}

  void draw(std::size_t left, std::size_t top) {
    m_count = 0;
    for (std::size_t y = top; y < std::min(top + kTile, m_camera.height); ++y) {
      for (std::size_t x = left; x < std::min(left + kTile, m_camera.width); ++x) {
        TileRay& ray = m_rays[m_count];
        ray = {};
        ray.ray = rayThrough(m_camera, static_cast<float>(x) + 0.5F, static_cast<float>(y) + 0.5F);
        ray.walk = m_marcher.start(ray.ray, 0.5F);
        m_live[m_count] = m_count;
        ++m_count;
      }
    }
    m_liveCount = m_count;
    while (m_liveCount != 0) {
      gather();
      evaluate();
      composite();
    }
  }

  [[nodiscard]] const TileRay& ray(std::size_t index) const { return m_rays[index]; }
  [[nodiscard]] std::uint64_t samples() const noexcept { return m_samples; }

private:
  /// Fills a batch with the next samples of the rays that are not over; the others leave the list.
  void gather() {
    const std::size_t atOnce = std::clamp<std::size_t>(kFieldBatch / m_liveCount, 1, kMostAtOnce);
    std::size_t kept = 0;
    m_batch.count = 0;
    for (std::size_t i = 0; i < m_liveCount; ++i) {
      const std::size_t index = m_live[i];
      TileRay& ray = m_rays[index];
      FieldSample sample;
      bool found = false;
      for (std::size_t k = 0; k < atOnce && m_marcher.next(ray.ray, ray.walk, sample); ++k) {
        const std::size_t n = m_batch.count++;
        for (std::size_t axis = 0; axis < 3; ++axis) {
          m_batch.place(axis)[n] = m_marcher.inBox(
              std::fma(ray.ray.direction[axis], sample.distance, ray.ray.origin[axis]));
          m_batch.direction(axis)[n] = ray.ray.direction[axis];
        }
        m_steps[n] = sample.step;
        m_owner[n] = index;
        found = true;
      }
      if (found) {
        m_live[kept++] = index;
      }
    }
    m_liveCount = kept;
  }

  void evaluate() {
    if (m_batch.count != 0) {
      fieldDensity(m_model, m_batch);
      fieldColor(m_model, m_batch);
      m_samples += m_batch.count;
    }
  }

  void composite() {
    for (std::size_t n = 0; n < m_batch.count; ++n) {
      TileRay& ray = m_rays[m_owner[n]];
      if (ray.alpha >= 1) {
        continue;  // became opaque within this batch
      }
      const float opacity = 1 - std::exp(-std::exp(m_batch.logit()[n]) * m_steps[n]);
      const float weight = opacity * (1 - ray.alpha);
      for (std::size_t channel = 0; channel < 3; ++channel) {
        ray.color[channel] += weight * colorOf(m_batch.rawColor(channel)[n], m_model.isHdr);
      }
      ray.alpha += weight;
      if (ray.alpha > kOpaque) {
        for (float& channel : ray.color) {
          channel /= ray.alpha;
        }
        ray.alpha = 1;
        ray.walk.at = ray.walk.end;
      }
    }
  }

  const FieldModel& m_model;
  FieldMarcher m_marcher;
  const Camera& m_camera;
  FieldBatch m_batch;
  std::vector<TileRay> m_rays;
  std::vector<std::size_t> m_live;
  std::size_t m_count = 0;
  std::size_t m_liveCount = 0;
  std::vector<float> m_steps;
  std::vector<std::size_t> m_owner;
  std::uint64_t m_samples = 0;
};

/// A ray's colour over the background, as display values.
class Finish {
public:
  Finish(const HashGridField& field, const FieldRenderOptions& options)
      : m_background(options.background.value_or(field.background)),
        m_original(options.blending == FieldBlending::Original),
        m_isHdr(field.isHdr),
        m_gain(std::exp2(field.exposure)) {}

  [[nodiscard]] float operator()(const TileRay& ray, std::size_t channel) const {
    const float behind = (1 - ray.alpha) * m_background[3];
    if (!m_original) {
      return ray.color[channel] + behind * m_background[channel];
    }
    const float front = m_isHdr ? ray.color[channel] : srgbToLinear(ray.color[channel]);
    return linearToSrgb(m_gain * (front + behind * srgbToLinear(m_background[channel])));
  }

private:
  std::array<float, 4> m_background;
  bool m_original;
  bool m_isHdr;
  float m_gain;
};

}  // namespace

Result<std::unique_ptr<PreparedField>> FieldRenderer::prepare(
    std::shared_ptr<const HashGridField> field, const std::stop_token& stop) const {
  auto prepared = std::make_unique<SampledField>(std::move(field));
  if (prepared->occupancy().empty()) {
    VOLPRESS_TRY(const std::vector<float> thickness,
                 sampleThickness(prepared->field(), prepared->model(), m_runner, stop));
    prepared->setOccupancy(occupancyOf(thickness));
  }
  return prepared;
}

Result<FieldRenderResult> FieldRenderer::render(const PreparedField& field, const Camera& camera,
                                                const FieldRenderOptions& options) const {
  if (camera.width == 0 || camera.height == 0 || camera.width > kMostPixels / camera.height) {
    return fail(ErrorCode::InvalidParameter, "a picture of {} x {} pixels; allowed are 1 to 2^28",
                camera.width, camera.height);
  }
  const auto& sampled = static_cast<const SampledField&>(field);
  FieldRenderResult result;
  result.picture.color = makeImage(camera.width, camera.height);
  result.picture.alpha = makeImage(camera.width, camera.height, 1);
  const Finish finish(field.field(), options);
  const std::size_t columns = (camera.width + kTile - 1) / kTile;
  const std::size_t tiles = columns * ((camera.height + kTile - 1) / kTile);
  std::atomic<std::uint64_t> samples{0};
  constexpr std::size_t kTilesATask = 4;
  m_runner.parallelFor(tiles, kTilesATask, [&](std::size_t begin, std::size_t end) {
    TileDrawer drawer(sampled, camera, options);
    for (std::size_t tile = begin; tile < end && !options.stop.stop_requested(); ++tile) {
      const std::size_t left = tile % columns * kTile;
      const std::size_t top = tile / columns * kTile;
      drawer.draw(left, top);
      std::size_t index = 0;
      for (std::size_t y = top; y < std::min(top + kTile, camera.height); ++y) {
        for (std::size_t x = left; x < std::min(left + kTile, camera.width); ++x, ++index) {
          const TileRay& ray = drawer.ray(index);
          const std::size_t pixel = y * camera.width + x;
          for (std::size_t channel = 0; channel < 3; ++channel) {
            result.picture.color.pixels[3 * pixel + channel] = finish(ray, channel);
          }
          result.picture.alpha.pixels[pixel] = ray.alpha;
        }
      }
    }
    samples += drawer.samples();
  });
  if (options.stop.stop_requested()) {
    return fail(ErrorCode::Cancelled, "cancelled while drawing");
  }
  result.samples = samples;
  return result;
}

std::string FieldRenderer::name() const {
  return fmt::format("field marcher, {} threads", m_runner.concurrency());
}

}  // namespace volpress::renderer
