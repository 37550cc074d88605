// Checkpoints of a training run, with a checksum that fits: what is behind it must hold by itself.
#include <cstdlib>
#include <cstring>

#include "compressors/training/checkpoint.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress::fuzz {
namespace {

constexpr std::uint64_t kIdentity = 7;
constexpr std::size_t kHashBytes = sizeof(std::uint64_t);

Bytes checkpointOf(std::size_t count, unsigned degree, bool learning) {
  training::TrainState state;
  state.iteration = 12;
  state.cloud = testing::randomCloud(count, degree, 1);
  if (learning) {
    state.adam[3].steps = 12;
    state.adam[3].first.assign(count, 0.5F);
    state.adam[3].second.assign(count, 0.25F);
    state.density.sums.assign(count, 1.0F);
    state.density.observed.assign(count, 2);
  }
  return training::writeCheckpoint(state, kIdentity);
}

}  // namespace

std::vector<Bytes> seedInputs() {
  return {checkpointOf(1, 0, true), checkpointOf(3, 3, true), checkpointOf(2, 1, false)};
}

void runInput(ByteView input) {
  Bytes bytes(input.begin(), input.end());
  if (bytes.size() >= kHashBytes) {
    const std::uint64_t sum = hashBytes(ByteView(bytes).first(bytes.size() - kHashBytes));
    std::memcpy(bytes.data() + bytes.size() - kHashBytes, &sum, kHashBytes);
  }
  const auto state = training::readCheckpoint(bytes, kIdentity);
  if (state && !validate(state->cloud)) {
    std::abort();
  }
}

}  // namespace volpress::fuzz
