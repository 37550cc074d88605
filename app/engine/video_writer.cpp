#include "app/engine/video_writer.hpp"

#include <algorithm>
#include <array>
#include <cmath>

extern "C" {
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
}

#include "app/engine/libav.hpp"
#include "scene/base/files.hpp"

namespace volpress::engine {
namespace {

using libav::reason;

// x264 first: the best picture for the bytes. MPEG-4 part 2 is always built in.
constexpr std::array<const char*, 3> kPreferred{"libx264", "libopenh264", "mpeg4"};
constexpr int kThreads = 4;  // fixed: x264's bytes depend on it
constexpr int kMaxVideoSide = 8192;

struct ScalerFree {
  void operator()(SwsContext* context) const { sws_freeContext(context); }
};
void setQuality(AVCodecContext& codec, int quality) {
  if (av_opt_set_int(codec.priv_data, "crf", quality, 0) >= 0) {
    av_opt_set(codec.priv_data, "preset", "medium", 0);
    return;
  }
  // Encoders without a rate factor take a quantiser: 18 is about 2 of MPEG-4's 1 .. 31.
  codec.flags |= AV_CODEC_FLAG_QSCALE;
  codec.global_quality = FF_QP2LAMBDA * std::clamp(1 + quality / 14, 1, 31);
}

}  // namespace

struct VideoWriter::Parts {
  explicit Parts(AtomicFile target) : file(std::move(target)) {}

  AtomicFile file;
  VideoSettings settings;
  libav::Output output;
  libav::Codec codec;
  libav::Frame frame;
  libav::Packet packet;
  std::unique_ptr<SwsContext, ScalerFree> scaler;
  std::vector<std::uint8_t> rgb;
  std::int64_t frames = 0;

  Result<void> open(const AVCodec& encoder);
  Result<void> send(const AVFrame* picture);
};

Result<void> VideoWriter::Parts::open(const AVCodec& encoder) {
  VOLPRESS_TRY(output, libav::makeOutput("mp4", "MP4"));
  AVStream* const stream = avformat_new_stream(output.get(), nullptr);
  codec.reset(avcodec_alloc_context3(&encoder));
  frame.reset(av_frame_alloc());
  packet.reset(av_packet_alloc());
  if (stream == nullptr || !codec || !frame || !packet) {
    return fail(ErrorCode::OutOfMemory, "the movie's encoder needs more memory");
  }
  const AVRational rate = av_d2q(settings.framesPerSecond, 1001000);
  codec->width = static_cast<int>(settings.width);
  codec->height = static_cast<int>(settings.height);
  codec->pix_fmt = AV_PIX_FMT_YUV420P;
  codec->time_base = av_inv_q(rate);
  codec->framerate = rate;
  codec->gop_size = static_cast<int>(std::lround(2 * settings.framesPerSecond));
  codec->color_range = AVCOL_RANGE_MPEG;
  codec->colorspace = AVCOL_SPC_BT709;
  codec->color_primaries = AVCOL_PRI_BT709;
  codec->color_trc = AVCOL_TRC_BT709;
  codec->thread_count = kThreads;
  codec->flags |= AV_CODEC_FLAG_BITEXACT;
  if ((output->oformat->flags & AVFMT_GLOBALHEADER) != 0) {
    codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  }
  setQuality(*codec, settings.quality);
  if (const int code = avcodec_open2(codec.get(), &encoder, nullptr); code < 0) {
    return fail(ErrorCode::InvalidParameter,
                "the encoder {} refuses {} x {} at {} frames a second: {}", encoder.name,
                settings.width, settings.height, settings.framesPerSecond, reason(code));
  }
  stream->time_base = codec->time_base;
  stream->avg_frame_rate = rate;
  avcodec_parameters_from_context(stream->codecpar, codec.get());
  VOLPRESS_CHECK(libav::beginOutput(*output, file.temporary(), "movie"));
  frame->format = codec->pix_fmt;
  frame->width = codec->width;
  frame->height = codec->height;
  if (av_frame_get_buffer(frame.get(), 0) < 0) {
    return fail(ErrorCode::OutOfMemory, "a frame of {} x {} needs more memory", settings.width,
                settings.height);
  }
  scaler.reset(sws_getContext(codec->width, codec->height, AV_PIX_FMT_RGB24, codec->width,
                              codec->height, AV_PIX_FMT_YUV420P,
                              SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT, nullptr, nullptr,
                              nullptr));
  if (!scaler) {
    return fail(ErrorCode::Internal, "libswscale cannot convert the movie's colours");
  }
  const int* const bt709 = sws_getCoefficients(SWS_CS_ITU709);
  sws_setColorspaceDetails(scaler.get(), bt709, /*srcRange=*/1, bt709, /*dstRange=*/0, 0, 1 << 16,
                           1 << 16);
  rgb.resize(3 * settings.width * settings.height);
  return {};
}

/// Hands a picture (null: the end) to the encoder and writes what comes out.
Result<void> VideoWriter::Parts::send(const AVFrame* picture) {
  if (const int code = avcodec_send_frame(codec.get(), picture); code < 0) {
    return fail(ErrorCode::Internal, "the encoder refused frame {}: {}", frames, reason(code));
  }
  for (;;) {
    const int code = avcodec_receive_packet(codec.get(), packet.get());
    if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) {
      return {};
    }
    if (code < 0) {
      return fail(ErrorCode::Internal, "the encoder failed at frame {}: {}", frames, reason(code));
    }
    av_packet_rescale_ts(packet.get(), codec->time_base, output->streams[0]->time_base);
    if (packet->duration == 0) {
      packet->duration = av_rescale_q(1, codec->time_base, output->streams[0]->time_base);
    }
    if (const int written = av_interleaved_write_frame(output.get(), packet.get()); written < 0) {
      return fail(ErrorCode::IoFailure, "the movie could not be written: {}", reason(written));
    }
  }
}

