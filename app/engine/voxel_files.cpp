#include "app/engine/voxel_files.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <map>
#include <mutex>
#include <numbers>
#include <optional>
#include <utility>

#include "app/engine/view_sets.hpp"
#include "scene/base/files.hpp"
#include "scene/formats/fourier_npz.hpp"
#include "scene/formats/grid_delta.hpp"
#include "scene/formats/posed_images_reader.hpp"
#include "scene/formats/voxel_npz.hpp"

namespace volpress::engine {
namespace {

namespace fs = std::filesystem;
using compressors::ClipFile;
using compressors::VoxelSource;

constexpr std::size_t kMostFrames = 1'000'000;
constexpr float kField = 45 * std::numbers::pi_v<float> / 180;

/// The number at the end of a name, or nothing.
std::optional<std::uint64_t> numberAtEnd(const std::string& name) {
  std::size_t begin = name.size();
  while (begin > 0 && std::isdigit(static_cast<unsigned char>(name[begin - 1])) != 0) {
    --begin;
  }
  std::uint64_t number = 0;
  const char* end = name.data() + name.size();
  const bool fits =
      begin < name.size() && std::from_chars(name.data() + begin, end, number).ec == std::errc{};
  return fits ? std::optional(number) : std::nullopt;
}

/// Files of a folder by their number. CorruptData for two with the same one.
Result<std::vector<fs::path>> numberedFields(const fs::path& folder) {
  std::map<std::uint64_t, fs::path> found;
  std::error_code code;
  for (fs::directory_iterator entry(folder, code); !code && entry != fs::directory_iterator();
       entry.increment(code)) {
    const fs::path& path = entry->path();
    std::error_code ignored;
    const bool isFile = path.extension() == ".npz" && entry->is_regular_file(ignored);
    const fs::path tree = path / "octrees" / "tree.npz";
    const bool isFolder = !isFile && entry->is_directory(ignored) && fs::exists(tree, ignored);
    const auto number = numberAtEnd(isFile ? path.stem().string() : path.filename().string());
    if (!number || (!isFile && !isFolder)) {
      continue;
    }
    if (!found.emplace(*number, isFile ? path : tree).second) {
      return fail(ErrorCode::CorruptData, "{}: two fields have the number {}", folder.string(),
                  *number);
    }
    if (found.size() > kMostFrames) {
      return fail(ErrorCode::CorruptData, "{}: more than the {} frames allowed", folder.string(),
                  kMostFrames);
    }
  }
  std::vector<fs::path> paths;
  for (auto& [number, path] : found) {
    paths.push_back(std::move(path));
  }
  return paths;
}

Result<VoxelField> readField(const fs::path& path, std::vector<std::string>& warnings) {
  VOLPRESS_TRY(const MappedFile file, MappedFile::open(path));
  auto field = formats::readVoxelFile(file.bytes(), warnings);
  if (!field) {
    return withContext(std::move(field).error(), path.string());
  }
  return field;
}

class FolderSource final : public VoxelSource {
public:
  explicit FolderSource(std::vector<fs::path> paths) : m_paths(std::move(paths)) {}
  [[nodiscard]] std::size_t frameCount() const noexcept override { return m_paths.size(); }
  [[nodiscard]] Result<VoxelField> load(std::size_t index, TaskRunner& /*runner*/,
                                        const std::stop_token& /*stop*/) const override {
    std::vector<std::string> warnings;
    return readField(m_paths.at(index), warnings);
  }

private:
  std::vector<fs::path> m_paths;
};

/// A first grid, then StreamRF's differences.
class DeltaSource final : public VoxelSource {
public:
  explicit DeltaSource(std::vector<fs::path> paths) : m_paths(std::move(paths)) {}
  [[nodiscard]] std::size_t frameCount() const noexcept override { return m_paths.size(); }
  [[nodiscard]] Result<VoxelField> load(std::size_t index, TaskRunner& /*runner*/,
                                        const std::stop_token& stop) const override {
    const std::lock_guard lock(m_mutex);
    if (!m_grid || index < m_at) {
      auto first = readFirst();
      if (!first) {
        return tl::unexpected<Error>(std::move(first).error());
      }
      m_grid = std::move(*first);
      m_at = 0;
    }
    for (; m_at < index; ++m_at) {
      if (stop.stop_requested()) {
        return fail(ErrorCode::Cancelled, "cancelled while applying differences");
      }
      const fs::path& path = m_paths.at(m_at + 1);
      VOLPRESS_TRY(const MappedFile file, MappedFile::open(path));
      auto next = [&]() -> Result<VoxelGrid> {
        VOLPRESS_TRY(const formats::GridDelta delta, formats::readDelta(file.bytes()));
        return formats::applyDelta(*m_grid, delta);
      }();
      if (!next) {
        return withContext(std::move(next).error(), path.string());
      }
      m_grid = std::move(*next);
    }
    return VoxelField(*m_grid);
  }

private:
  [[nodiscard]] Result<VoxelGrid> readFirst() const {
    std::vector<std::string> warnings;
    auto field = readField(m_paths.front(), warnings);
    if (!field) {
      return tl::unexpected<Error>(std::move(field).error());
    }
    auto* grid = std::get_if<VoxelGrid>(&*field);
    if (grid == nullptr) {
      return fail(ErrorCode::CorruptData, "{}: differences follow grids, not octrees",
                  m_paths.front().string());
    }
    return std::move(*grid);
  }

