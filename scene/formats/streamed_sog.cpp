#include "scene/formats/streamed_sog.hpp"

#include <algorithm>
#include <map>

#include "scene/base/files.hpp"
#include "scene/edit/simplify.hpp"
#include "scene/formats/axes.hpp"
#include "scene/formats/export_checks.hpp"
#include "scene/formats/lod_build.hpp"
#include "scene/formats/sog.hpp"
#include "scene/formats/sog_files.hpp"
#include "scene/formats/zip_archive.hpp"

namespace volpress::formats {
namespace {

constexpr std::string_view kMetaName = "lod-meta.json";
constexpr std::string_view kZipMagic("PK\x03\x04", 4);
constexpr std::size_t kMostSplats = std::size_t{1} << 30;

// ---- reading ----

/// The scene of one unit, whose files lie beside its meta.json.
Result<GaussianCloud> loadUnit(const std::string& name, const FileSource& source,
                               IoContext& context) {
  VOLPRESS_TRY(const Bytes meta, source(name));
  const std::string folder = name.substr(0, name.rfind('/') + 1);
  Progress own;  // the whole reports by units
  IoContext inner{context.runner, own, context.stop, {}};
  inner.options = context.options;
  auto cloud = decodeSog(
      meta, [&](const std::string& file) { return source(folder + file); }, inner);
  if (!cloud) {
    return withContext(std::move(cloud).error(), name);
  }
  for (const std::string& warning : inner.warnings) {
    context.warnings.push_back(fmt::format("{}: {}", name, warning));
  }
  return cloud;
}

void appendSplats(GaussianCloud& to, GaussianCloud part) {
  if (to.count == 0) {
    to = std::move(part);
    return;
  }
  if (part.shDegree != to.shDegree) {
    const unsigned degree = std::max(part.shDegree, to.shDegree);
    part = withShDegree(part, degree);
    to = withShDegree(to, degree);
  }
  to.count += part.count;
  const auto append = [](FloatArray& all, const FloatArray& more) {
    all.insert(all.end(), more.begin(), more.end());
  };
  append(to.means, part.means);
  append(to.logScales, part.logScales);
  append(to.rotations, part.rotations);
  append(to.opacityLogits, part.opacityLogits);
  append(to.shDc, part.shDc);
  append(to.shRest, part.shRest);
}

Result<GaussianCloud> pickRows(const GaussianCloud& unit, const std::string& name,
                               const std::vector<LodRange>& ranges) {
  std::vector<std::uint32_t> rows;
  std::uint64_t total = 0;
  for (const LodRange& range : ranges) {
    total += range.count;
    if (range.offset + range.count > unit.count || total > unit.count) {
      return fail(ErrorCode::CorruptData,
                  "{} has {} splats, but lod-meta.json takes {} from number {} on ({} in all)",
                  name, unit.count, range.count, range.offset, total);
    }
    for (std::uint64_t i = 0; i < range.count; ++i) {
      rows.push_back(static_cast<std::uint32_t>(range.offset + i));
    }
  }
  return gatherSplats(unit, rows);
}

Result<GaussianCloud> loadLevel(ByteView metaJson, const FileSource& source, IoContext& context) {
  VOLPRESS_TRY(const LodMeta meta, parseLodMeta(metaJson));
  context.levels = meta.levels;
  if (context.options.level >= meta.levels) {
    return fail(ErrorCode::InvalidParameter,
                "level {} is asked for, but the scene has levels 0 (finest) to {}",
                context.options.level, meta.levels - 1);
  }
  std::map<std::uint32_t, std::vector<LodRange>> wanted;
  for (const LodNode& node : meta.nodes) {
    if (const LodRange* range = rangeAt(node, context.options.level)) {
      wanted[range->file].push_back(*range);
    }
  }
  GaussianCloud whole;
  const std::size_t files = wanted.size() + (meta.environment.empty() ? 0 : 1);
  std::size_t done = 0;
  const auto add = [&](GaussianCloud part) {
    appendSplats(whole, std::move(part));
    context.progress.report(static_cast<double>(++done) / static_cast<double>(files));
  };
  for (auto& [file, ranges] : wanted) {
    VOLPRESS_TRY(const GaussianCloud unit, loadUnit(meta.files[file], source, context));
    // Rows that reading left out as undrawable would shift the others: they are few, and named.
    std::sort(ranges.begin(), ranges.end(),
              [](const LodRange& a, const LodRange& b) { return a.offset < b.offset; });
    VOLPRESS_TRY(GaussianCloud rows, pickRows(unit, meta.files[file], ranges));
    add(std::move(rows));
  }
  if (!meta.environment.empty()) {
    VOLPRESS_TRY(GaussianCloud around, loadUnit(meta.environment, source, context));
    add(std::move(around));
  }
  return whole;
}

/// The name of lod-meta.json in an archive: at the root, or in a single enclosing folder.
Result<std::string> findMeta(const ZipArchive& archive) {
  for (const ZipArchive::Entry& entry : archive.entries()) {
    const std::size_t slash = entry.name.find('/');
    if (entry.name == kMetaName ||
        (slash != std::string::npos && entry.name.substr(slash + 1) == kMetaName)) {
      return entry.name;
    }
  }
  return fail(ErrorCode::NotThisFormat, "the archive of {} entries has no {}: no streamed SOG",
              archive.entries().size(), kMetaName);
}

// ---- writing ----

std::vector<ParamSpec> writeParams() {
  std::vector<ParamSpec> params{
      {"levels",
       "Levels of detail",
       "Each level has half the splats of the one before: more let viewers start sooner and stay "
       "fluent from afar, and make the whole about twice the size of one level at most.",
       "",
       "",
       std::int64_t{4},
       ParamRange{1, 12, 1, false},
       {},
       false},
      {"unit_splats",
       "Splats in a unit",
       "How many splats one file holds: fewer let a viewer fetch just what it sees, in more files.",
       "",
       "",
       std::int64_t{524288},
       ParamRange{256, 16777216, 1024, true},
       {},
       true}};
  for (const ParamSpec& spec : sogFormat().info().writeParams) {
    params.push_back(spec);
  }
  return params;
}

/// The scene and its coarser versions, in the frame of SOG numbers.
Result<std::vector<GaussianCloud>> makeLevels(const GaussianCloud& cloud, std::size_t count,
                                              IoContext& context) {
  std::vector<GaussianCloud> levels{cloud};
  levels[0].extras.clear();
  turnAxes(levels[0], axisSigns(cloud.frame));
  levels[0].frame = AxisFrame::RightDownForward;
  for (std::size_t level = 1; level < count && levels.back().count > 1; ++level) {
    Progress own;
    VOLPRESS_TRY(GaussianCloud coarser,
                 edit::simplifyCloud(levels.back(), (levels.back().count + 1) / 2, context.runner,
                                     own, context.stop));
    context.progress.report(0.4 * static_cast<double>(level) / static_cast<double>(count));
    levels.push_back(std::move(coarser));
  }
  return levels;
}

/// lod-meta.json first: those who read the beginning of an archive see what it is.
Result<void> writeFiles(const GaussianCloud& cloud, const ParamSet& params, IoContext& context,
                        const std::function<Result<void>(NamedBytes file)>& sink) {
  if (cloud.count == 0 || cloud.count > kMostSplats) {
    return fail(ErrorCode::InvalidParameter,
                "a streamed SOG holds 1 to {} splats, the scene has {}", kMostSplats, cloud.count);
  }
  warnOfDropped(cloud, {3, true}, context);
  VOLPRESS_TRY(const std::vector<GaussianCloud> levels,
               makeLevels(cloud, static_cast<std::size_t>(paramInt(params, "levels")), context));
  const LodPlan plan =
      planLod(levels, static_cast<std::size_t>(paramInt(params, "unit_splats")), context.runner);
  const std::string json = formatLodMeta(plan.meta);
  const ByteView jsonBytes = viewBytes(json);
  VOLPRESS_CHECK(sink({std::string(kMetaName), Bytes(jsonBytes.begin(), jsonBytes.end())}));
  SogOptions options;
  options.palette = static_cast<std::size_t>(paramInt(params, "palette"));
  options.iterations = static_cast<unsigned>(paramInt(params, "iterations"));
  options.effort = static_cast<int>(paramInt(params, "effort"));
  options.keepsOrder = true;
  for (std::size_t u = 0; u < plan.units.size(); ++u) {
    const LodUnit& unit = plan.units[u];
    Progress own;
    IoContext inner{context.runner, own, context.stop, {}};
    VOLPRESS_TRY(std::vector<NamedBytes> files,
                 encodeSog(gatherSplats(levels[unit.level], unit.splats), options, inner));
    const std::string& meta = plan.meta.files[u];
    for (NamedBytes& file : files) {
      file.name = meta.substr(0, meta.rfind('/') + 1) + file.name;
      VOLPRESS_CHECK(sink(std::move(file)));
    }
    context.progress.report(0.4 + 0.6 * static_cast<double>(u + 1) /
                                      static_cast<double>(plan.units.size()));
  }
  return {};
}

/// A folder is replaced as a whole, so it may hold nothing but an older streamed SOG.
Result<void> checkReplaceable(const std::filesystem::path& folder) {
  if (folder.empty()) {
    return fail(ErrorCode::InvalidParameter, "a streamed SOG needs a folder of its own");
  }
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, error)) {
    const std::filesystem::path name = entry.path().filename();
    if (!entry.is_directory(error) && name != kMetaName && name != "meta.json" &&
        name.extension() != ".webp") {
      return fail(ErrorCode::InvalidParameter,
                  "{} holds \"{}\", which a streamed SOG would replace; choose a folder of its own",
                  folder.string(), name.string());
    }
  }
  return {};
}

