#include "app/engine/mesh_quality_json.hpp"

namespace volpress::engine {

Json meshQualityToJson(const MeshQuality& quality) {
  Json json = {{"trianglesIn", quality.trianglesIn},
               {"trianglesOut", quality.trianglesOut},
               {"verticesIn", quality.verticesIn},
               {"verticesOut", quality.verticesOut},
               {"geometryBytes", quality.geometryBytes},
               {"boundaryEdgesIn", quality.boundaryEdgesIn},
               {"boundaryEdgesOut", quality.boundaryEdgesOut},
               {"nonManifoldEdgesIn", quality.nonManifoldEdgesIn},
               {"nonManifoldEdgesOut", quality.nonManifoldEdgesOut},
               {"componentsIn", quality.componentsIn},
               {"componentsOut", quality.componentsOut},
               {"hausdorff", numberToJson(quality.hausdorff)},
               {"rms", numberToJson(quality.rms)},
               {"mean", numberToJson(quality.mean)},
               {"p99", numberToJson(quality.p99)},
               {"normalMean", numberToJson(quality.normalMean)},
               {"normalP95", numberToJson(quality.normalP95)},
               {"flatPsnr", numberToJson(quality.flatPsnr)},
               {"silhouetteOverlap", numberToJson(quality.silhouetteOverlap)}};
  if (quality.uvMean && quality.uvP99) {
    json["uvMean"] = numberToJson(*quality.uvMean);
    json["uvP99"] = numberToJson(*quality.uvP99);
  }
  if (quality.motion) {
    json["motion"] = {{"moments", quality.motion->moments},
                      {"rmsMean", numberToJson(quality.motion->rmsMean)},
                      {"rmsWorst", numberToJson(quality.motion->rmsWorst)},
                      {"hausdorffWorst", numberToJson(quality.motion->hausdorffWorst)}};
  }
  return json;
}

Result<MeshQuality> meshQualityFromJson(const Json& json) {
  MeshQuality quality;
  VOLPRESS_TRY(quality.trianglesIn, jsonCount(json, "trianglesIn"));
  VOLPRESS_TRY(quality.trianglesOut, jsonCount(json, "trianglesOut"));
  VOLPRESS_TRY(quality.verticesIn, jsonCount(json, "verticesIn"));
  VOLPRESS_TRY(quality.verticesOut, jsonCount(json, "verticesOut"));
  VOLPRESS_TRY(quality.geometryBytes, jsonCount(json, "geometryBytes"));
  VOLPRESS_TRY(quality.boundaryEdgesIn, jsonCount(json, "boundaryEdgesIn"));
  VOLPRESS_TRY(quality.boundaryEdgesOut, jsonCount(json, "boundaryEdgesOut"));
  VOLPRESS_TRY(quality.nonManifoldEdgesIn, jsonCount(json, "nonManifoldEdgesIn"));
  VOLPRESS_TRY(quality.nonManifoldEdgesOut, jsonCount(json, "nonManifoldEdgesOut"));
  VOLPRESS_TRY(quality.componentsIn, jsonCount(json, "componentsIn"));
  VOLPRESS_TRY(quality.componentsOut, jsonCount(json, "componentsOut"));
  VOLPRESS_TRY(quality.hausdorff, jsonNumber(json, "hausdorff"));
  VOLPRESS_TRY(quality.rms, jsonNumber(json, "rms"));
  VOLPRESS_TRY(quality.mean, jsonNumber(json, "mean"));
  VOLPRESS_TRY(quality.p99, jsonNumber(json, "p99"));
  VOLPRESS_TRY(quality.normalMean, jsonNumber(json, "normalMean"));
  VOLPRESS_TRY(quality.normalP95, jsonNumber(json, "normalP95"));
  VOLPRESS_TRY(quality.flatPsnr, jsonNumber(json, "flatPsnr"));
  VOLPRESS_TRY(quality.silhouetteOverlap, jsonNumber(json, "silhouetteOverlap"));
  if (json.contains("uvMean")) {
    VOLPRESS_TRY(quality.uvMean, jsonNumber(json, "uvMean"));
    VOLPRESS_TRY(quality.uvP99, jsonNumber(json, "uvP99"));
  }
  if (json.contains("motion")) {
    const Json& motion = json.at("motion");
    MeshMotionQuality& read = quality.motion.emplace();
    VOLPRESS_TRY(read.moments, jsonCount(motion, "moments"));
    VOLPRESS_TRY(read.rmsMean, jsonNumber(motion, "rmsMean"));
    VOLPRESS_TRY(read.rmsWorst, jsonNumber(motion, "rmsWorst"));
    VOLPRESS_TRY(read.hausdorffWorst, jsonNumber(motion, "hausdorffWorst"));
  }
  return quality;
}

}  // namespace volpress::engine