std::vector<std::string> videoEncoders() {
  std::vector<std::string> found;
  for (const char* name : kPreferred) {
    if (avcodec_find_encoder_by_name(name) != nullptr) {
      found.emplace_back(name);
    }
  }
  return found;
}

namespace {

Result<const AVCodec*> chooseEncoder(const std::string& wanted) {
  const std::vector<std::string> known = videoEncoders();
  const std::string name = !wanted.empty() ? wanted : known.empty() ? std::string() : known.front();
  const AVCodec* const encoder =
      name.empty() ? nullptr : avcodec_find_encoder_by_name(name.c_str());
  if (encoder == nullptr) {
    return fail(
        ErrorCode::UnsupportedVersion,
        "this system's libavcodec has no video encoder{} (libx264, libopenh264 or mpeg4 would "
        "do); export a folder of PNG frames instead",
        name.empty() ? "" : " \"" + name + "\"");
  }
  if (encoder->type != AVMEDIA_TYPE_VIDEO) {
    return fail(ErrorCode::InvalidParameter, "\"{}\" encodes no video", name);
  }
  return encoder;
}

}  // namespace

Result<void> VideoWriter::check(const VideoSettings& settings) {
  const auto fits = [](std::size_t side) {
    return side >= 16 && side <= kMaxVideoSide && side % 2 == 0;
  };
  if (!fits(settings.width) || !fits(settings.height)) {
    return fail(ErrorCode::InvalidParameter,
                "a movie of {} x {} is not possible: sides are even and 16 .. {} pixels",
                settings.width, settings.height, kMaxVideoSide);
  }
  if (!(settings.framesPerSecond >= 1 && settings.framesPerSecond <= 240)) {
    return fail(ErrorCode::InvalidParameter, "{} frames a second, but 1 .. 240 are allowed",
                settings.framesPerSecond);
  }
  if (settings.quality < 0 || settings.quality > 51) {
    return fail(ErrorCode::InvalidParameter, "a quality of {}, but 0 (best) .. 51 is allowed",
                settings.quality);
  }
  VOLPRESS_CHECK(chooseEncoder(settings.encoder));
  return {};
}

Result<VideoWriter> VideoWriter::create(const std::filesystem::path& target,
                                        const VideoSettings& settings) {
  VOLPRESS_CHECK(check(settings));
  VOLPRESS_TRY(const AVCodec* encoder, chooseEncoder(settings.encoder));
  av_log_set_level(AV_LOG_QUIET);  // failures come back as values
  VOLPRESS_TRY(AtomicFile file, AtomicFile::create(target));
  auto parts = std::make_unique<Parts>(std::move(file));
  parts->settings = settings;
  VOLPRESS_CHECK(parts->open(*encoder));
  return VideoWriter(std::move(parts));
}

VideoWriter::VideoWriter(std::unique_ptr<Parts> parts) : m_parts(std::move(parts)) {}
VideoWriter::VideoWriter(VideoWriter&&) noexcept = default;
VideoWriter& VideoWriter::operator=(VideoWriter&&) noexcept = default;
VideoWriter::~VideoWriter() = default;

std::string_view VideoWriter::encoder() const { return m_parts->codec->codec->name; }

Result<void> VideoWriter::add(const Image& picture) {
  Parts& parts = *m_parts;
  if (picture.width != parts.settings.width || picture.height != parts.settings.height ||
      picture.channels != 3) {
    return fail(ErrorCode::InvalidParameter, "a frame is {} x {}, but the movie is {} x {}",
                picture.width, picture.height, parts.settings.width, parts.settings.height);
  }
  std::transform(picture.pixels.begin(), picture.pixels.end(), parts.rgb.begin(), [](float value) {
    return static_cast<std::uint8_t>(std::lround(255 * std::clamp(value, 0.0F, 1.0F)));
  });
  if (av_frame_make_writable(parts.frame.get()) < 0) {
    return fail(ErrorCode::OutOfMemory, "a frame of the movie needs more memory");
  }
  const std::array<const std::uint8_t*, 1> source{parts.rgb.data()};
  const std::array<int, 1> stride{static_cast<int>(3 * picture.width)};
  sws_scale(parts.scaler.get(), source.data(), stride.data(), 0, static_cast<int>(picture.height),
            parts.frame->data, parts.frame->linesize);
  parts.frame->pts = parts.frames;
  ++parts.frames;
  return parts.send(parts.frame.get());
}

Result<void> VideoWriter::finish() {
  Parts& parts = *m_parts;
  VOLPRESS_CHECK(parts.send(nullptr));
  if (const int code = av_write_trailer(parts.output.get()); code < 0) {
    return fail(ErrorCode::IoFailure, "the movie's end could not be written: {}", reason(code));
  }
  if (const int code = avio_closep(&parts.output->pb); code < 0) {
    return fail(ErrorCode::IoFailure, "the movie could not be written: {}", reason(code));
  }
  return parts.file.commit();
}

}  // namespace volpress::engine
