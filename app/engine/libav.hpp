// What movies and sounds need of FFmpeg's libraries: owners of its things, and its words for
// errors.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <string>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

#include "scene/base/result.hpp"

namespace volpress::engine::libav {

/// What an error code of the libraries means.
[[nodiscard]] inline std::string reason(int code) {
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  av_strerror(code, text.data(), text.size());
  return text.data();
}

struct Free {
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
struct CloseOutput {
  void operator()(AVFormatContext* context) const {
    if (context->pb != nullptr) {
      avio_closep(&context->pb);
    }
    avformat_free_context(context);
  }
};
struct CloseInput {
  void operator()(AVFormatContext* context) const { avformat_close_input(&context); }
};

using Codec = std::unique_ptr<AVCodecContext, Free>;
using Frame = std::unique_ptr<AVFrame, Free>;
using Packet = std::unique_ptr<AVPacket, Free>;
using Output = std::unique_ptr<AVFormatContext, CloseOutput>;
using Input = std::unique_ptr<AVFormatContext, CloseInput>;

/// A file of a format ("mp4"; its `name` for people is "MP4") in the making, whose bytes depend on
/// what it is given alone.
[[nodiscard]] Result<Output> makeOutput(const char* format, const char* name);
/// Opens `path` and writes the head; `what` ("movie") is for errors.
[[nodiscard]] Result<void> beginOutput(AVFormatContext& output, const std::filesystem::path& path,
                                       const char* what);

}  // namespace volpress::engine::libav
