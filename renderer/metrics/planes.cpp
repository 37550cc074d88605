#include "renderer/metrics/planes.hpp"

namespace volpress::metrics {

Result<void> checkPair(const Image& reference, const Image& test) {
  if (reference.width != test.width || reference.height != test.height ||
      reference.channels != test.channels) {
    return fail(ErrorCode::InvalidParameter,
                "the test picture is {}x{} with {} channels, but the reference is {}x{} with {}",
                test.width, test.height, test.channels, reference.width, reference.height,
                reference.channels);
  }
  const std::size_t size = reference.width * reference.height * reference.channels;
  if (size == 0) {
    return fail(ErrorCode::InvalidParameter, "the pictures to compare are empty");
  }
  if (reference.pixels.size() != size || test.pixels.size() != size) {
    return fail(ErrorCode::InvalidParameter,
                "the pictures hold {} and {} values, but their size needs {}",
                reference.pixels.size(), test.pixels.size(), size);
  }
  return {};
}

double sumRows(std::size_t height, TaskRunner& runner,
               const std::function<double(std::size_t)>& rowSum) {
  std::vector<double> sums(height);
  runner.parallelFor(height, kRowGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t y = begin; y < end; ++y) {
      sums[y] = rowSum(y);
    }
  });
  double total = 0;
  for (const double sum : sums) {
    total += sum;
  }
  return total;
}

Plane<float> filterSeparable(const Plane<float>& input, std::span<const float> horizontal,
                             std::span<const float> vertical, TaskRunner& runner) {
  const std::size_t width = input.width;
  const std::size_t height = input.height;
  const std::size_t left = horizontal.size() / 2;
  const std::size_t above = vertical.size() / 2;
  Plane<float> output = makePlane<float>(width, height);
  runner.parallelFor(height, kRowGrain, [&](std::size_t begin, std::size_t end) {
    std::vector<float> padded(width + 2 * left);
    for (std::size_t y = begin; y < end; ++y) {
      float* const column = padded.data() + left;
      std::fill(padded.begin(), padded.end(), 0.0F);
      for (std::size_t tap = 0; tap < vertical.size(); ++tap) {
        const std::size_t from =
            std::min(y + tap < above ? std::size_t{0} : y + tap - above, height - 1);
        const float* const source = input.row(from);
        const float weight = vertical[tap];
        for (std::size_t x = 0; x < width; ++x) {
          column[x] += weight * source[x];
        }
      }
      std::fill_n(padded.begin(), left, column[0]);
      std::fill_n(column + width, left, column[width - 1]);
      float* const target = output.row(y);
      for (std::size_t tap = 0; tap < horizontal.size(); ++tap) {
        const float* const source = padded.data() + tap;
        const float weight = horizontal[tap];
        for (std::size_t x = 0; x < width; ++x) {
          target[x] += weight * source[x];
        }
      }
    }
  });
  return output;
}

}  // namespace volpress::metrics
