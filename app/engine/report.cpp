#include "app/engine/report.hpp"

#include <algorithm>
#include <utility>

#include "app/engine/bd_rate.hpp"
#include "app/engine/json_text.hpp"
#include "app/engine/report_scenes.hpp"
#include "scene/base/files.hpp"

namespace volpress::engine {

std::size_t reportSeries(const Report& report, const ReportRow& row) {
  std::vector<std::string> seen;
  for (const ReportRow& one : report.rows) {
    if (one.codec == row.codec) {
      return seen.size();
    }
    if (std::find(seen.begin(), seen.end(), one.codec) == seen.end()) {
      seen.push_back(one.codec);
    }
  }
  return seen.size();
}

std::string reportRowName(const ReportRow& row) {
  return row.codecLabel + (row.preset == "default" ? std::string() : " " + row.preset);
}

double ClipTimeline::meanFlicker() const {
  double sum = 0;
  for (const double one : flicker) {
    sum += one;
  }
  return flicker.size() < 2 ? 0 : sum / static_cast<double>(flicker.size() - 1);
}

std::string reportData(std::string_view id, std::string json) {
  for (std::size_t place = json.find("</"); place != std::string::npos;
       place = json.find("</", place)) {
    json.replace(place, 2, "<\\/");
  }
  return fmt::format("<script type=\"application/json\" id=\"{}\">{}</script>\n", id, json);
}

std::string reportJson(const Report& report) {
  Json rows = Json::array();
  for (const ReportRow& row : report.rows) {
    Json one = {{"codec", row.codec},   {"label", row.codecLabel},
                {"preset", row.preset}, {"state", jobStateName(row.state)},
                {"file", row.file},     {"command", row.command}};
    if (!row.error.empty()) {
      one["error"] = row.error;
    }
    if (row.evaluation) {
      one["evaluation"] = Json::parse(evaluationToJson(*row.evaluation));
      one["pictures"] = Json::array();
      for (const ReportPictures& pictures : row.pictures) {
        one["pictures"].push_back({{"result", pictures.result}, {"error", pictures.error}});
      }
    }
    if (row.evaluation && row.timeline) {
      // Nobody measured these of frames.
      one["evaluation"].erase("meanMsSsim");
      one["evaluation"].erase("meanFlip");
      for (Json& view : one["evaluation"]["views"]) {
        view.erase("msSsim");
        view.erase("flip");
      }
      one["bytesPerFrame"] = static_cast<double>(row.evaluation->fileBytes) /
                             static_cast<double>(std::max<std::size_t>(1, row.timeline->frames));
      one["meanFlicker"] = row.timeline->meanFlicker();
      one["flicker"] = row.timeline->flicker;
      one["parts"] = Json::array();
      for (const ClipPart& part : row.timeline->parts) {
        one["parts"].push_back({{"name", part.name}, {"bytes", part.bytes}});
      }
    }
    rows.push_back(std::move(one));
  }
  Json views = Json::array();
  for (const ReportView& view : report.views) {
    views.push_back({{"view", view.name}, {"heldOut", view.heldOut}, {"original", view.original}});
  }
  Json rates = Json::array();
  for (const ReportBdRate& one : reportBdRates(report)) {
    rates.push_back({{"codec", one.codec},
                     {"against", one.against},
                     {"percent", one.rate.percent},
                     {"fromPsnr", one.rate.fromPsnr},
                     {"toPsnr", one.rate.toPsnr}});
  }
  Json scenes = Json::array();
  for (const ReportScene& scene : report.scenes) {
    scenes.push_back({{"scene", scene.name},
                      {"page", scene.page},
                      {"splats", scene.splats},
                      {"shDegree", scene.shDegree}});
  }
  Json meanRates = Json::array();
  for (const ReportMeanRate& one : meanBdRates(report)) {
    meanRates.push_back({{"codec", one.codec},
                         {"against", one.against},
                         {"percent", one.percent},
                         {"scenes", one.scenes}});
  }
  return dumpJson({{"scene", report.scene},
                   {"sceneFormat", report.sceneFormat},
                   {"sceneBytes", report.sceneBytes},
                   {"edits", report.edits},
                   {"splats", report.splats},
                   {"triangles", report.triangles},
                   {"fieldParameters", report.fieldParameters},
                   {"pixels", report.pixels},
                   {"frames", report.frames},
                   {"shDegree", report.shDegree},
                   {"referenceBytes", report.referenceBytes},
                   {"views", report.viewsOrigin},
                   {"viewCount", report.viewCount},
                   {"seed", report.seed},
                   {"drawnBy", report.drawnBy},
                   {"shownViews", std::move(views)},
                   {"results", std::move(rows)},
                   {"bdRates", std::move(rates)},
                   {"scenes", std::move(scenes)},
                   {"meanBdRates", std::move(meanRates)}},
                  2);
}

std::string escapeHtml(std::string_view text) {
  std::string safe;
  for (const char character : text) {
    switch (character) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '"': safe += "&quot;"; break;
      case '\'': safe += "&#39;"; break;
      default: safe += character;
    }
  }
  return safe;
}

std::string reportBytes(std::uint64_t bytes) {
  const auto value = static_cast<double>(bytes);
  if (bytes >= 1'000'000'000) {
    return fmt::format("{:.2f} GB", value / 1e9);
  }
  if (bytes >= 1'000'000) {
    return fmt::format("{:.2f} MB", value / 1e6);
  }
  return bytes >= 1000 ? fmt::format("{:.1f} kB", value / 1e3) : fmt::format("{} B", bytes);
}

Result<void> makeReportFolders(const std::filesystem::path& folder) {
  std::error_code code;
  std::filesystem::create_directory(folder / "files", code);
  std::filesystem::create_directory(folder / "images", code);
  if (code) {
    return fail(ErrorCode::IoFailure, "{}: cannot create folders: {}", folder.string(),
                code.message());
  }
  return {};
}

Result<void> writeReport(const std::filesystem::path& folder, const Report& report) {
  VOLPRESS_CHECK(
      writeFileAtomically(folder / "results.json", viewBytes(reportJson(report) + "\n")));
  return writeFileAtomically(folder / "index.html", viewBytes(reportHtml(report)));
}

}  // namespace volpress::engine
