#include "app/engine/libav.hpp"

namespace volpress::engine::libav {

Result<Output> makeOutput(const char* format, const char* name) {
  AVFormatContext* made = nullptr;
  if (avformat_alloc_output_context2(&made, nullptr, format, nullptr) < 0 || made == nullptr) {
    return fail(ErrorCode::UnsupportedVersion, "libavformat cannot write {} files", name);
  }
  made->flags |= AVFMT_FLAG_BITEXACT;
  return Output(made);
}

Result<void> beginOutput(AVFormatContext& output, const std::filesystem::path& path,
                         const char* what) {
  if (const int code = avio_open(&output.pb, path.c_str(), AVIO_FLAG_WRITE); code < 0) {
    return fail(ErrorCode::IoFailure, "{}: {}", path.string(), reason(code));
  }
  if (const int code = avformat_write_header(&output, nullptr); code < 0) {
    return fail(ErrorCode::IoFailure, "the {}'s head could not be written: {}", what, reason(code));
  }
  return {};
}

}  // namespace volpress::engine::libav
