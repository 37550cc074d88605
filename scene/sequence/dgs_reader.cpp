#include <algorithm>
#include <cmath>
#include <cstring>
#include <mutex>
#include <optional>
#include <vector>

#include "scene/base/files.hpp"
#include "scene/formats/activations.hpp"
#include "scene/formats/json_input.hpp"
#include "scene/formats/ply_header.hpp"
#include "scene/formats/zip_archive.hpp"
#include "scene/sequence/dgs_file.hpp"
#include "scene/sequence/dgs_layout.hpp"

namespace volpress {
namespace {

namespace fs = std::filesystem;
using namespace dgs;  // the layout that reader and writer share

constexpr std::uint64_t kMostFrames = 1'000'000;
constexpr std::uint64_t kMostSplats = 8'000'000;
constexpr std::size_t kMostJsonBytes = std::size_t{1} << 20;

struct Layout {
  std::size_t frames = 0, blockFrames = 0;
  double framesPerSecond = 30;
  std::string dataPath;
};

Result<Layout> readLayout(ByteView bytes) {
  VOLPRESS_TRY(const nlohmann::json json,
               formats::parseJsonObject(bytes, ".dgs", kMostJsonBytes, 8));
  const auto number = [&](const char* key, std::uint64_t low,
                          std::uint64_t high) -> Result<std::uint64_t> {
    const nlohmann::json* member = formats::findMember(json, key);
    if (member == nullptr) {
      return fail(ErrorCode::CorruptData, "\"{}\" is missing", key);
    }
    return formats::wholeNumber(*member, key, low, high);
  };
  Layout layout;
  VOLPRESS_TRY(layout.frames, number("frame_count", 1, kMostFrames));
  VOLPRESS_TRY(layout.blockFrames, number("block_size", 1, kMostBlockFrames));
  if (const nlohmann::json* rate = formats::findMember(json, "fps")) {
    if (!rate->is_number() || !(rate->get<double>() > 0) || rate->get<double>() > 1000) {
      return fail(ErrorCode::CorruptData, "\"fps\" is not between 0 and 1000");
    }
    layout.framesPerSecond = rate->get<double>();
  }
  const nlohmann::json* data = formats::findMember(json, "data_path");
  layout.dataPath = data != nullptr && data->is_string() ? data->get<std::string>() : "Data";
  if (!formats::isSafeRelativeName(layout.dataPath)) {
    return fail(ErrorCode::CorruptData, "\"data_path\" leads out of the folder");
  }
  return layout;
}

/// One block, opened; frames are followed one by one, since each says what changed.
class Block {
public:
  static Result<std::unique_ptr<Block>> open(const fs::path& path, std::size_t frames) {
    VOLPRESS_TRY(MappedFile file, MappedFile::open(path));
    VOLPRESS_TRY(formats::ZipArchive archive, formats::ZipArchive::open(file.bytes()));
    auto block = std::unique_ptr<Block>(new Block(std::move(file), std::move(archive)));
    block->m_frames = frames;
    VOLPRESS_CHECK(block->readBooks());
    VOLPRESS_CHECK(block->rewind());
    return block;
  }

  Result<GaussianCloud> frame(std::size_t index) {
    if (index < m_at) {
      VOLPRESS_CHECK(rewind());
    }
    while (m_at < index) {
      VOLPRESS_CHECK(step());
    }
    GaussianCloud cloud;
    VOLPRESS_CHECK(readSplats(index, cloud));
    paint(cloud);
    VOLPRESS_CHECK(validate(cloud));
    return cloud;
  }

private:
  Block(MappedFile file, formats::ZipArchive archive)
      : m_file(std::move(file)), m_archive(std::move(archive)) {}

  /// Unpacks a part of at most `most` bytes.
  Result<Bytes> part(const std::string& name, std::uint64_t most) const {
    const formats::ZipArchive::Entry* entry = m_archive.find(name);
    if (entry == nullptr || entry->bytes > most) {
      return fail(ErrorCode::CorruptData, "{} is missing or larger than {} bytes", name, most);
    }
    return m_archive.read(name);
  }

