#include "app/engine/diagnose.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <unordered_map>
#include <utility>

#include "app/engine/count_words.hpp"
#include "app/engine/scene_files.hpp"
#include "scene/base/bytes.hpp"
#include "scene/edit/operations.hpp"

namespace volpress::engine {
namespace {

// In radii of the part that holds nine splats in ten: a scene's surroundings reach some tens.
constexpr float kFarRadii = 200;
constexpr float kHugeRadii = 20;
constexpr float kGiganticRadii = 1e4F;
// A picture's worth of splats over every pixel: ten times what dense captures have.
constexpr double kMuchOverdraw = 2000;
constexpr double kFaintOpacity = 1.0 / 255;
constexpr double kFaintShare = 0.05;
constexpr double kFarFromOrigin = 1e5;
constexpr float kPi = 3.14159265F;

/// "1 splat has", "1,234 splats have".
std::string splats(std::size_t count, const char* one, const char* many) {
  return fmt::format("{} {} {}", describeCount(count), count == 1 ? "splat" : "splats",
                     count == 1 ? one : many);
}

float largestLogScale(const GaussianCloud& cloud, std::size_t i) {
  const float* s = &cloud.logScales[3 * i];
  return std::max({s[0], s[1], s[2]});
}

double opacityAt(const GaussianCloud& cloud, std::size_t i) {
  return 1 / (1 + std::exp(-static_cast<double>(cloud.opacityLogits[i])));
}

/// Counts of what `sanitise` would take care of, and the splats that it would keep.
struct Numbers {
  std::size_t undrawable = 0;
  std::size_t clamped = 0;
  std::size_t zeroRotations = 0;
  GaussianCloud drawable;  ///< passes `validate`
};

Numbers lookAtNumbers(const GaussianCloud& cloud) {
  Numbers numbers;
  numbers.drawable = cloud;
  const SanitiseReport report = sanitise(numbers.drawable);
  numbers.undrawable = report.removed;
  numbers.clamped = report.clamped;
  numbers.zeroRotations = report.identityRotations;
  return numbers;
}

/// Which splats are the same as an earlier one, in every number.
std::vector<std::uint32_t> duplicatesOf(const GaussianCloud& cloud) {
  const std::size_t rest = 3 * shRestCount(cloud.shDegree);
  const auto bytesOf = [](const FloatArray& values, std::size_t i, std::size_t width) {
    return viewBytes(std::span<const float>(values.data() + i * width, width));
  };
  const auto hashOf = [&](std::size_t i) {
    std::uint64_t hash = hashBytes(bytesOf(cloud.means, i, 3));
    hash = hashBytes(bytesOf(cloud.logScales, i, 3), hash);
    hash = hashBytes(bytesOf(cloud.rotations, i, 4), hash);
    hash = hashBytes(bytesOf(cloud.opacityLogits, i, 1), hash);
    hash = hashBytes(bytesOf(cloud.shDc, i, 3), hash);
    return hashBytes(bytesOf(cloud.shRest, i, rest), hash);
  };
  const auto same = [&](std::size_t a, std::size_t b) {
    const auto equal = [&](const FloatArray& values, std::size_t width) {
      return std::equal(values.begin() + static_cast<std::ptrdiff_t>(a * width),
                        values.begin() + static_cast<std::ptrdiff_t>((a + 1) * width),
                        values.begin() + static_cast<std::ptrdiff_t>(b * width));
    };
    return equal(cloud.means, 3) && equal(cloud.logScales, 3) && equal(cloud.rotations, 4) &&
           equal(cloud.opacityLogits, 1) && equal(cloud.shDc, 3) && equal(cloud.shRest, rest);
  };
  std::unordered_map<std::uint64_t, std::uint32_t> first;
  first.reserve(cloud.count);
  std::vector<std::uint32_t> found;
  for (std::size_t i = 0; i < cloud.count; ++i) {
    const auto [at, isNew] = first.emplace(hashOf(i), static_cast<std::uint32_t>(i));
    if (!isNew && same(at->second, i)) {
      found.push_back(static_cast<std::uint32_t>(i));
    }
  }
  return found;
}

/// Which splats are lost in space, and which dwarf the scene.
struct Strays {
  std::vector<std::uint32_t> far;
  std::vector<std::uint32_t> gigantic;
  std::vector<std::uint32_t> huge;  ///< large, but not absurd
};

Strays straysOf(const GaussianCloud& cloud, const edit::RobustExtent& extent) {
  Strays strays;
  if (!(extent.radius > 0)) {
    return strays;
  }
  const double limit = static_cast<double>(extent.radius) * static_cast<double>(kFarRadii);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    double square = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      const double d =
          static_cast<double>(cloud.means[3 * i + c]) - static_cast<double>(extent.centre[c]);
      square += d * d;
    }
    const float size = largestLogScale(cloud, i) - std::log(extent.radius);
    if (square > limit * limit) {
      strays.far.push_back(static_cast<std::uint32_t>(i));
    } else if (size > std::log(kGiganticRadii)) {
      strays.gigantic.push_back(static_cast<std::uint32_t>(i));
    } else if (size > std::log(kHugeRadii)) {
      strays.huge.push_back(static_cast<std::uint32_t>(i));
    }
  }
  return strays;
}

