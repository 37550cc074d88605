#include "app/cli/command.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>

#include <CLI/CLI.hpp>

#include "app/engine/job.hpp"

namespace volpress::cli {

void addCommonOptions(CLI::App& app, CommonOptions& options) {
  app.add_flag("--json", options.json, "Print one JSON value on standard output, nothing else");
  app.add_flag("--quiet,-q", options.quiet, "No progress bar and no remarks");
  app.add_option("--threads", options.threads,
                 "Threads to use (0: all; results do not depend on it)")
      ->type_name("N")
      ->check(CLI::Range(0, 1024));
  app.add_option("--plugin", options.plugins,
                 "The description of a plug-in: a codec that is another program")
      ->type_name("FILE.json")
      ->take_all();
}

void addViewsOption(CLI::App& app, ViewSetOptions& options) {
  app.add_option(
         "--views", options.views,
         "Where to look from: a file or folder with cameras (cameras.json, transforms.json, "
         "a COLMAP model, bookmarks, a camera path), \"orbit:N\", \"inside:N\", or \"auto\": "
         "cameras beside the "
         "scene, else generated")
      ->type_name("SPEC");
}

void addSeedOption(CLI::App& app, ViewSetOptions& options) {
  app.add_option("--seed", options.seed, "Seed of everything random (default 1)")->type_name("N");
}

Result<ParamSet> parseSettings(std::span<const ParamSpec> specs,
                               const std::vector<std::string>& settings) {
  ParamSet values;
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0) {
      return fail(ErrorCode::InvalidParameter, "--set takes key=value, not \"{}\"", setting);
    }
    const std::string id = setting.substr(0, equals);
    const std::string text = setting.substr(equals + 1);
    const ParamSpec* spec = findParam(specs, id);
    if (spec == nullptr) {
      // Completing them names the nearest known id.
      values[id] = text;
      continue;
    }
    VOLPRESS_TRY(values[id], parseParamValue(*spec, text));
  }
  VOLPRESS_CHECK(completeParams(specs, values));
  return values;
}

Result<PictureSize> parseSize(std::string_view text) {
  constexpr std::size_t kMaxSide = 16384;
  const auto side = [](std::string_view digits) -> std::size_t {
    std::size_t value = 0;
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return code == std::errc() && end == digits.data() + digits.size() ? value : 0;
  };
  const std::size_t cross = text.find('x');
  const PictureSize size{side(text.substr(0, cross)),
                         cross == std::string_view::npos ? 0 : side(text.substr(cross + 1))};
  if (size.width < 1 || size.height < 1 || size.width > kMaxSide || size.height > kMaxSide) {
    return fail(ErrorCode::InvalidParameter,
                "--size takes WxH with sides of 1 to {} pixels, such as 1280x720, not \"{}\"",
                kMaxSide, text);
  }
  return size;
}

std::string describeBytes(std::uint64_t bytes) {
  const auto value = static_cast<double>(bytes);
  if (bytes >= 1'000'000'000) {
    return fmt::format("{:.2f} GB", value / 1e9);
  }
  if (bytes >= 1'000'000) {
    return fmt::format("{:.2f} MB", value / 1e6);
  }
  if (bytes >= 1000) {
    return fmt::format("{:.1f} kB", value / 1e3);
  }
  return fmt::format("{} bytes", bytes);
}

std::string describePsnr(double psnr) {
  return std::isinf(psnr) ? "identical" : fmt::format("{:.2f} dB", psnr);
}

std::string describeNative(const engine::Evaluation& evaluation) {
  return fmt::format("native {}, baked to SH {}", describePsnr(evaluation.meanPsnr()),
                     describePsnr(evaluation.bakedMeanPsnr()));
}

std::string textTable(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], row[i].size());
    }
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += i == 0 ? fmt::format("{:<{}}", row[i], widths[i])
                     : fmt::format("  {:>{}}", row[i], widths[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string describeBreakdown(std::vector<formats::ByteShare> shares) {
  std::stable_sort(shares.begin(), shares.end(),
                   [](const auto& a, const auto& b) { return a.bytes > b.bytes; });
  std::uint64_t total = 0;
  for (const formats::ByteShare& share : shares) {
    total += share.bytes;
  }
  std::vector<std::vector<std::string>> rows;
  for (const formats::ByteShare& share : shares) {
    const double percent =
        total == 0 ? 0 : 100 * static_cast<double>(share.bytes) / static_cast<double>(total);
    rows.push_back(
        {"  " + share.name, describeBytes(share.bytes), fmt::format("{:.1f} %", percent)});
  }
  return textTable(rows);
}

std::filesystem::path ownProgram() {
  std::error_code code;
  return std::filesystem::read_symlink("/proc/self/exe", code);
}

}  // namespace volpress::cli
