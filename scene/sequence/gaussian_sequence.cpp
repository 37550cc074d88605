#include "scene/sequence/gaussian_sequence.hpp"

#include <array>
#include <cstring>

namespace volpress {
namespace {

struct PartOf {
  SequencePart bit;
  FloatArray GaussianCloud::*array;
  const char* words;
};
constexpr std::array<PartOf, 6> kParts{{
    {kPartMeans, &GaussianCloud::means, "positions"},
    {kPartLogScales, &GaussianCloud::logScales, "scales"},
    {kPartRotations, &GaussianCloud::rotations, "rotations"},
    {kPartOpacities, &GaussianCloud::opacityLogits, "opacities"},
    {kPartShDc, &GaussianCloud::shDc, "colours"},
    {kPartShRest, &GaussianCloud::shRest, "view-dependent colours"},
}};

bool sameBits(const FloatArray& a, const FloatArray& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0);
}

}  // namespace

std::string partWords(unsigned parts) {
  std::string words;
  for (const PartOf& part : kParts) {
    if ((parts & part.bit) != 0) {
      words += (words.empty() ? "" : ", ") + std::string(part.words);
    }
  }
  return words.empty() ? "nothing" : words;
}

std::uint64_t cloudBytes(const GaussianCloud& cloud) noexcept {
  std::uint64_t bytes = 0;
  for (const PartOf& part : kParts) {
    bytes += (cloud.*part.array).size() * sizeof(float);
  }
  for (const ExtraColumn& column : cloud.extras) {
    bytes += column.values.size() * sizeof(float);
  }
  return bytes;
}

GaussianSequence::GaussianSequence(std::shared_ptr<const FrameSource> source,
                                   SequenceOptions options)
    : m_source(std::move(source)), m_options(options) {}

GaussianCloud GaussianSequence::assemble(const Kept& kept) const {
  GaussianCloud cloud = kept.cloud;
  for (const PartOf& part : kParts) {
    if ((kept.own & part.bit) == 0) {
      cloud.*part.array = m_shared.*part.array;
    }
  }
  return cloud;
}

void GaussianSequence::keep(std::size_t index, GaussianCloud cloud) {
  if (!m_hasShared) {
    m_shared = cloud;
    m_shared.extras.clear();
    m_hasShared = true;
  }
  unsigned own = 0;
  for (const PartOf& part : kParts) {
    FloatArray& array = cloud.*part.array;
    if (sameBits(array, m_shared.*part.array)) {
      FloatArray().swap(array);
    } else {
      own |= part.bit;
    }
  }
  m_varying |= own;
  m_window.push_front({index, own, std::move(cloud)});
  std::uint64_t held = 0;
  for (auto kept = m_window.begin(); kept != m_window.end();) {
    held += cloudBytes(kept->cloud);
    const bool newest = kept == m_window.begin();
    kept = held > m_options.windowBytes && !newest ? m_window.erase(kept) : std::next(kept);
  }
}

Result<GaussianCloud> GaussianSequence::frame(std::size_t index, TaskRunner& runner,
                                              const std::stop_token& stop) {
  if (index >= frameCount()) {
    return fail(ErrorCode::InvalidParameter, "frame {} of a sequence of {} frames", index,
                frameCount());
  }
  const std::lock_guard lock(m_mutex);
  for (auto kept = m_window.begin(); kept != m_window.end(); ++kept) {
    if (kept->index == index) {
      m_window.splice(m_window.begin(), m_window, kept);
      return assemble(m_window.front());
    }
  }
  VOLPRESS_TRY(GaussianCloud cloud, m_source->load(index, runner, stop));
  ++m_loads;
  keep(index, std::move(cloud));
  return assemble(m_window.front());
}

unsigned GaussianSequence::varying() const {
  const std::lock_guard lock(m_mutex);
  return m_varying;
}

std::uint64_t GaussianSequence::heldBytes() const {
  const std::lock_guard lock(m_mutex);
  std::uint64_t bytes = cloudBytes(m_shared);
  for (const Kept& kept : m_window) {
    bytes += cloudBytes(kept.cloud);
  }
  return bytes;
}

std::size_t GaussianSequence::loads() const {
  const std::lock_guard lock(m_mutex);
  return m_loads;
}

}  // namespace volpress
