#include "compressors/coding/color_book.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "compressors/coding/vector_codebook.hpp"
#include "scene/base/kmeans.hpp"

namespace volpress::coding {
namespace {

constexpr std::size_t kTrainingRows = 100'000;
constexpr std::size_t kWatchedRows = 2048;
constexpr unsigned kIterations = 8;
constexpr int kBisections = 24;
constexpr float kFar = 1e12F;

Bytes codePlain(std::span<const std::int32_t> values) {
  return encodeRans(values, std::vector<std::uint8_t>(values.size(), std::uint8_t{0}), 1);
}

void writePart(ByteWriter& out, const Bytes& part) {
  writeVarint(out, part.size());
  out.append(part);
}

Result<ByteView> readPart(ByteReader& reader, const char* field) {
  VOLPRESS_TRY(const std::uint64_t size, readVarint(reader, field));
  return reader.take(size, field);
}

double importanceOf(const GaussianCloud& cloud, std::size_t i) {
  std::array<double, 3> scales{static_cast<double>(cloud.logScales[3 * i]),
                               static_cast<double>(cloud.logScales[3 * i + 1]),
                               static_cast<double>(cloud.logScales[3 * i + 2])};
  std::sort(scales.begin(), scales.end());
  return std::exp(std::clamp(scales[1] + scales[2], -60.0, 60.0)) /
         (1 + std::exp(-static_cast<double>(cloud.opacityLogits[i])));
}

}  // namespace

BookEncoder::BookEncoder(unsigned order, std::span<const std::uint32_t> rows, std::size_t frames,
                         const BookOptions& options)
    : m_order(order),
      m_dimension(orderDimension(order)),
      m_rows(rows),
      m_frames(frames),
      m_options(options) {}

double BookEncoder::distance(const float* numbers, std::uint32_t entry) const {
  double sum = 0;
  for (std::size_t k = 0; k < m_dimension; ++k) {
    const double d =
        static_cast<double>(numbers[k]) - static_cast<double>(m_entries[entry * m_dimension + k]);
    sum += d * d;
  }
  return sum;
}

void BookEncoder::sample(const GaussianCloud& cloud) {
  // Other rows in every frame, so that all of them are learnt from.
  const std::size_t each = std::max<std::size_t>(1, kTrainingRows / m_frames);
  const std::size_t step = std::max<std::size_t>(1, m_rows.size() / each);
  for (std::size_t i = m_sampled % step; i < m_rows.size(); i += step) {
    const float* numbers = orderNumbers(cloud, m_order, m_rows[i]);
    m_training.insert(m_training.end(), numbers, numbers + m_dimension);
    m_importance.push_back(importanceOf(cloud, m_rows[i]));
  }
  const std::size_t watchStep = std::max<std::size_t>(1, m_rows.size() / kWatchedRows);
  m_watchedRows = 0;
  for (std::size_t i = 0; i < m_rows.size(); i += watchStep, ++m_watchedRows) {
    const float* numbers = orderNumbers(cloud, m_order, m_rows[i]);
    m_watched.insert(m_watched.end(), numbers, numbers + m_dimension);
  }
  ++m_sampled;
}

Result<void> BookEncoder::train(TaskRunner& runner, const std::stop_token& stop) {
  CodebookOptions options;
  options.entries = codebookSize(m_options.entries, m_rows.size());
  options.iterations = kIterations;
  options.trainingRows = kTrainingRows;
  options.seed = m_options.seed;
  options.stop = stop;
  VOLPRESS_TRY(const std::vector<float> book,
               trainCodebook(m_training, m_dimension, m_importance, options, runner));
  const std::size_t count = book.size() / m_dimension;
  // Eight bits a number, between the extremes of the entries.
  m_low.assign(m_dimension, std::numeric_limits<float>::max());
  m_step.assign(m_dimension, 1.0F);
  std::vector<float> high(m_dimension, std::numeric_limits<float>::lowest());
  for (std::size_t i = 0; i < book.size(); ++i) {
    m_low[i % m_dimension] = std::min(m_low[i % m_dimension], book[i]);
    high[i % m_dimension] = std::max(high[i % m_dimension], book[i]);
  }
  m_levels.resize(book.size());
  m_entries.resize(book.size());
  for (std::size_t k = 0; k < m_dimension; ++k) {
    const auto quantiser = UniformQuantiser::fromRange(m_low[k], high[k], 256);
    m_step[k] = quantiser.step;
    for (std::size_t e = 0; e < count; ++e) {
      const std::int32_t level = std::clamp(quantiser.quantise(book[e * m_dimension + k]), 0, 255);
      m_levels[e * m_dimension + k] = static_cast<std::uint8_t>(level);
      m_entries[e * m_dimension + k] = quantiser.value(level);
    }
  }
  // The threshold at which the rows watched change as often as is allowed.
  const std::vector<std::uint32_t> best =
      nearestCentroids(m_watched, m_dimension, m_entries, runner);
  std::vector<double> least(best.size());
  double most = 0;
  for (std::size_t i = 0; i < best.size(); ++i) {
    least[i] = distance(&m_watched[i * m_dimension], best[i]);
    most = std::max(most, least[i]);
  }
  const auto changes = [&](double threshold) {
    std::size_t changed = 0;
    for (std::size_t row = 0; row < m_watchedRows; ++row) {
      std::uint32_t label = best[row];
      for (std::size_t frame = 1; frame < m_sampled; ++frame) {
        const std::size_t i = frame * m_watchedRows + row;
        if (least[i] + threshold < distance(&m_watched[i * m_dimension], label)) {
          label = best[i];
          ++changed;
        }
      }
    }
    return changed;
  };
  const double allowed = m_options.changeRate * static_cast<double>(m_watchedRows) *
                         static_cast<double>(m_sampled > 0 ? m_sampled - 1 : 0);
  if (static_cast<double>(changes(0)) > allowed) {
    double low = 0, high2 = std::max(16 * most, 1e-6);
    for (int i = 0; i < kBisections; ++i) {
      const double middle = (low + high2) / 2;
      (static_cast<double>(changes(middle)) > allowed ? low : high2) = middle;
    }
    m_threshold = high2;
  }
  m_training = {};
  m_watched = {};
  return {};
}

void BookEncoder::label(const GaussianCloud& cloud, TaskRunner& runner) {
  const std::size_t count = m_rows.size();
  std::vector<float> numbers(count * m_dimension);
  for (std::size_t i = 0; i < count; ++i) {
    const float* from = orderNumbers(cloud, m_order, m_rows[i]);
    std::copy_n(from, m_dimension, numbers.begin() + static_cast<std::ptrdiff_t>(i * m_dimension));
  }
  if (m_labels.empty()) {
    m_labels = nearestCentroids(numbers, m_dimension, m_entries, runner);
    for (const std::uint32_t label : m_labels) {
      m_first.push_back(foldUnsigned(label));
    }
    m_last = std::move(numbers);
    return;
  }
  // Only who is farther from its entry than the threshold can change; who has not moved does not.
  std::vector<std::uint32_t> asked;
  std::vector<float> points;
  for (std::size_t i = 0; i < count; ++i) {
    const float* own = &numbers[i * m_dimension];
    if (!std::equal(own, own + m_dimension, &m_last[i * m_dimension]) &&
        distance(own, m_labels[i]) > m_threshold) {
      asked.push_back(static_cast<std::uint32_t>(i));
      points.insert(points.end(), own, own + m_dimension);
    }
  }
  const std::vector<std::uint32_t> nearest =
      nearestCentroids(points, m_dimension, m_entries, runner);
  std::int32_t changed = 0;
  std::uint32_t last = 0;
  for (std::size_t k = 0; k < asked.size(); ++k) {
    const std::uint32_t row = asked[k];
    const float* own = &points[k * m_dimension];
    if (distance(own, nearest[k]) + m_threshold < distance(own, m_labels[row])) {
      m_labels[row] = nearest[k];
      m_gaps.push_back(foldUnsigned(row - last));
      m_changes.push_back(foldUnsigned(nearest[k]));
      last = row;
      ++changed;
    }
  }
  m_counts.push_back(foldUnsigned(static_cast<std::uint32_t>(changed)));
  m_last = std::move(numbers);
}

Bytes BookEncoder::finish() const {
  ByteWriter out;
  const std::size_t count = m_entries.size() / m_dimension;
  writeVarint(out, count);
  for (std::size_t k = 0; k < m_dimension; ++k) {
    out.write(m_low[k]);
    out.write(m_step[k]);
  }
  std::vector<std::int32_t> levels(m_levels.size());
  for (std::size_t i = 0; i < levels.size(); ++i) {
    levels[i] = static_cast<std::int32_t>(m_levels[i]) - 128;
  }
  writePart(out, codePlain(levels));
  writePart(out, codePlain(m_first));
  writePart(out, codePlain(m_counts));
  writePart(out, codePlain(m_gaps));
  writePart(out, codePlain(m_changes));
  return std::move(out).take();
}

Result<BookDecoder> BookDecoder::open(ByteView bytes, unsigned order, std::size_t rows,
                                      std::size_t frames) {
  ByteReader reader(bytes);
  VOLPRESS_TRY(const std::uint64_t count, readVarint(reader, "codebook entries"));
  if (count == 0 || count > kMaxEntries) {
    return fail(ErrorCode::CorruptData, "a codebook of {} entries; 1 to {} are allowed", count,
                kMaxEntries);
  }
  const std::size_t dimension = orderDimension(order);
  std::vector<float> low(dimension), step(dimension);
  for (std::size_t k = 0; k < dimension; ++k) {
    VOLPRESS_TRY(low[k], reader.read<float>("codebook range"));
    VOLPRESS_TRY(step[k], reader.read<float>("codebook range"));
    if (!(std::abs(low[k]) < kFar) || !(std::abs(step[k]) < kFar)) {
      return fail(ErrorCode::CorruptData, "a codebook's range is {} by {}", low[k], step[k]);
    }
  }
  VOLPRESS_TRY(const ByteView levelBytes, readPart(reader, "codebook"));
  VOLPRESS_TRY(const ByteView firstBytes, readPart(reader, "indices"));
  VOLPRESS_TRY(const ByteView countBytes, readPart(reader, "event counts"));
  VOLPRESS_TRY(const ByteView gapBytes, readPart(reader, "events"));
  VOLPRESS_TRY(const ByteView changeBytes, readPart(reader, "events"));
  if (reader.remaining() != 0) {
    return fail(ErrorCode::CorruptData, "{} bytes are left behind a codebook", reader.remaining());
  }
  VOLPRESS_TRY(RansDecoder levels, RansDecoder::open(levelBytes, count * dimension, 1));
  std::vector<float> entries(static_cast<std::size_t>(count) * dimension);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const UniformQuantiser quantiser{step[i % dimension], low[i % dimension]};
    entries[i] = quantiser.value(std::clamp(levels.decode(0), -128, 127) + 128);
  }
  VOLPRESS_CHECK(levels.finish());
  VOLPRESS_TRY(RansDecoder first, RansDecoder::open(firstBytes, rows, 1));
  std::vector<std::uint32_t> labels(rows);
  for (std::uint32_t& label : labels) {
    label = unfoldUnsigned(first.decode(0));
    if (label >= count) {
      return fail(ErrorCode::CorruptData, "index {} of a codebook of {} entries", label, count);
    }
  }
  VOLPRESS_CHECK(first.finish());
  VOLPRESS_TRY(RansDecoder counts, RansDecoder::open(countBytes, frames - 1, 1));
  std::vector<std::uint32_t> events(frames - 1);
  std::uint64_t total = 0;
  for (std::uint32_t& number : events) {
    number = unfoldUnsigned(counts.decode(0));
    if (number > rows) {
      return fail(ErrorCode::CorruptData, "{} of {} indices change in one frame", number, rows);
    }
    total += number;
  }
  VOLPRESS_CHECK(counts.finish());
  VOLPRESS_TRY(RansDecoder gaps, RansDecoder::open(gapBytes, total, 1));
  VOLPRESS_TRY(RansDecoder changes, RansDecoder::open(changeBytes, total, 1));
  BookDecoder book(std::move(gaps), std::move(changes));
  book.m_dimension = dimension;
  book.m_entries = std::move(entries);
  book.m_labels = std::move(labels);
  book.m_counts = std::move(events);
  return book;
}

Result<std::span<const std::uint32_t>> BookDecoder::next() {
  if (m_frame != 0) {
    std::uint64_t row = 0;
    const std::size_t count = m_entries.size() / m_dimension;
    for (std::uint32_t k = 0; k < m_counts[m_frame - 1]; ++k) {
      row += unfoldUnsigned(m_gaps.decode(0));
      const std::uint32_t label = unfoldUnsigned(m_changes.decode(0));
      if (row >= m_labels.size() || label >= count) {
        return fail(ErrorCode::CorruptData, "event of splat {} to entry {}; there are {} and {}",
                    row, label, m_labels.size(), count);
      }
      m_labels[static_cast<std::size_t>(row)] = label;
    }
  }
  ++m_frame;
  return std::span<const std::uint32_t>(m_labels);
}

Result<void> BookDecoder::finish() const {
  VOLPRESS_CHECK(m_gaps.finish());
  return m_changes.finish();
}

}  // namespace volpress::coding
