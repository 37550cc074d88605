// Instant-NGP snapshots, plain and compressed.
#include <cstdlib>

#include "scene/formats/snapshot.hpp"
#include "tests/field/test_fields.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace volpress::fuzz {

std::vector<Bytes> seedInputs() {
  HashGridField named = testing::tinyField();
  named.views.push_back({"a.png", lookAt({1, 1, 1}, {0.5F, 0.5F, 0.5F}, {0, -1, 0}, 0.7F, 64, 48)});
  named.storesHalf = false;
  return {formats::writeSnapshot(testing::tinyField(), formats::SnapshotWrapping::None).value(),
          formats::writeSnapshot(named, formats::SnapshotWrapping::Gzip).value()};
}

void runInput(ByteView input) {
  std::vector<std::string> warnings;
  (void)formats::isSnapshot(input);
  const auto field = formats::readSnapshot(input, warnings);
  if (field &&
      (!validate(*field) || !formats::writeSnapshot(*field, formats::SnapshotWrapping::None))) {
    std::abort();
  }
}

}  // namespace volpress::fuzz
