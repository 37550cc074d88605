#include "app/engine/sound_track.hpp"

#include <algorithm>
#include <cmath>

extern "C" {
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
}

#include "app/engine/libav.hpp"
#include "scene/base/files.hpp"

namespace volpress::engine {
namespace {

using libav::reason;

constexpr int kRate = 48000;  // samples a second: what Opus decodes to
constexpr int kChannels = 2;
constexpr std::int64_t kBitRate = 112'000;

struct FreeResampler {
  void operator()(SwrContext* context) const { swr_free(&context); }
};
using Resampler = std::unique_ptr<SwrContext, FreeResampler>;

/// The sound of a file, decoded packet by packet.
struct Source {
  libav::Input input;
  libav::Codec codec;
  int stream = -1;
};

Result<Source> openSource(const std::filesystem::path& path) {
  av_log_set_level(AV_LOG_QUIET);  // failures come back as values
  const std::string name = path.string();
  Source source;
  // A playlist must not lead anywhere else.
  AVDictionary* options = nullptr;
  av_dict_set(&options, "protocol_whitelist", "file", 0);
  AVFormatContext* opened = nullptr;
  const int found = avformat_open_input(&opened, ("file:" + name).c_str(), nullptr, &options);
  av_dict_free(&options);
  if (found < 0) {
    return fail(ErrorCode::CorruptData, "{}: cannot be read as sound: {}", name, reason(found));
  }
  source.input.reset(opened);
  if (const int code = avformat_find_stream_info(opened, nullptr); code < 0) {
    return fail(ErrorCode::CorruptData, "{}: cannot be read as sound: {}", name, reason(code));
  }
  const AVCodec* decoder = nullptr;
  source.stream = av_find_best_stream(opened, AVMEDIA_TYPE_AUDIO, -1, -1, &decoder, 0);
  if (source.stream < 0 || decoder == nullptr) {
    return fail(ErrorCode::CorruptData, "{}: there is no sound in it that can be decoded", name);
  }
  const AVCodecParameters& coded =
      *opened->streams[static_cast<std::size_t>(source.stream)]->codecpar;
  source.codec.reset(avcodec_alloc_context3(decoder));
  if (!source.codec || avcodec_parameters_to_context(source.codec.get(), &coded) < 0) {
    return fail(ErrorCode::OutOfMemory, "{}: its decoder needs more memory", name);
  }
  if (const int code = avcodec_open2(source.codec.get(), decoder, nullptr); code < 0) {
    return fail(ErrorCode::CorruptData, "{}: its sound cannot be decoded: {}", name, reason(code));
  }
  return source;
}

Result<const AVCodec*> findEncoder() {
  const AVCodec* const encoder = avcodec_find_encoder_by_name("libopus");
  if (encoder == nullptr) {
    return fail(ErrorCode::UnsupportedVersion,
                "this system's libavcodec writes no Opus (it was built without libopus)");
  }
  return encoder;
}

class Track {
public:
  Track(Source source, AtomicFile file, double seconds, const std::stop_token& stop)
      : m_source(std::move(source)),
        m_file(std::move(file)),
        m_most(static_cast<std::int64_t>(std::llround(seconds * kRate))),
        m_stop(stop) {}

  Result<SoundTrack> run(const std::string& name, const AVCodec& encoder) {
    VOLPRESS_CHECK(open(encoder));
    VOLPRESS_CHECK(readAll(name));
    VOLPRESS_CHECK(drain(/*isLast=*/true));
    VOLPRESS_CHECK(send(nullptr));
    if (m_written == 0) {
      return fail(ErrorCode::CorruptData, "{}: its sound is empty", name);
    }
    SoundTrack track;
    track.seconds = static_cast<double>(m_written) / kRate;
    if (const int code = av_write_trailer(m_output.get()); code < 0) {
      return fail(ErrorCode::IoFailure, "the sound could not be written: {}", reason(code));
    }
    m_output.reset();
    std::error_code code;
    track.fileBytes = std::filesystem::file_size(m_file.temporary(), code);
    VOLPRESS_CHECK(m_file.commit());
    return track;
  }

private:
  Result<void> open(const AVCodec& encoder) {
    VOLPRESS_TRY(m_output, libav::makeOutput("ogg", "Ogg"));
    AVStream* const stream = avformat_new_stream(m_output.get(), nullptr);
    m_codec.reset(avcodec_alloc_context3(&encoder));
    m_decoded.reset(av_frame_alloc());
    m_frame.reset(av_frame_alloc());
    m_packet.reset(av_packet_alloc());
    if (stream == nullptr || !m_codec || !m_decoded || !m_frame || !m_packet) {
      return fail(ErrorCode::OutOfMemory, "the sound's encoder needs more memory");
    }
    m_codec->sample_rate = kRate;
    m_codec->sample_fmt = AV_SAMPLE_FMT_FLT;
    av_channel_layout_default(&m_codec->ch_layout, kChannels);
    m_codec->bit_rate = kBitRate;
    m_codec->time_base = {1, kRate};
    m_codec->flags |= AV_CODEC_FLAG_BITEXACT | AV_CODEC_FLAG_GLOBAL_HEADER;
    if (const int code = avcodec_open2(m_codec.get(), &encoder, nullptr); code < 0) {
      return fail(ErrorCode::Internal, "the encoder of sound cannot begin: {}", reason(code));
    }
    stream->time_base = m_codec->time_base;
    avcodec_parameters_from_context(stream->codecpar, m_codec.get());
    return libav::beginOutput(*m_output, m_file.temporary(), "sound");
  }