/// Splats over a pixel, on average, when the dense part fills the picture: the sum of the areas in
/// which splats are at least 1/255, over the area of that part. No splat counts for more than it.
double overdrawOf(const GaussianCloud& cloud, float radius) {
  const double whole =
      static_cast<double>(kPi) * static_cast<double>(radius) * static_cast<double>(radius);
  if (!(whole > 0)) {
    return 0;
  }
  double sum = 0;
  for (std::size_t i = 0; i < cloud.count; ++i) {
    const double reach2 = 2 * std::log(std::max(255 * opacityAt(cloud, i), 1.0));
    std::array<double, 3> s{};
    for (std::size_t c = 0; c < 3; ++c) {
      s[c] = std::exp(static_cast<double>(cloud.logScales[3 * i + c]));
    }
    std::sort(s.begin(), s.end());
    sum += std::min(static_cast<double>(kPi) * s[1] * s[2] * reach2, whole);
  }
  return sum / whole;
}

double medianSize(const GaussianCloud& cloud) {
  if (cloud.count == 0) {
    return 0;
  }
  std::vector<float> sizes(cloud.count);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    sizes[i] = largestLogScale(cloud, i);
  }
  const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
  std::nth_element(sizes.begin(), middle, sizes.end());
  return std::exp(static_cast<double>(*middle));
}

