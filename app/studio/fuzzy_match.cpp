#include "app/studio/fuzzy_match.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include <QChar>

namespace volpress::studio {
namespace {

constexpr int kWordStart = 12;
constexpr int kRun = 8;
constexpr int kLetter = 2;
constexpr int kFirstLetter = 6;
constexpr int kNone = std::numeric_limits<int>::min() / 2;

std::u16string lowered(std::u16string_view text, bool keepSpaces) {
  std::u16string out;
  for (const char16_t c : text) {
    if (keepSpaces || !QChar(c).isSpace()) {
      out += QChar(c).toLower().unicode();
    }
  }
  return out;
}

}  // namespace

std::optional<int> fuzzyScore(std::u16string_view pattern, std::u16string_view text) {
  const std::u16string wanted = lowered(pattern, false);
  const std::u16string given = lowered(text, true);
  if (wanted.empty()) {
    return 0;
  }
  // best[j]: the best score with the letters so far, the last of them at place j.
  std::vector<int> best(given.size(), kNone);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    std::vector<int> next(given.size(), kNone);
    int before = i == 0 ? 0 : kNone;  // the best with the letter before anywhere left of j
    for (std::size_t j = 0; j < given.size(); ++j) {
      if (given[j] == wanted[i]) {
        const bool starts = j == 0 || !QChar(given[j - 1]).isLetterOrNumber();
        const int own = kLetter + (starts ? kWordStart : 0) + (j == 0 ? kFirstLetter : 0);
        const int run = i > 0 && j > 0 && best[j - 1] > kNone ? best[j - 1] + kRun : kNone;
        const int reached = std::max(before, run);
        next[j] = reached > kNone ? reached + own : kNone;
      }
      if (i > 0) {
        before = std::max(before, best[j]);
      }
    }
    best = std::move(next);
  }
  const auto highest = std::max_element(best.begin(), best.end());
  if (highest == best.end() || *highest <= kNone) {
    return std::nullopt;
  }
  constexpr int kScale = 64;  // length decides only between equal scores
  return *highest * kScale - static_cast<int>(std::min<std::size_t>(given.size(), kScale - 1));
}

}  // namespace volpress::studio
