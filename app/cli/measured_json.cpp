#include "app/cli/measured_json.hpp"

namespace volpress::cli {

engine::Json breakdownJson(std::span<const formats::ByteShare> shares) {
  engine::Json json = engine::Json::array();
  for (const formats::ByteShare& share : shares) {
    json.push_back({{"name", share.name}, {"bytes", share.bytes}});
  }
  return json;
}

Result<void> printEvaluation(Console& console, const std::string& reference,
                             const std::string& test, const std::string& origin,
                             const engine::Evaluation& evaluation) {
  if (!console.json()) {
    return {};
  }
  VOLPRESS_TRY(const engine::Json measured,
               engine::parseJson(engine::evaluationToJson(evaluation)));
  console.printJson(engine::dumpJson(
      {{"reference", reference}, {"test", test}, {"views", origin}, {"evaluation", measured}}, 2));
  return {};
}

}  // namespace volpress::cli
