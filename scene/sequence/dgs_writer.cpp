#include <algorithm>
#include <cmath>
#include <string>
#include <system_error>
#include <vector>

#include "scene/base/files.hpp"
#include "scene/base/kmeans.hpp"
#include "scene/formats/activations.hpp"
#include "scene/formats/zip_archive.hpp"
#include "scene/sequence/dgs_file.hpp"
#include "scene/sequence/dgs_layout.hpp"

namespace volpress {
namespace {

namespace fs = std::filesystem;
using namespace dgs;

constexpr std::size_t kTrainingRows = 60'000;
constexpr unsigned kIterations = 6;

/// The numbers of a codebook of a splat; zeros above the cloud's degree.
void appendNumbers(const GaussianCloud& cloud, std::size_t book, std::size_t i,
                   std::vector<float>& to) {
  if (book == 0) {
    to.insert(to.end(), &cloud.shDc[3 * i], &cloud.shDc[3 * i] + 3);
    return;
  }
  if (book > cloud.shDegree) {
    to.insert(to.end(), kNumbers[book], 0.0F);
    return;
  }
  const float* from = &cloud.shRest[3 * (i * shRestCount(cloud.shDegree) +
                                         shRestCount(static_cast<unsigned>(book - 1)))];
  to.insert(to.end(), from, from + kNumbers[book]);
}

std::vector<float> numbersOf(const GaussianCloud& cloud, std::size_t book, std::size_t step,
                             std::size_t first = 0) {
  std::vector<float> numbers;
  for (std::size_t i = first; i < cloud.count; i += step) {
    appendNumbers(cloud, book, i, numbers);
  }
  return numbers;
}

Bytes plyOf(const GaussianCloud& cloud) {
  ByteWriter out;
  std::string head =
      fmt::format("ply\nformat binary_little_endian 1.0\nelement vertex {}\n", cloud.count);
  for (const char* column : kColumns) {
    head += fmt::format("property float {}\n", column);
  }
  out.append(head + "end_header\n");
  for (std::size_t i = 0; i < cloud.count; ++i) {
    for (std::size_t k = 0; k < 3; ++k) {
      out.write(cloud.means[3 * i + k]);
    }
    const float* q = &cloud.rotations[4 * i];
    const float length = std::sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
    for (std::size_t k = 0; k < 4; ++k) {
      out.write(q[k] / length);
    }
    for (std::size_t k = 0; k < 3; ++k) {
      out.write(std::exp(cloud.logScales[3 * i + k]));
    }
    out.write(formats::opacityOf(cloud.opacityLogits[i]));
  }
  return std::move(out).take();
}

class BlockWriter {
public:
  BlockWriter(GaussianSequence& sequence, const DgsOptions& options, TaskRunner& runner,
              const std::stop_token& stop)
      : m_sequence(sequence), m_options(options), m_runner(runner), m_stop(stop) {}

  Result<Bytes> write(std::size_t first, std::size_t frames) {
    VOLPRESS_CHECK(train(first, frames));
    std::vector<formats::NamedBytes> files;
    std::vector<std::int32_t> labels, ends, lists;
    ByteWriter canonical;
    for (std::size_t frame = 0; frame < frames; ++frame) {
      VOLPRESS_TRY(const GaussianCloud cloud, load(first + frame));
      if (frame > 0 && cloud.count * kBooks != labels.size()) {
        return fail(ErrorCode::InvalidParameter,
                    "frame {} has {} splats, the first of its block {}", first + frame, cloud.count,
                    labels.size() / kBooks);
      }
      files.push_back({plyName(frame), plyOf(cloud)});
      labels.resize(cloud.count * kBooks);
      for (std::size_t book = 0; book < kBooks; ++book) {
        const auto nearest =
            nearestCentroids(numbersOf(cloud, book, 1), kNumbers[book], m_books[book], m_runner);
        for (std::size_t i = 0; i < nearest.size(); ++i) {
          std::int32_t& label = labels[kBooks * i + book];
          const auto next = static_cast<std::int32_t>(nearest[i]);
          if (frame > 0 && label != next) {
            lists.insert(lists.end(), {static_cast<std::int32_t>(i), next});
          }
          label = next;
        }
        if (frame > 0) {
          ends.push_back(static_cast<std::int32_t>((frames - 1) * kBooks + lists.size()));
        }
      }
      if (frame == 0) {
        canonical.append(viewBytes(std::span<const std::int32_t>(labels)));
      }
    }
    for (std::size_t book = 0; book < kBooks; ++book) {
      const ByteView bytes = viewBytes(std::span<const float>(m_books[book]));
      files.push_back({kBookNames[book], Bytes(bytes.begin(), bytes.end())});
    }
    files.push_back({kFirstName, std::move(canonical).take()});
    ends.insert(ends.end(), lists.begin(), lists.end());
    const ByteView changes = viewBytes(std::span<const std::int32_t>(ends));
    files.push_back({kChangesName, Bytes(changes.begin(), changes.end())});
    return formats::writeZip(files, formats::ZipPacking::Deflated);
  }

private:
  Result<GaussianCloud> load(std::size_t frame) {
    VOLPRESS_TRY(GaussianCloud cloud, m_sequence.frame(frame, m_runner, m_stop));
    if (m_stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled while writing frame {}", frame);
    }
    if (cloud.shDegree > 3) {
      return fail(ErrorCode::InvalidParameter, "frame {} has SH degree {}; .dgs holds up to 3",
                  frame, cloud.shDegree);
    }
    return cloud;
  }

