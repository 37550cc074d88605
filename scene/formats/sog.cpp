#include "scene/formats/sog.hpp"

#include <algorithm>

#include "scene/base/files.hpp"
#include "scene/formats/axes.hpp"
#include "scene/formats/export_checks.hpp"
#include "scene/formats/sog_files.hpp"
#include "scene/formats/sog_meta.hpp"
#include "scene/formats/zip_archive.hpp"

namespace volpress::formats {
namespace {

constexpr std::string_view kMetaName = "meta.json";
constexpr std::size_t kMaxSplats = std::size_t{1} << 28;  // what one image can hold

// The file's meta.json: at the root, or in a single enclosing folder. Returns that folder's name
// with its slash, or nothing.
Result<std::string> findRoot(const ZipArchive& archive) {
  if (archive.find(kMetaName) != nullptr) {
    return std::string();
  }
  for (const ZipArchive::Entry& entry : archive.entries()) {
    const std::size_t slash = entry.name.find('/');
    if (slash != std::string::npos && entry.name.substr(slash + 1) == kMetaName) {
      return entry.name.substr(0, slash + 1);
    }
  }
  return fail(ErrorCode::NotThisFormat, "the archive of {} entries has no {}: it is no SOG bundle",
              archive.entries().size(), kMetaName);
}

// A cloud in the frame that SOG numbers are in.
GaussianCloud inSogFrame(const GaussianCloud& cloud) {
  GaussianCloud turned = cloud;
  turnAxes(turned,
           cloud.frame == AxisFrame::RightUpBack ? AxisSigns{1, -1, -1} : AxisSigns{-1, -1, 1});
  turned.frame = AxisFrame::RightDownForward;
  return turned;
}

Result<std::vector<NamedBytes>> filesOf(const GaussianCloud& cloud, const ParamSet& params,
                                        IoContext& context) {
  if (cloud.count == 0 || cloud.count > kMaxSplats) {
    return fail(ErrorCode::InvalidParameter, "SOG holds 1 to {} splats, the scene has {}",
                kMaxSplats, cloud.count);
  }
  warnOfDropped(cloud, {3, true}, context);
  SogOptions options;
  options.palette = static_cast<std::size_t>(paramInt(params, "palette"));
  options.iterations = static_cast<unsigned>(paramInt(params, "iterations"));
  options.effort = static_cast<int>(paramInt(params, "effort"));
  return cloud.frame == AxisFrame::RightDownForward
             ? encodeSog(cloud, options, context)
             : encodeSog(inSogFrame(cloud), options, context);
}

// A folder is replaced as a whole, so it may hold nothing but an older SOG.
Result<void> checkReplaceable(const std::filesystem::path& folder) {
  std::error_code error;
  if (folder.empty()) {
    return fail(ErrorCode::InvalidParameter, "a loose SOG needs a folder of its own");
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::filesystem::path name = entry.path().filename();
    if (name != kMetaName && name.extension() != ".webp") {
      return fail(ErrorCode::InvalidParameter,
                  "{} holds \"{}\", which a loose SOG would replace; choose a folder of its own",
                  folder.string(), name.string());
    }
  }
  return {};
}

std::vector<ParamSpec> writeParams() {
  return {{"palette",
           "Colour palette",
           "Number of different view-dependent colours, 0 to choose it from the number of splats: "
           "more keep finer sheen and make the file larger.",
           "",
           "",
           std::int64_t{0},
           ParamRange{0, 65536, 1024, false},
           {},
           false},
          {"iterations",
           "Palette refinement",
           "How often the palette is improved: more fits the colours a little better, takes "
           "longer, and leaves the size as it is.",
           "",
           "",
           std::int64_t{10},
           ParamRange{0, 100, 1, false},
           {},
           true},
          {"effort",
           "Packing effort",
           "How hard the images are packed: higher is slower, and above 3 seldom smaller. The "
           "picture stays the same.",
           "",
           "",
           std::int64_t{3},
           ParamRange{0, 9, 1, false},
           {},
           true}};
}

class SogFormat final : public Format {
public:
  [[nodiscard]] const FormatInfo& info() const override {
    static const FormatInfo kInfo{
        "sog",
        "SOG",
        {".sog"},
        true,
        writeParams(),
        "Positions keep 16 bits, opacities and rotations 8 bits a number, scales and colours 256 "
        "levels; view-dependent colours are chosen from a palette; SH above degree 3, the order "
        "of the splats and extra columns are left out."};
    return kInfo;
  }

