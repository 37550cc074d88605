// Whoever looks on while a codec works.
#pragma once

#include <string>

namespace volpress {
struct GaussianCloud;
struct HashGridField;
}  // namespace volpress

namespace volpress::compressors {

/// Takes looks at a scene that is still being fine-tuned. They change nothing in what comes out.
class EncodeWatcher {
public:
  virtual ~EncodeWatcher() = default;
  EncodeWatcher(const EncodeWatcher&) = delete;
  EncodeWatcher& operator=(const EncodeWatcher&) = delete;

  /// Whether it is time for another look. Cheap: asked at every step.
  [[nodiscard]] virtual bool wantsLook() const = 0;
  /// About what the file would show if the work ended now. `moment` is for people: "step 400 of
  /// 2000".
  virtual void look(const HashGridField& field, const std::string& moment) = 0;
  virtual void look(const GaussianCloud& cloud, const std::string& moment) = 0;

protected:
  EncodeWatcher() = default;
};

}  // namespace volpress::compressors
