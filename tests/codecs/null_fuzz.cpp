#include "compressors/null_codec.hpp"
#include "tests/codecs/decoder_fuzz.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress::fuzz {

std::vector<Bytes> seedInputs() {
  std::vector<Bytes> seeds;
  for (const unsigned degree : {0U, 1U}) {
    GaussianCloud cloud = testing::randomCloud(3, degree, 1 + degree);
    if (degree == 1) {
      cloud.extras.push_back({"confidence", FloatArray(3, 0.5F)});
    }
    SerialRunner runner;
    Progress progress;
    compressors::RunContext context{runner, progress, {}};
    seeds.push_back(compressors::nullCodec().encode(Scene(cloud), {}, context).value());
  }
  return seeds;
}

void runInput(ByteView input) { runDecoder(compressors::nullCodec(), input); }

}  // namespace volpress::fuzz
