#include "app/engine/target_search.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

namespace volpress::engine {
namespace {

/// A size is aimed at a little below its target: it should end under it.
constexpr double kSizeAim = 0.992;
/// A step of a real knob that is worth another encode, as a share of its range.
constexpr double kFinestShare = 1e-4;
/// Trials on a rough curve keep this distance.
constexpr double kRoughStep = 0.003;

struct Trial {
  ParamValue knob;
  double position;  ///< of the knob, 0..1 over its range
  double value;     ///< log of bytes, or dB
};

class Search {
public:
  Search(const ParamSpec& knob, const QualityTarget& target,
         const std::function<Result<double>(const ParamValue&)>& measure)
      : m_knob(knob),
        m_target(target),
        m_measure(measure),
        m_isSize(target.kind == QualityTarget::Kind::SizeBytes),
        m_goal(m_isSize ? std::log(target.value * kSizeAim) : target.value) {}

  Result<TargetOutcome> go(const ParamValue& start) {
    VOLPRESS_CHECK(tryAt(positionOf(start)));
    while (!met() && m_trials.size() < kMaxTargetEncodes) {
      const std::optional<double> next = nextPosition();
      if (!next || tried(*next)) {
        break;
      }
      VOLPRESS_CHECK(tryAt(*next));
    }
    return outcome();
  }

private:
  [[nodiscard]] bool isInteger() const {
    return std::holds_alternative<std::int64_t>(m_knob.defaultValue);
  }
  [[nodiscard]] bool isLogarithmic() const {
    return m_knob.range->logarithmic && m_knob.range->min > 0;
  }

  [[nodiscard]] double positionOf(const ParamValue& value) const {
    const double number = std::holds_alternative<std::int64_t>(value)
                              ? static_cast<double>(std::get<std::int64_t>(value))
                              : std::get<double>(value);
    const double low = m_knob.range->min;
    const double high = m_knob.range->max;
    const double position = isLogarithmic() ? std::log(number / low) / std::log(high / low)
                                            : (number - low) / (high - low);
    return std::clamp(position, 0.0, 1.0);
  }

  [[nodiscard]] ParamValue knobAt(double position) const {
    const double low = m_knob.range->min;
    const double high = m_knob.range->max;
    const double number =
        isLogarithmic() ? low * std::pow(high / low, position) : low + position * (high - low);
    if (isInteger()) {
      return static_cast<std::int64_t>(std::llround(std::clamp(number, low, high)));
    }
    // Four digits less than a double has: what is written into a command line repeats it exactly.
    const double scale = std::pow(10, 6 - std::ceil(std::log10(std::max(std::abs(number), 1e-12))));
    return std::clamp(std::round(number * scale) / scale, low, high);
  }

  [[nodiscard]] bool tried(double position) const {
    const ParamValue wanted = knobAt(position);
    return std::any_of(m_trials.begin(), m_trials.end(), [&](const Trial& trial) {
      return trial.knob == wanted ||
             (!isInteger() && std::abs(trial.position - position) < kFinestShare);
    });
  }

  Result<void> tryAt(double position) {
    const ParamValue knob = knobAt(position);
    VOLPRESS_TRY(const double value, m_measure(knob));
    m_trials.push_back({knob, positionOf(knob), m_isSize ? std::log(std::max(value, 1.0)) : value});
    return {};
  }

  [[nodiscard]] bool within(const Trial& trial) const {
    if (m_isSize) {
      const double share = std::exp(trial.value) / m_target.value;
      return share <= 1 && share >= 1 - kTargetSizeTolerance;
    }
    return std::abs(trial.value - m_goal) <= kTargetPsnrTolerance;
  }
  [[nodiscard]] bool met() const { return within(best()); }

  /// Of the sizes the largest that fits, of qualities the nearest.
  [[nodiscard]] const Trial& best() const {
    return *std::min_element(m_trials.begin(), m_trials.end(), [&](const Trial& a, const Trial& b) {
      return badness(a) < badness(b);
    });
  }
  [[nodiscard]] double badness(const Trial& trial) const {
    const double off = std::abs(trial.value - m_goal);
    // A file that is too large does not do, by however little.
    const bool tooLarge = m_isSize && std::exp(trial.value) > m_target.value;
    return tooLarge ? 1000 + off : off;
  }