/// How much flat splats face along each axis: floors and ceilings make the vertical one stand out.
/// Says something only where one axis is clearly ahead.
std::optional<Finding> axesFinding(const GaussianCloud& cloud) {
  std::array<double, 3> facing{};
  double weights = 0;
  for (std::size_t i = 0; i < cloud.count; ++i) {
    const float* s = &cloud.logScales[3 * i];
    const auto thin = static_cast<std::size_t>(std::min_element(s, s + 3) - s);
    const float middle = std::max(std::min(s[0], s[1]), std::min(std::max(s[0], s[1]), s[2]));
    if (middle - s[thin] < 1) {
      continue;  // not flat
    }
    const float* q = &cloud.rotations[4 * i];
    const double length2 =
        static_cast<double>(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
    const double w = static_cast<double>(q[0]);
    const double x = static_cast<double>(q[1]);
    const double y = static_cast<double>(q[2]);
    const double z = static_cast<double>(q[3]);
    const std::array<std::array<double, 3>, 3> columns{
        {{w * w + x * x - y * y - z * z, 2 * (x * y + w * z), 2 * (x * z - w * y)},
         {2 * (x * y - w * z), w * w - x * x + y * y - z * z, 2 * (y * z + w * x)},
         {2 * (x * z + w * y), 2 * (y * z - w * x), w * w - x * x - y * y + z * z}}};
    const double weight =
        opacityAt(cloud, i) * std::exp(2 * static_cast<double>(std::min(middle, 10.0F)));
    weights += weight;
    for (std::size_t c = 0; c < 3; ++c) {
      const double part = columns[thin][c] / length2;
      facing[c] += weight * part * part;
    }
  }
  constexpr double kClear = 0.55;  // a third each is what no direction gives
  if (weights <= 0 || !(facing[2] / weights > kClear)) {
    return std::nullopt;
  }
  return Finding{
      "axes",
      Severity::Note,
      fmt::format("{:.0f} % of the flat surface faces along z, where floors face along y:"
                  " the scene may lie on its side.",
                  100 * facing[2] / weights),
      "Look at it; if it lies, turn it with --rotate 90,0,0 or --rotate=-90,0,0.",
      0,
      false};
}

/// Collects findings.
class Report {
public:
  explicit Report(Diagnosis& diagnosis) : m_diagnosis(diagnosis) {}

  void add(Finding finding) { m_diagnosis.findings.push_back(std::move(finding)); }
  void addSplats(std::size_t count, const char* id, Severity severity, std::string what,
                 const char* advice, bool repairable) {
    if (count != 0) {
      add({id, severity, std::move(what), advice, count, repairable});
    }
  }

private:
  Diagnosis& m_diagnosis;
};

void reportNumbers(const Numbers& numbers, Report& report) {
  report.addSplats(numbers.undrawable, "not-a-number", Severity::Error,
                   splats(numbers.undrawable, "holds", "hold") +
                       " numbers that are none, or infinite: nothing can draw them.",
                   "Repairing removes them.", true);
  report.addSplats(numbers.zeroRotations, "zero-rotations", Severity::Warning,
                   splats(numbers.zeroRotations, "has", "have") +
                       " a rotation of length zero, which some programs fail on.",
                   "Repairing leaves them unrotated.", true);
  report.addSplats(numbers.clamped, "infinite-values", Severity::Warning,
                   fmt::format("{} opacities or scales are infinite, which some programs fail on.",
                               describeCount(numbers.clamped)),
                   "Repairing replaces them by the nearest number that can be drawn.", true);
}

void reportStrays(const Strays& strays, std::size_t count, Report& report) {
  report.addSplats(strays.gigantic.size(), "gigantic-splats", Severity::Error,
                   splats(strays.gigantic.size(), "is", "are") +
                       " more than 10,000 times as large as the scene: viewers stall on them.",
                   "Repairing removes them.", true);
  report.addSplats(strays.huge.size(), "huge-splats", Severity::Warning,
                   splats(strays.huge.size(), "is", "are") +
                       " more than 20 times as large as the dense part of the scene.",
                   "If they are fog and no sky, remove them with --max-scale.", false);
  report.addSplats(strays.far.size(), "far-outliers", Severity::Warning,
                   splats(strays.far.size(), "lies", "lie") +
                       fmt::format(" over 200 scene radii away ({:.2g} % of all): they spoil the "
                                   "bounds and the precision of positions.",
                                   100 * static_cast<double>(strays.far.size()) /
                                       static_cast<double>(std::max<std::size_t>(count, 1))),
                   "Repairing removes them.", true);
}

std::vector<std::uint32_t> faintOf(const GaussianCloud& cloud) {
  std::vector<std::uint32_t> faint;
  for (std::size_t i = 0; i < cloud.count; ++i) {
    if (opacityAt(cloud, i) < kFaintOpacity) {
      faint.push_back(static_cast<std::uint32_t>(i));
    }
  }
  return faint;
}

void reportFaint(const GaussianCloud& cloud, Report& report) {
  const std::size_t faint = faintOf(cloud).size();
  if (static_cast<double>(faint) > kFaintShare * static_cast<double>(cloud.count)) {
    report.add(
        {"near-invisible", Severity::Note,
         splats(faint, "is", "are") +
             fmt::format(" too faint to be drawn ({:.0f} % of all): bytes without a picture.",
                         100 * static_cast<double>(faint) / static_cast<double>(cloud.count)),
         "Remove them with --min-opacity 0.0039; the picture stays.", faint, false});
  }
}

void reportPlace(const Diagnosis& diagnosis, const edit::RobustExtent& extent, Report& report) {
  const double away =
      std::hypot(static_cast<double>(extent.centre[0]), static_cast<double>(extent.centre[1]),
                 static_cast<double>(extent.centre[2]));
  if (extent.radius > 0 && away > kFarFromOrigin * static_cast<double>(extent.radius)) {
    report.add({"far-from-origin", Severity::Warning,
                fmt::format("The scene lies {:.3g} units from the origin and is {:.3g} large: "
                            "single precision blurs its positions.",
                            away, extent.radius),
                fmt::format("Move it to the origin with --translate={:.6g},{:.6g},{:.6g}.",
                            -extent.centre[0], -extent.centre[1], -extent.centre[2]),
                0, false});
  }
  if (diagnosis.overdraw > kMuchOverdraw) {
    report.add(
        {"overdraw", Severity::Warning,
         fmt::format("Seen as a whole, {:.0f} splats lie over each pixel on average: drawing "
                     "will be slow.",
                     diagnosis.overdraw),
         "Remove large or faint splats (--max-scale, --min-opacity).", 0, false});
  }
}

void sortFindings(Diagnosis& diagnosis) {
  std::stable_sort(diagnosis.findings.begin(), diagnosis.findings.end(),
                   [](const Finding& a, const Finding& b) { return a.severity > b.severity; });
}

}  // namespace