  std::vector<fs::path> m_paths;
  mutable std::mutex m_mutex;
  mutable std::optional<VoxelGrid> m_grid;  ///< frame m_at
  mutable std::size_t m_at = 0;
};

/// Frames of a Fourier PlenOctree as FPO++ saves it.
class FourierSource final : public VoxelSource {
public:
  explicit FourierSource(FourierTree tree) : m_tree(std::move(tree)) {}
  [[nodiscard]] std::size_t frameCount() const noexcept override { return m_tree.frames; }
  [[nodiscard]] Result<VoxelField> load(std::size_t index, TaskRunner& /*runner*/,
                                        const std::stop_token& /*stop*/) const override {
    return VoxelField(frameOf(m_tree, static_cast<double>(index)));
  }

private:
  FourierTree m_tree;
};

/// Frames of a clip; those of the segment asked for last come one after the other.
class EncodedSource final : public VoxelSource {
public:
  static Result<std::unique_ptr<VoxelSource>> open(const fs::path& path) {
    VOLPRESS_TRY(MappedFile file, MappedFile::open(path));
    auto clip = ClipFile::open(file.bytes());
    if (!clip) {
      return withContext(std::move(clip).error(), path.string());
    }
    const compressors::VoxelSequenceCodec* codec = compressors::voxelCodecForClip(clip->info());
    if (codec == nullptr) {
      return fail(ErrorCode::UnsupportedVersion, "{}: its codec \"{}\" is not known", path.string(),
                  clip->info().codec);
    }
    auto decoder = codec->open(clip->info().codecInit);
    if (!decoder) {
      return withContext(std::move(decoder).error(), path.string());
    }
    return std::unique_ptr<VoxelSource>(
        new EncodedSource(path, std::move(file), std::move(*clip), std::move(*decoder)));
  }

  [[nodiscard]] std::size_t frameCount() const noexcept override {
    return m_clip.info().frameCount;
  }

  [[nodiscard]] Result<VoxelField> load(std::size_t index, TaskRunner& runner,
                                        const std::stop_token& stop) const override {
    const std::lock_guard lock(m_mutex);
    auto field = advance(index, runner, stop);
    if (!field) {
      m_frames.reset();
      return withContext(std::move(field).error(), m_path.string());
    }
    return field;
  }

private:
  EncodedSource(fs::path path, MappedFile file, ClipFile clip,
                std::unique_ptr<compressors::VoxelDecoder> decoder)
      : m_path(std::move(path)),
        m_file(std::move(file)),
        m_clip(std::move(clip)),
        m_decoder(std::move(decoder)) {}

  Result<VoxelField> advance(std::size_t index, TaskRunner& runner,
                             const std::stop_token& stop) const {
    Progress unseen;
    compressors::RunContext context{runner, unseen, stop};
    const auto& entries = m_clip.entries();
    const auto entry = std::find_if(entries.begin(), entries.end(), [index](const auto& listed) {
      return index >= listed.firstFrame && index - listed.firstFrame < listed.frameCount;
    });
    if (entry == entries.end()) {
      return fail(ErrorCode::InvalidParameter, "frame {} is not in the clip", index);
    }
    const auto place = static_cast<std::size_t>(entry - entries.begin());
    if (!m_frames || m_entry != place || index < m_next) {
      VOLPRESS_TRY(m_layers, m_clip.layers(place));
      VOLPRESS_TRY(m_frames, m_decoder->openSegment(entry->frameCount, m_layers, context));
      m_entry = place;
      m_next = entry->firstFrame;
    }
    for (; m_next < index; ++m_next) {
      VOLPRESS_CHECK(m_frames->next(context));
    }
    ++m_next;
    return m_frames->next(context);
  }

