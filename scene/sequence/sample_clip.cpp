#include "scene/sequence/sample_clip.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "scene/base/rotations.hpp"
#include "scene/sequence/sample_figure.hpp"
#include "scene/types/sample_math.hpp"

namespace volpress {
namespace {

using sample::hashBits;
using sample::Random;

constexpr std::size_t kGrain = 1024;
constexpr double kTwoPi = 6.283185307179586;

Quaternion quaternionAt(const GaussianCloud& cloud, std::size_t i) {
  return {static_cast<double>(cloud.rotations[4 * i]),
          static_cast<double>(cloud.rotations[4 * i + 1]),
          static_cast<double>(cloud.rotations[4 * i + 2]),
          static_cast<double>(cloud.rotations[4 * i + 3])};
}

Vector3 meanAt(const GaussianCloud& cloud, std::size_t i) {
  return {static_cast<double>(cloud.means[3 * i]), static_cast<double>(cloud.means[3 * i + 1]),
          static_cast<double>(cloud.means[3 * i + 2])};
}

void place(GaussianCloud& cloud, std::size_t i, const Vector3& mean, const Quaternion& rotation) {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    cloud.means[3 * i + axis] = static_cast<float>(mean[axis]);
  }
  for (std::size_t part = 0; part < 4; ++part) {
    cloud.rotations[4 * i + part] = static_cast<float>(rotation[part]);
  }
}

/// Numbers of standard deviation 1 that change smoothly in time.
struct Wobble {
  double phase1, phase2, speed1, speed2;
  explicit Wobble(Random& random)
      : phase1(static_cast<double>(random.unit()) * kTwoPi),
        phase2(static_cast<double>(random.unit()) * kTwoPi),
        speed1(static_cast<double>(random.between(1.2F, 3.0F))),
        speed2(static_cast<double>(random.between(3.0F, 7.0F))) {}
  [[nodiscard]] double at(double seconds) const {
    return std::sin(phase1 + speed1 * seconds) + std::sin(phase2 + speed2 * seconds);
  }
};

class SampleClip final : public FrameSource {
public:
  SampleClip(const ClipOptions& options, std::optional<GaussianCloud> scene, TaskRunner& runner,
             SplatMotion motion)
      : m_options(options), m_motion(std::move(motion)) {
    if (scene) {
      m_rest = withShDegree(*scene, std::min(options.shDegree, scene->shDegree));
      m_rest.extras.clear();
      const Bounds bounds = meanBounds(m_rest);
      m_low = static_cast<double>(bounds.min[1]);
      m_height = std::max(1e-6, static_cast<double>(bounds.max[1]) - m_low);
      m_centre = {(static_cast<double>(bounds.min[0]) + static_cast<double>(bounds.max[0])) / 2,
                  static_cast<double>(bounds.max[1]),
                  (static_cast<double>(bounds.min[2]) + static_cast<double>(bounds.max[2])) / 2};
    } else {
      sample::Figure figure = sample::makeFigure(options.splats, options.seed, runner);
      m_rest = withShDegree(figure.rest, std::min(options.shDegree, figure.rest.shDegree));
      m_bindings = std::move(figure.bindings);
    }
  }

  [[nodiscard]] std::size_t frameCount() const noexcept override { return m_options.frames; }