  Result<void> readAll(const std::string& name) {
    for (bool isOver = false; !isOver && !isFull();) {
      if (m_stop.stop_requested()) {
        return fail(ErrorCode::Cancelled, "cancelled");
      }
      const int got = av_read_frame(m_source.input.get(), m_packet.get());
      isOver = got < 0;
      if (isOver && got != AVERROR_EOF && m_fed == 0) {
        return fail(ErrorCode::CorruptData, "{}: {}", name, reason(got));
      }
      const bool isSound = !isOver && m_packet->stream_index == m_source.stream;
      if (isSound || isOver) {
        // A damaged packet leaves a gap, as in every player.
        avcodec_send_packet(m_source.codec.get(), isOver ? nullptr : m_packet.get());
        VOLPRESS_CHECK(takeDecoded(name));
      }
      av_packet_unref(m_packet.get());
    }
    return {};
  }

  Result<void> takeDecoded(const std::string& name) {
    while (!isFull() && avcodec_receive_frame(m_source.codec.get(), m_decoded.get()) == 0) {
      VOLPRESS_CHECK(resample(name));
      VOLPRESS_CHECK(drain(/*isLast=*/false));
    }
    return {};
  }

  /// Hands the decoded samples to the resampler, which is made for the first of them.
  Result<void> resample(const std::string& name) {
    if (m_decoded->ch_layout.order == AV_CHANNEL_ORDER_UNSPEC) {
      const int channels = m_decoded->ch_layout.nb_channels;
      av_channel_layout_uninit(&m_decoded->ch_layout);
      av_channel_layout_default(&m_decoded->ch_layout, channels);
    }
    if (!m_resampler) {
      SwrContext* made = nullptr;
      swr_alloc_set_opts2(&made, &m_codec->ch_layout, m_codec->sample_fmt, kRate,
                          &m_decoded->ch_layout, static_cast<AVSampleFormat>(m_decoded->format),
                          m_decoded->sample_rate, 0, nullptr);
      m_resampler.reset(made);
      if (made == nullptr || swr_init(made) < 0) {
        return fail(ErrorCode::CorruptData, "{}: sound of {} Hz in {} channels cannot be converted",
                    name, m_decoded->sample_rate, m_decoded->ch_layout.nb_channels);
      }
    }
    if (const int code = swr_convert_frame(m_resampler.get(), nullptr, m_decoded.get()); code < 0) {
      return fail(ErrorCode::CorruptData, "{}: its sound changes its kind on the way: {}", name,
                  reason(code));
    }
    m_fed += m_decoded->nb_samples;
    return {};
  }

  /// Encodes what the resampler holds in whole frames, and at the end the rest.
  Result<void> drain(bool isLast) {
    while (m_resampler && !isFull()) {
      const std::int64_t held = swr_get_delay(m_resampler.get(), kRate);
      if (held < (isLast ? 1 : m_codec->frame_size)) {
        return {};
      }
      av_frame_unref(m_frame.get());
      m_frame->format = m_codec->sample_fmt;
      m_frame->sample_rate = kRate;
      av_channel_layout_copy(&m_frame->ch_layout, &m_codec->ch_layout);
      m_frame->nb_samples = m_codec->frame_size;
      if (av_frame_get_buffer(m_frame.get(), 0) < 0) {
        return fail(ErrorCode::OutOfMemory, "a piece of sound needs more memory");
      }
      if (swr_convert_frame(m_resampler.get(), m_frame.get(), nullptr) < 0 ||
          m_frame->nb_samples <= 0) {
        return {};
      }
      m_frame->nb_samples =
          static_cast<int>(std::min<std::int64_t>(m_frame->nb_samples, m_most - m_written));
      m_frame->pts = m_written;
      m_written += m_frame->nb_samples;
      VOLPRESS_CHECK(send(m_frame.get()));
    }
    return {};
  }

  /// Hands samples (null: the end) to the encoder and writes what comes out.
  Result<void> send(const AVFrame* samples) {
    if (const int code = avcodec_send_frame(m_codec.get(), samples); code < 0) {
      return fail(ErrorCode::Internal, "the encoder refused sound: {}", reason(code));
    }
    const libav::Packet packet(av_packet_alloc());
    while (packet && avcodec_receive_packet(m_codec.get(), packet.get()) == 0) {
      av_packet_rescale_ts(packet.get(), m_codec->time_base, m_output->streams[0]->time_base);
      if (const int code = av_interleaved_write_frame(m_output.get(), packet.get()); code < 0) {
        return fail(ErrorCode::IoFailure, "the sound could not be written: {}", reason(code));
      }
    }
    return {};
  }

  [[nodiscard]] bool isFull() const { return m_written >= m_most; }

  Source m_source;
  AtomicFile m_file;
  std::int64_t m_most;  // samples
  const std::stop_token& m_stop;
  libav::Output m_output;
  libav::Codec m_codec;
  libav::Frame m_decoded, m_frame;
  libav::Packet m_packet;
  Resampler m_resampler;
  std::int64_t m_fed = 0, m_written = 0;  // samples
};

}  // namespace

Result<void> checkSound(const std::filesystem::path& source) {
  VOLPRESS_CHECK(findEncoder());
  VOLPRESS_CHECK(openSource(source));
  return {};
}

Result<SoundTrack> writeSound(const std::filesystem::path& source,
                              const std::filesystem::path& target, double seconds,
                              const std::stop_token& stop) {
  VOLPRESS_TRY(const AVCodec* encoder, findEncoder());
  VOLPRESS_TRY(Source opened, openSource(source));
  VOLPRESS_TRY(AtomicFile file, AtomicFile::create(target));
  return Track(std::move(opened), std::move(file), seconds, stop).run(source.string(), *encoder);
}

}  // namespace volpress::engine
