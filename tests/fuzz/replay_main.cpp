// Runs a fuzz target without libFuzzer: every seed, every truncation of the first seed, 2,000
// seeded mutations (or as many as VOLPRESS_MUTATIONS says), and whatever files are named on the
// command line. Tells how long the slowest mutation took.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>

#include "scene/base/files.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace {

using volpress::Bytes;

Bytes mutate(Bytes bytes, std::mt19937_64& random) {
  const std::size_t edits = 1 + random() % 4;
  for (std::size_t i = 0; i < edits && !bytes.empty(); ++i) {
    const std::size_t at = random() % bytes.size();
    switch (random() % 7) {
      case 0: bytes[at] ^= std::byte{1} << (random() % 8); break;
      case 1: bytes[at] = static_cast<std::byte>(random()); break;
      case 2: bytes[at] = random() % 2 == 0 ? std::byte{0} : std::byte{0xFF}; break;
      case 3: bytes.resize(at); break;
      case 4: bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes[at]); break;
      case 5: bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(at)); break;
      default: {
        // Four bytes become a number that counts and sizes rarely expect.
        constexpr std::uint32_t kNumbers[] = {0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x10000};
        const std::uint32_t number = kNumbers[random() % std::size(kNumbers)];
        for (std::size_t k = 0; k < 4 && at + k < bytes.size(); ++k) {
          bytes[at + k] = static_cast<std::byte>(number >> (8 * k));
        }
      }
    }
  }
  return bytes;
}

/// Of this process, in seconds.
double processorTime() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const auto file = volpress::MappedFile::open(argv[i]);
    if (!file) {
      std::fprintf(stderr, "%s\n", file.error().message.c_str());
      return 1;
    }
    volpress::fuzz::runInput(file->bytes());
  }
  const std::vector<Bytes> seeds = volpress::fuzz::seedInputs();
  if (seeds.empty()) {
    std::fprintf(stderr, "the target has no seed inputs\n");
    return 1;
  }
  for (const Bytes& seed : seeds) {
    volpress::fuzz::runInput(seed);
  }
  for (std::size_t size = 0; size < seeds[0].size(); ++size) {
    const Bytes part(seeds[0].begin(), seeds[0].begin() + static_cast<std::ptrdiff_t>(size));
    volpress::fuzz::runInput(part);
  }
  const char* wanted = std::getenv("VOLPRESS_MUTATIONS");
  const int mutations = wanted != nullptr ? std::atoi(wanted) : 2000;
  std::mt19937_64 random(20260101);
  double slowest = 0;
  for (int i = 0; i < mutations; ++i) {
    const Bytes input = mutate(seeds[random() % seeds.size()], random);
    const double start = processorTime();
    volpress::fuzz::runInput(input);
    slowest = std::max(slowest, processorTime() - start);
  }
  std::printf("replayed %zu seeds, %zu truncations, %d mutations; the slowest took %.0f ms\n",
              seeds.size(), seeds[0].size(), mutations, 1000 * slowest);
  return 0;
}
