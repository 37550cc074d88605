// Training a radiance field from photographs as one piece of work: read, train, write, measure.
#pragma once

#include <cstdint>
#include <filesystem>

#include "app/engine/photo_set.hpp"
#include "app/engine/run_job.hpp"
#include "compressors/fields/field_trainer.hpp"

namespace volpress::engine {

struct TrainFieldSpec {
  PhotoOptions photos;
  std::filesystem::path output;  ///< .ingp or .msgpack
  fields::FieldTrainSettings settings;
  unsigned aabbScale = 0;            ///< 0: what the data set says
  std::filesystem::path checkpoint;  ///< see FieldTrainRun; removed when the field is written
  double checkpointSeconds = 60;
  std::size_t threads = 0;  ///< 0: all
};

struct TrainFieldReport {
  std::size_t parameters = 0;
  std::uint64_t fileBytes = 0;
  double seconds = 0;  ///< of training in this process
  std::uint64_t peakMemoryBytes = 0;
  std::vector<ViewQuality> views;  ///< against the photographs: learnt ones, then held-out ones
};

/// Does it all. The output gets its name when it is whole; when cancelled, the checkpoint holds
/// what was learnt so far. A data set that does not say where its field lies (a COLMAP model) is
/// placed so that its cameras span half of the cube, in a box of 16.
[[nodiscard]] Result<TrainFieldReport> trainFieldScene(const TrainFieldSpec& spec, JobRun& run);

}  // namespace volpress::engine