  fs::path m_path;
  MappedFile m_file;
  ClipFile m_clip;
  std::unique_ptr<compressors::VoxelDecoder> m_decoder;
  mutable std::mutex m_mutex;
  mutable std::vector<ByteView> m_layers;
  mutable std::unique_ptr<compressors::VoxelFrames> m_frames;
  mutable std::size_t m_entry = 0, m_next = 0;
};

bool isFourier(const fs::path& path) {
  const auto file = MappedFile::open(path);
  return file && formats::isFourierFile(file->bytes());
}

bool isField(const fs::path& path) {
  const auto file = MappedFile::open(path);
  return file && formats::isVoxelFile(file->bytes());
}

Camera around(const OccupiedBall& ball, const std::array<float, 3>& from, std::size_t width,
              std::size_t height) {
  const float narrow =
      width < height
          ? std::atan(std::tan(kField / 2) * static_cast<float>(width) / static_cast<float>(height))
          : kField / 2;
  const float distance = ball.radius / std::sin(narrow);
  std::array<float, 3> eye{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    eye[axis] = ball.centre[axis] + distance * from[axis];
  }
  Camera camera = lookAt(eye, ball.centre, {0, 0, -1}, kField, width, height);
  camera.nearPlane = 0;
  return camera;
}

}  // namespace

bool isVoxelClip(const fs::path& path) {
  const auto file = MappedFile::open(path);
  if (!file ||
      !compressors::isClip(file->bytes().first(std::min<std::size_t>(file->bytes().size(), 64)))) {
    return false;
  }
  const auto clip = ClipFile::open(file->bytes());
  return clip && compressors::voxelCodecForClip(clip->info()) != nullptr;
}

bool isVoxelSequence(const fs::path& path) {
  std::error_code code;
  if (!fs::is_directory(path, code)) {
    return isVoxelClip(path) || isFourier(path);
  }
  const auto found = numberedFields(path);
  return found && !found->empty() && isField(found->front());
}

bool isVoxelScene(const fs::path& path) { return isField(path) || isVoxelSequence(path); }

Result<std::unique_ptr<VoxelSource>> openVoxelSource(const fs::path& path) {
  std::error_code code;
  if (fs::is_directory(path, code)) {
    VOLPRESS_TRY(std::vector<fs::path> paths, numberedFields(path));
    if (paths.empty()) {
      return fail(ErrorCode::NotThisFormat, "{}: holds no numbered .npz", path.string());
    }
    VOLPRESS_TRY(const MappedFile second, MappedFile::open(paths.at(paths.size() > 1 ? 1 : 0)));
    if (formats::isDeltaFile(second.bytes())) {
      return std::make_unique<DeltaSource>(std::move(paths));
    }
    return std::make_unique<FolderSource>(std::move(paths));
  }
  if (isVoxelClip(path)) {
    return EncodedSource::open(path);
  }
  if (isFourier(path)) {
    VOLPRESS_TRY(const MappedFile file, MappedFile::open(path));
    auto tree = formats::readFourierFile(file.bytes());
    if (!tree) {
      return withContext(std::move(tree).error(), path.string());
    }
    return std::make_unique<FourierSource>(std::move(*tree));
  }
  return std::make_unique<FolderSource>(std::vector<fs::path>{path});
}

Result<std::uint64_t> voxelFileBytes(const fs::path& path) {
  std::error_code code;
  std::vector<fs::path> paths{path};
  if (fs::is_directory(path, code)) {
    VOLPRESS_TRY(paths, numberedFields(path));
  }
  std::uint64_t sum = 0;
  for (const fs::path& file : paths) {
    const auto bytes = fs::file_size(file, code);
    sum += code ? 0 : bytes;
  }
  return sum;
}

Result<LoadedVoxels> loadVoxels(const fs::path& path, std::size_t frame, TaskRunner& runner,
                                const std::stop_token& stop) {
  LoadedVoxels loaded;
  std::error_code code;
  const bool isFolder = fs::is_directory(path, code);
  loaded.formatId = !isFolder && isVoxelClip(path) ? "dgsv" : "npz";
  VOLPRESS_TRY(loaded.fileBytes, voxelFileBytes(path));
  if (!isFolder && loaded.formatId == "npz" && !isFourier(path)) {
    VOLPRESS_TRY(VoxelField field, readField(path, loaded.warnings));
    loaded.field = std::make_shared<const VoxelField>(std::move(field));
    return loaded;
  }
  VOLPRESS_TRY(const auto source, openVoxelSource(path));
  loaded.frameCount = source->frameCount();
  if (frame >= loaded.frameCount) {
    return fail(ErrorCode::InvalidParameter, "frame {} of a sequence with frames 0 to {}", frame,
                loaded.frameCount - 1);
  }
  VOLPRESS_TRY(VoxelField field, source->load(frame, runner, stop));
  loaded.field = std::make_shared<const VoxelField>(std::move(field));
  return loaded;
}

std::string voxelWords(const VoxelField& field) {
  if (const auto* grid = std::get_if<VoxelGrid>(&field)) {
    return fmt::format(
        "svox2 grid of {} x {} x {} vertices, {:.2f} % of them set", grid->resolution[0],
        grid->resolution[1], grid->resolution[2],
        100 * static_cast<double>(grid->mask.count()) / static_cast<double>(grid->vertexCount()));
  }
  const auto& tree = std::get<VoxelTree>(field);
  return fmt::format("PlenOctree of {} nodes, up to {} leaves an axis", tree.shape.nodes(),
                     std::size_t{2} << tree.shape.depthLimit);
}

std::string_view voxelUnit(const VoxelField& field) {
  return std::holds_alternative<VoxelGrid>(field) ? "vertices" : "leaves";
}

Result<ViewSet> makeVoxelViews(std::string_view spec, const VoxelField& field, std::size_t side) {
  constexpr std::size_t kDefaultViews = 8, kMostViews = 1024;
  VOLPRESS_TRY(const auto asked,
               viewCountAfter(spec == "auto" ? "orbit" : spec, "orbit", kDefaultViews, kMostViews));
  if (!asked) {
    VOLPRESS_TRY(const PosedImages posed, formats::readPosedImages(std::string(spec)));
    ViewSet set{posed.origin, {}};
    for (const PosedImage& image : posed.images) {
      View view{image.name, image.camera, image.heldOut};
      const std::size_t longest = std::max(view.camera.width, view.camera.height);
      if (side != 0 && longest > side) {
        view.camera =
            resized(view.camera, std::max<std::size_t>(1, view.camera.width * side / longest),
                    std::max<std::size_t>(1, view.camera.height * side / longest));
      }
      set.views.push_back(std::move(view));
    }
    return set;
  }
  const std::size_t count = *asked;
  ViewSet set{fmt::format("orbit:{}", count), {}};
  const OccupiedBall ball = occupiedBall(field);
  const float golden = std::numbers::pi_v<float> * (3 - std::sqrt(5.0F));
  for (std::size_t i = 0; i < count; ++i) {
    // The upper two thirds: from below, floors hide everything.
    const float z = 0.95F - 1.3F * (static_cast<float>(i) + 0.5F) / static_cast<float>(count);
    const float ring = std::sqrt(1 - z * z);
    const float angle = golden * static_cast<float>(i);
    const std::size_t pixels = side == 0 ? kVoxelMeasureSide : side;
    set.views.push_back(
        {fmt::format("orbit-{:03}", i),
         around(ball, {ring * std::cos(angle), ring * std::sin(angle), z}, pixels, pixels), false});
  }
  return set;
}

Camera voxelHomeCamera(const VoxelField& field, std::size_t width, std::size_t height) {
  constexpr float kAside = -62 * std::numbers::pi_v<float> / 180;
  constexpr float kAbove = 28 * std::numbers::pi_v<float> / 180;
  return around(
      occupiedBall(field),
      {std::cos(kAside) * std::cos(kAbove), std::sin(kAside) * std::cos(kAbove), std::sin(kAbove)},
      width, height);
}

}  // namespace volpress::engine