const char* severityName(Severity severity) {
  switch (severity) {
    case Severity::Note: return "note";
    case Severity::Warning: return "warning";
    case Severity::Error: return "error";
  }
  return "unknown";
}

bool Diagnosis::hasProblems() const {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& one) { return one.severity != Severity::Note; });
}

bool Diagnosis::isRepairable() const {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& one) { return one.repairable; });
}

Diagnosis diagnoseCloud(std::shared_ptr<const GaussianCloud> cloud, TaskRunner& /*runner*/,
                        const std::stop_token& stop) {
  Diagnosis diagnosis;
  Report report(diagnosis);
  diagnosis.splats = cloud->count;
  diagnosis.shDegree = cloud->shDegree;
  const Numbers numbers = lookAtNumbers(*cloud);
  const GaussianCloud& drawable = numbers.drawable;
  diagnosis.cloud = std::move(cloud);
  diagnosis.bounds = meanBounds(drawable);
  if (drawable.count == 0) {
    report.add({"empty", Severity::Error, "There is no splat that can be drawn.", "", 0, false});
  }
  reportNumbers(numbers, report);
  if (stop.stop_requested()) {
    return diagnosis;
  }
  const edit::RobustExtent extent = edit::robustExtent(drawable);
  reportStrays(straysOf(drawable, extent), drawable.count, report);
  const std::size_t twins = duplicatesOf(drawable).size();
  report.addSplats(twins, "duplicates", Severity::Warning,
                   splats(twins, "is", "are") + " there twice: bytes for nothing, drawn too dense.",
                   "Repairing removes the copies.", true);
  if (stop.stop_requested()) {
    return diagnosis;
  }
  diagnosis.typicalSize = medianSize(drawable);
  diagnosis.overdraw = overdrawOf(drawable, extent.radius);
  reportPlace(diagnosis, extent, report);
  reportFaint(drawable, report);
  if (auto finding = axesFinding(drawable)) {
    report.add(std::move(*finding));
  }
  sortFindings(diagnosis);
  return diagnosis;
}