  Result<void> readBooks() {
    constexpr std::uint64_t kMostEntries = 1U << 20;
    for (std::size_t b = 0; b < kBooks; ++b) {
      const std::size_t row = kNumbers[b] * sizeof(float);
      VOLPRESS_TRY(const Bytes bytes, part(kBookNames[b], kMostEntries * row));
      if (bytes.empty() || bytes.size() % row != 0) {
        return fail(ErrorCode::CorruptData, "{} has {} bytes, not a multiple of {}", kBookNames[b],
                    bytes.size(), row);
      }
      m_books[b].resize(bytes.size() / sizeof(float));
      std::memcpy(m_books[b].data(), bytes.data(), bytes.size());
      if (!std::all_of(m_books[b].begin(), m_books[b].end(),
                       [](float value) { return std::isfinite(value); })) {
        return fail(ErrorCode::CorruptData, "{} holds a number that is not finite", kBookNames[b]);
      }
    }
    VOLPRESS_TRY(const Bytes first, part(kFirstName, kMostSplats * kBooks * 4));
    if (first.empty() || first.size() % (kBooks * 4) != 0) {
      return fail(ErrorCode::CorruptData, "{} has {} bytes", kFirstName, first.size());
    }
    m_first.resize(first.size() / 4);
    std::memcpy(m_first.data(), first.data(), first.size());
    for (std::size_t i = 0; i < m_first.size(); ++i) {
      VOLPRESS_CHECK(checkEntry(i % kBooks, m_first[i]));
    }
    return readChanges();
  }

  [[nodiscard]] Result<void> checkEntry(std::size_t book, std::int32_t entry) const {
    const std::size_t entries = m_books[book].size() / kNumbers[book];
    if (entry < 0 || static_cast<std::size_t>(entry) >= entries) {
      return fail(ErrorCode::CorruptData, "entry {} of a codebook of {}", entry, entries);
    }
    return {};
  }

  Result<void> readChanges() {
    const std::uint64_t lists = (m_frames - 1) * kBooks;
    if (lists == 0) {
      return {};
    }
    VOLPRESS_TRY(const Bytes bytes,
                 part(kChangesName, 4 * (lists + 2 * std::uint64_t{m_first.size()} * m_frames)));
    m_changes.resize(bytes.size() / 4);
    std::memcpy(m_changes.data(), bytes.data(), m_changes.size() * 4);
    std::int64_t before = static_cast<std::int64_t>(lists);
    for (std::uint64_t k = 0; k < lists; ++k) {
      const std::int64_t end = k < m_changes.size() ? m_changes[k] : -1;
      if (end < before || end > static_cast<std::int64_t>(m_changes.size()) ||
          (end - before) % 2 != 0) {
        return fail(ErrorCode::CorruptData, "list {} of {} runs from word {} to {} of {}", k,
                    kChangesName, before, end, m_changes.size());
      }
      before = end;
    }
    return {};
  }

  Result<void> rewind() {
    m_labels = m_first;
    m_at = 0;
    return {};
  }

  /// Applies what changes in the next frame.
  Result<void> step() {
    const std::size_t lists = (m_frames - 1) * kBooks, splats = m_labels.size() / kBooks;
    for (std::size_t b = 0; b < kBooks; ++b) {
      const std::size_t list = m_at * kBooks + b;
      const auto begin = list == 0 ? lists : static_cast<std::size_t>(m_changes[list - 1]);
      const auto end = static_cast<std::size_t>(m_changes[list]);
      for (std::size_t k = begin; k < end; k += 2) {
        const std::int32_t splat = m_changes[k];
        if (splat < 0 || static_cast<std::size_t>(splat) >= splats) {
          return fail(ErrorCode::CorruptData, "frame {} changes splat {} of {}", m_at + 1, splat,
                      splats);
        }
        VOLPRESS_CHECK(checkEntry(b, m_changes[k + 1]));
        m_labels[static_cast<std::size_t>(splat) * kBooks + b] = m_changes[k + 1];
      }
    }
    ++m_at;
    return {};
  }

