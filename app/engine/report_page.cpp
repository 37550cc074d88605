// The report's page.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "app/engine/bd_rate.hpp"
#include "app/engine/count_words.hpp"
#include "app/engine/json_text.hpp"
#include "app/engine/report.hpp"
#include "app/engine/report_assets.hpp"
#include "app/engine/report_scenes.hpp"

namespace volpress::engine {
namespace {

std::string mark(const Report& report, const ReportRow& row) {
  const std::size_t series = reportSeries(report, row);
  return fmt::format(
      "<svg class=\"mark s{}\" viewBox=\"-10 -10 20 20\" aria-hidden=\"true\">{}</svg>", series % 8,
      reportMarker(series, 0, 0, 7));
}

std::string psnrWords(double psnr) {
  return psnr >= 100 ? "identical" : fmt::format("{:.2f} dB", psnr);
}

/// Where a share stands in every bar: the attributes in their usual order, then what else there is,
/// the header last.
std::size_t partRank(std::string_view name) {
  constexpr std::array<std::string_view, 6> kUsual{"positions", "scales", "rotations",
                                                   "opacities", "sh0",    "shN"};
  const auto place = std::find(kUsual.begin(), kUsual.end(), name);
  return place != kUsual.end() ? static_cast<std::size_t>(place - kUsual.begin())
                               : kUsual.size() + (name == "header" ? 1U : 0U);
}

/// Names of the shares of all rows, in the order of the bars: the legend, and the colours.
std::vector<std::string> partNames(const Report& report) {
  std::vector<std::string> names;
  for (const ReportRow& row : report.rows) {
    if (row.evaluation) {
      for (const formats::ByteShare& share : row.evaluation->breakdown) {
        if (std::find(names.begin(), names.end(), share.name) == names.end()) {
          names.push_back(share.name);
        }
      }
    }
  }
  std::stable_sort(names.begin(), names.end(),
                   [](const auto& a, const auto& b) { return partRank(a) < partRank(b); });
  return names;
}

std::string headHtml(const Report& report) {
  const auto done = std::count_if(report.rows.begin(), report.rows.end(),
                                  [](const ReportRow& row) { return row.evaluation.has_value(); });
  const std::string title = fmt::format("{}: {} ways to make it small", report.scene, done);
  std::string html = fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n<main>\n",
      escapeHtml(title), reportStyle());
  html += fmt::format(
      "<header><div><p class=\"kicker\">Volpress comparison</p><h1>{}</h1></div>\n"
      "<dl class=\"facts\">\n",
      escapeHtml(title));
  const auto fact = [&](std::string_view name, const std::string& value) {
    html += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", name, escapeHtml(value));
  };
  if (report.fieldParameters != 0) {
    fact("parameters", describeCount(report.fieldParameters));
    fact("as binary16 and occupancy bits", reportBytes(report.referenceBytes));
  } else if (report.triangles != 0) {
    fact("triangles", describeCount(report.triangles));
    fact("as plain arrays and pictures", reportBytes(report.referenceBytes));
  } else if (report.pixels != 0) {
    fact("pixels", describeCount(report.pixels));
    fact("as 8-bit RGB", reportBytes(report.referenceBytes));
  } else {
    if (report.frames != 0) {
      fact("frames", describeCount(report.frames));
    }
    fact("splats", describeCount(report.splats));
    fact("SH degree", std::to_string(report.shDegree));
    fact("as float PLY", reportBytes(report.referenceBytes));
  }
  fact(report.frames != 0 ? "files given" : "file given",
       reportBytes(report.sceneBytes) + " " + report.sceneFormat);
  for (const std::string& edit : report.edits) {
    fact("edited before", edit);
  }
  fact("measured on", fmt::format("{} views, {}", report.viewCount, report.viewsOrigin));
  return html + "</dl></header>\n";
}

std::string viewerHtml(const Report& report) {
  if (report.views.empty()) {
    return {};
  }
  std::string html =
      "<section aria-label=\"Pictures\"><div class=\"head\"><h2>See the difference</h2>\n"
      "<div class=\"segments\" role=\"group\" aria-label=\"How to compare\">"
      "<button data-mode=\"wipe\">Wipe</button><button data-mode=\"flip\">Flip</button>"
      "<button data-mode=\"error\">Error map</button></div>\n"
      "<span class=\"hint right\">drag to wipe; hold in Flip, or F, for the original; J and K: "
      "next "
      "result; N: next view</span></div>\n"
      "<div class=\"viewer\"><div class=\"picker\" role=\"group\" aria-label=\"Result\">\n";
  for (std::size_t i = 0; i < report.rows.size(); ++i) {
    const ReportRow& row = report.rows[i];
    if (row.evaluation) {
      html += fmt::format(
          "<button data-row=\"{}\">{}<b>{}</b><span class=\"db\">{}</span><small>{}</small>"
          "<span class=\"ratio\">{:.1f}x</span></button>\n",
          i, mark(report, row), escapeHtml(reportRowName(row)),
          psnrWords(row.evaluation->meanPsnr()), reportBytes(row.evaluation->fileBytes),
          row.evaluation->ratio());
    }
  }
  html +=
      "</div><div class=\"canvas\"><div class=\"stage wipe\" id=\"stage\">"
      "<img id=\"under\" alt=\"the original\"><img id=\"over\" class=\"over\" alt=\"the result\">"
      "<input class=\"slider\" id=\"wipe\" type=\"range\" min=\"0\" max=\"100\" step=\"0.5\" "
      "value=\"50\" aria-label=\"Wipe between original and result\">"
      "<div class=\"divider\"><i><svg viewBox=\"0 0 18 18\"><path d=\"M6 4 L1.5 9 L6 14 M12 4 "
      "L16.5 9 L12 14\"/></svg></i></div>"
      "<span class=\"tag a\">original</span><span class=\"tag b\" id=\"tag-b\"></span></div>\n"
      "<div class=\"strip\" role=\"group\" aria-label=\"View\">";
  for (std::size_t i = 0; i < report.views.size(); ++i) {
    const ReportView& view = report.views[i];
    html += fmt::format(
        "<button data-view=\"{}\" title=\"{}{}\"><img src=\"{}\" alt=\"\"><span>{}</span></button>",
        i, escapeHtml(view.name), view.heldOut ? " (held out: no codec has optimised on it)" : "",
        escapeHtml(view.original), escapeHtml(view.name));
  }
  return html +
         "</div></div></div>\n<div class=\"numbers\" id=\"numbers\" aria-live=\"polite\"></div>"
         "</section>\n";
}

std::string breakdownHtml(const Report& report) {
  const std::vector<std::string> names = partNames(report);
  std::string html =
      "<section aria-label=\"Bytes\"><div class=\"head\"><h2>Where the bytes go</h2></div>"
      "<div class=\"bytes\">\n";
  for (const ReportRow& row : report.rows) {
    if (!row.evaluation || row.evaluation->fileBytes == 0) {
      continue;
    }
    html += fmt::format(
        "<div class=\"row\"><span class=\"name\" title=\"{0}\">{0}</span>"
        "<span class=\"bar\">",
        escapeHtml(reportRowName(row)));
    std::vector<formats::ByteShare> shares = row.evaluation->breakdown;
    std::stable_sort(shares.begin(), shares.end(), [](const auto& a, const auto& b) {
      return partRank(a.name) < partRank(b.name);
    });
    for (const formats::ByteShare& share : shares) {
      const auto place = static_cast<std::size_t>(
          std::find(names.begin(), names.end(), share.name) - names.begin());
      const double percent =
          100 * static_cast<double>(share.bytes) / static_cast<double>(row.evaluation->fileBytes);
      html += fmt::format(
          "<span class=\"part{}\" style=\"flex:{:.3f} 0 0\" title=\"{}: {}, {:.1f} %\"></span>",
          place % kPartColours, percent, escapeHtml(share.name), reportBytes(share.bytes), percent);
    }
    html += fmt::format("</span><span class=\"size\">{}</span></div>\n",
                        reportBytes(row.evaluation->fileBytes));
  }
  html += "<div class=\"legend\">";
  for (std::size_t i = 0; i < names.size(); ++i) {
    html += fmt::format("<span><i class=\"part{}\"></i>{}</span>", i % kPartColours,
                        escapeHtml(names[i]));
  }
  return html + "</div></div></section>\n";
}

/// A number column of the table.
struct Column {
  const char* name;
  bool smallerIsBetter;
  double (*value)(const ReportRow&);
  std::string (*words)(double);
};

std::string bytesWords(double value) { return reportBytes(static_cast<std::uint64_t>(value)); }
std::string fourDigits(double value) { return fmt::format("{:.4f}", value); }
std::string secondsWords(double value) { return fmt::format("{:.2f} s", value); }

double ssimOf(const ReportRow& row) { return row.evaluation->meanSsim(); }
double ratioOf(const ReportRow& row) { return row.evaluation->ratio(); }
double psnrOf(const ReportRow& row) { return row.evaluation->meanPsnr(); }
double worstPsnrOf(const ReportRow& row) { return row.evaluation->worstPsnr(); }
double sizeOf(const ReportRow& row) { return static_cast<double>(row.evaluation->fileBytes); }
double encodeOf(const ReportRow& row) { return row.evaluation->encodeSeconds; }
double decodeOf(const ReportRow& row) { return row.evaluation->decodeSeconds; }

double worstSsimOf(const ReportRow& row) {
  double least = 1;
  for (const ViewQuality& view : row.evaluation->views) {
    least = std::min(least, view.ssim);
  }
  return least;
}

constexpr const char* kBakedColumn = "PSNR baked";
constexpr const char* kPartsColumn = "splats or triangles";

double bakedPsnrOf(const ReportRow& row) {
  return row.evaluation->isNative() ? row.evaluation->bakedMeanPsnr() : psnrOf(row);
}

/// Whether what some row shows depends on the view beyond what splats can say.
bool anyNative(const Report& report) {
  return std::any_of(report.rows.begin(), report.rows.end(), [](const ReportRow& row) {
    return row.evaluation && row.evaluation->isNative();
  });
}

const std::vector<Column>& sceneColumns() {
  static const std::vector<Column> kColumns{
      {"size", true, sizeOf, bytesWords},
      {"ratio", false, ratioOf, [](double v) { return fmt::format("{:.2f}x", v); }},
      {"PSNR", false, psnrOf, psnrWords},
      {kBakedColumn, false, bakedPsnrOf, psnrWords},
      {"worst view", false, worstPsnrOf, psnrWords},
      {"SSIM", false, ssimOf, fourDigits},
      {"MS-SSIM", false, [](const ReportRow& row) { return row.evaluation->meanMsSsim(); },
       fourDigits},
      {"FLIP", true, [](const ReportRow& row) { return row.evaluation->meanFlip(); }, fourDigits},
      {"encode", true, encodeOf, secondsWords},
      {"decode", true, decodeOf, secondsWords},
      {kPartsColumn, false,
       [](const ReportRow& row) {
         const Evaluation& e = *row.evaluation;
         return static_cast<double>(e.mesh ? e.mesh->trianglesOut : e.splatsOut);
       },
       [](double v) { return describeCount(static_cast<std::uint64_t>(v)); }},
      {"memory", true,
       [](const ReportRow& row) { return static_cast<double>(row.evaluation->peakMemoryBytes); },
       bytesWords}};
  return kColumns;
}

const std::vector<Column>& clipColumns() {
  static const std::vector<Column> kColumns{
      {"size", true, sizeOf, bytesWords},
      {"a frame", true,
       [](const ReportRow& row) { return sizeOf(row) / static_cast<double>(row.timeline->frames); },
       bytesWords},
      {"ratio", false, ratioOf, [](double v) { return fmt::format("{:.1f}x", v); }},
      {"PSNR", false, psnrOf, psnrWords},
      {"worst frame", false, worstPsnrOf, psnrWords},
      {"SSIM", false, ssimOf, fourDigits},
      {"worst frame's SSIM", false, worstSsimOf, fourDigits},
      {"flicker", true, [](const ReportRow& row) { return row.timeline->meanFlicker(); },
       [](double v) { return fmt::format("{:.5f}", v); }},
      {"encode", true, encodeOf, secondsWords},
      {"decoded", false,
       [](const ReportRow& row) {
         return static_cast<double>(row.timeline->frames) / std::max(1e-9, decodeOf(row));
       },
       [](double v) { return fmt::format("{:.1f} frames/s", v); }}};
  return kColumns;
}

std::vector<Column> columnsOf(const Report& report) {
  std::vector<Column> columns = report.frames != 0 ? clipColumns() : sceneColumns();
  if (!anyNative(report)) {
    std::erase_if(columns, [](const Column& column) { return column.name == kBakedColumn; });
  }
  if (report.fieldParameters != 0 || report.pixels != 0) {
    std::erase_if(columns, [](const Column& column) { return column.name == kPartsColumn; });
  }
  return columns;
}

/// The best value of a column, or NaN when fewer than two rows differ in it.
double bestOf(const Report& report, const Column& column) {
  double least = std::numeric_limits<double>::infinity();
  double most = -least;
  for (const ReportRow& row : report.rows) {
    if (row.evaluation) {
      least = std::min(least, column.value(row));
      most = std::max(most, column.value(row));
    }
  }
  return least < most ? (column.smallerIsBetter ? least : most)
                      : std::numeric_limits<double>::quiet_NaN();
}

/// Bytes at equal quality; nothing when no codec can be measured by another.
std::string bdRateHtml(const Report& report) {
  const std::vector<ReportBdRate> rates = reportBdRates(report);
  if (rates.empty()) {
    return {};
  }
  std::string html =
      "<section aria-label=\"BD-rate\"><div class=\"head\"><h2>Bytes at equal quality</h2>"
      "<span class=\"hint\">BD-rate: the mean difference in size over the PSNR that both reach, "
      "all results of a codec together; below 0 is smaller</span></div>"
      "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">codec</th>"
      "<th scope=\"col\">against</th><th scope=\"col\">BD-rate</th>"
      "<th scope=\"col\">from</th><th scope=\"col\">to</th></tr></thead><tbody>\n";
  for (const ReportBdRate& one : rates) {
    html += fmt::format(
        "<tr><td><b>{}</b></td><td>{}</td><td{}>{:+.1f} %</td><td>{:.2f} dB</td>"
        "<td>{:.2f} dB</td></tr>\n",
        escapeHtml(one.codecLabel), escapeHtml(one.againstLabel),
        one.rate.percent < 0 ? " class=\"best\"" : "", one.rate.percent, one.rate.fromPsnr,
        one.rate.toPsnr);
  }
  return html + "</tbody></table></div></section>\n";
}

std::string tableHtml(const Report& report) {
  const std::vector<Column> columns = columnsOf(report);
  std::string html =
      "<section aria-label=\"Results\"><div class=\"head\"><h2>All numbers</h2><span "
      "class=\"hint\">"
      "click a column to sort, a row to see its pictures; best values are green</span></div>"
      "<div class=\"scroll\"><table><thead><tr><th scope=\"col\"><button>codec</button></th>";
  for (const Column& column : columns) {
    html += fmt::format("<th scope=\"col\"><button>{}</button></th>", column.name);
  }
  html += "<th scope=\"col\">file</th></tr></thead><tbody>\n";
  for (std::size_t i = 0; i < report.rows.size(); ++i) {
    const ReportRow& row = report.rows[i];
    const std::string name =
        fmt::format("<td data-value=\"{}\">{}<b>{}</b><span class=\"preset\">{}</span></td>",
                    escapeHtml(reportRowName(row)), mark(report, row), escapeHtml(row.codecLabel),
                    escapeHtml(row.preset));
    if (!row.evaluation) {
      html += fmt::format("<tr class=\"failed\">{}<td colspan=\"{}\">{}: {}</td></tr>\n", name,
                          columns.size() + 1, jobStateName(row.state), escapeHtml(row.error));
      continue;
    }
    html += fmt::format("<tr data-row=\"{}\">{}", i, name);
    for (const Column& column : columns) {
      const double value = column.value(row);
      html += fmt::format("<td data-value=\"{}\"{}>{}</td>", value,
                          value == bestOf(report, column) ? " class=\"best\"" : "",
                          column.words(value));
    }
    html += row.file.empty() ? "<td></td></tr>\n"
                             : fmt::format("<td><a href=\"{}\" download>open</a></td></tr>\n",
                                           escapeHtml(row.file));
  }
  html += "</tbody></table></div><details><summary>Repeat it on the command line</summary><pre>";
  for (const ReportRow& row : report.rows) {
    html += escapeHtml(row.command) + "\n";
  }
  return html + "</pre></details></section>\n";
}

/// What the script needs, as JSON that cannot close its element.
std::string dataHtml(const Report& report) {
  Json rows = Json::object();
  Json first;
  for (std::size_t i = 0; i < report.rows.size(); ++i) {
    const ReportRow& row = report.rows[i];
    if (!row.evaluation || row.pictures.size() != report.views.size()) {
      continue;
    }
    Json one = {{"name", reportRowName(row)},
                {"html", "<b>" + escapeHtml(reportRowName(row)) + "</b>"},
                {"pictures", Json::array()},
                {"quality", Json::array()}};
    for (const ReportPictures& pictures : row.pictures) {
      one["pictures"].push_back({{"result", pictures.result}, {"error", pictures.error}});
    }
    for (const ReportView& view : report.views) {
      const auto found =
          std::find_if(row.evaluation->views.begin(), row.evaluation->views.end(),
                       [&](const ViewQuality& quality) { return quality.view == view.name; });
      Json quality = Json::object();
      if (found != row.evaluation->views.end()) {
        quality = {{"psnr", numberToJson(found->psnr)}, {"ssim", numberToJson(found->ssim)}};
        if (report.frames == 0) {  // of moving scenes the others are not measured
          quality["msSsim"] = numberToJson(found->msSsim);
          quality["flip"] = numberToJson(found->flip);
        }
      }
      one["quality"].push_back(std::move(quality));
    }
    rows[std::to_string(i)] = std::move(one);
    // The first result that is not simply the original is the one to look at first.
    if (first.is_null() || (row.evaluation->meanPsnr() < 100 &&
                            report.rows[first.get<std::size_t>()].evaluation->meanPsnr() >= 100)) {
      first = i;
    }
  }
  Json views = Json::array();
  for (const ReportView& view : report.views) {
    views.push_back({{"html", escapeHtml(view.name)},
                     {"original", view.original},
                     {"aspect", view.height == 0 ? 1.0
                                                 : static_cast<double>(view.width) /
                                                       static_cast<double>(view.height)}});
  }
  return reportData("data", dumpJson({{"first", std::move(first)},
                                      {"rows", std::move(rows)},
                                      {"views", std::move(views)}}));
}

}  // namespace

