#include "scene/types/sample_scene.hpp"

#include <cmath>
#include <string>

#include "scene/types/sample_light.hpp"
#include "scene/types/sample_objects.hpp"
#include "scene/types/sample_room.hpp"
#include "scene/types/sample_splat.hpp"

namespace volpress {
namespace {

using sample::Surfel;

constexpr double kBudget = 150'000;
constexpr double kRoomBudget = 220'000;

GaussianCloud makeCloud(const std::vector<sample::SampleObject>& objects, double budget,
                        const sample::Studio& studio, std::uint64_t seed, TaskRunner& runner) {
  std::vector<std::size_t> counts;
  std::size_t total = 0;
  for (const sample::SampleObject& object : objects) {
    counts.push_back(static_cast<std::size_t>(std::max(1.0, std::round(object.share * budget))));
    total += counts.back();
  }
  GaussianCloud cloud;
  resizeCloud(cloud, total, 3);
  std::size_t first = 0;
  for (std::size_t o = 0; o < objects.size(); ++o) {
    constexpr std::size_t kGrain = 512;
    runner.parallelFor(counts[o], kGrain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        sample::Random random(sample::hashBits(seed) ^ sample::hashBits(o << 40 | i));
        const Surfel surfel = objects[o].make(i, counts[o], random);
        sample::writeSplat(surfel, studio.shade(surfel), first + i, cloud);
      }
    });
    first += counts[o];
  }
  return cloud;
}

}  // namespace

GaussianCloud makeSampleScene(std::uint64_t seed, double scale, TaskRunner& runner) {
  const sample::DistanceField field(sample::solidDistance, {-1.5F, -1.42F, -1.5F}, 0.027F, runner);
  return makeCloud(sample::sampleObjects(), scale * kBudget, sample::Studio(field), seed, runner);
}

GaussianCloud makeSampleRoom(std::uint64_t seed, double scale, TaskRunner& runner) {
  const sample::DistanceField field(sample::roomDistance, {-2.9F, -2.9F, -3.0F}, 0.055F, runner);
  constexpr float kAcross = 5;  // sunlight crosses the whole room
  return makeCloud(sample::roomObjects(), scale * kRoomBudget, sample::Studio(field, kAcross), seed,
                   runner);
}

std::vector<View> sampleRoomViews() {
  struct Stand {
    std::array<float, 3> eye, target;
  };
  // Where somebody would stand; the first is the way in.
  constexpr Stand kStands[] = {
      {{1.25F, -1.50F, -2.35F}, {-0.4F, -0.95F, 1.2F}},
      {{-1.75F, -1.45F, -2.1F}, {0.7F, -0.9F, 1.2F}},
      {{1.7F, -1.4F, 1.2F}, {-0.9F, -0.8F, 0.4F}},
      {{-1.6F, -1.5F, 1.0F}, {1.6F, -1.0F, 0.2F}},
      {{0.1F, -1.6F, -2.2F}, {0.0F, -0.7F, 1.6F}},
      {{0.2F, -1.2F, -0.9F}, {0.3F, -0.5F, 0.6F}},
      {{-0.9F, -1.1F, -0.6F}, {-0.5F, -0.8F, 2.2F}},
      {{1.3F, -1.5F, -0.2F}, {-2.2F, -1.4F, -0.2F}},
      {{0.6F, -1.3F, 0.0F}, {2.1F, -1.1F, 0.5F}},
      {{-0.2F, -1.7F, 0.9F}, {0.8F, -0.6F, -1.4F}},
      {{1.6F, -1.0F, -1.5F}, {-1.6F, -0.9F, 1.7F}},
      {{-1.5F, -1.7F, -1.6F}, {0.3F, -0.3F, 0.6F}},
  };
  std::vector<View> views;
  for (const Stand& stand : kStands) {
    View view;
    view.camera = lookAt(stand.eye, stand.target, {0, 1, 0}, 0.98F, 1280, 800);
    view.name = "stand " + std::to_string(views.size() + 1);
    views.push_back(std::move(view));
  }
  return views;
}

}  // namespace volpress
