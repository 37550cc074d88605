#include "app/engine/mesh_job.hpp"

#include "app/engine/mesh_files.hpp"
#include "app/engine/mesh_measure.hpp"
#include "app/engine/mesh_views.hpp"
#include "app/engine/model_job.hpp"
#include "compressors/mesh_codec.hpp"

namespace volpress::engine {
namespace {

struct Meshes : ModelKind {
  using Codec = compressors::MeshCodec;
  using Scene = Mesh;
  static constexpr const char* kMany = "meshes";
  static constexpr const char* kReading = "reading the mesh";
  static constexpr std::array<double, 3> kShares{5, 2, 40};
  static constexpr auto kScene = &LoadedMeshScene::mesh;
  static constexpr auto findCodec = compressors::findMeshCodec;
  static constexpr auto load = loadMeshScene;

  static void describeOriginal(const Mesh& mesh, Evaluation& evaluation) {
    evaluation.mesh = MeshQuality{};
    evaluation.mesh->trianglesIn = triangleCount(mesh);
    evaluation.mesh->verticesIn = vertexCount(mesh);
    evaluation.mesh->geometryBytes = rawGeometryBytes(mesh);
    evaluation.referenceBytes = rawGeometryBytes(mesh) + textureBytes(mesh);
  }

  static ParamSpec searchedKnob(ParamSpec knob) {
    if (knob.range->min == 0) {
      knob.range->min = 4;  // 0 bits keep floats: not on the scale
    }
    return knob;
  }

  static Result<void> describeResult(const Mesh& result, Evaluation& evaluation) {
    VOLPRESS_CHECK(validate(result));
    evaluation.mesh->trianglesOut = triangleCount(result);
    evaluation.mesh->verticesOut = vertexCount(result);
    return {};
  }

  static Result<void> measure(const std::shared_ptr<const Mesh>& original,
                              const std::shared_ptr<const Mesh>& result, const std::string& views,
                              MeasureContext& context, Evaluation& evaluation,
                              const std::function<void(const std::string&)>& log) {
    VOLPRESS_TRY(const MeshViewSet measuredViews, makeMeasuredViews(views, *original));
    log(fmt::format("{} views of {}", measuredViews.set.views.size(), measuredViews.set.origin));
    VOLPRESS_TRY(MeasuredMesh measured, measureMesh(original, result, measuredViews, context));
    evaluation.views = std::move(measured.views);
    evaluation.mesh = measured.quality;
    return {};
  }
};

}  // namespace

bool isMeshJob(const JobSpec& spec) { return compressors::findMeshCodec(spec.codec) != nullptr; }

Result<Evaluation> runMeshJob(const JobSpec& spec, JobRun& run) {
  return ModelRun<Meshes>(spec, run).go();
}

}  // namespace volpress::engine