std::string reportHtml(const Report& report) {
  std::string html = headHtml(report) + viewerHtml(report);
  html +=
      "<div class=\"pair\"><section aria-label=\"Chart\"><div class=\"head\"><h2>Quality against "
      "size</h2><span class=\"hint\">up and to the left is better</span></div>" +
      reportChart(report) + "</section>\n" + breakdownHtml(report) + "</div>\n" +
      reportTimeline(report) + reportScenesHtml(report) + tableHtml(report) + bdRateHtml(report);
  html += fmt::format(
      "<footer>Sizes are of the files on disk. Quality is of the scene decoded from those bytes "
      "alone, drawn by {} and compared with the original from the same {} views; means are over "
      "views, identical views count as 100 dB. Ratio is against {}. {}"
      "Seed {}.</footer>\n</main>\n",
      escapeHtml(report.drawnBy), report.viewCount,
      report.fieldParameters != 0 && report.frames != 0 ? "plain arrays of the voxels"
      : report.fieldParameters != 0                     ? "binary16 parameters and occupancy bits"
      : report.triangles != 0 ? "plain arrays and the pictures; PSNR is over the silhouettes"
      : report.pixels != 0    ? "8-bit RGB"
                              : "a float PLY of the same SH degree",
      anyNative(report) ? "Splats that look different from each view are drawn so; PSNR baked is "
                          "of the spherical harmonics that other programs will show. "
                        : "",
      report.seed);
  html += dataHtml(report);
  html += fmt::format("<script>\n{}{}</script>\n</body>\n</html>\n", reportScript(),
                      report.frames != 0 ? timelineScript() : std::string_view());
  return html;
}

}  // namespace volpress::engine