class StreamedSogFormat final : public Format {
public:
  [[nodiscard]] const FormatInfo& info() const override {
    static const FormatInfo kInfo{
        "streamed-sog",
        "Streamed SOG",
        {std::string(kMetaName), ".ssog"},
        true,
        writeParams(),
        "What SOG loses, at every level; coarser levels are merged splats."};
    return kInfo;
  }

  [[nodiscard]] bool recognises(ByteView head, std::string_view name) const override {
    const std::string_view text = viewText(head);
    return isLodMeta(head, name) ||
           (text.starts_with(kZipMagic) &&
            (name.ends_with(".ssog") || text.find(kMetaName) != std::string_view::npos));
  }

  [[nodiscard]] Result<GaussianCloud> decode(ByteView file, IoContext& context) const override {
    return decodeBeside(
        file,
        [](const std::string& name) -> Result<Bytes> {
          return fail(ErrorCode::IoFailure,
                      "the scene's splats lie in \"{}\", which is not at hand", name);
        },
        context);
  }

  [[nodiscard]] Result<GaussianCloud> decodeBeside(ByteView file, const FileSource& beside,
                                                   IoContext& context) const override {
    if (!viewText(file).starts_with(kZipMagic)) {
      return loadLevel(file, beside, context);
    }
    VOLPRESS_TRY(const ZipArchive archive, ZipArchive::open(file));
    VOLPRESS_TRY(const std::string meta, findMeta(archive));
    VOLPRESS_TRY(const Bytes json, archive.read(meta));
    const std::string root = meta.substr(0, meta.size() - kMetaName.size());
    return loadLevel(
        json, [&](const std::string& name) { return archive.read(root + name); }, context);
  }

