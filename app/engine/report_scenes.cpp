#include "app/engine/report_scenes.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "app/engine/bd_rate.hpp"
#include "app/engine/count_words.hpp"
#include "app/engine/json_text.hpp"

namespace volpress::engine {
namespace {

bool sameChoice(const ReportRow& a, const ReportRow& b) {
  return a.codec == b.codec && a.preset == b.preset;
}

Result<ReportRow> rowFromJson(const Json& json) {
  ReportRow row;
  VOLPRESS_TRY(row.codec, jsonText(json, "codec"));
  VOLPRESS_TRY(row.codecLabel, jsonText(json, "label"));
  VOLPRESS_TRY(row.preset, jsonText(json, "preset"));
  VOLPRESS_TRY(row.file, jsonText(json, "file"));
  VOLPRESS_TRY(row.command, jsonText(json, "command"));
  VOLPRESS_TRY(const std::string state, jsonText(json, "state"));
  row.state = jobStateFromName(state).value_or(JobState::Failed);
  if (json.contains("error")) {
    VOLPRESS_TRY(row.error, jsonText(json, "error"));
  }
  if (json.contains("evaluation")) {
    VOLPRESS_TRY(row.evaluation, evaluationFromJson(dumpJson(json["evaluation"])));
  }
  return row;
}

/// Adds what `one` measured to what was measured before.
void pool(Evaluation& sum, const Evaluation& one, const std::string& scene) {
  sum.fileBytes += one.fileBytes;
  sum.referenceBytes += one.referenceBytes;
  sum.splatsIn += one.splatsIn;
  sum.splatsOut += one.splatsOut;
  sum.encodeSeconds += one.encodeSeconds;
  sum.decodeSeconds += one.decodeSeconds;
  sum.peakMemoryBytes = std::max(sum.peakMemoryBytes, one.peakMemoryBytes);
  for (const formats::ByteShare& share : one.breakdown) {
    const auto known =
        std::find_if(sum.breakdown.begin(), sum.breakdown.end(),
                     [&](const formats::ByteShare& other) { return other.name == share.name; });
    if (known == sum.breakdown.end()) {
      sum.breakdown.push_back(share);
    } else {
      known->bytes += share.bytes;
    }
  }
  for (ViewQuality view : one.views) {
    view.view = scene + ", " + view.view;
    sum.views.push_back(std::move(view));
  }
}

double bytesPerSplat(const Evaluation& evaluation) {
  return static_cast<double>(evaluation.fileBytes) /
         static_cast<double>(std::max<std::size_t>(1, evaluation.splatsIn));
}

std::string cellHtml(const std::optional<Evaluation>& evaluation) {
  if (!evaluation) {
    return "<td>-</td>";
  }
  const double psnr = evaluation->meanPsnr();
  return fmt::format(
      "<td data-value=\"{0}\"><b>{1}</b><span class=\"preset\">{2:.1f}x{3}</span></td>", psnr,
      psnr >= 100 ? "identical" : fmt::format("{:.2f} dB", psnr), evaluation->ratio(),
      evaluation->splatsIn == 0 ? std::string()
                                : fmt::format(", {:.2f} B", bytesPerSplat(*evaluation)));
}

std::string meanRatesHtml(const Report& report) {
  const std::vector<ReportMeanRate> rates = meanBdRates(report);
  if (rates.empty()) {
    return {};
  }
  std::string html =
      "<section aria-label=\"Mean BD-rate\"><div class=\"head\"><h2>Bytes at equal quality, mean "
      "over scenes</h2><span class=\"hint\">BD-rate on each scene, then the geometric mean; below "
      "0 is smaller</span></div><div class=\"scroll\"><table><thead><tr><th scope=\"col\">codec"
      "</th><th scope=\"col\">against</th><th scope=\"col\">BD-rate</th><th scope=\"col\">scenes"
      "</th></tr></thead><tbody>\n";
  for (const ReportMeanRate& one : rates) {
    html += fmt::format("<tr><td><b>{}</b></td><td>{}</td><td{}>{:+.1f} %</td><td>{}</td></tr>\n",
                        escapeHtml(one.codecLabel), escapeHtml(one.againstLabel),
                        one.percent < 0 ? " class=\"best\"" : "", one.percent, one.scenes);
  }
  return html + "</tbody></table></div></section>\n";
}

}  // namespace

Result<Report> reportFromJson(std::string_view text) {
  VOLPRESS_TRY(const Json json, parseJson(text));
  Report report;
  VOLPRESS_TRY(report.scene, jsonText(json, "scene"));
  VOLPRESS_TRY(report.sceneFormat, jsonText(json, "sceneFormat"));
  VOLPRESS_TRY(report.sceneBytes, jsonCount(json, "sceneBytes"));
  VOLPRESS_TRY(report.splats, jsonCount(json, "splats"));
  VOLPRESS_TRY(report.triangles, jsonCount(json, "triangles"));
  VOLPRESS_TRY(const std::uint64_t degree, jsonCount(json, "shDegree"));
  report.shDegree = static_cast<unsigned>(std::min<std::uint64_t>(degree, kMaxShDegree));
  VOLPRESS_TRY(report.referenceBytes, jsonCount(json, "referenceBytes"));
  VOLPRESS_TRY(report.viewsOrigin, jsonText(json, "views"));
  VOLPRESS_TRY(report.viewCount, jsonCount(json, "viewCount"));
  VOLPRESS_TRY(report.seed, jsonCount(json, "seed"));
  VOLPRESS_TRY(report.drawnBy, jsonText(json, "drawnBy"));
  VOLPRESS_TRY(const Json* rows, jsonList(json, "results"));
  for (const Json& row : *rows) {
    VOLPRESS_TRY(ReportRow one, rowFromJson(row));
    report.rows.push_back(std::move(one));
  }
  return report;
}

Report poolReports(std::span<const Report> scenes, std::span<const std::string> pages) {
  Report pooled;
  for (const Report& scene : scenes) {
    for (const ReportRow& row : scene.rows) {
      if (std::none_of(pooled.rows.begin(), pooled.rows.end(),
                       [&](const ReportRow& known) { return sameChoice(known, row); })) {
        ReportRow& added = pooled.rows.emplace_back();
        added.codec = row.codec;
        added.codecLabel = row.codecLabel;
        added.preset = row.preset;
      }
    }
  }
  pooled.seed = scenes.empty() ? 1 : scenes.front().seed;
  pooled.drawnBy = scenes.empty() ? std::string() : scenes.front().drawnBy;
  pooled.scene = fmt::format("{} scenes", scenes.size());
  pooled.sceneFormat = "in all";
  pooled.viewsOrigin = "all scenes together";
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    const Report& scene = scenes[i];
    pooled.splats += scene.splats;
    pooled.triangles += scene.triangles;
    pooled.sceneBytes += scene.sceneBytes;
    pooled.referenceBytes += scene.referenceBytes;
    pooled.shDegree = std::max(pooled.shDegree, scene.shDegree);
    pooled.viewCount += scene.viewCount;
    ReportScene part{scene.scene, pages[i], scene.splats, scene.shDegree, {}};
    for (ReportRow& row : pooled.rows) {
      const auto own =
          std::find_if(scene.rows.begin(), scene.rows.end(),
                       [&](const ReportRow& candidate) { return sameChoice(candidate, row); });
      part.results.push_back(own == scene.rows.end() ? std::nullopt : own->evaluation);
      if (own != scene.rows.end()) {
        row.command += (row.command.empty() ? "" : "\n") + own->command;
      }
    }
    pooled.scenes.push_back(std::move(part));
  }
  for (std::size_t r = 0; r < pooled.rows.size(); ++r) {
    ReportRow& row = pooled.rows[r];
    Evaluation sum;
    std::string missing;
    for (const ReportScene& scene : pooled.scenes) {
      if (scene.results[r]) {
        pool(sum, *scene.results[r], scene.name);
      } else {
        missing += (missing.empty() ? "no result for " : ", ") + scene.name;
      }
    }
    if (missing.empty()) {
      row.evaluation = std::move(sum);
    } else {
      row.state = JobState::Failed;
      row.error = missing;
    }
  }
  return pooled;
}

