#include "app/engine/picture_job.hpp"

#include "app/engine/model_job.hpp"
#include "app/engine/picture_files.hpp"
#include "compressors/picture_codec.hpp"

namespace volpress::engine {
namespace {

struct Pictures {
  using Codec = compressors::PictureCodec;
  using Scene = Image;
  static constexpr const char* kMany = "single pictures";
  static constexpr const char* kReading = "reading the picture";
  static constexpr auto kScene = &LoadedPicture::picture;
  static constexpr auto findCodec = compressors::findPictureCodec;
  static constexpr auto load = loadPicture;
  static constexpr auto plainBytes = plainPictureBytes;

  static Result<std::vector<ViewQuality>> measure(const std::shared_ptr<const Image>& original,
                                                  const std::shared_ptr<const Image>& result,
                                                  const std::string& /*views*/,
                                                  MeasureContext& context) {
    return measurePicture(*original, *result, context);
  }
};

}  // namespace

bool isPictureJob(const JobSpec& spec) {
  return compressors::findPictureCodec(spec.codec) != nullptr;
}

Result<Evaluation> runPictureJob(const JobSpec& spec, JobRun& run) {
  return ModelRun<Pictures>(spec, run).go();
}

}  // namespace volpress::engine
