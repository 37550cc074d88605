#include "app/engine/picture_job.hpp"

#include "app/engine/model_job.hpp"
#include "app/engine/picture_files.hpp"
#include "compressors/picture_codec.hpp"

namespace volpress::engine {
namespace {

struct Pictures : ModelKind {
  using Codec = compressors::PictureCodec;
  using Scene = Image;
  static constexpr const char* kMany = "single pictures";
  static constexpr const char* kReading = "reading the picture";
  static constexpr auto kScene = &LoadedPicture::picture;
  static constexpr auto findCodec = compressors::findPictureCodec;
  static constexpr auto load = loadPicture;

  static void describeOriginal(const Image& picture, Evaluation& evaluation) {
    evaluation.referenceBytes = plainPictureBytes(picture);
  }

  static Result<void> measure(const std::shared_ptr<const Image>& original,
                              const std::shared_ptr<const Image>& result,
                              const std::string& /*views*/, MeasureContext& context,
                              Evaluation& evaluation,
                              const std::function<void(const std::string&)>& log) {
    VOLPRESS_TRY(evaluation.views, measurePicture(*original, *result, context));
    log(fmt::format("measured over {} views", evaluation.views.size()));
    return {};
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
