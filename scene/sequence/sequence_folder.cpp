#include "scene/sequence/sequence_folder.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>
#include <system_error>
#include <utility>

#include "scene/formats/format.hpp"
#include "scene/sequence/sequence_file.hpp"

namespace volpress {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFrames = 1'000'000;
constexpr std::size_t kMaxDigits = 18;

struct Numbered {
  std::uint64_t number;
  fs::path path;
};
/// What comes before the number, and what behind it.
using NameSet = std::pair<std::string, std::string>;

/// The number at the end of a name without its extension; false when it has none.
bool splitNumber(const std::string& stem, std::string& prefix, std::uint64_t& number) {
  std::size_t begin = stem.size();
  while (begin > 0 && std::isdigit(static_cast<unsigned char>(stem[begin - 1])) != 0) {
    --begin;
  }
  if (begin == stem.size() || stem.size() - begin > kMaxDigits) {
    return false;
  }
  prefix = stem.substr(0, begin);
  const char* end = stem.data() + stem.size();
  return std::from_chars(stem.data() + begin, end, number).ptr == end;
}

/// Everything from the first dot that a format knows, or nothing.
std::string sceneExtensionOf(const std::string& name) {
  for (std::size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1)) {
    const formats::Format* format = formats::formatForName(name);
    std::string rest = name.substr(dot);
    std::transform(rest.begin(), rest.end(), rest.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (format != nullptr &&
        std::find(format->info().extensions.begin(), format->info().extensions.end(), rest) !=
            format->info().extensions.end()) {
      return name.substr(dot);
    }
  }
  return {};
}

using NameSets = std::map<NameSet, std::vector<Numbered>>;

/// Numbered files by what is around the number; `extension` empty: those of any scene format.
Result<NameSets> numberedFiles(const fs::path& folder, const std::string& extension,
                               std::size_t most) {
  NameSets sets;
  std::error_code code;
  std::size_t seen = 0;
  for (fs::directory_iterator entry(folder, code);
       !code && entry != fs::directory_iterator() && seen < most; entry.increment(code)) {
    const std::string name = entry->path().filename().string();
    const std::string ending =
        !extension.empty() ? (name.ends_with(extension) ? extension : "") : sceneExtensionOf(name);
    std::string prefix;
    std::uint64_t number = 0;
    std::error_code ignored;
    if (!ending.empty() &&
        splitNumber(name.substr(0, name.size() - ending.size()), prefix, number) &&
        entry->is_regular_file(ignored)) {
      sets[{prefix, ending}].push_back({number, entry->path()});
      if (++seen > kMaxFrames) {
        return fail(ErrorCode::CorruptData, "{}: more than the {} frames allowed", folder.string(),
                    kMaxFrames);
      }
    }
  }
  if (code) {
    return fail(ErrorCode::IoFailure, "{}: cannot list: {}", folder.string(), code.message());
  }
  return sets;
}

Result<void> sortByNumber(std::vector<Numbered>& files, const fs::path& folder) {
  std::sort(files.begin(), files.end(), [](const Numbered& a, const Numbered& b) {
    return std::tie(a.number, a.path) < std::tie(b.number, b.path);
  });
  for (std::size_t i = 1; i < files.size(); ++i) {
    if (files[i].number == files[i - 1].number) {
      return fail(ErrorCode::CorruptData, "{}: {} and {} have the same number", folder.string(),
                  files[i - 1].path.filename().string(), files[i].path.filename().string());
    }
  }
  return {};
}

void noteMissing(SequenceFiles& found) {
  const std::uint64_t span = found.numbers.back() - found.numbers.front() + 1;
  if (span == found.numbers.size()) {
    return;
  }
  // A constant stride is a choice; holes in it are not.
  std::uint64_t stride = found.numbers[1] - found.numbers[0];
  for (std::size_t i = 1; i < found.numbers.size(); ++i) {
    stride = std::min(stride, found.numbers[i] - found.numbers[i - 1]);
  }
  const std::uint64_t expected = (span - 1) / stride + 1;
  if (stride != 1) {
    found.warnings.push_back(fmt::format("every {}th number is there", stride));
  }
  if (expected > found.numbers.size()) {
    for (std::size_t i = 1; i < found.numbers.size(); ++i) {
      if (found.numbers[i] - found.numbers[i - 1] > stride) {
        found.warnings.push_back(
            fmt::format("{} numbers are missing, the first after {}; the frames that are there "
                        "follow each other",
                        expected - found.numbers.size(), found.numbers[i - 1]));
        return;
      }
    }
  }
}

Result<std::vector<fs::path>> pathsByNumber(const fs::path& folder, const std::string& prefix,
                                            const std::string& extension) {
  std::vector<fs::path> paths;
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) {
    return paths;
  }
  VOLPRESS_TRY(NameSets sets, numberedFiles(folder, extension, kMaxFrames + 1));
  const auto found = sets.find({prefix, extension});
  if (found != sets.end()) {
    VOLPRESS_CHECK(sortByNumber(found->second, folder));
    for (Numbered& file : found->second) {
      paths.push_back(std::move(file.path));
    }
  }
  return paths;
}

struct Place {
  fs::path frames;
  SequenceLayout layout;
};