std::vector<ReportMeanRate> meanBdRates(const Report& report) {
  std::vector<ReportMeanRate> means;
  for (std::size_t i = 0; i < report.scenes.size(); ++i) {
    Report scene;
    for (std::size_t r = 0; r < report.rows.size(); ++r) {
      ReportRow row = report.rows[r];
      row.evaluation = report.scenes[i].results[r];
      scene.rows.push_back(std::move(row));
    }
    for (const ReportBdRate& rate : reportBdRates(scene)) {
      auto known = std::find_if(means.begin(), means.end(), [&](const ReportMeanRate& mean) {
        return mean.codec == rate.codec && mean.against == rate.against;
      });
      if (known == means.end()) {
        means.push_back({rate.codec, rate.codecLabel, rate.against, rate.againstLabel, 0, 0});
        known = std::prev(means.end());
      }
      known->percent += std::log1p(rate.rate.percent / 100);
      ++known->scenes;
    }
  }
  for (ReportMeanRate& mean : means) {
    mean.percent = 100 * std::expm1(mean.percent / static_cast<double>(mean.scenes));
  }
  return means;
}

std::string reportScenesHtml(const Report& report) {
  if (report.scenes.empty()) {
    return {};
  }
  std::string html =
      "<section aria-label=\"Scenes\"><div class=\"head\"><h2>Scene by scene</h2><span "
      "class=\"hint\">mean PSNR over the scene's views, ratio to its float PLY, bytes a splat of "
      "the original; a scene's name opens its own page with pictures</span></div>"
      "<div class=\"scroll\"><table><thead><tr><th scope=\"col\"><button>codec</button></th>";
  for (const ReportScene& scene : report.scenes) {
    html += fmt::format(
        "<th scope=\"col\"><a href=\"{}\">{}</a><span class=\"preset\">{} splats, SH {}</span>"
        "</th>",
        escapeHtml(scene.page), escapeHtml(scene.name), describeCount(scene.splats),
        scene.shDegree);
  }
  html += "</tr></thead><tbody>\n";
  for (std::size_t r = 0; r < report.rows.size(); ++r) {
    html +=
        fmt::format("<tr><td data-value=\"{0}\"><b>{0}</b><span class=\"preset\">{1}</span></td>",
                    escapeHtml(report.rows[r].codecLabel), escapeHtml(report.rows[r].preset));
    for (const ReportScene& scene : report.scenes) {
      html += cellHtml(scene.results[r]);
    }
    html += "</tr>\n";
  }
  return html + "</tbody></table></div></section>\n" + meanRatesHtml(report);
}

}  // namespace volpress::engine