  Result<void> train(std::size_t first, std::size_t frames) {
    std::array<std::vector<float>, kBooks> samples;
    for (std::size_t frame = 0; frame < frames; ++frame) {
      VOLPRESS_TRY(const GaussianCloud cloud, load(first + frame));
      const std::size_t step = std::max<std::size_t>(1, cloud.count * frames / kTrainingRows);
      for (std::size_t book = 0; book < kBooks; ++book) {
        const std::vector<float> numbers = numbersOf(cloud, book, step, frame % step);
        samples[book].insert(samples[book].end(), numbers.begin(), numbers.end());
      }
    }
    for (std::size_t book = 0; book < kBooks; ++book) {
      KMeansOptions options;
      options.clusters = std::clamp<std::size_t>(samples[book].size() / kNumbers[book] / 8, 1,
                                                 std::max<std::size_t>(1, m_options.entries));
      options.iterations = kIterations;
      options.seed = m_options.seed;
      options.stop = m_stop;
      VOLPRESS_TRY(KMeansResult result,
                   kMeans(samples[book], kNumbers[book], {}, options, m_runner));
      m_books[book] = std::move(result.centroids);
    }
    return {};
  }

  GaussianSequence& m_sequence;
  const DgsOptions& m_options;
  TaskRunner& m_runner;
  const std::stop_token& m_stop;
  std::array<std::vector<float>, kBooks> m_books;
};

}  // namespace

Result<std::uint64_t> writeDgs(GaussianSequence& sequence, const fs::path& folder,
                               const DgsOptions& options, TaskRunner& runner, Progress& progress,
                               const std::stop_token& stop) {
  constexpr std::size_t kMostWritten = 64;  // longer blocks are untested in the wild
  if (options.blockFrames == 0 || options.blockFrames > kMostWritten ||
      sequence.frameCount() == 0) {
    return fail(ErrorCode::InvalidParameter, "{} frames in blocks of {}; 1 to {} are allowed",
                sequence.frameCount(), options.blockFrames, kMostWritten);
  }
  const std::string head = fmt::format(
      "{{\"version\": \"1.1\", \"fps\": {}, \"frame_count\": {}, \"block_size\": {}, "
      "\"data_path\": \"Data\", \"ply_offset\": 0}}\n",
      options.framesPerSecond, sequence.frameCount(), options.blockFrames);
  std::error_code code;
  fs::create_directories(folder / "Data", code);
  if (code) {
    return fail(ErrorCode::IoFailure, "{}: {}", (folder / "Data").string(), code.message());
  }
  VOLPRESS_CHECK(writeFileAtomically(folder / "clip.dgs", viewBytes(head)));
  std::uint64_t bytes = head.size();
  for (std::size_t first = 0; first < sequence.frameCount(); first += options.blockFrames) {
    BlockWriter writer(sequence, options, runner, stop);
    VOLPRESS_TRY(const Bytes block,
                 writer.write(first, std::min(options.blockFrames, sequence.frameCount() - first)));
    VOLPRESS_CHECK(
        writeFileAtomically(folder / "Data" / blockName(first / options.blockFrames), block));
    bytes += block.size();
    progress.report(static_cast<double>(first) / static_cast<double>(sequence.frameCount()));
  }
  return bytes;
}

}  // namespace volpress