  [[nodiscard]] Result<Bytes> encode(const GaussianCloud& cloud, const ParamSet& params,
                                     IoContext& context) const override {
    std::vector<NamedBytes> files;
    VOLPRESS_CHECK(writeFiles(cloud, params, context, [&](NamedBytes file) -> Result<void> {
      files.push_back(std::move(file));
      return {};
    }));
    return writeStoredZip(files);
  }

  [[nodiscard]] Result<std::vector<ByteShare>> breakdown(ByteView file) const override {
    std::vector<ByteShare> shares{{"positions", 0},     {"scales", 0}, {"rotations", 0},
                                  {"sh0+opacities", 0}, {"shN", 0},    {"header", file.size()}};
    if (!viewText(file).starts_with(kZipMagic)) {
      return shares;
    }
    VOLPRESS_TRY(const ZipArchive archive, ZipArchive::open(file));
    constexpr std::array<std::string_view, 5> kPrefixes{"means_", "scales.", "quats.", "sh0.",
                                                        "shN_"};
    for (const ZipArchive::Entry& entry : archive.entries()) {
      const std::string_view name = std::string_view(entry.name).substr(entry.name.rfind('/') + 1);
      for (std::size_t share = 0; share < kPrefixes.size(); ++share) {
        if (name.starts_with(kPrefixes[share])) {
          shares[share].bytes += entry.packedBytes;
          shares.back().bytes -= entry.packedBytes;
        }
      }
    }
    return shares;
  }
};

}  // namespace

const Format& streamedSogFormat() {
  static const StreamedSogFormat kFormat;
  return kFormat;
}

bool isLodMeta(ByteView head, std::string_view name) {
  const std::string_view text = viewText(head);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{' &&
         (name == kMetaName || text.find("\"lodLevels\"") != std::string_view::npos);
}

Result<std::uint64_t> saveStreamedSog(const std::filesystem::path& path, const GaussianCloud& cloud,
                                      const ParamSet& params, IoContext& context) {
  const std::filesystem::path folder = path.parent_path();
  VOLPRESS_CHECK(checkReplaceable(folder));
  std::uint64_t written = 0;
  VOLPRESS_CHECK(
      writeFolderAtomically(folder, [&](const std::filesystem::path& inside) -> Result<void> {
        return writeFiles(cloud, params, context, [&](const NamedBytes& file) -> Result<void> {
          std::error_code error;
          std::filesystem::create_directories((inside / file.name).parent_path(), error);
          written += file.bytes.size();
          return writeFileAtomically(inside / file.name, file.bytes);
        });
      }));
  return written;
}

}  // namespace volpress::formats
