#include "compressors/training/checkpoint.hpp"

#include <bit>
#include <span>

namespace volpress::training {
namespace {

constexpr std::string_view kMagic = "VPTRAIN1";

template <typename Array>
ByteView viewArray(const Array& values) {
  return viewBytes(std::span<const typename Array::value_type>(values.data(), values.size()));
}

template <typename Array>
Result<void> readArray(ByteReader& reader, Array& values, std::uint64_t size, const char* field) {
  using Element = typename Array::value_type;
  if (size > reader.remaining() / sizeof(Element)) {
    return fail(ErrorCode::CorruptData, "checkpoint: {} has {} entries, but {} bytes are left",
                field, size, reader.remaining());
  }
  VOLPRESS_TRY(const ByteView part, reader.take(size * sizeof(Element), field));
  values.resize(static_cast<std::size_t>(size));
  std::memcpy(values.data(), part.data(), part.size());
  return {};
}

void writeCamera(const Camera& camera, ByteWriter& out) {
  out.write<std::uint64_t>(camera.width);
  out.write<std::uint64_t>(camera.height);
  for (const float value : {camera.fx, camera.fy, camera.cx, camera.cy, camera.nearPlane}) {
    out.write(value);
  }
  out.write(camera.rotation);
  out.write(camera.position);
}

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
    writeCamera(view.camera, out);
    out.write(hashBytes(viewArray(view.photo.pixels)));
  }
  return hashBytes(out.bytes());
}

Bytes writeCheckpoint(const TrainState& state, std::uint64_t identity) {
  ByteWriter out;
  const GaussianCloud& cloud = state.cloud;
  out.append(kMagic);
  out.write(identity);
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
    out.write<std::uint64_t>(adam.first.size());
    out.append(viewArray(adam.first));
    out.append(viewArray(adam.second));
  }
  out.write<std::uint64_t>(state.density.sums.size());
  out.append(viewArray(state.density.sums));
  out.append(viewArray(state.density.observed));
  out.write(hashBytes(out.bytes()));
  return std::move(out).take();
}

Result<TrainState> readCheckpoint(ByteView bytes, std::uint64_t identity) {
  constexpr std::size_t kHashBytes = sizeof(std::uint64_t);
  if (bytes.size() < kMagic.size() + 2 * kHashBytes ||
      viewText(bytes.first(kMagic.size())) != kMagic) {
    return fail(ErrorCode::CorruptData, "this is no checkpoint of a training run");
  }
  std::uint64_t stored = 0;
  std::memcpy(&stored, bytes.last(kHashBytes).data(), kHashBytes);
  if (stored != hashBytes(bytes.first(bytes.size() - kHashBytes))) {
    return fail(ErrorCode::CorruptData, "the checkpoint is damaged: its checksum does not agree");
  }
  ByteReader reader(bytes.subspan(kMagic.size(), bytes.size() - kMagic.size() - kHashBytes));
  VOLPRESS_TRY(const auto found, reader.read<std::uint64_t>("identity"));
  if (found != identity) {
    return fail(ErrorCode::InvalidParameter,
                "the checkpoint belongs to other photographs or other settings; give them again, "
                "or remove the checkpoint to start afresh");
  }
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
  VOLPRESS_CHECK(readArray(reader, cloud.means, 3 * count, "means"));
  VOLPRESS_CHECK(readArray(reader, cloud.logScales, 3 * count, "log scales"));
  VOLPRESS_CHECK(readArray(reader, cloud.rotations, 4 * count, "rotations"));
  VOLPRESS_CHECK(readArray(reader, cloud.opacityLogits, count, "opacities"));
  VOLPRESS_CHECK(readArray(reader, cloud.shDc, 3 * count, "SH band 0"));
  const std::uint64_t rest = 3 * shRestCount(cloud.shDegree);
  VOLPRESS_CHECK(readArray(reader, cloud.shRest, rest * count, "SH rest"));
  const std::array<std::uint64_t, 6> widths{3, 3, 4, 1, 3, rest};
  for (std::size_t group = 0; group < widths.size(); ++group) {
    Adam& adam = state.adam[group];
    VOLPRESS_TRY(adam.steps, reader.read<std::uint64_t>("steps"));
    VOLPRESS_TRY(const auto size, reader.read<std::uint64_t>("moments"));
    if (size != 0 && size != widths[group] * count) {
      return fail(ErrorCode::CorruptData, "checkpoint: {} moments for {} splats", size, count);
    }
    VOLPRESS_CHECK(readArray(reader, adam.first, size, "first moments"));
    VOLPRESS_CHECK(readArray(reader, adam.second, size, "second moments"));
  }
  VOLPRESS_TRY(const auto observed, reader.read<std::uint64_t>("density observations"));
  if (observed > count) {
    return fail(ErrorCode::CorruptData, "checkpoint: {} observations for {} splats", observed,
                count);
  }
  VOLPRESS_CHECK(readArray(reader, state.density.sums, observed, "gradient sums"));
  VOLPRESS_CHECK(readArray(reader, state.density.observed, observed, "observations"));
  if (reader.remaining() != 0) {
    return fail(ErrorCode::CorruptData, "checkpoint: {} bytes are left over", reader.remaining());
  }
  VOLPRESS_CHECK(validate(cloud));
  return state;
}

}  // namespace volpress::training
