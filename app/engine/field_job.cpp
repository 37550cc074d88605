#include "app/engine/field_job.hpp"

#include "app/engine/field_files.hpp"
#include "app/engine/field_measure.hpp"
#include "app/engine/field_views.hpp"
#include "app/engine/model_job.hpp"
#include "compressors/field_codec.hpp"

namespace volpress::engine {
namespace {

struct Fields : ModelKind {
  using Codec = compressors::FieldCodec;
  using Scene = HashGridField;
  static constexpr const char* kMany = "radiance fields";
  static constexpr const char* kReading = "reading the field";
  static constexpr auto kScene = &LoadedFieldScene::field;
  static constexpr auto findCodec = compressors::findFieldCodec;
  static constexpr auto load = loadFieldScene;

  static void describeOriginal(const HashGridField& field, Evaluation& evaluation) {
    evaluation.referenceBytes = plainFieldBytes(field);
  }

  static Camera placed(const Camera& camera, const HashGridField& field) {
    return toFieldFrame(camera, field);
  }

  static Result<void> measure(const std::shared_ptr<const HashGridField>& original,
                              const std::shared_ptr<const HashGridField>& result,
                              const std::string& views, MeasureContext& context,
                              Evaluation& evaluation,
                              const std::function<void(const std::string&)>& log) {
    VOLPRESS_TRY(const ViewSet set, makeFieldViews(views, *original, kFieldMeasureSide));
    VOLPRESS_TRY(evaluation.views, measureField(original, result, set, context));
    log(fmt::format("measured over {} views", evaluation.views.size()));
    return {};
  }
};

}  // namespace

bool isFieldJob(const JobSpec& spec) { return compressors::findFieldCodec(spec.codec) != nullptr; }

Result<Evaluation> runFieldJob(const JobSpec& spec, JobRun& run) {
  return ModelRun<Fields>(spec, run).go();
}

}  // namespace volpress::engine
