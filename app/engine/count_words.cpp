#include "app/engine/count_words.hpp"

namespace volpress::engine {

std::string describeCount(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t place = digits.size(); place > 3; place -= 3) {
    digits.insert(place - 3, ",");
  }
  return digits;
}

}  // namespace volpress::engine