  [[nodiscard]] bool recognises(ByteView head, std::string_view name) const override {
    const std::string_view text = viewText(head);
    constexpr std::string_view kZipMagic("PK\x03\x04", 4);
    return text.substr(0, kZipMagic.size()) == kZipMagic &&
           (name.ends_with(".sog") || text.find(kMetaName) != std::string_view::npos ||
            text.substr(0, 256).find(".webp") != std::string_view::npos);
  }

  [[nodiscard]] Result<GaussianCloud> decode(ByteView file, IoContext& context) const override {
    VOLPRESS_TRY(const ZipArchive archive, ZipArchive::open(file));
    VOLPRESS_TRY(const std::string root, findRoot(archive));
    VOLPRESS_TRY(const Bytes meta, archive.read(root + std::string(kMetaName)));
    return decodeSog(
        meta, [&](const std::string& name) { return archive.read(root + name); }, context);
  }

  [[nodiscard]] Result<Bytes> encode(const GaussianCloud& cloud, const ParamSet& params,
                                     IoContext& context) const override {
    VOLPRESS_TRY(const std::vector<NamedBytes> files, filesOf(cloud, params, context));
    return writeStoredZip(files);
  }

  [[nodiscard]] Result<std::vector<ByteShare>> breakdown(ByteView file) const override {
    VOLPRESS_TRY(const ZipArchive archive, ZipArchive::open(file));
    VOLPRESS_TRY(const std::string root, findRoot(archive));
    VOLPRESS_TRY(const Bytes json, archive.read(root + std::string(kMetaName)));
    VOLPRESS_TRY(const SogMeta meta, parseSogMeta(json));
    std::vector<ByteShare> shares{{"positions", 0},     {"scales", 0}, {"rotations", 0},
                                  {"sh0+opacities", 0}, {"shN", 0},    {"header", file.size()}};
    // Attribute of each of SogMeta::files. A file named twice counts once.
    constexpr std::array<std::size_t, 7> kShareOf{0, 0, 1, 2, 3, 4, 4};
    const std::vector<std::string> names = meta.files();
    for (std::size_t i = 0; i < names.size(); ++i) {
      const ZipArchive::Entry* entry = archive.find(root + names[i]);
      if (entry != nullptr &&
          std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]) ==
              names.begin() + static_cast<std::ptrdiff_t>(i)) {
        shares[kShareOf[i]].bytes += entry->packedBytes;
        shares.back().bytes -= entry->packedBytes;
      }
    }
    return shares;
  }
};

}  // namespace

const Format& sogFormat() {
  static const SogFormat kFormat;
  return kFormat;
}

bool isSogMeta(ByteView head) {
  const std::string_view text = viewText(head);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{' &&
         text.find("\"means\"") != std::string_view::npos &&
         text.find("\"files\"") != std::string_view::npos;
}

Result<LooseSog> loadLooseSog(const std::filesystem::path& path, IoContext& context) {
  std::error_code ignored;
  const std::filesystem::path json =
      std::filesystem::is_directory(path, ignored) ? path / kMetaName : path;
  VOLPRESS_TRY(const MappedFile meta, MappedFile::open(json));
  LooseSog loose;
  loose.fileBytes = meta.bytes().size();
  const FileSource source = [&](const std::string& name) -> Result<Bytes> {
    VOLPRESS_TRY(const MappedFile file, MappedFile::open(json.parent_path() / name));
    loose.fileBytes += file.bytes().size();
    return Bytes(file.bytes().begin(), file.bytes().end());
  };
  Result<GaussianCloud> cloud = decodeSog(meta.bytes(), source, context);
  if (!cloud) {
    return withContext(std::move(cloud).error(), json.string());
  }
  loose.cloud = std::move(*cloud);
  return loose;
}

Result<std::uint64_t> saveLooseSog(const std::filesystem::path& path, const GaussianCloud& cloud,
                                   const ParamSet& params, IoContext& context) {
  const bool namesItself = path.filename() == kMetaName || path.filename().empty();
  const std::filesystem::path folder = namesItself ? path.parent_path() : path;
  VOLPRESS_CHECK(checkReplaceable(folder));
  VOLPRESS_TRY(const std::vector<NamedBytes> files, filesOf(cloud, params, context));
  std::uint64_t written = 0;
  const auto fill = [&](const std::filesystem::path& inside) -> Result<void> {
    for (const NamedBytes& file : files) {
      VOLPRESS_CHECK(writeFileAtomically(inside / file.name, file.bytes));
      written += file.bytes.size();
    }
    return {};
  };
  VOLPRESS_CHECK(writeFolderAtomically(folder, fill));
  return written;
}

}  // namespace volpress::formats