  /// 1 when the value rises with the knob, -1 when it falls; as far as the trials tell.
  [[nodiscard]] double direction() const {
    const auto [low, high] =
        std::minmax_element(m_trials.begin(), m_trials.end(),
                            [](const Trial& a, const Trial& b) { return a.position < b.position; });
    return high->value < low->value ? -1 : 1;
  }

  /// Whether some trials stand in the wrong order by more than what is asked for: the knob moves
  /// the value on the whole, but not in its small steps.
  [[nodiscard]] bool isRough() const {
    const double rising = direction();
    const double allowed = m_isSize ? kTargetSizeTolerance / 2 : kTargetPsnrTolerance;
    return std::any_of(m_trials.begin(), m_trials.end(), [&](const Trial& a) {
      return std::any_of(m_trials.begin(), m_trials.end(), [&](const Trial& b) {
        return b.position > a.position && rising * (a.value - b.value) > allowed;
      });
    });
  }

  /// On a rough curve a bracket only closes in on a jump. The slope of the whole leads from each
  /// trial, the best first, to another place where the goal may be met.
  [[nodiscard]] std::optional<double> nextOnRough() const {
    const auto [low, high] =
        std::minmax_element(m_trials.begin(), m_trials.end(),
                            [](const Trial& a, const Trial& b) { return a.position < b.position; });
    const double slope = (high->value - low->value) / (high->position - low->position);
    std::vector<const Trial*> byBadness;
    for (const Trial& trial : m_trials) {
      byBadness.push_back(&trial);
    }
    std::sort(byBadness.begin(), byBadness.end(),
              [&](const Trial* a, const Trial* b) { return badness(*a) < badness(*b); });
    for (const Trial* trial : byBadness) {
      const double position = slope == 0 ? -1 : trial->position + (m_goal - trial->value) / slope;
      const bool isNew = std::all_of(m_trials.begin(), m_trials.end(), [&](const Trial& other) {
        return std::abs(other.position - position) >= kRoughStep;
      });
      if (position >= 0 && position <= 1 && isNew) {
        return position;
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<double> nextPosition() const {
    if (isRough()) {
      if (const auto elsewhere = nextOnRough()) {
        return elsewhere;
      }
    }
    const double rising = direction();
    const Trial* below = nullptr;  // the nearest trial under the goal, and over it
    const Trial* above = nullptr;
    for (const Trial& trial : m_trials) {
      const bool under = trial.value < m_goal;
      const Trial*& kept = under ? below : above;
      const double further = rising * (under ? 1 : -1);
      if (kept == nullptr || (trial.position - kept->position) * further > 0) {
        kept = &trial;
      }
    }
    if (below != nullptr && above != nullptr) {
      return between(*below, *above);
    }
    return outward(below != nullptr ? *below : *above, below != nullptr ? rising : -rising);
  }

  /// How many of the last trials fell on the same side of the goal as the very last.
  [[nodiscard]] int repeats() const {
    int count = 0;
    const bool under = m_trials.back().value < m_goal;
    for (auto trial = m_trials.rbegin();
         trial != m_trials.rend() && (trial->value < m_goal) == under; ++trial) {
      ++count;
    }
    return count;
  }

  /// Where the curve through both ends of the bracket and the trial nearest to the goal meets it,
  /// read as position over value (inverse quadratic interpolation, as in Brent's method). The
  /// middle instead when two trials in a row fell on the same side: bent curves creep.
  [[nodiscard]] std::optional<double> between(const Trial& below, const Trial& above) const {
    const double middle = (below.position + above.position) / 2;
    double position = middle;
    if (repeats() < 2 || m_trials.size() == 2) {
      position = interpolated(below, above);
    }
    if (!tried(position)) {
      return position;
    }
    return tried(middle) ? std::nullopt : std::optional(middle);
  }

  [[nodiscard]] double interpolated(const Trial& below, const Trial& above) const {
    double share = (m_goal - below.value) / std::max(above.value - below.value, 1e-12);
    const Trial* third = nullptr;
    for (const Trial& trial : m_trials) {
      const bool isEnd = &trial == &below || &trial == &above;
      if (!isEnd && trial.value != below.value && trial.value != above.value &&
          (third == nullptr || std::abs(trial.value - m_goal) < std::abs(third->value - m_goal))) {
        third = &trial;
      }
    }
    if (third != nullptr) {
      const auto term = [this](const Trial& at, const Trial& b, const Trial& c) {
        return at.position * (m_goal - b.value) * (m_goal - c.value) /
               ((at.value - b.value) * (at.value - c.value));
      };
      const double curved =
          term(below, above, *third) + term(above, below, *third) + term(*third, below, above);
      const double curvedShare = (curved - below.position) / (above.position - below.position);
      share = curvedShare > 0 && curvedShare < 1 ? curvedShare : 0.5;
    }
    share = std::clamp(share, 0.03, 0.97);
    return below.position + share * (above.position - below.position);
  }

  /// All trials lie on one side of the goal: on with the slope seen, and to the end of the range
  /// when that would pass it.
  [[nodiscard]] std::optional<double> outward(const Trial& from, double way) const {
    const double end = way > 0 ? 1 : 0;
    if (std::abs(from.position - end) < kFinestShare) {
      return m_trials.size() == 1 ? std::optional(1 - end) : std::nullopt;
    }
    if (m_trials.size() == 1) {
      return (from.position + end) / 2;
    }
    const Trial& last = m_trials.back();
    const Trial& other = m_trials[m_trials.size() - 2];
    const double slope = (last.value - other.value) / (last.position - other.position);
    double step = slope == 0 ? 1 : 1.15 * std::abs((m_goal - from.value) / slope);
    step = std::max(step, 0.05);
    const double position = from.position + way * step;
    if (position > 0 && position < 1) {
      return position;
    }
    const bool lookOnceMore = std::abs(from.position - end) >= 0.2 && m_trials.size() < 3;
    return lookOnceMore ? (from.position + 2 * end) / 3 : end;
  }

  [[nodiscard]] TargetOutcome outcome() const {
    const Trial& chosen = best();
    TargetOutcome outcome;
    outcome.knob = chosen.knob;
    outcome.value = m_isSize ? std::round(std::exp(chosen.value)) : chosen.value;
    outcome.encodes = m_trials.size();
    outcome.reached = within(chosen);
    if (outcome.reached) {
      return outcome;
    }
    const auto [low, high] =
        std::minmax_element(m_trials.begin(), m_trials.end(),
                            [](const Trial& a, const Trial& b) { return a.value < b.value; });
    const auto text = [&](double value) {
      return describeTarget(m_target.kind, m_isSize ? std::exp(value) : value);
    };
    const bool atEnd = chosen.position < kFinestShare || chosen.position > 1 - kFinestShare;
    if (atEnd && (high->value < m_goal || low->value > m_goal)) {
      outcome.message = fmt::format(
          "{} is out of reach of {}: with {} it gives {}. Change another parameter or choose "
          "another codec; this result is the nearest.",
          describeTarget(m_target.kind, m_target.value), m_knob.label,
          formatParamValue(outcome.knob), text(chosen.value));
    } else {
      outcome.message = fmt::format(
          "{} moves in steps too coarse for {}: the nearest after {} encodes is {} with {}.",
          m_knob.label, describeTarget(m_target.kind, m_target.value), m_trials.size(),
          text(chosen.value), formatParamValue(outcome.knob));
    }
    return outcome;
  }

  const ParamSpec& m_knob;
  const QualityTarget& m_target;
  const std::function<Result<double>(const ParamValue&)>& m_measure;
  bool m_isSize;
  double m_goal;
  std::vector<Trial> m_trials;
};

}  // namespace

Result<TargetOutcome> searchTarget(
    const ParamSpec& knob, const ParamValue& start, const QualityTarget& target,
    const std::function<Result<double>(const ParamValue&)>& measure) {
  const bool numeric = std::holds_alternative<std::int64_t>(knob.defaultValue) ||
                       std::holds_alternative<double>(knob.defaultValue);
  if (!numeric || !knob.range || !(knob.range->max > knob.range->min)) {
    return fail(ErrorCode::Internal, "the quality knob {} is no number with a range", knob.id);
  }
  return Search(knob, target, measure).go(start);
}

std::string describeTarget(QualityTarget::Kind kind, double value) {
  if (kind == QualityTarget::Kind::MeanPsnr) {
    return fmt::format("{:.2f} dB", value);
  }
  return value >= 1e6 ? fmt::format("{:.2f} MB", value / 1e6)
                      : fmt::format("{:.1f} kB", value / 1e3);
}

}  // namespace volpress::engine
