#include "compressors/training/checkpoint.hpp"

#include "compressors/learning/state_file.hpp"

namespace volpress::training {
namespace {

using learning::Adam;
using learning::appendArray;
using learning::readArray;
using learning::readElements;
using learning::viewArray;

constexpr std::string_view kMagic = "VPTRAIN1";

}  // namespace

std::uint64_t identityOf(const TrainingSet& set, const TrainSettings& settings) {
  ByteWriter out;
  for (const unsigned value :
       {settings.iterations, settings.shDegree, settings.shInterval, settings.densifyFrom,
        settings.densifyUntil, settings.densifyEvery, settings.opacityResetEvery}) {
    out.write(value);
  }
  out.write(settings.seed);
  out.write<std::uint64_t>(settings.randomCount);
  out.write<std::uint64_t>(settings.maxSplats);
  for (const double value :
       {settings.meansFirst, settings.meansLast, settings.logScales, settings.rotations,
        settings.opacityLogits, settings.shDc, settings.shRest}) {
    out.write(value);
  }
  for (const float value : {settings.densifyGradient, settings.denseShare, settings.minOpacity,
                            settings.largestShare}) {
    out.write(value);
  }
  out.write(hashBytes(viewArray(set.points)));
  out.write(hashBytes(viewArray(set.pointColors)));
  for (const TrainingView& view : set.views) {
    learning::appendView(view.camera, view.photo, out);
  }
  return hashBytes(out.bytes());
}

Bytes writeCheckpoint(const TrainState& state, std::uint64_t identity) {
  ByteWriter out = learning::beginState(kMagic, identity);
  const GaussianCloud& cloud = state.cloud;
  out.write<std::uint32_t>(state.iteration);
  out.write<std::uint32_t>(cloud.shDegree);
  out.write(state.loss);
  out.write<std::uint64_t>(cloud.count);
  for (const FloatArray* values : {&cloud.means, &cloud.logScales, &cloud.rotations,
                                   &cloud.opacityLogits, &cloud.shDc, &cloud.shRest}) {
    out.append(viewArray(*values));
  }
  for (const Adam& adam : state.adam) {
    out.write(adam.steps);
    appendArray(adam.first, out);
    appendArray(adam.second, out);
  }
  out.write<std::uint64_t>(state.density.sums.size());
  out.append(viewArray(state.density.sums));
  out.append(viewArray(state.density.observed));
  return learning::finishState(std::move(out));
}

Result<TrainState> readCheckpoint(ByteView bytes, std::uint64_t identity) {
  VOLPRESS_TRY(ByteReader reader, learning::openState(bytes, kMagic, identity));
  TrainState state;
  GaussianCloud& cloud = state.cloud;
  VOLPRESS_TRY(state.iteration, reader.read<std::uint32_t>("iteration"));
  VOLPRESS_TRY(cloud.shDegree, reader.read<std::uint32_t>("SH degree"));
  VOLPRESS_TRY(state.loss, reader.read<double>("loss"));
  VOLPRESS_TRY(const auto count, reader.read<std::uint64_t>("splat count"));
  if (cloud.shDegree > kMaxShDegree || count > reader.remaining()) {
    return fail(ErrorCode::CorruptData, "checkpoint: {} splats of SH degree {} in {} bytes", count,
                cloud.shDegree, bytes.size());
  }
  cloud.count = static_cast<std::size_t>(count);
  VOLPRESS_CHECK(readElements(reader, cloud.means, 3 * count, "means"));
  VOLPRESS_CHECK(readElements(reader, cloud.logScales, 3 * count, "log scales"));
  VOLPRESS_CHECK(readElements(reader, cloud.rotations, 4 * count, "rotations"));
  VOLPRESS_CHECK(readElements(reader, cloud.opacityLogits, count, "opacities"));
  VOLPRESS_CHECK(readElements(reader, cloud.shDc, 3 * count, "SH band 0"));
  const std::uint64_t rest = 3 * shRestCount(cloud.shDegree);
  VOLPRESS_CHECK(readElements(reader, cloud.shRest, rest * count, "SH rest"));
  const std::array<std::uint64_t, 6> widths{3, 3, 4, 1, 3, rest};
  for (std::size_t group = 0; group < widths.size(); ++group) {
    Adam& adam = state.adam[group];
    VOLPRESS_TRY(adam.steps, reader.read<std::uint64_t>("steps"));
    const std::uint64_t size = widths[group] * count;
    VOLPRESS_CHECK(readArray(reader, adam.first, size, true, "first moments"));
    VOLPRESS_CHECK(readArray(reader, adam.second, adam.first.size(), false, "second moments"));
  }
  VOLPRESS_TRY(const auto observed, reader.read<std::uint64_t>("density observations"));
  if (observed > count) {
    return fail(ErrorCode::CorruptData, "checkpoint: {} observations for {} splats", observed,
                count);
  }
  VOLPRESS_CHECK(readElements(reader, state.density.sums, observed, "gradient sums"));
  VOLPRESS_CHECK(readElements(reader, state.density.observed, observed, "observations"));
  if (reader.remaining() != 0) {
    return fail(ErrorCode::CorruptData, "checkpoint: {} bytes are left over", reader.remaining());
  }
  VOLPRESS_CHECK(validate(cloud));
  return state;
}

}  // namespace volpress::training