  Result<void> readSplats(std::size_t index, GaussianCloud& cloud) const {
    const std::size_t splats = m_labels.size() / kBooks;
    constexpr std::uint64_t kRow = kColumns.size() * sizeof(float);
    const std::string name = plyName(index);
    VOLPRESS_TRY(const Bytes bytes, part(name, splats * kRow + formats::kMaxPlyHeaderBytes));
    VOLPRESS_TRY(const formats::PlyHeader header, formats::parsePlyHeader(bytes));
    const formats::PlyElement* vertex = header.find("vertex");
    bool fits = vertex != nullptr && vertex->count == splats && header.elements.size() == 1 &&
                vertex->properties.size() == kColumns.size() &&
                header.encoding == formats::PlyEncoding::LittleEndian &&
                bytes.size() >= header.dataOffset + splats * kRow;
    for (std::size_t k = 0; fits && k < kColumns.size(); ++k) {
      const formats::PlyProperty& property = vertex->properties[k];
      fits = property.name == kColumns[k] && property.type == formats::PlyType::Float32 &&
             !property.isList;
    }
    if (!fits) {
      return fail(ErrorCode::CorruptData,
                  "{}: {} rows of x y z, rot_0..3, scale_0..2 and opacity as little-endian floats "
                  "are expected",
                  name, splats);
    }
    resizeCloud(cloud, splats, 3);
    ByteReader reader(ByteView(bytes).subspan(header.dataOffset));
    for (std::size_t i = 0; i < splats; ++i) {
      using Row = std::array<float, kColumns.size()>;
      VOLPRESS_TRY(const Row row, reader.read<Row>("splat"));
      std::copy_n(row.begin(), 3, &cloud.means[3 * i]);
      std::copy_n(row.begin() + 3, 4, &cloud.rotations[4 * i]);
      for (std::size_t k = 0; k < 3; ++k) {
        cloud.logScales[3 * i + k] = formats::logScaleOf(row[7 + k]);
      }
      cloud.opacityLogits[i] = formats::logitOf(static_cast<double>(row[10]));
    }
    return {};
  }

  void paint(GaussianCloud& cloud) const {
    const std::size_t rest = 3 * shRestCount(3);
    for (std::size_t i = 0; i < cloud.count; ++i) {
      const auto entry = [&](std::size_t book) {
        return &m_books[book]
                       [static_cast<std::size_t>(m_labels[kBooks * i + book]) * kNumbers[book]];
      };
      std::copy_n(entry(0), 3, &cloud.shDc[3 * i]);
      float* to = &cloud.shRest[rest * i];
      for (std::size_t book = 1; book < kBooks; ++book) {
        to = std::copy_n(entry(book), kNumbers[book], to);
      }
    }
  }

  MappedFile m_file;
  formats::ZipArchive m_archive;
  std::size_t m_frames = 0;
  std::array<std::vector<float>, kBooks> m_books;
  std::vector<std::int32_t> m_first, m_changes, m_labels;
  std::size_t m_at = 0;  ///< the frame whose entries m_labels holds
};

class DgsSource final : public FrameSource {
public:
  DgsSource(fs::path folder, Layout layout)
      : m_folder(std::move(folder)), m_layout(std::move(layout)) {}
  [[nodiscard]] std::size_t frameCount() const noexcept override { return m_layout.frames; }

  [[nodiscard]] Result<GaussianCloud> load(std::size_t index, TaskRunner& /*runner*/,
                                           const std::stop_token& /*stop*/) const override {
    const std::lock_guard lock(m_mutex);
    const std::size_t number = index / m_layout.blockFrames;
    const fs::path path = m_folder / blockName(number);
    if (m_held != number) {
      m_held.reset();
      auto block = Block::open(
          path, std::min(m_layout.blockFrames, m_layout.frames - number * m_layout.blockFrames));
      if (!block) {
        return withContext(std::move(block).error(), path.string());
      }
      m_block = std::move(*block);
      m_held = number;
    }
    auto cloud = m_block->frame(index % m_layout.blockFrames);
    if (!cloud) {
      return withContext(std::move(cloud).error(), path.string());
    }
    return cloud;
  }

private:
  fs::path m_folder;
  Layout m_layout;
  mutable std::mutex m_mutex;
  mutable std::optional<std::size_t> m_held;  ///< which block m_block is
  mutable std::unique_ptr<Block> m_block;
};

}  // namespace

Result<OpenedDgs> openDgs(const fs::path& path) {
  VOLPRESS_TRY(const MappedFile file, MappedFile::open(path));
  auto layout = readLayout(file.bytes());
  if (!layout) {
    return withContext(std::move(layout).error(), path.string());
  }
  const double rate = layout->framesPerSecond;
  const fs::path folder = path.parent_path() / layout->dataPath;
  return OpenedDgs{std::make_shared<DgsSource>(folder, std::move(*layout)), rate};
}

}  // namespace volpress
