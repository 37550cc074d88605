#include "app/engine/worker_messages.hpp"

#include <algorithm>
#include <type_traits>

#include "app/engine/json_text.hpp"

namespace volpress::engine {

std::string messageToJson(const WorkerMessage& message) {
  return std::visit(
      [](const auto& held) -> std::string {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, Progress::Snapshot>) {
          return dumpJson({{"type", "progress"},
                           {"fraction", held.fraction},
                           {"stage", held.stage},
                           {"detail", held.detail}});
        } else if constexpr (std::is_same_v<Held, LogMessage>) {
          return dumpJson({{"type", "log"}, {"line", held.line}});
        } else if constexpr (std::is_same_v<Held, JobPreview>) {
          return dumpJson(
              {{"type", "preview"}, {"file", pathToJson(held.file)}, {"moment", held.moment}});
        } else if constexpr (std::is_same_v<Held, ResultMessage>) {
          // The evaluation's own text goes in whole: it is written in one place only.
          return R"({"type":"result","evaluation":)" + evaluationToJson(held.evaluation) + "}";
        } else {
          return dumpJson(
              {{"type", "error"}, {"code", errorCodeName(held.code)}, {"message", held.message}});
        }
      },
      message);
}

Result<WorkerMessage> messageFromJson(std::string_view line) {
  VOLPRESS_TRY(const Json json, parseJson(line));
  VOLPRESS_TRY(const std::string type, jsonText(json, "type"));
  if (type == "progress") {
    Progress::Snapshot snapshot;
    VOLPRESS_TRY(snapshot.fraction, jsonNumber(json, "fraction"));
    VOLPRESS_TRY(snapshot.stage, jsonText(json, "stage"));
    VOLPRESS_TRY(snapshot.detail, jsonText(json, "detail"));
    if (!(snapshot.fraction >= 0 && snapshot.fraction <= 1)) {
      return fail(ErrorCode::CorruptData, "progress is {}, not 0 to 1", snapshot.fraction);
    }
    return snapshot;
  }
  if (type == "log") {
    VOLPRESS_TRY(std::string text, jsonText(json, "line"));
    return LogMessage{std::move(text)};
  }
  if (type == "preview") {
    JobPreview preview;
    VOLPRESS_TRY(const Json* file, jsonMember(json, "file"));
    VOLPRESS_TRY(preview.file, pathFromJson(*file, "file"));
    VOLPRESS_TRY(preview.moment, jsonText(json, "moment"));
    return preview;
  }
  if (type == "result") {
    VOLPRESS_TRY(const Json* evaluation, jsonMember(json, "evaluation"));
    VOLPRESS_TRY(Evaluation read, evaluationFromJson(dumpJson(*evaluation)));
    return ResultMessage{std::move(read)};
  }
  if (type == "error") {
    VOLPRESS_TRY(const std::string code, jsonText(json, "code"));
    VOLPRESS_TRY(std::string text, jsonText(json, "message"));
    return Error{errorCodeFromName(code), std::move(text), std::nullopt};
  }
  return fail(ErrorCode::CorruptData,
              "message type is \"{}\", not progress, log, preview, result or error", type);
}

ErrorCode errorCodeFromName(std::string_view name) {
  for (const ErrorCode code :
       {ErrorCode::Cancelled, ErrorCode::NotThisFormat, ErrorCode::UnsupportedVersion,
        ErrorCode::CorruptData, ErrorCode::InvalidParameter, ErrorCode::IoFailure,
        ErrorCode::OutOfMemory, ErrorCode::DeviceLost}) {
    if (name == errorCodeName(code)) {
      return code;
    }
  }
  return ErrorCode::Internal;
}

}  // namespace volpress::engine