Place placeOf(const fs::path& folder) {
  std::error_code ignored;
  if (fs::is_directory(folder / "ckt", ignored)) {
    return {folder / "ckt", SequenceLayout::DualGs};
  }
  if (fs::is_directory(folder / "gaussian_pertimestamp", ignored)) {
    return {folder / "gaussian_pertimestamp", SequenceLayout::Gaussians4d};
  }
  return {folder, SequenceLayout::Numbered};
}

/// The largest set as frames. NotThisFormat when it has fewer than two files.
Result<SequenceFiles> largestSet(NameSets sets, const fs::path& folder) {
  auto best = sets.end();
  bool tie = false;
  std::size_t all = 0;
  for (auto set = sets.begin(); set != sets.end(); ++set) {
    all += set->second.size();
    tie = best != sets.end() && set->second.size() == best->second.size()  ? true
          : best == sets.end() || set->second.size() > best->second.size() ? false
                                                                           : tie;
    best = best == sets.end() || set->second.size() > best->second.size() ? set : best;
  }
  if (best == sets.end() || best->second.size() < 2) {
    return fail(ErrorCode::NotThisFormat,
                "{}: holds no sequence: at least two numbered scene files are needed, such as "
                "frame_00000.ply and frame_00001.ply",
                folder.string());
  }
  if (tie) {
    return fail(ErrorCode::CorruptData,
                "{}: holds several sets of {} numbered files, \"{}*{}\" among them; move all but "
                "one elsewhere",
                folder.string(), best->second.size(), best->first.first, best->first.second);
  }
  VOLPRESS_CHECK(sortByNumber(best->second, folder));
  SequenceFiles found;
  for (Numbered& file : best->second) {
    found.numbers.push_back(file.number);
    found.frames.push_back(std::move(file.path));
  }
  noteMissing(found);
  if (all != found.frames.size()) {
    found.warnings.push_back(
        fmt::format("{} other numbered files are not of the sequence", all - found.frames.size()));
  }
  return found;
}

class FileSource final : public FrameSource {
public:
  explicit FileSource(std::vector<fs::path> frames) : m_frames(std::move(frames)) {}
  [[nodiscard]] std::size_t frameCount() const noexcept override { return m_frames.size(); }
  [[nodiscard]] Result<GaussianCloud> load(std::size_t index, TaskRunner& runner,
                                           const std::stop_token& stop) const override {
    Progress unseen;
    formats::IoContext context{runner, unseen, stop, {}};
    VOLPRESS_TRY(formats::LoadedCloud loaded, formats::loadCloud(m_frames[index], context));
    return std::move(loaded.cloud);
  }

private:
  std::vector<fs::path> m_frames;
};

}  // namespace

const char* layoutWords(SequenceLayout layout) {
  switch (layout) {
    case SequenceLayout::Numbered: return "numbered files";
    case SequenceLayout::DualGs: return "DualGS run";
    case SequenceLayout::Gaussians4d: return "4DGaussians export";
    case SequenceLayout::OneFile: return "one file";
  }
  return "unknown";
}

bool looksLikeSequence(const fs::path& folder) {
  std::error_code ignored;
  if (isSequenceFileName(folder) && fs::is_regular_file(folder, ignored)) {
    return true;
  }
  if (!fs::is_directory(folder, ignored) || fs::is_regular_file(folder / "meta.json", ignored) ||
      fs::is_regular_file(folder / "lod-meta.json", ignored)) {
    return false;
  }
  constexpr std::size_t kEnough = 64;
  const auto sets = numberedFiles(placeOf(folder).frames, {}, kEnough);
  return sets && std::any_of(sets->begin(), sets->end(),
                             [](const auto& set) { return set.second.size() >= 2; });
}

Result<SequenceFiles> findSequence(const fs::path& folder) {
  std::error_code code;
  if (!fs::is_directory(folder, code)) {
    return fail(ErrorCode::NotThisFormat, "{}: is no folder of numbered frames", folder.string());
  }
  const Place place = placeOf(folder);
  VOLPRESS_TRY(NameSets sets, numberedFiles(place.frames, {}, kMaxFrames + 1));
  VOLPRESS_TRY(SequenceFiles found, largestSet(std::move(sets), place.frames));
  found.layout = place.layout;
  const formats::Format* format = formats::formatForName(found.frames.front().filename().string());
  found.formatId = format != nullptr ? format->info().id : "";
  if (place.layout == SequenceLayout::DualGs) {
    VOLPRESS_TRY(found.joints, pathsByNumber(folder / "track" / "ckt", "point_cloud_", ".ply"));
    VOLPRESS_TRY(found.jointMatrices, pathsByNumber(folder / "joint_opt", "joint_RT_", ".npz"));
  }
  return found;
}

Result<SequenceFiles> findNumberedFiles(const fs::path& folder,
                                        std::span<const char* const> endings) {
  NameSets sets;
  for (const char* ending : endings) {
    VOLPRESS_TRY(NameSets some, numberedFiles(folder, ending, kMaxFrames + 1));
    sets.merge(some);
  }
  return largestSet(std::move(sets), folder);
}

std::shared_ptr<const FrameSource> makeFileSource(std::vector<fs::path> frames) {
  return std::make_shared<FileSource>(std::move(frames));
}

std::string frameName(std::size_t index, const std::string& extension) {
  return fmt::format("frame_{:05}{}", index, extension);
}

}  // namespace volpress
