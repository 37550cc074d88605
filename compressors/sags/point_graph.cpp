#include "compressors/sags/point_graph.hpp"

#include <algorithm>
#include <cmath>

#include "compressors/coding/nearest_points.hpp"

namespace volpress::compressors::sags {
namespace {

constexpr std::size_t kGrain = 1024;
constexpr float kLocalShare = 0.5F;
constexpr double kLeastDistance = 1e-8;

}  // namespace

Result<PointGraph> connect(std::span<const coding::GridPoint> points, double cell,
                           TaskRunner& runner, const std::stop_token& stop) {
  VOLPRESS_TRY(coding::NearestPoints near,
               coding::nearestPoints(points, kNeighbours, runner, stop));
  PointGraph graph;
  graph.count = points.size();
  graph.each = near.each;
  graph.nearest = std::move(near.indices);
  graph.weights.resize(graph.nearest.size());
  graph.firstIn.assign(graph.count + 1, 0);
  for (const std::uint32_t to : graph.nearest) {
    ++graph.firstIn[to + 1];
  }
  for (std::size_t i = 0; i < graph.count; ++i) {
    graph.firstIn[i + 1] += graph.firstIn[i];
  }
  std::vector<std::uint32_t> next(graph.firstIn.begin(), graph.firstIn.end() - 1);
  graph.in.resize(graph.nearest.size());
  for (std::size_t i = 0; i < graph.count; ++i) {
    double sum = 0;
    const auto nearness = [&](std::size_t edge) {
      const auto squared =
          static_cast<double>(coding::squaredDistance(points[i], points[graph.nearest[edge]]));
      return 1 / (cell * std::sqrt(squared) + kLeastDistance);
    };
    const std::size_t begin = i * graph.each;
    for (std::size_t edge = begin; edge < begin + graph.each; ++edge) {
      sum += nearness(edge);
      graph.in[next[graph.nearest[edge]]++] = static_cast<std::uint32_t>(edge);
    }
    // The sum over a point's edges is divided by their number once more, as in the released code.
    for (std::size_t edge = begin; edge < begin + graph.each; ++edge) {
      graph.weights[edge] =
          static_cast<float>(nearness(edge) / (sum * static_cast<double>(graph.each + 1)));
    }
  }
  return graph;
}

void aggregate(const PointGraph& graph, std::size_t width, const FloatArray& features,
               FloatArray& local, std::vector<std::uint32_t>& source, FloatArray& spare,
               TaskRunner& runner) {
  spare.resize(features.size());
  source.resize(features.size());
  local.resize(features.size());
  runner.parallelFor(graph.count, kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const float* own = features.data() + i * width;
      float* more = spare.data() + i * width;
      std::uint32_t* from = source.data() + i * width;
      std::fill_n(more, width, 0.0F);
      std::fill_n(from, width, static_cast<std::uint32_t>(i));
      for (std::size_t k = graph.firstIn[i]; k < graph.firstIn[i + 1]; ++k) {
        const auto who = static_cast<std::uint32_t>(graph.in[k] / graph.each);
        const float* other = features.data() + who * width;
        for (std::size_t c = 0; c < width; ++c) {
          if (other[c] - own[c] > more[c]) {
            more[c] = other[c] - own[c];
            from[c] = who;
          }
        }
      }
    }
  });
  runner.parallelFor(graph.count, kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      float* out = local.data() + i * width;
      std::copy_n(features.data() + i * width, width, out);
      for (std::size_t edge = i * graph.each; edge < (i + 1) * graph.each; ++edge) {
        const float* more = spare.data() + graph.nearest[edge] * width;
        const float weight = kLocalShare * graph.weights[edge];
        for (std::size_t c = 0; c < width; ++c) {
          out[c] += weight * more[c];
        }
      }
    }
  });
}

void pullAggregate(const PointGraph& graph, std::size_t width,
                   const std::vector<std::uint32_t>& source, const FloatArray& localGradient,
                   FloatArray& featureGradient, FloatArray& spare, TaskRunner& runner) {
  spare.resize(localGradient.size());
  runner.parallelFor(graph.count, kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      float* ofMore = spare.data() + i * width;
      std::fill_n(ofMore, width, 0.0F);
      for (std::size_t k = graph.firstIn[i]; k < graph.firstIn[i + 1]; ++k) {
        const std::size_t edge = graph.in[k];
        const float weight = kLocalShare * graph.weights[edge];
        const float* pulled = localGradient.data() + edge / graph.each * width;
        for (std::size_t c = 0; c < width; ++c) {
          ofMore[c] += weight * pulled[c];
        }
      }
    }
  });
  // Point after point, so that threads change no sum.
  for (std::size_t i = 0; i < graph.count; ++i) {
    const float* pulled = localGradient.data() + i * width;
    const float* ofMore = spare.data() + i * width;
    const std::uint32_t* from = source.data() + i * width;
    float* own = featureGradient.data() + i * width;
    for (std::size_t c = 0; c < width; ++c) {
      own[c] += pulled[c];
      if (from[c] != i) {
        own[c] -= ofMore[c];
        featureGradient[from[c] * width + c] += ofMore[c];
      }
    }
  }
}

}  // namespace volpress::compressors::sags
