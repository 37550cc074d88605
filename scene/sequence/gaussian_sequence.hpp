// A moving scene: frames of Gaussians that are loaded when they are asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress {

/// The arrays of a cloud, as bits.
enum SequencePart : unsigned {
  kPartMeans = 1,
  kPartLogScales = 2,
  kPartRotations = 4,
  kPartOpacities = 8,
  kPartShDc = 16,
  kPartShRest = 32,
  kAllParts = 63,
};

/// Words for people: "positions, rotations"; "nothing" for no bit.
[[nodiscard]] std::string partWords(unsigned parts);

/// Where frames come from: files, a compressed clip, a generator. Stateless: calls are const and
/// may be made from any thread.
class FrameSource {
public:
  virtual ~FrameSource() = default;
  [[nodiscard]] virtual std::size_t frameCount() const noexcept = 0;
  /// Frame `index` (< frameCount()); it passes `validate`. Errors name the file.
  [[nodiscard]] virtual Result<GaussianCloud> load(std::size_t index, TaskRunner& runner,
                                                   const std::stop_token& stop) const = 0;
};

struct SequenceOptions {
  double framesPerSecond = 30;
  /// Frames that were asked for lately are kept up to this many bytes of what varies in them.
  std::uint64_t windowBytes = std::uint64_t{1} << 30;
};

/// Frames by index, through a window of those used last. What a frame has in common with the first
/// frame that was loaded is stored once. Thread-safe.
class GaussianSequence {
public:
  explicit GaussianSequence(std::shared_ptr<const FrameSource> source,
                            SequenceOptions options = {});

  [[nodiscard]] std::size_t frameCount() const noexcept { return m_source->frameCount(); }
  [[nodiscard]] double framesPerSecond() const noexcept { return m_options.framesPerSecond; }

  /// A copy of frame `index`; InvalidParameter when there is none.
  [[nodiscard]] Result<GaussianCloud> frame(std::size_t index, TaskRunner& runner,
                                            const std::stop_token& stop = {});

  /// The parts that differed between any two of the frames loaded so far.
  [[nodiscard]] unsigned varying() const;
  /// Bytes held: the shared arrays and the window.
  [[nodiscard]] std::uint64_t heldBytes() const;
  /// How often the source was asked for a frame.
  [[nodiscard]] std::size_t loads() const;

private:
  struct Kept {
    std::size_t index;
    unsigned own;         ///< the parts that `cloud` holds itself
    GaussianCloud cloud;  ///< parts shared with m_shared are empty
  };
  [[nodiscard]] GaussianCloud assemble(const Kept& kept) const;
  void keep(std::size_t index, GaussianCloud cloud);

  std::shared_ptr<const FrameSource> m_source;
  SequenceOptions m_options;
  mutable std::mutex m_mutex;
  GaussianCloud m_shared;
  bool m_hasShared = false;
  std::list<Kept> m_window;  ///< used last first
  unsigned m_varying = 0;
  std::size_t m_loads = 0;
};

/// Bytes of a cloud's arrays.
[[nodiscard]] std::uint64_t cloudBytes(const GaussianCloud& cloud) noexcept;

}  // namespace volpress
