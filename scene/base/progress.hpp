// Weighted progress that only rises, written by workers and polled by whoever shows it.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

namespace volpress {

/// One job's progress. Thread-safe. Progress never steers logic.
class Progress {
public:
  struct Stage {
    std::string name;   ///< shown to people: "scoring views"
    double weight = 1;  ///< expected share of the time, in any unit
  };
  struct Snapshot {
    double fraction = 0;  ///< 0..1 over all stages
    std::string stage;
    std::string detail;  ///< "31/48 views"
  };

  /// Names the stages before the work starts. Without stages, `report` speaks of the whole.
  void setStages(std::vector<Stage> stages);
  /// Enters stage `index`; everything before it counts as done.
  void enter(std::size_t index);
  /// Fraction 0..1 of the current stage; lower values than before are ignored.
  void report(double fraction, std::string detail = {});
  /// All done.
  void finish();
  [[nodiscard]] Snapshot snapshot() const;

private:
  mutable std::mutex m_mutex;
  std::vector<Stage> m_stages;
  std::size_t m_stage = 0;
  double m_fraction = 0;
  std::string m_detail;
};

}  // namespace volpress
