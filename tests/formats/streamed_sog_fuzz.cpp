// The reader of streamed SOG against damaged files.
#include "scene/formats/lod_meta.hpp"
#include "scene/formats/streamed_sog.hpp"

#include "scene/formats/zip_archive.hpp"
#include "tests/formats/reader_fuzz.hpp"

namespace volpress::fuzz {
namespace {

Bytes archive() {
  SerialRunner runner;
  Progress progress;
  formats::IoContext context{runner, progress, {}, {}};
  const auto params = completeParams(formats::streamedSogFormat().info().writeParams,
                                     {{"levels", std::int64_t{2}}});
  return *formats::streamedSogFormat().encode(testing::randomCloud(5, 0, 1), *params, context);
}

}  // namespace

std::vector<Bytes> seedInputs() {
  const Bytes whole = archive();
  const auto zip = formats::ZipArchive::open(whole);
  return {*zip->read("lod-meta.json"), whole};
}

void runInput(ByteView input) {
  static const Bytes whole = archive();
  static const auto zip = formats::ZipArchive::open(whole);
  checkReader(formats::streamedSogFormat(), input);
  // The input as lod-meta.json beside sound units.
  for (const unsigned level : {0U, 1U}) {
    SerialRunner runner;
    Progress progress;
    formats::IoContext context{runner, progress, {}, {}};
    context.options.level = level;
    const auto cloud = formats::streamedSogFormat().decodeBeside(
        input, [](const std::string& name) { return zip->read(name); }, context);
    if (cloud && !validate(*cloud)) {
      std::abort();
    }
  }
}

}  // namespace volpress::fuzz