Result<Diagnosis> diagnoseFile(const std::filesystem::path& path, TaskRunner& runner,
                               Progress& progress, const std::stop_token& stop) {
  formats::ImportOptions options;
  options.keepInvalid = true;
  auto loaded = loadScene(path, runner, progress, stop, options);
  bool cutShort = false;
  if (!loaded && loaded.error().code == ErrorCode::CorruptData) {
    // Perhaps it only ends early: then the complete splats open. Else the first reason stands.
    options.openTruncated = true;
    if (auto part = loadScene(path, runner, progress, stop, options)) {
      loaded = std::move(part);
      cutShort = true;
    }
  }
  if (!loaded) {
    return tl::unexpected<Error>(loaded.error());
  }
  Diagnosis diagnosis = diagnoseCloud(loaded->cloud, runner, stop);
  if (stop.stop_requested()) {
    return fail(ErrorCode::Cancelled, "looking at {} was cancelled", path.string());
  }
  diagnosis.formatId = loaded->formatId;
  diagnosis.fileBytes = loaded->fileBytes;
  diagnosis.levels = loaded->levels;
  if (cutShort) {
    diagnosis.findings.push_back(
        {"truncated", Severity::Error,
         fmt::format("The file ends early: {} complete splats are in it.",
                     describeCount(loaded->cloud->count)),
         "Repairing keeps them. If you can, copy or download the file again.", 0, true});
  }
  for (const std::string& warning : loaded->warnings) {
    diagnosis.findings.push_back({"reader", Severity::Note, warning, "", 0, false});
  }
  sortFindings(diagnosis);
  return diagnosis;
}

GaussianCloud repairCloud(const GaussianCloud& cloud, TaskRunner& /*runner*/,
                          RepairReport& report) {
  GaussianCloud repaired = cloud;
  const SanitiseReport numbers = sanitise(repaired);
  report.adjusted = numbers.clamped + numbers.identityRotations;
  const Strays strays = straysOf(repaired, edit::robustExtent(repaired));
  std::vector<std::uint8_t> goes(repaired.count, 0);
  for (const auto* list : {&strays.far, &strays.gigantic}) {
    for (const std::uint32_t i : *list) {
      goes[i] = 1;
    }
  }
  for (const std::uint32_t i : duplicatesOf(repaired)) {
    goes[i] = 1;
  }
  std::vector<std::uint32_t> kept;
  for (std::size_t i = 0; i < goes.size(); ++i) {
    if (goes[i] == 0) {
      kept.push_back(static_cast<std::uint32_t>(i));
    }
  }
  report.removed = numbers.removed + (repaired.count - kept.size());
  return kept.size() == repaired.count ? repaired : gatherSplats(repaired, kept);
}

Result<RepairedFile> writeRepaired(const Diagnosis& diagnosis, const std::filesystem::path& output,
                                   TaskRunner& runner, Progress& progress,
                                   const std::stop_token& stop) {
  RepairedFile written;
  const GaussianCloud repaired = repairCloud(*diagnosis.cloud, runner, written.report);
  written.splats = repaired.count;
  formats::IoContext context{runner, progress, stop, {}};
  VOLPRESS_CHECK(formats::saveCloud(output, repaired, {}, context));
  written.warnings = std::move(context.warnings);
  return written;
}

std::vector<std::uint32_t> splatsOf(const GaussianCloud& cloud, std::string_view findingId) {
  if (findingId == "duplicates") {
    return duplicatesOf(cloud);
  }
  if (findingId == "near-invisible") {
    return faintOf(cloud);
  }
  Strays strays = straysOf(cloud, edit::robustExtent(cloud));
  return findingId == "far-outliers"      ? std::move(strays.far)
         : findingId == "gigantic-splats" ? std::move(strays.gigantic)
         : findingId == "huge-splats"     ? std::move(strays.huge)
                                          : std::vector<std::uint32_t>();
}

}  // namespace volpress::engine