  [[nodiscard]] Result<GaussianCloud> load(std::size_t index, TaskRunner& runner,
                                           const std::stop_token& stop) const override {
    const double seconds = static_cast<double>(index) / m_options.framesPerSecond;
    GaussianCloud cloud = m_rest;
    if (m_motion) {
      m_motion(cloud, seconds, runner);
    } else if (m_bindings.empty()) {
      sway(cloud, seconds, runner);
    } else {
      walk(cloud, seconds, runner);
    }
    if (m_options.jitter > 0) {
      jitter(cloud, seconds, runner);
    }
    if (m_options.births > 0 || m_options.deaths > 0 || m_options.shuffle) {
      cloud = gatherSplats(cloud, order(index));
    }
    if (stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled while making frame {}", index);
    }
    VOLPRESS_CHECK(validate(cloud));
    return cloud;
  }

private:
  void walk(GaussianCloud& cloud, double seconds, TaskRunner& runner) const {
    const auto pose = sample::walkPose(seconds);
    std::array<Matrix3, sample::kFigureBones> turns;
    for (std::size_t bone = 0; bone < turns.size(); ++bone) {
      turns[bone] = rotationMatrix(pose[bone].rotation);
    }
    runner.parallelFor(cloud.count, kGrain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const sample::Binding& binding = m_bindings[i];
        Vector3 rest = meanAt(cloud, i);
        if (binding.sway > 0) {
          wave(binding, seconds, rest);
        }
        const auto second = static_cast<double>(binding.second);
        const sample::BonePose& a = pose[binding.bone[0]];
        const sample::BonePose& b = pose[binding.bone[1]];
        const Vector3 byA = rotated(turns[binding.bone[0]], rest);
        const Vector3 byB = rotated(turns[binding.bone[1]], rest);
        Vector3 mean;
        for (std::size_t axis = 0; axis < 3; ++axis) {
          mean[axis] =
              (1 - second) * (byA[axis] + a.offset[axis]) + second * (byB[axis] + b.offset[axis]);
        }
        double dot = 0;
        for (std::size_t part = 0; part < 4; ++part) {
          dot += a.rotation[part] * b.rotation[part];
        }
        Quaternion turn;
        for (std::size_t part = 0; part < 4; ++part) {
          turn[part] =
              (1 - second) * a.rotation[part] + (dot < 0 ? -second : second) * b.rotation[part];
        }
        place(cloud, i, mean, multiply(normalised(turn), quaternionAt(cloud, i)));
      }
    });
  }

  /// Waves run down the cloth, outwards and back.
  static void wave(const sample::Binding& binding, double seconds, Vector3& rest) {
    const double around = kTwoPi * static_cast<double>(binding.around);
    const auto along = static_cast<double>(binding.along);
    const double push = static_cast<double>(binding.sway) *
                        (0.7 * std::sin(3 * around + 5 * along - 6.5 * seconds) +
                         0.5 * std::sin(-2 * around + 4 * along - 9.1 * seconds));
    const double length = std::max(1e-6, std::hypot(rest[0], rest[2]));
    rest[0] += push * rest[0] / length;
    rest[2] += push * rest[2] / length;
    rest[1] -= 0.25 * std::abs(push);
  }

  /// Twists about the vertical axis and bends sideways, more so towards the top.
  void sway(GaussianCloud& cloud, double seconds, TaskRunner& runner) const {
    const double twist = 0.7 * std::sin(1.9 * seconds);
    const double bend = 0.35 * std::sin(1.3 * seconds);
    runner.parallelFor(cloud.count, kGrain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const Vector3 mean = meanAt(cloud, i);
        const double share = (m_centre[1] - mean[1]) / m_height;  // 0 at the foot, 1 at the top
        const double turned = twist * share;
        const double leaned = bend * share;
        // The axis is an arc of constant curvature and of the length it has at rest.
        const double length = m_height * share;
        const bool straight = std::abs(leaned) < 1e-6;
        const Vector3 axis{
            m_centre[0] + length * (straight ? leaned / 2 : (1 - std::cos(leaned)) / leaned),
            m_centre[1] - length * (straight ? 1 : std::sin(leaned) / leaned), m_centre[2]};
        const Quaternion about{std::cos(turned / 2), 0, std::sin(turned / 2), 0};
        const Quaternion lean{std::cos(leaned / 2), 0, 0, std::sin(leaned / 2)};
        const Quaternion whole = multiply(lean, about);
        const Vector3 away =
            rotated(rotationMatrix(whole), {mean[0] - m_centre[0], 0, mean[2] - m_centre[2]});
        place(cloud, i, {axis[0] + away[0], axis[1] + away[1], axis[2] + away[2]},
              multiply(whole, normalised(quaternionAt(cloud, i))));
      }
    });
  }

  void jitter(GaussianCloud& cloud, double seconds, TaskRunner& runner) const {
    const double color = 0.02 * m_options.jitter;
    const double opacity = 0.05 * m_options.jitter;
    runner.parallelFor(cloud.count, kGrain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        Random random(hashBits(m_options.seed + 77) ^ hashBits(i));
        for (std::size_t channel = 0; channel < 3; ++channel) {
          cloud.shDc[3 * i + channel] += static_cast<float>(color * Wobble(random).at(seconds));
        }
        cloud.opacityLogits[i] += static_cast<float>(opacity * Wobble(random).at(seconds));
      }
    });
  }

  /// Who is there in a frame, and in which order.
  [[nodiscard]] std::vector<std::uint32_t> order(std::size_t frame) const {
    std::vector<std::uint32_t> rows;
    for (std::size_t i = 0; i < m_rest.count; ++i) {
      Random random(hashBits(m_options.seed + 1234) ^ hashBits(i));
      const double kind = static_cast<double>(random.unit());
      const double turn =
          static_cast<double>(random.unit()) * static_cast<double>(m_options.frames);
      const bool born = kind < m_options.births;
      const bool dies = !born && kind < m_options.births + m_options.deaths;
      const auto now = static_cast<double>(frame);
      if ((!born || now >= turn) && (!dies || now < turn)) {
        rows.push_back(static_cast<std::uint32_t>(i));
      }
    }
    if (m_options.shuffle) {
      for (std::size_t i = rows.size(); i > 1; --i) {
        const std::uint64_t draw =
            hashBits(hashBits(m_options.seed) ^ hashBits(frame * std::uint64_t{0x10000000} + i));
        std::swap(rows[i - 1], rows[draw % i]);
      }
    }
    return rows;
  }

  ClipOptions m_options;
  SplatMotion m_motion;
  GaussianCloud m_rest;
  std::vector<sample::Binding> m_bindings;
  Vector3 m_centre{};
  double m_low = 0;
  double m_height = 1;
};

}  // namespace

std::shared_ptr<const FrameSource> makeSampleClip(const ClipOptions& options,
                                                  std::optional<GaussianCloud> scene,
                                                  TaskRunner& runner, SplatMotion motion) {
  return std::make_shared<SampleClip>(options, std::move(scene), runner, std::move(motion));
}

}  // namespace volpress
