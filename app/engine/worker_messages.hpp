// The JSON lines that a worker process writes on its standard output.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "app/engine/job.hpp"
#include "scene/base/progress.hpp"

namespace volpress::engine {

struct LogMessage {
  std::string line;
};
struct ResultMessage {
  Evaluation evaluation;
};
using WorkerMessage =
    std::variant<Progress::Snapshot, LogMessage, JobPreview, ResultMessage, Error>;

/// {"type":"progress",...}, {"type":"log",...}, {"type":"preview",...}, {"type":"result",...},
/// {"type":"error",...}: one line without its line break.
[[nodiscard]] std::string messageToJson(const WorkerMessage& message);
[[nodiscard]] Result<WorkerMessage> messageFromJson(std::string_view line);

/// The code of the word that `errorCodeName` gives; Internal for an unknown word.
[[nodiscard]] ErrorCode errorCodeFromName(std::string_view name);

}  // namespace volpress::engine
