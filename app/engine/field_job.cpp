#include "app/engine/field_job.hpp"

#include "app/engine/field_files.hpp"
#include "app/engine/field_measure.hpp"
#include "app/engine/field_views.hpp"
#include "app/engine/model_job.hpp"
#include "compressors/field_codec.hpp"

namespace volpress::engine {
namespace {

struct Fields {
  using Codec = compressors::FieldCodec;
  using Scene = HashGridField;
  static constexpr const char* kMany = "radiance fields";
  static constexpr const char* kReading = "reading the field";
  static constexpr auto kScene = &LoadedFieldScene::field;
  static constexpr auto findCodec = compressors::findFieldCodec;
  static constexpr auto load = loadFieldScene;
  static constexpr auto plainBytes = plainFieldBytes;

  static Result<std::vector<ViewQuality>> measure(
      const std::shared_ptr<const HashGridField>& original,
      const std::shared_ptr<const HashGridField>& result, const std::string& views,
      MeasureContext& context) {
    VOLPRESS_TRY(const ViewSet set, makeFieldViews(views, *original, kFieldMeasureSide));
    return measureField(original, result, set, context);
  }
};

}  // namespace

bool isFieldJob(const JobSpec& spec) { return compressors::findFieldCodec(spec.codec) != nullptr; }

Result<Evaluation> runFieldJob(const JobSpec& spec, JobRun& run) {
  return ModelRun<Fields>(spec, run).go();
}

}  // namespace volpress::engine
