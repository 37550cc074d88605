// The SOG reader against damaged files.
#include "scene/formats/sog.hpp"
#include "scene/formats/sog_files.hpp"
#include "tests/formats/reader_fuzz.hpp"

namespace volpress::fuzz {
namespace {

// The files of a small scene, meta.json last.
std::vector<formats::NamedBytes> sceneFiles(std::size_t count, unsigned degree) {
  SerialRunner runner;
  Progress progress;
  formats::IoContext context{runner, progress, {}, {}};
  return *formats::encodeSog(testing::randomCloud(count, degree, 1), {}, context);
}

// The input as meta.json beside sound images: no CRC stands in the way of mutations.
void decodeMeta(ByteView input) {
  static const std::vector<formats::NamedBytes> files = sceneFiles(5, 1);
  SerialRunner runner;
  Progress progress;
  formats::IoContext context{runner, progress, {}, {}};
  const auto source = [&](const std::string& name) -> Result<Bytes> {
    for (const formats::NamedBytes& file : files) {
      if (file.name == name) {
        return file.bytes;
      }
    }
    return fail(ErrorCode::CorruptData, "no {}", name);
  };
  const auto cloud = formats::decodeSog(input, source, context);
  if (cloud && !validate(*cloud)) {
    std::abort();
  }
}

}  // namespace

std::vector<Bytes> seedInputs() {
  const std::vector<formats::NamedBytes> files = sceneFiles(5, 1);
  std::vector<Bytes> seeds;
  seeds.push_back(*formats::writeStoredZip(sceneFiles(3, 0)));
  seeds.push_back(*formats::writeStoredZip(files));
  seeds.push_back(files.back().bytes);
  return seeds;
}

void runInput(ByteView input) {
  if (!input.empty() && input[0] == std::byte{'{'}) {
    decodeMeta(input);
  } else {
    checkReader(formats::sogFormat(), input);
  }
}

}  // namespace volpress::fuzz
